//! A key that is refused for a while, and servers that answer in place of Codat.

use app::Code;
use serde_json::{Value, json};

use crate::test_app::TestApp;

async fn state(test_app: &TestApp, wanted: &str) -> Value {
    test_app
        .eventually(wanted, async |test_app: &TestApp| {
            let session = test_app.call("session", json!({})).await.unwrap();
            (session["health"]["state"] == wanted).then_some(session)
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_401_of_the_sandbox_is_over_when_one_asks_again_and_nothing_else_is_needed() {
    let test_app = TestApp::start().await;
    test_app.fault(json!({ "route": "/companies", "status": 401, "times": 2 })).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    let session = state(&test_app, "refused").await;
    assert!(session["health"]["retryAt"].as_i64().is_some(), "it says when it asks again");

    let error = test_app.call("refreshNow", json!({})).await.unwrap_err();
    assert_eq!(error.code, Code::KeyRefused, "the server was asked, and refused it again");
    test_app.call("refreshNow", json!({})).await.unwrap();
    state(&test_app, "current").await;

    test_app.fault(json!({ "method": "GET", "route": "/companies", "status": 401, "times": 1 })).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    state(&test_app, "refused").await;
    let new = json!({ "name": "Made while refused", "description": null, "tags": [] });
    test_app.call("createCompany", new).await.expect("an act asks the server, whatever was refused before");
    state(&test_app, "current").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_the_sandbox_is_its_own() {
    let test_app = TestApp::start().await;
    let (_, key) = test_app.sandbox();
    let replace = json!({ "id": "sandbox", "key": key, "sessionOnly": true });
    let error = test_app.call("replaceKey", replace).await.unwrap_err();
    assert_eq!(error.code, Code::BadArguments);
    assert!(error.message.contains("sandbox"), "and not that Codat cannot be reached: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_not_let_in_goes_on_where_the_key_is_taken_again() {
    let test_app = TestApp::start().await;
    test_app.fault(json!({ "method": "POST", "route": "/companies", "status": 401, "times": 1 })).await;
    let selection = json!({ "companies": [], "search": "is:linked", "except": [] });
    let run =
        test_app.call("refreshMany", json!({ "selection": selection, "dataType": null })).await.unwrap();
    state(&test_app, "refused").await;
    let test_app = test_app.restarted().await;
    test_app
        .eventually("every item to be asked for", async |test_app: &TestApp| {
            let runs = test_app.call("runs", json!({})).await.unwrap();
            let one = runs.as_array()?.iter().find(|one| one["id"] == run["run"])?.clone();
            let counts = &one["counts"];
            (counts["waiting"] == 0 && counts["sent"] == 0).then_some(())
        })
        .await;
    assert_ne!(test_app.call("session", json!({})).await.unwrap()["health"]["state"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_answers_is_not_laid_at_codats_door() {
    let test_app = TestApp::start().await;
    let page = "<html><body>Blocked by policy</body></html>";
    for status in [302, 403, 407] {
        test_app.fault(json!({ "route": "/companies", "status": status, "body": page })).await;
        test_app.call("refreshNow", json!({})).await.unwrap();
        let health = state(&test_app, "offline").await["health"].clone();
        let message = health["message"].as_str().unwrap();
        assert!(message.starts_with("A proxy or firewall answered, not Codat"), "{message}");
        test_app.no_faults().await;
        test_app.call("refreshNow", json!({})).await.unwrap();
        state(&test_app, "current").await;
    }
    let row = test_app.row("\"northwind traders\"").await;
    test_app.fault(json!({ "route": "/companies", "status": 404, "body": page })).await;
    let error = test_app.call("renameCompany", json!({ "id": row["id"], "name": "New" })).await.unwrap_err();
    assert_eq!(error.code, Code::Unreadable, "it is not gone because a proxy says so");
}
