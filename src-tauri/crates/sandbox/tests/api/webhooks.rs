//! Webhooks (§7), delivered to a consumer that is there.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::support::{Api, NOBODY, text};

/// What a consumer was sent: the head, and the body.
type Sent = Arc<Mutex<Vec<(String, Value)>>>;

/// A consumer that answers with these statuses, and with 200 when they are used up.
async fn consumer(statuses: &[u16]) -> (String, Sent) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let sent = Sent::default();
    let (log, statuses) = (Arc::clone(&sent), Mutex::new(VecDeque::from(statuses.to_vec())));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut piece = [0; 65_536];
            let (head, body) = loop {
                let read = stream.read(&mut piece).await.unwrap_or(0);
                request.extend_from_slice(&piece[..read]);
                let all = String::from_utf8_lossy(&request).into_owned();
                if let Some((head, body)) = all.split_once("\r\n\r\n")
                    && let Ok(json) = serde_json::from_str::<Value>(body)
                {
                    break (head.to_lowercase(), json);
                }
                if read == 0 {
                    break (String::new(), Value::Null);
                }
            };
            log.lock().unwrap().push((head, body));
            let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, sent)
}

async fn subscribed(api: &Api, url: &str, events: &[&str], tags: &[&str]) -> String {
    let body = json!({ "url": url, "eventTypes": events, "companyTags": tags });
    let made = api.post("/webhooks", &body).await.expect(201).json();
    assert!(made.get("secret").is_none(), "the API never tells it");
    text(&made["id"]).to_owned()
}

fn kinds(sent: &Sent) -> Vec<String> {
    sent.lock().unwrap().iter().map(|(_, body)| text(&body["eventType"]).to_owned()).collect()
}

#[tokio::test]
async fn consumers_are_made_listed_and_deleted() {
    let api = Api::new().await;
    let id =
        subscribed(&api, "http://127.0.0.1:9/hook", &["company.created", "invoices.write.successful"], &[])
            .await;
    let list = api.get("/webhooks").await.expect(200).json();
    assert_eq!(list["results"][0]["id"], id);
    assert_eq!(list["results"][0]["disabled"], false);
    for bad in [
        json!({ "url": "nowhere", "eventTypes": ["company.created"] }),
        json!({ "url": "http://127.0.0.1/", "eventTypes": [] }),
        json!({ "url": "http://127.0.0.1/", "eventTypes": ["company.exploded"] }),
        json!({ "url": "http://127.0.0.1/", "eventTypes": ["company.created"], "companyTags": ["no colon"] }),
    ] {
        api.post("/webhooks", &bad).await.expect(400);
    }
    api.delete(&format!("/webhooks/{id}")).await.expect(204);
    api.delete(&format!("/webhooks/{NOBODY}")).await.expect(404);
    let key = api.post("/webhooks/integrationKeys/zapier", &Value::Null).await.expect(201).json();
    let next = api.post("/webhooks/integrationKeys/zapier", &Value::Null).await.expect(201).json();
    assert!(text(&key["key"]).starts_with("sk_integ_") && key != next);
}

#[tokio::test]
async fn a_company_s_life_is_told_in_order_and_signed() {
    let api = Api::new().await;
    let (url, sent) = consumer(&[]).await;
    let all = [
        "company.created",
        "company.deleted",
        "company.product.added",
        "connection.created",
        "connection.connected",
        "connection.disconnected",
        "connection.reconnected",
        "connection.deleted",
        "read.completed",
    ];
    subscribed(&api, &url, &all, &[]).await;
    let company = api.new_company("Told").await;
    let connection = api.linked(&company, "suuo").await;
    api.post(&format!("{company}/data/queue/banking-accounts"), &Value::Null).await.expect(200);
    api.advance(SignedDuration::from_mins(5));
    api.patch(&connection, &json!({ "status": "Unlinked" })).await.expect(200);
    api.call("PUT", &format!("{connection}/authorization"), "{}").await.expect(200);
    api.advance(SignedDuration::from_mins(1));
    api.post(
        &format!("/_sandbox/connections/{}/revoke", connection.rsplit('/').next().unwrap()),
        &Value::Null,
    )
    .await
    .expect(200);
    api.call("PUT", &format!("{company}/products/banking"), "").await.expect(204);
    api.delete(&company).await.expect(204);
    api.endpoint.deliver().await;
    assert_eq!(
        kinds(&sent),
        [
            "company.created",
            "connection.created",
            "connection.connected",
            "read.completed",
            "connection.disconnected",
            "connection.reconnected",
            "connection.disconnected",
            "company.product.added",
            "connection.deleted",
            "company.deleted",
        ]
    );
    let (head, body) = sent.lock().unwrap()[0].clone();
    assert_eq!(body["payload"]["name"], "Told");
    assert!(body["payload"].get("dataConnections").is_none());
    assert!(head.starts_with("post /hook http/1.1") && head.contains("webhook-signature: v1,"), "{head}");
    assert!(head.contains("webhook-id: msg_") && head.contains("webhook-timestamp: "));
    let read = sent.lock().unwrap()[3].1.clone();
    let types = &read["payload"]["dataTypes"][0];
    assert_eq!((&types["dataType"], &types["status"]), (&json!("banking-accounts"), &json!("Complete")));
}

