//! Local data: daily backups, restore after damage, export and import.

use std::path::Path;

use app::Code;
use futures_util::stream;
use serde_json::{Value, json};
use store::Store;

use crate::{
    damage::{damage, files_with, with_its_file},
    test_app::TestApp,
};

async fn session(test_app: &TestApp) -> Value {
    test_app.call("session", json!({})).await.unwrap()
}

async fn write_note(test_app: &TestApp, id: &Value, text: &str) {
    let was = test_app.call("notes", json!({ "id": id })).await.unwrap()["text"].clone();
    test_app.call("setNotes", json!({ "id": id, "was": was, "text": text })).await.unwrap();
}

async fn note(test_app: &TestApp, id: &Value) -> String {
    test_app.call("notes", json!({ "id": id })).await.unwrap()["text"].as_str().unwrap().to_owned()
}

async fn save_schedule(test_app: &TestApp, name: &str) {
    let plan = json!({
        "target": { "kind": "matching", "search": "is:red" }, "dataTypes": [],
        "timing": { "kind": "every", "hours": 500 }, "zone": "UTC", "blackouts": [], "spreadMinutes": 0,
    });
    let schedule = json!({ "id": null, "name": name, "on": false, "plan": plan });
    test_app.call("saveSchedule", schedule).await.unwrap();
}

