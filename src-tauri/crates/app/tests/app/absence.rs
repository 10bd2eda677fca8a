//! What changed while nobody saw the workspace, with the time of the sandbox.

use serde_json::{Value, json};

use crate::test_app::TestApp;

async fn seen(test_app: &TestApp) -> Value {
    test_app.call("workspaceSeen", json!({})).await.unwrap();
    test_app.call("sinceYouLeft", json!({})).await.unwrap()
}

async fn advance(test_app: &TestApp, duration: &str) {
    test_app.sandbox_call("POST", "/_sandbox/clock", json!({ "advance": duration })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_hours_away_each_line_counts_the_companies_of_its_search_until_it_is_put_away() {
    let test_app = TestApp::start().await;
    assert_eq!(seen(&test_app).await, Value::Null, "nobody was here before");
    advance(&test_app, "3h").await;
    assert_eq!(seen(&test_app).await, Value::Null, "three hours are no absence");
    let linked = test_app.rows("is:green").await.remove(0);
    let connection = linked["connections"][0]["id"].as_str().unwrap();
    test_app
        .sandbox_call("POST", &format!("/_sandbox/connections/{connection}/deauthorize"), json!({}))
        .await;
    advance(&test_app, "5h").await;
    test_app.call("workspaceSeen", json!({})).await.unwrap();
    test_app.check_now().await;
    let broken = test_app
        .eventually("the company that broke", async |test_app: &TestApp| {
            let left = test_app.call("sinceYouLeft", json!({})).await.unwrap();
            left["lines"].as_array()?.iter().find(|line| line["kind"] == "broken").cloned()
        })
        .await;
    let left = test_app.call("sinceYouLeft", json!({})).await.unwrap();
    for line in left["lines"].as_array().unwrap() {
        if let Some(search) = line["search"].as_str() {
            let rows = test_app.rows(search).await.len() as u64;
            assert_eq!(line["count"].as_u64().unwrap().min(100), rows.min(100), "{line}");
        }
    }
    let rows = test_app.rows(broken["search"].as_str().unwrap()).await;
    assert!(rows.iter().any(|row| row["id"] == linked["id"]), "{rows:?}");
    assert_eq!(seen(&test_app).await["since"], left["since"], "it stays while one looks at it");
    let test_app = test_app.restarted().await;
    assert_eq!(test_app.call("sinceYouLeft", json!({})).await.unwrap()["since"], left["since"]);
    test_app.call("putAwaySinceYouLeft", json!({})).await.unwrap();
    assert_eq!(test_app.call("sinceYouLeft", json!({})).await.unwrap(), Value::Null);
    assert_eq!(seen(&test_app).await, Value::Null, "it does not come back");
}
