//! The key of a Codat workspace is stored in the keyring and nowhere else.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::{CodatServer, Parts};

use crate::{desktop, program};

/// Enough restarts to show a failure of every second start.
const RESTARTS: usize = 6;

/// A key that occurs nowhere else.
const KEY: &str = "window-test-key-5f2c9a7d1e";

#[tokio::test]
async fn a_key_is_kept_in_the_keyring_and_nowhere_else() {
    let desktop = desktop("a_key_is_kept_in_the_keyring_and_nowhere_else", Parts::default()).await;
    let codat = CodatServer::start(KEY).await;
    let base = codat.address();
    let data = desktop.data();
    let args = ["--data-dir", data.to_str().expect("a path"), "--codat-base", &base];
    let window = desktop.open(program(), &args).await;
    let added = window
        .call("addWorkspace", json!({ "name": "Prod", "key": KEY, "color": "blue", "sessionOnly": false }))
        .await;
    let added = added.expect("the key is accepted");
    assert_eq!(added["kept"], "kept", "{added}");

    let secrets = desktop.secrets().await;
    assert_eq!(secrets.iter().filter(|secret| secret.value == KEY).count(), 1, "{secrets:?}");
    assert!(secrets.iter().all(|secret| !secret.label.contains(KEY)), "a label is no secret");
    // Opens the workspace, so that the key is used and its results are stored and logged.
    let id = added["workspace"]["id"].clone();
    window.call("switchWorkspace", json!({ "id": id })).await.expect("switched");
    window.find("[role=row][data-id]").await;
    assert_eq!(desktop.files_with(KEY), [] as [PathBuf; 0]);
    window.quit().await;

    for start in 1..=RESTARTS {
        let window = desktop.open(program(), &args).await;
        // The keyring is probed in parallel with the start.
        window.find("[role=row][data-id]").await;
        let session = window.call("session", json!({})).await.expect("a session");
        assert_eq!(key_state(&session, "Prod"), "kept", "start {start} finds the key again: {session}");
        assert_eq!(session["host"]["keyring"], true, "start {start} finds the keyring: {session}");
        assert_eq!(session["notices"], json!([]), "start {start}");
        assert_eq!(desktop.files_with(KEY), [] as [PathBuf; 0]);
        window.quit().await;
    }
}

#[tokio::test]
async fn without_a_keyring_a_key_is_kept_for_the_session_and_this_is_said() {
    let parts = Parts { keyring: false, ..Parts::default() };
    let desktop = desktop("without_a_keyring_a_key_is_kept_for_the_session_and_this_is_said", parts).await;
    let codat = CodatServer::start(KEY).await;
    let data = desktop.data();
    let args = ["--data-dir", data.to_str().expect("a path"), "--codat-base", &codat.address()];
    let window = desktop.open(program(), &args).await;
    let prod = |session_only: bool| json!({ "name": "Prod", "key": KEY, "color": "blue", "sessionOnly": session_only });
    let refused = window.call("addWorkspace", prod(false)).await.expect_err("there is nowhere to keep it");
    assert_eq!(refused["code"], "keyringUnavailable", "{refused}");
    let added = window.call("addWorkspace", prod(true)).await.expect("the person chose so");
    assert_eq!(added["kept"], "session");
    let session = window.call("session", json!({})).await.expect("a session");
    assert_eq!(session["host"]["keyring"], Value::Bool(false));
    assert_eq!(key_state(&session, "Prod"), "session");
    assert_eq!(desktop.files_with(KEY), [] as [PathBuf; 0], "it is in no file instead");
    window.quit().await;
}

#[tokio::test]
async fn a_key_that_is_refused_is_not_kept() {
    let desktop = desktop("a_key_that_is_refused_is_not_kept", Parts::default()).await;
    let codat = CodatServer::start(KEY).await;
    let data = desktop.data();
    let args = ["--data-dir", data.to_str().expect("a path"), "--codat-base", &codat.address()];
    let window = desktop.open(program(), &args).await;
    let wrong = "window-test-key-wrong-88e1";
    let refused = window
        .call("addWorkspace", json!({ "name": "Prod", "key": wrong, "color": "blue", "sessionOnly": false }))
        .await;
    assert_eq!(refused.expect_err("refused")["code"], "keyRefused");
    assert!(desktop.secrets().await.iter().all(|secret| secret.value != wrong));
    assert_eq!(desktop.files_with(wrong), [] as [PathBuf; 0]);
    window.quit().await;
}

fn key_state(session: &Value, name: &str) -> String {
    let workspaces = session["workspaces"].as_array().cloned().unwrap_or_default();
    let found = workspaces.iter().find(|workspace| workspace["name"] == name).expect("the workspace");
    found["keyState"].as_str().unwrap_or_default().to_owned()
}