async fn schedules(test_app: &TestApp) -> Vec<String> {
    let all = test_app.call("schedules", json!({})).await.unwrap();
    all["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_damage_the_backup_is_restored_and_no_alert_is_sent_twice() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    let path = format!("/_sandbox/connections/{}/deauthorize", row["connections"][0]["id"].as_str().unwrap());
    test_app.sandbox_call("POST", &path, json!({})).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("a notification", async |test_app: &TestApp| {
            (!test_app.desktop.notified.lock().unwrap().is_empty()).then_some(())
        })
        .await;
    write_note(&test_app, &row["id"], "Call on Monday").await;
    save_schedule(&test_app, "Broken ones").await;

    let test_app = with_its_file(test_app, async |path: &Path| {
        let store = Store::open(path, app::clock::now()).await.unwrap();
        store.back_up(app::clock::now()).await.unwrap();
        store.close().await;
        damage(path);
    })
    .await;
    let view = json!({ "search": "", "sort": { "column": "name", "descending": false }, "expanded": [] });
    assert_eq!(test_app.call("companies", view).await.unwrap_err().code, Code::DatabaseCorrupt);
    let rebuilt = test_app.call("rebuildDatabase", json!({ "id": "sandbox" })).await.unwrap();
    let notice = &rebuilt["notices"][0];
    assert_eq!(notice["code"], "databaseRebuilt", "{rebuilt}");
    let message = notice["message"].as_str().unwrap();
    assert!(message.contains("We restored 1 note, 1 schedule and "), "{message}");
    assert!(message.contains("journal entr"), "{message}");
    assert_eq!(note(&test_app, &row["id"]).await, "Call on Monday");
    assert_eq!(schedules(&test_app).await, ["Broken ones"]);

    let swept = async |test_app: &TestApp| {
        session(test_app).await["health"]["firstSweepDone"].as_bool().filter(|it| *it)
    };
    test_app.eventually("the first sweep", swept).await;
    test_app.sweeps(2).await;
    let told = test_app.desktop.notified.lock().unwrap().clone();
    assert!(told.is_empty(), "the loss was announced before: {told:?}");
    let test_app = test_app.restarted().await;
    test_app.sweeps(1).await;
    assert!(test_app.desktop.notified.lock().unwrap().is_empty(), "not after a restart either");
    assert_eq!(session(&test_app).await["notices"], json!([]), "the notice is shown once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_workspace_is_backed_up_without_being_asked() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    write_note(&test_app, &row["id"], "Call on Monday").await;
    let workspaces = test_app.folder.path().join("workspaces");
    let backups =
        async |_: &TestApp| Some(files_with(&workspaces, ".daily-")).filter(|found| !found.is_empty());
    assert_eq!(test_app.eventually("a backup", backups).await.len(), 1);
    let test_app = with_its_file(test_app, async |path: &Path| {
        Store::set_aside(path, app::clock::now()).unwrap();
        let restored = Store::restore(path, app::clock::now()).await.unwrap().expect("a backup");
        assert_eq!(restored.notes, 1);
    })
    .await;
    assert_eq!(note(&test_app, &row["id"]).await, "Call on Monday");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_cannot_be_written_shows_a_notice_and_stops_nothing() {
    let test_app = TestApp::start().await;
    let test_app = with_its_file(test_app, async |path: &Path| {
        for backup in files_with(path.parent().unwrap(), ".daily-") {
            std::fs::remove_file(path.with_file_name(backup)).unwrap();
        }
        // A folder is in the place of the backup file.
        std::fs::create_dir(path.with_file_name("sandbox.db.daily.part")).unwrap();
    })
    .await;
    let notice = async |test_app: &TestApp| {
        let notices = session(test_app).await["notices"].clone();
        notices.as_array().unwrap().iter().find(|notice| notice["code"] == "backupFailed").cloned()
    };
    let notice = test_app.eventually("the notice", notice).await;
    assert_eq!(notice["tone"], "warning", "{notice}");
    let row = test_app.row("\"vale veterinary clinic\"").await;
    write_note(&test_app, &row["id"], "Written all the same").await;
    assert_eq!(note(&test_app, &row["id"]).await, "Written all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_imported_into_another_workspace_by_the_window() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    write_note(&test_app, &row["id"], "Call on Monday").await;
    save_schedule(&test_app, "Broken ones").await;
    *test_app.desktop.saving.lock().unwrap() = Some(test_app.folder.path().to_owned());
    let saved = test_app.call("exportLocalData", json!({})).await.unwrap();
    let file = std::path::PathBuf::from(saved["path"].as_str().unwrap());

    let other = TestApp::start().await;
    *other.desktop.saving.lock().unwrap() = Some(other.folder.path().to_owned());
    let cancelled = other.call("beginImport", json!({})).await.unwrap();
    assert_eq!(cancelled["id"], Value::Null, "nobody chose a file");
    *other.desktop.choice.lock().unwrap() = vec![file];
    let begun = other.call("beginImport", json!({})).await.unwrap();
    let preview = other.call("previewImport", begun.clone()).await.unwrap();
    assert_eq!((&preview["workspace"], &preview["unknown"]), (&json!("Sandbox"), &json!(0)));
    assert_eq!(preview["kinds"][0], json!({ "kind": "notes", "added": 1, "same": 0, "kept": 0 }));
    assert_eq!(note(&other, &row["id"]).await, "", "a preview changes nothing");
    assert!(schedules(&other).await.is_empty());
    let done = other.call("applyImport", begun.clone()).await.unwrap();
    assert_eq!(done["kinds"], preview["kinds"], "what was shown is what was done");
    assert_eq!(note(&other, &row["id"]).await, "Call on Monday");
    assert_eq!(schedules(&other).await, ["Broken ones"]);
    let again = other.call("applyImport", begun).await.unwrap_err();
    assert_eq!(again.code, Code::FileUnusable, "it was imported already");
    other.sweeps(1).await;
    let other = other.restarted().await;
    other.sweeps(1).await;
    assert!(other.desktop.notified.lock().unwrap().is_empty(), "imported history is announced to nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_sends_its_file_and_one_that_breaks_off_changes_nothing() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    write_note(&test_app, &row["id"], "Call on Monday").await;
    let saved = test_app.call("exportLocalData", json!({})).await.unwrap();
    let (name, mut file) = test_app.app.take_export(saved["download"].as_str().unwrap()).unwrap();
    assert!(name.starts_with("Sandbox, local data, "), "{name}");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    write_note(&test_app, &row["id"], "").await;

    let send = async |pieces: Vec<std::io::Result<bytes::Bytes>>| {
        let begun = test_app.call("beginImport", json!({})).await.unwrap();
        let id = begun["id"].as_u64().unwrap();
        (test_app.app.upload(id, stream::iter(pieces)).await, begun)
    };
    let half = bytes::Bytes::copy_from_slice(&bytes[..bytes.len() / 2]);
    let (sent, begun) = send(vec![Ok(half.clone()), Err(std::io::Error::other("the page is gone"))]).await;
    assert_eq!(sent.unwrap_err().code, Code::FileUnusable);
    assert_eq!(test_app.call("previewImport", begun).await.unwrap_err().code, Code::FileUnusable);
    let (sent, begun) = send(vec![Ok(half)]).await;
    sent.unwrap();
    let refused = test_app.call("applyImport", begun).await.unwrap_err();
    assert!(refused.message.contains("Nothing was imported"), "{}", refused.message);
    assert_eq!(note(&test_app, &row["id"]).await, "");

    let (sent, begun) = send(bytes.chunks(1_000).map(|piece| Ok(piece.to_vec().into())).collect()).await;
    sent.unwrap();
    test_app.call("applyImport", begun).await.unwrap();
    assert_eq!(note(&test_app, &row["id"]).await, "Call on Monday");
}
