//! A key that is refused for a while, and what answers in Codat's place.

use app::Code;
use serde_json::{Value, json};

use crate::desk::Desk;

async fn state(desk: &Desk, wanted: &str) -> Value {
    desk.eventually(wanted, async |desk: &Desk| {
        let session = desk.call("session", json!({})).await.unwrap();
        (session["health"]["state"] == wanted).then_some(session)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_401_of_the_sandbox_is_over_when_one_asks_again_and_nothing_else_is_needed() {
    let desk = Desk::start().await;
    desk.fault(json!({ "route": "/companies", "status": 401, "times": 2 })).await;
    desk.call("refreshNow", json!({})).await.unwrap();
    let session = state(&desk, "refused").await;
    assert!(session["health"]["retryAt"].as_i64().is_some(), "it says when it asks again");

    let error = desk.call("refreshNow", json!({})).await.unwrap_err();
    assert_eq!(error.code, Code::KeyRefused, "the server was asked, and refused it again");
    desk.call("refreshNow", json!({})).await.unwrap();
    state(&desk, "current").await;

    desk.fault(json!({ "method": "GET", "route": "/companies", "status": 401, "times": 1 })).await;
    desk.call("refreshNow", json!({})).await.unwrap();
    state(&desk, "refused").await;
    let new = json!({ "name": "Made while refused", "description": null, "tags": [] });
    desk.call("createCompany", new).await.expect("an act asks the server, whatever was refused before");
    state(&desk, "current").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_the_sandbox_is_its_own() {
    let desk = Desk::start().await;
    let (_, key) = desk.sandbox();
    let replace = json!({ "id": "sandbox", "key": key, "sessionOnly": true });
    let error = desk.call("replaceKey", replace).await.unwrap_err();
    assert_eq!(error.code, Code::BadArguments);
    assert!(error.message.contains("sandbox"), "and not that Codat cannot be reached: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_not_let_in_goes_on_where_the_key_is_taken_again() {
    let desk = Desk::start().await;
    desk.fault(json!({ "method": "POST", "route": "/companies", "status": 401, "times": 1 })).await;
    let selection = json!({ "companies": [], "search": "is:linked", "except": [] });
    let run = desk.call("refreshMany", json!({ "selection": selection, "dataType": null })).await.unwrap();
    state(&desk, "refused").await;
    let desk = desk.restarted().await;
    desk.eventually("every item to be asked for", async |desk: &Desk| {
        let runs = desk.call("runs", json!({})).await.unwrap();
        let one = runs.as_array()?.iter().find(|one| one["id"] == run["run"])?.clone();
        let counts = &one["counts"];
        (counts["waiting"] == 0 && counts["sent"] == 0).then_some(())
    })
    .await;
    assert_ne!(desk.call("session", json!({})).await.unwrap()["health"]["state"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_answers_is_not_laid_at_codats_door() {
    let desk = Desk::start().await;
    let page = "<html><body>Blocked by policy</body></html>";
    for status in [302, 403, 407] {
        desk.fault(json!({ "route": "/companies", "status": status, "body": page })).await;
        desk.call("refreshNow", json!({})).await.unwrap();
        let health = state(&desk, "offline").await["health"].clone();
        let message = health["message"].as_str().unwrap();
        assert!(message.starts_with("A proxy or firewall answered, not Codat"), "{message}");
        desk.no_faults().await;
        desk.call("refreshNow", json!({})).await.unwrap();
        state(&desk, "current").await;
    }
    let row = desk.row("\"northwind traders\"").await;
    desk.fault(json!({ "route": "/companies", "status": 404, "body": page })).await;
    let error = desk.call("renameCompany", json!({ "id": row["id"], "name": "New" })).await.unwrap_err();
    assert_eq!(error.code, Code::Unreadable, "it is not gone because a proxy says so");
}
