//! Faults that ask for more than a path: whom they meet, when, how often; and outages of platforms.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Api, text};

async fn statuses(api: &Api, path: &str, count: usize) -> Vec<u16> {
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(api.get(path).await.status);
    }
    all
}

#[tokio::test]
async fn a_fault_meets_a_part_of_the_requests_evenly() {
    let api = Api::new().await;
    api.post("/_sandbox/faults", &json!({ "route": "/profile", "status": 500, "rate": 0.25 }))
        .await
        .expect(201);
    let met = statuses(&api, "/profile", 12).await;
    assert_eq!(met.iter().filter(|status| **status == 500).count(), 3);
    api.delete("/_sandbox/faults").await.expect(204);
    api.post("/_sandbox/faults", &json!({ "route": "/profile", "status": 500, "rate": 0.25 }))
        .await
        .expect(201);
    assert_eq!(statuses(&api, "/profile", 12).await, met, "the same calls meet it each time");
    api.post("/_sandbox/faults", &json!({ "status": 500, "rate": 7 })).await.expect(400);
}

#[tokio::test]
async fn a_fault_meets_one_company_one_integration_and_one_time() {
    let api = Api::new().await;
    let (one, other) = (api.new_company("One").await, api.new_company("Other").await);
    let xero = api.linked(&one, "gbol").await;
    let plaid = api.linked(&one, "suuo").await;
    let id = one.rsplit('/').next().unwrap();
    api.post("/_sandbox/faults", &json!({ "company": id, "status": 503 })).await.expect(201);
    assert_eq!((api.get(&one).await.status, api.get(&other).await.status), (503, 200));
    api.delete("/_sandbox/faults").await.expect(204);
    api.post("/_sandbox/faults", &json!({ "integration": "gbol", "status": 503 })).await.expect(201);
    assert_eq!(
        (api.get(&xero).await.status, api.get(&plaid).await.status, api.get(&other).await.status),
        (503, 200, 200)
    );
    api.delete("/_sandbox/faults").await.expect(204);
    let soon = json!({ "route": "/profile", "status": 503, "from": "2026-11-23T10:00:00Z", "until": "2026-11-23T11:00:00Z" });
    api.post("/_sandbox/faults", &soon).await.expect(201);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(api.get("/profile").await.status);
        api.advance(SignedDuration::from_mins(40));
    }
    assert_eq!(seen, [200, 200, 503, 200]);
}

#[tokio::test]
async fn an_outage_fails_reads_and_shows_on_connections_and_passes() {
    let api = Api::new().await;
    let company = api.new_company("Down").await;
    let xero = api.linked(&company, "gbol").await;
    let queue = format!("{company}/data/queue/invoices");
    api.post("/_sandbox/faults", &json!({ "outage": "GBOL" })).await.expect(201);
    assert_eq!(api.get("/_sandbox/faults").await.json()["outages"][0]["outage"], "gbol");
    api.post("/_sandbox/faults", &json!({ "outage": "none" })).await.expect(400);
    let read = api.post(&queue, &Value::Null).await.expect(200).json();
    api.advance(SignedDuration::from_mins(2));
    let path = format!("{company}/data/history/{}", text(&read["id"]));
    assert_eq!(api.get(&path).await.json()["status"], "FetchError");
    let errors = api.get(&xero).await.json()["dataConnectionErrors"].clone();
    assert_eq!((&errors[0]["statusCode"], &errors[0]["status"]), (&json!("503"), &json!("Active")));
    api.delete("/_sandbox/faults/outage/gbol").await.expect(204);
    api.delete("/_sandbox/faults/outage/gbol").await.expect(404);
    assert_eq!(api.get(&xero).await.json()["dataConnectionErrors"], json!([]), "it is over");
    assert_eq!(api.get(&path).await.json()["status"], "FetchError", "what it did stays");
    let read = api.post(&queue, &Value::Null).await.expect(200).json();
    api.advance(SignedDuration::from_mins(2));
    assert_eq!(
        api.get(&format!("{company}/data/history/{}", text(&read["id"]))).await.json()["status"],
        "Complete"
    );
}

#[tokio::test]
async fn scheduled_reads_fail_during_an_outage_and_go_on_after_it() {
    let api = Api::new().await;
    let company = api.new_company("Scheduled").await;
    api.linked(&company, "gbol").await;
    let settings = api.get(&format!("{company}/syncSettings")).await.expect(200).json();
    let mut settings = settings;
    for setting in settings["settings"].as_array_mut().unwrap() {
        let hours = if setting["dataType"] == "invoices" { 24 } else { 0 };
        setting["syncSchedule"] = json!(hours);
    }
    settings["overridesDefaults"] = json!(true);
    api.post(&format!("{company}/syncSettings"), &settings).await.expect(204);
    let advance =
        async |span: &str| api.post("/_sandbox/clock", &json!({ "advance": span })).await.expect(200);
    advance("3d").await;
    api.post("/_sandbox/faults", &json!({ "outage": "gbol" })).await.expect(201);
    advance("3d").await;
    api.delete("/_sandbox/faults").await.expect(204);
    advance("3d").await;
    let history = api.get(&format!("{company}/data/history?pageSize=100")).await.expect(200).json();
    let statuses: Vec<&str> =
        history["results"].as_array().unwrap().iter().map(|it| text(&it["status"])).collect();
    assert!(statuses.len() >= 8, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|it| **it == "FetchError").count(), 3, "{statuses:?}");
    assert_eq!((statuses[0], statuses.last()), ("Complete", Some(&"Complete")));
}