#[tokio::test]
async fn only_what_is_wanted_is_told_and_tags_choose() {
    let api = Api::new().await;
    let (url, sent) = consumer(&[]).await;
    subscribed(&api, &url, &["company.created"], &["region:uk", "tier:gold"]).await;
    for tags in
        [json!({}), json!({ "region": "us" }), json!({ "region": "uk" }), json!({ "tier": "gold", "x": "y" })]
    {
        api.post("/companies", &json!({ "name": "Tagged", "tags": tags })).await.expect(200);
    }
    api.endpoint.deliver().await;
    assert_eq!(kinds(&sent).len(), 2);
}

#[tokio::test]
async fn what_fails_is_tried_again_on_the_schedule_and_can_be_sent_anew() {
    let api = Api::new().await;
    let (url, sent) = consumer(&[500, 503]).await;
    subscribed(&api, &url, &["company.created"], &[]).await;
    api.new_company("Stubborn").await;
    api.endpoint.deliver().await;
    assert_eq!(kinds(&sent).len(), 1, "the second attempt is not due");
    api.advance(SignedDuration::from_secs(5));
    api.endpoint.deliver().await;
    assert_eq!(kinds(&sent).len(), 2);
    api.post("/_sandbox/clock", &json!({ "advance": "1h" })).await.expect(200);
    api.endpoint.deliver().await;
    let ids: Vec<String> = sent
        .lock()
        .unwrap()
        .iter()
        .map(|(head, _)| head.lines().find(|line| line.starts_with("webhook-id")).unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]), "all attempts are of one message");
    let log = api.get("/_sandbox/webhooks").await.expect(200).json();
    let message = &log["results"][0];
    assert_eq!((&message["state"], message["attempts"].as_array().unwrap().len()), (&json!("Success"), 3));
    assert!(text(&log["consumers"][0]["secret"]).starts_with("whsec_"));
    api.post(&format!("/_sandbox/webhooks/{}/replay", text(&message["id"])), &Value::Null).await.expect(202);
    api.endpoint.deliver().await;
    assert_eq!(kinds(&sent).len(), 4);
}

#[tokio::test]
async fn a_consumer_that_is_never_there_is_disabled_and_nothing_leaves_this_computer() {
    let api = Api::new().await;
    let id = subscribed(&api, "http://192.0.2.1/hook", &["company.created"], &[]).await;
    for _ in 0..7 {
        api.new_company("Unheard").await;
        api.endpoint.deliver().await;
        api.post("/_sandbox/clock", &json!({ "advance": "1d" })).await.expect(200);
        api.endpoint.deliver().await;
    }
    let list = api.get("/webhooks").await.expect(200).json();
    assert_eq!((&list["results"][0]["id"], &list["results"][0]["disabled"]), (&json!(id), &json!(true)));
    let log = api.get("/_sandbox/webhooks").await.expect(200).json();
    let oldest = log["results"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&oldest["state"], oldest["attempts"].as_array().unwrap().len()), (&json!("Failure"), 8));
    assert!(text(&oldest["attempts"][0]["answer"]).contains("isn’t on this computer"));
}
