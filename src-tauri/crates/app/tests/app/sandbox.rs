//! The app controls the sandbox.

use app::Code;
use serde_json::{Value, json};

use crate::test_app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_is_driven_through_its_own_endpoints_and_no_others() {
    let test_app = TestApp::start().await;
    let clock =
        test_app.call("sandboxCall", json!({"method": "GET", "path": "/_sandbox/clock"})).await.unwrap();
    assert!(clock["body"]["now"].is_string(), "{clock}");
    let row = test_app.row("\"northwind traders\"").await;
    let id = row["connections"][0]["id"].as_str().unwrap();
    let path = format!("/_sandbox/connections/{id}/deauthorize");
    let broken = test_app.call("sandboxCall", json!({"method": "POST", "path": path})).await.unwrap();
    assert_eq!(broken["body"]["status"], "Deauthorized");
    let fault = json!({"method": "POST", "path": "/_sandbox/faults", "body": {"status": 500}});
    test_app.call("sandboxCall", fault).await.unwrap();
    let cleared = json!({"method": "DELETE", "path": "/_sandbox/faults"});
    assert_eq!(test_app.call("sandboxCall", cleared).await.unwrap()["body"], Value::Null);

    for path in
        ["/companies", "/apiKeys", "_sandbox/clock", "/_sandboxed", "http://x/_sandbox/clock", "/_sandbox/ x"]
    {
        let error = test_app.call("sandboxCall", json!({"method": "GET", "path": path})).await.unwrap_err();
        assert_eq!(error.code, Code::BadArguments, "{path}");
    }
    let around = json!({"method": "GET", "path": "/_sandbox/../companies"});
    assert_eq!(test_app.call("sandboxCall", around).await.unwrap_err().code, Code::NotFound);
    let wrong = json!({"method": "POST", "path": "/_sandbox/clock", "body": {"advance": "soon"}});
    let error = test_app.call("sandboxCall", wrong).await.unwrap_err();
    assert_eq!(error.code, Code::Refused);
    assert!(error.detail.unwrap().starts_with("HTTP 400, correlation ID "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_safe_mode_keeps_the_sandbox_as_it_is() {
    let test_app = TestApp::start().await;
    test_app.call("setSafeMode", json!({"id": "sandbox", "mode": "view"})).await.unwrap();
    let call = json!({"method": "DELETE", "path": "/_sandbox/faults"});
    assert_eq!(test_app.call("sandboxCall", call).await.unwrap_err().code, Code::SafeMode);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_workspace_goes_by_the_sandboxs_clock() {
    let test_app = TestApp::start().await;
    let offset = async |test_app: &TestApp| {
        let session = test_app.call("session", json!({})).await.unwrap();
        session["workspaces"][0]["clockOffset"].as_i64().unwrap()
    };
    assert_eq!(offset(&test_app).await, 0);
    let stale = async |test_app: &TestApp| {
        test_app.call("companies", json!({ "search": "stale:>80d" })).await.unwrap()["matching"]
            .as_u64()
            .unwrap()
    };
    let before = stale(&test_app).await;
    let later = json!({"method": "POST", "path": "/_sandbox/clock", "body": {"advance": "95d"}});
    test_app.call("sandboxCall", later).await.unwrap();
    let ahead = offset(&test_app).await;
    assert!((ahead - 95 * 86_400_000).abs() < 60_000, "{ahead}");
    assert!(stale(&test_app).await > before, "what was read today is 95 days old now");
    // The engine notices it like a sleep of 95 days: it checks Codat's list at once, and records the sandbox's time.
    test_app
        .eventually("a check after the move", async |test_app: &TestApp| {
            let session = test_app.call("session", json!({})).await.unwrap();
            let at = session["health"]["lastSweep"].as_i64()?;
            (at - millis_now() > 94 * 86_400_000).then_some(())
        })
        .await;
    let test_app = test_app.restarted().await;
    assert!((offset(&test_app).await - ahead).abs() < 60_000, "also after a restart");
}

fn millis_now() -> i64 {
    i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()
}
