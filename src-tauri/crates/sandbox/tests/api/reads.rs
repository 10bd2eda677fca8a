use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Api, NOBODY, text};

const SECONDS: SignedDuration = SignedDuration::from_secs(1);

async fn bank() -> (Api, String, String) {
    let api = Api::new().await;
    let company = api.new_company("Read").await;
    let connection = api.linked(&company, "suuo").await;
    (api, company, connection)
}

#[tokio::test]
async fn a_queued_type_passes_its_stages_and_moves_last_sync_at_the_end() {
    let (api, company, connection) = bank().await;
    let queued =
        api.post(&format!("{company}/data/queue/banking-accounts"), &Value::Null).await.expect(200).json();
    assert_eq!((&queued["status"], &queued["progress"]), (&json!("Initial"), &json!(10)));
    assert_eq!((&queued["isCompleted"], &queued["isErrored"]), (&json!(false), &json!(false)));
    assert!(queued.get("completed").is_none());
    let path = format!("{company}/data/history/{}", text(&queued["id"]));
    let mut stages = vec![];
    for _ in 0..200 {
        let now = api.get(&path).await.expect(200).json();
        if stages.last() != Some(&now["status"]) {
            stages.push(now["status"].clone());
        }
        let synced = api.get(&connection).await.json().get("lastSync").cloned();
        assert_eq!(synced, now.get("completed").cloned(), "lastSync moves when the read completes");
        assert_eq!(api.get(&company).await.json().get("lastSync"), now.get("completed"));
        api.advance(SignedDuration::from_millis(50));
    }
    let expected = [
        "Initial",
        "Queued",
        "Fetching",
        "MapQueued",
        "Mapping",
        "ValidationQueued",
        "Validating",
        "ProcessingQueued",
        "Processing",
        "Complete",
    ];
    assert_eq!(stages, expected.map(Value::from));
    let done = api.get(&path).await.json();
    assert_eq!((&done["progress"], &done["isCompleted"]), (&json!(100), &json!(true)));
}

#[tokio::test]
async fn refreshing_all_queues_every_type_of_the_linked_connections() {
    let (api, company, _) = bank().await;
    let shop = api.linked(&company, "exgd").await;
    api.patch(&shop, &json!({"status": "Unlinked"})).await.expect(200);
    let all = api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    assert!(all.body.is_empty());
    let history = api.get(&format!("{company}/data/history")).await.expect(200).json();
    assert_eq!(history["totalResults"], 4, "four types of the bank, none of the unlinked shop");
    api.advance(SECONDS * 10);
    let status = api.get(&format!("{company}/dataStatus")).await.expect(200).json();
    assert_eq!(status.as_object().unwrap().len(), 4);
    let accounts = &status["banking-accounts"];
    assert_eq!(accounts["currentStatus"], "Complete");
    assert_eq!(accounts["latestSyncId"], accounts["latestSuccessfulSyncId"]);
    assert!(accounts["lastSuccessfulSync"].is_string());
}

#[tokio::test]
async fn a_type_that_is_being_read_is_not_queued_twice() {
    let (api, company, _) = bank().await;
    let path = format!("{company}/data/queue/banking-accounts");
    let first = api.post(&path, &Value::Null).await.expect(200).json();
    let refused = api.post(&path, &Value::Null).await.expect(400);
    let company_id = company.trim_start_matches("/companies/");
    assert_eq!(
        refused.error(),
        format!(
            "DatasetAlreadyInProgressException: Cannot queue banking-accounts sync for {company_id} as previous sync {} is still in progress",
            text(&first["id"])
        )
    );
    assert_eq!(refused.json()["service"], "PullApi");
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    let history = api.get(&format!("{company}/data/history?query=dataType%3Dbanking-accounts")).await.json();
    assert_eq!(history["totalResults"], 1, "one that runs is left alone");
    api.advance(SECONDS * 10);
    api.post(&path, &Value::Null).await.expect(200);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let (api, company, connection) = bank().await;
    let id = connection.rsplit('/').next().unwrap();
    for path in [
        format!("{company}/data/queue/invoices"),
        format!("{company}/data/queue/spaceships"),
        format!("{company}/data/queue/invoices?connectionId={id}"),
    ] {
        api.post(&path, &Value::Null).await.expect(400).error();
    }
    api.post(&format!("{company}/data/queue/banking-accounts?connectionId={NOBODY}"), &Value::Null)
        .await
        .expect(404);
    api.patch(&connection, &json!({"status": "Unlinked"})).await.expect(200);
    api.post(&format!("{company}/data/queue/banking-accounts?connectionId={id}"), &Value::Null)
        .await
        .expect(400);
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    assert_eq!(api.get(&format!("{company}/data/history")).await.json()["totalResults"], 0);
    assert_eq!(
        api.get(&format!("{company}/dataStatus")).await.json(),
        json!({}),
        "never asked for: left out"
    );
    api.get(&format!("{company}/data/history/{NOBODY}")).await.expect(404);
    api.get(&format!("{company}/data/history?query=isCompleted%3Dtrue")).await.expect(400);
}

#[tokio::test]
async fn access_withdrawn_in_mid_read_ends_it_in_an_auth_error() {
    let (api, company, connection) = bank().await;
    api.post(&format!("{company}/data/queue/banking-accounts"), &Value::Null).await.expect(200);
    api.advance(SignedDuration::from_millis(500));
    let id = connection.rsplit('/').next().unwrap();
    api.post(&format!("/_sandbox/connections/{id}/deauthorize"), &Value::Null).await.expect(200);
    api.advance(SECONDS * 10);
    let history = api.get(&format!("{company}/data/history")).await.json();
    let read = &history["results"][0];
    assert_eq!(
        (&read["status"], &read["isErrored"], &read["isCompleted"]),
        (&json!("AuthError"), &json!(true), &json!(false))
    );
    let status = api.get(&format!("{company}/dataStatus")).await.json();
    assert!(status["banking-accounts"].get("lastSuccessfulSync").is_none());
    assert!(api.get(&connection).await.json().get("lastSync").is_none());
}

#[tokio::test]
async fn companies_that_were_read_before_have_a_history() {
    let api = Api::new().await;
    let company = api.company("Harbour Lane Bakery").await;
    let path = format!("/companies/{}/data/history", text(&company["id"]));
    let history =
        api.get(&format!("{path}?query=status%3DComplete&orderBy=-completed&pageSize=5000")).await.json();
    assert_eq!(history["results"][0]["completed"], company["lastSync"]);
    assert_eq!(history["totalResults"], 28 + 11 + 4);
}
