use serde_json::{Value, json};

use crate::support::{Api, options, text};

/// A run through everything that gives identifiers and times, as the bytes that came.
async fn run(seed: u64) -> Vec<String> {
    let stepped = sandbox::Options {
        seed,
        companies: Some(300),
        time_scale: sandbox::TimeScale::STEPPED,
        limits: sandbox::Limits::REAL,
        ..options()
    };
    let api = Api::with(stepped).await;
    let mut seen = Vec::new();
    let mut note = |reply: crate::support::Reply| {
        seen.push(format!("{} {:?} {}", reply.status, reply.headers, reply.text()));
        reply
    };
    let company = note(api.post("/companies", &json!({"name": "Same"})).await).json();
    let path = format!("/companies/{}", text(&company["id"]));
    note(api.post(&format!("{path}/connections"), &json!({"platformKey": "suuo"})).await);
    note(api.post("/apiKeys", &json!({"name": "k"})).await);
    note(api.post(&format!("{path}/data/all"), &Value::Null).await);
    note(api.get("/companies?pageSize=5000").await);
    note(api.get("/companies?pageSize=50&orderBy=-lastSync&query=dataConnections.status%3DLinked").await);
    note(api.get("/integrations").await);
    let daily = json!({"settings": [{"dataType": "bills", "syncSchedule": 24}]});
    note(api.post("/profile/syncSettings", &daily).await);
    note(api.post("/_sandbox/clock", &json!({"advance": "95d"})).await);
    note(api.get(&format!("{path}/data/history?pageSize=50")).await);
    note(api.get("/companies?pageSize=5000&orderBy=lastSync").await);
    note(api.get("/_sandbox/happenings?pageSize=500").await);
    let kept = note(api.get("/_sandbox/snapshot").await).text();
    note(api.call("PUT", "/_sandbox/snapshot", kept).await);
    note(api.get("/companies?pageSize=5000").await);
    note(api.get("/nowhere").await);
    seen
}

#[tokio::test]
async fn the_same_seed_time_and_calls_give_the_same_bytes() {
    assert_eq!(run(1).await, run(1).await);
}

#[tokio::test]
async fn another_seed_gives_another_world() {
    let (one, two) = (run(1).await, run(2).await);
    assert!(one.iter().zip(&two).all(|(a, b)| a != b));
}
