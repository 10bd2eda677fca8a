//! Starts with the keyring in each state.

use serde_json::{Value, json};

use crate::session::{DesktopSession, KEY, Program, codat};

impl Program {
    async fn add_workspace(&self) -> Result<Value, Value> {
        let add = json!({ "name": "Prod", "key": KEY, "color": "blue", "sessionOnly": false });
        self.call("addWorkspace", add).await
    }
}

fn key_state(session: &Value) -> &str {
    let workspaces = session["workspaces"].as_array().unwrap();
    let found = workspaces.iter().find(|workspace| workspace["name"] == "Prod").unwrap();
    found["keyState"].as_str().unwrap()
}

fn is_current(session: &Value) -> bool {
    session["health"]["state"] == "current"
}

fn notice(session: &Value) -> Option<&str> {
    session["notices"][0]["code"].as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_starts_find_the_keyring_and_the_key_in_it() {
    let (desktop, codat) = (DesktopSession::with_keyring().await, codat().await);
    let first = desktop.start(&codat).await;
    assert_eq!(first.add_workspace().await.unwrap()["kept"], "kept");
    first.end().await;
    let mut wrong = Vec::new();
    for start in 0..50 {
        let program = desktop.start(&codat).await;
        let session = program.session().await;
        if key_state(&session) == "kept" {
            let session = program.session_with("a sweep", is_current).await;
            if session["host"]["keyring"] != true {
                wrong.push(format!("{start}: no keyring"));
            }
        } else {
            wrong.push(format!("{start}: the key is {}", key_state(&session)));
        }
        program.end().await;
    }
    assert!(wrong.is_empty(), "{} of 50 starts: {wrong:?}", wrong.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn work_resumes_by_itself_when_a_locked_keyring_is_unlocked() {
    let (desktop, codat) = (DesktopSession::with_keyring().await, codat().await);
    let first = desktop.start(&codat).await;
    first.add_workspace().await.unwrap();
    first.end().await;
    desktop.lock().await;
    let program = desktop.start(&codat).await;
    let session = program.session_with("that it is locked", |session| notice(session).is_some()).await;
    assert_eq!(notice(&session), Some("keyringLocked"), "{session}");
    assert_eq!(session["host"]["keyring"], true, "a locked keyring is a keyring");
    desktop.unlock().await;
    let session = program.session_with("work", is_current).await;
    assert_eq!((key_state(&session), notice(&session)), ("kept", None), "{session}");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn try_again_takes_the_key_of_an_unlocked_keyring_at_once() {
    let (desktop, codat) = (DesktopSession::with_keyring().await, codat().await);
    let first = desktop.start(&codat).await;
    let id = first.add_workspace().await.unwrap()["workspace"]["id"].clone();
    first.end().await;
    desktop.lock().await;
    let program = desktop.start(&codat).await;
    let refused = program.call("retryKey", json!({ "id": id })).await.unwrap_err();
    assert_eq!(refused["code"], "keyringLocked", "nobody can answer a prompt here: {refused}");
    desktop.unlock().await;
    let session = program.call("retryKey", json!({ "id": id })).await.unwrap();
    assert_eq!((key_state(&session), notice(&session)), ("kept", None), "{session}");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_comes_later_is_found() {
    let (mut desktop, codat) = (DesktopSession::with_keyring().await, codat().await);
    let first = desktop.start(&codat).await;
    first.add_workspace().await.unwrap();
    first.end().await;
    desktop.keyring.take().unwrap().kill().await.unwrap();
    let program = desktop.start(&codat).await;
    let without = |session: &Value| session["host"]["keyring"] == false && notice(session).is_some();
    let session = program.session_with("that there is no keyring", without).await;
    assert_eq!(notice(&session), Some("keyringUnavailable"), "{session}");
    desktop.start_keyring().await;
    let session = program.session_with("work", is_current).await;
    assert_eq!((key_state(&session), &session["host"]["keyring"]), ("kept", &json!(true)), "{session}");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_is_removed_though_the_keyring_is_locked_and_its_key_is_told_as_left() {
    let (desktop, codat) = (DesktopSession::with_keyring().await, codat().await);
    let program = desktop.start(&codat).await;
    let id = program.add_workspace().await.unwrap()["workspace"]["id"].clone();
    desktop.lock().await;
    let removed = program.call("removeWorkspace", json!({ "id": id })).await.unwrap();
    assert!(removed["keyLeft"].as_str().unwrap().contains("locked"), "{removed}");
    assert_eq!(removed["session"]["workspaces"].as_array().unwrap().len(), 1);
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_replaced_one_of_the_session_is_sent_and_found_again() {
    let (mut desktop, codat) = (DesktopSession::empty().await, codat().await);
    let program = desktop.start(&codat).await;
    let add = json!({ "name": "Prod", "key": KEY, "color": "blue", "sessionOnly": true });
    let id = program.call("addWorkspace", add).await.unwrap()["workspace"]["id"].clone();
    desktop.start_keyring().await;
    let replace = json!({ "id": id, "key": KEY, "sessionOnly": false });
    assert_eq!(program.call("replaceKey", replace).await.unwrap()["kept"], "kept");
    for workspace in [&json!("sandbox"), &id] {
        program.call("switchWorkspace", json!({ "id": workspace })).await.unwrap();
    }
    assert_eq!(key_state(&program.session().await), "kept", "the session's key is gone");
    program.end().await;
}
