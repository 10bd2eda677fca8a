//! Codat workspaces, with a second sandbox in Codat's place.

use std::sync::Arc;

use app::{Code, Options};
use serde_json::{Value, json};

use crate::test_app::{TestApp, call_sandbox, start_in};

pub(crate) const KEY: &str = "a-key-that-must-not-be-found-anywhere";

pub(crate) async fn codat() -> sandbox::Sandbox {
    let options = sandbox::Options {
        port: 0,
        api_key: KEY.to_owned(),
        companies: Some(80),
        seed: 9,
        ..sandbox::Options::default()
    };
    sandbox::Sandbox::start(options, Arc::new(app::clock::now)).await.unwrap()
}

pub(crate) fn add(key: &str) -> Value {
    json!({ "name": "Production", "key": key, "color": "orange", "sessionOnly": true })
}

pub(crate) async fn test_app_for(codat: &sandbox::Sandbox) -> TestApp {
    TestApp::with(Options { codat_base: Some(codat.base_url()), ..Options::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_nowhere_unencrypted_but_on_this_computer() {
    for (address, is_safe) in [
        ("https://api.codat.io", true),
        ("http://127.0.0.1:8787", true),
        ("http://localhost:1", true),
        ("http://[::1]:1", true),
        ("http://api.codat.io", false),
        ("http://127.0.0.1.example.com", false),
        ("http://localhost@example.com", false),
        ("ftp://127.0.0.1", false),
        ("api.codat.io", false),
        ("", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { codat_base: Some(address.to_owned()), ..Options::default() };
        let started = start_in(folder.path(), options).await;
        assert_eq!(started.is_ok(), is_safe, "{address}");
        if let Ok((app, _)) = started {
            app.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_sandbox_can_be_driven() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    let call = json!({ "method": "GET", "path": "/_sandbox/clock" });
    assert_eq!(test_app.call("sandboxCall", call).await.unwrap_err().code, Code::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_checked_before_it_is_kept_and_is_nowhere_in_the_data() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    assert_eq!(test_app.call("addWorkspace", add("wrong")).await.unwrap_err().code, Code::KeyRefused);
    assert_eq!(test_app.call("addWorkspace", add(" two words ")).await.unwrap_err().code, Code::KeyInvalid);
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["workspaces"].as_array().unwrap().len(), 1, "nothing was kept");

    let added = test_app.call("addWorkspace", add(KEY)).await.unwrap();
    assert_eq!(added["kept"], "session");
    assert_eq!(added["workspace"]["safeMode"], "operate", "the default for Codat");
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["current"], added["workspace"]["id"]);
    test_app
        .eventually("the companies of the other client", async |test_app: &TestApp| {
            (test_app.rows("").await.len() > 70).then_some(())
        })
        .await;
    assert!(!found_in(test_app.folder.path(), KEY), "the key is in the data folder");
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_workspace_has_its_own_companies_and_switching_shows_them() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    let sandbox_rows = test_app.rows("").await.len();
    let id = test_app.call("addWorkspace", add(KEY)).await.unwrap()["workspace"]["id"].clone();
    test_app.call("switchWorkspace", json!({ "id": "sandbox" })).await.unwrap();
    assert_eq!(test_app.rows("").await.len(), sandbox_rows);
    test_app.call("switchWorkspace", json!({ "id": id })).await.unwrap();
    test_app
        .eventually("its companies", async |test_app: &TestApp| {
            (test_app.rows("").await.len() > 70).then_some(())
        })
        .await;
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_for_one_session_is_missing_in_the_next_and_what_is_known_stays() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    test_app
        .eventually("its companies", async |test_app: &TestApp| {
            (test_app.rows("").await.len() > 70).then_some(())
        })
        .await;
    let test_app = test_app.restarted().await;
    let session = test_app.call("session", json!({})).await.unwrap();
    let why = session["notices"][0]["code"].clone();
    // Which of these errors it is depends on the keyring of this computer.
    assert!(
        ["keyMissing", "keyringUnavailable", "keyringLocked"].iter().any(|code| why == *code),
        "{session}"
    );
    assert!(test_app.rows("").await.len() > 70, "what is known stays readable");
    let new = json!({ "name": "X", "description": null, "tags": [] });
    let refused = test_app.call("createCompany", new).await.unwrap_err();
    assert_eq!(json!(refused.code), why, "{refused}");
    let id = session["current"].clone();
    test_app.call("replaceKey", json!({ "id": id, "key": KEY, "sessionOnly": true })).await.unwrap();
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["notices"], json!([]), "work goes on at once");
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_another_client_is_not_taken_on_and_nothing_is_lost() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    let id = test_app.call("addWorkspace", add(KEY)).await.unwrap()["workspace"]["id"].clone();
    test_app
        .eventually("its companies", async |test_app: &TestApp| {
            (test_app.rows("").await.len() > 70).then_some(())
        })
        .await;
    let replace = json!({ "id": id, "key": KEY, "sessionOnly": true });
    test_app.call("replaceKey", replace.clone()).await.unwrap();

    // With the key of another client, the companies of this one do not exist.
    test_app.call("pause", json!({ "paused": true })).await.unwrap();
    let known = test_app.rows("").await;
    for company in &known {
        let path = format!("/_sandbox/companies/{}/vanish", company["id"].as_str().unwrap());
        let (status, _) = call_sandbox(&codat.base_url(), KEY, "POST", &path, json!({})).await;
        assert!(status < 300);
    }
    let error = test_app.call("replaceKey", replace.clone()).await.unwrap_err();
    assert_eq!(error.code, Code::KeyOfAnotherClient, "{error:?}");
    assert_eq!(test_app.rows("").await.len(), known.len());
    test_app.call("switchWorkspace", json!({ "id": "sandbox" })).await.unwrap();
    let error = test_app.call("replaceKey", replace).await.unwrap_err();
    assert_eq!(error.code, Code::KeyOfAnotherClient, "nor where another workspace is open: {error:?}");
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_stays_and_a_removed_workspace_is_gone() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    assert!(test_app.call("removeWorkspace", json!({ "id": "sandbox" })).await.is_err());
    let id = test_app.call("addWorkspace", add(KEY)).await.unwrap()["workspace"]["id"].clone();
    // Without a keyring, the error says that the key may still be stored; the workspace is removed anyway.
    let _ = test_app.call("removeWorkspace", json!({ "id": id })).await;
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["current"], "sandbox");
    assert_eq!(session["workspaces"].as_array().unwrap().len(), 1);
    codat.stop().await;
}

pub(crate) fn found_in(folder: &std::path::Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            return found_in(&entry.path(), text);
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
