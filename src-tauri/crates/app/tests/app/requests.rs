//! The request log: each request with its cause and its result, and no secret.

use app::Event;
use serde_json::{Value, json};

use crate::test_app::TestApp;

async fn log(test_app: &TestApp, cause: Value, failures: bool) -> Value {
    let wanted = json!({ "cause": cause, "failures": failures, "most": 100 });
    test_app.call("requests", wanted).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_there_newest_first_with_what_it_was_for_and_what_came_of_it() {
    let test_app = TestApp::start().await;
    let all = log(&test_app, Value::Null, false).await;
    let entries = all["entries"].as_array().unwrap();
    let numbers: Vec<_> = entries.iter().map(|entry| entry["number"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted_by(|newer, older| newer > older), "{numbers:?}");
    let sweep = log(&test_app, json!("sweep"), false).await;
    let sweep = sweep["entries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(sweep["method"], "GET");
    assert_eq!(sweep["path"], "/companies?page=1&pageSize=500");
    assert_eq!((sweep["status"].as_u64(), sweep["state"].as_str()), (Some(200), Some("done")));
    assert!(sweep["bytes"].as_u64().unwrap() > 10_000, "{sweep}");
    assert!(sweep["durationMs"].is_u64() && sweep["correlationId"].is_string(), "{sweep}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_it() {
    let test_app = TestApp::start().await;
    let (address, key) = test_app.sandbox();
    let row = test_app.row("\"harbour lane bakery\"").await;
    test_app.call("copyLinkUrl", json!({ "company": row["id"] })).await.unwrap();
    let text = log(&test_app, Value::Null, false).await.to_string();
    let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &key);
    assert!(!text.contains(&key) && !text.contains(&encoded) && !text.contains(&address));
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told_apart_with_words_and_a_correlation_id_and_retries_count() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    assert_eq!(log(&test_app, json!("click"), true).await["matching"], 0);
    test_app.fault(json!({ "method": "POST", "lost": true, "times": 1 })).await;
    test_app.call("refreshData", json!({ "id": bakery["id"] })).await.unwrap();
    test_app.no_faults().await;
    test_app.fault(json!({ "method": "PATCH", "status": 400 })).await;
    test_app.call("renameCompany", json!({ "id": bakery["id"], "name": "New" })).await.unwrap_err();
    test_app.no_faults().await;
    let failed = log(&test_app, json!("click"), true).await;
    let entries = failed["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "{failed}");
    let (refused, lost) = (&entries[0], &entries[1]);
    assert_eq!((refused["status"].as_u64(), refused["state"].as_str()), (Some(400), Some("failed")));
    assert!(refused["correlationId"].is_string() && refused["error"].is_string(), "{refused}");
    assert_eq!((lost["status"].as_u64(), lost["state"].as_str()), (None, Some("failed")));
    let clicks = log(&test_app, json!("click"), false).await;
    let retried: Vec<_> =
        clicks["entries"].as_array().unwrap().iter().filter(|one| one["retry"] == 1).collect();
    assert_eq!(retried.len(), 1, "the refresh went again: {clicks}");
    assert_eq!(retried[0]["state"], "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_told_that_the_log_differs() {
    let test_app = TestApp::start().await;
    let mut events = test_app.app.events();
    test_app.call("refreshNow", json!({})).await.unwrap();
    TestApp::event(&mut events, |event| matches!(event, Event::Requests)).await;
}
