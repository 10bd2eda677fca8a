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
