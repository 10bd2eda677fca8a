//! Local data: backed up every day, restored after damage, exported and imported.

use std::path::Path;

use app::Code;
use futures_util::stream;
use serde_json::{Value, json};
use store::Store;

use crate::{
    damage::{damage, files_with, with_its_file},
    desk::Desk,
};

async fn session(desk: &Desk) -> Value {
    desk.call("session", json!({})).await.unwrap()
}

async fn write_note(desk: &Desk, id: &Value, text: &str) {
    let was = desk.call("notes", json!({ "id": id })).await.unwrap()["text"].clone();
    desk.call("setNotes", json!({ "id": id, "was": was, "text": text })).await.unwrap();
}

async fn note(desk: &Desk, id: &Value) -> String {
    desk.call("notes", json!({ "id": id })).await.unwrap()["text"].as_str().unwrap().to_owned()
}

async fn save_schedule(desk: &Desk, name: &str) {
    let plan = json!({
        "target": { "kind": "matching", "search": "is:red" }, "dataType": null,
        "timing": { "kind": "every", "hours": 500 }, "zone": "UTC", "blackouts": [], "spreadMinutes": 0,
    });
    let schedule = json!({ "id": null, "name": name, "on": false, "plan": plan });
    desk.call("saveSchedule", schedule).await.unwrap();
}

async fn schedules(desk: &Desk) -> Vec<String> {
    let all = desk.call("schedules", json!({})).await.unwrap();
    all["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_damage_the_backup_is_restored_and_no_alert_is_sent_twice() {
    let desk = Desk::start().await;
    let row = desk.row("\"vale veterinary clinic\"").await;
    let path = format!("/_sandbox/connections/{}/deauthorize", row["connections"][0]["id"].as_str().unwrap());
    desk.sandbox_call("POST", &path, json!({})).await;
    desk.call("refreshNow", json!({})).await.unwrap();
    desk.eventually("a notification", async |desk: &Desk| {
        (!desk.paper.notified.lock().unwrap().is_empty()).then_some(())
    })
    .await;
    write_note(&desk, &row["id"], "Call on Monday").await;
    save_schedule(&desk, "Broken ones").await;

    let desk = with_its_file(desk, async |path: &Path| {
        let store = Store::open(path, app::clock::now()).await.unwrap();
        store.back_up(app::clock::now()).await.unwrap();
        store.close().await;
        damage(path);
    })
    .await;
    let view = json!({ "search": "", "sort": { "column": "name", "descending": false }, "expanded": [] });
    assert_eq!(desk.call("companies", view).await.unwrap_err().code, Code::DatabaseCorrupt);
    let rebuilt = desk.call("rebuildDatabase", json!({ "id": "sandbox" })).await.unwrap();
    let notice = &rebuilt["notices"][0];
    assert_eq!(notice["code"], "databaseRebuilt", "{rebuilt}");
    let message = notice["message"].as_str().unwrap();
    assert!(message.contains("We restored 1 note, 1 schedule and "), "{message}");
    assert!(message.contains("journal entr"), "{message}");
    assert_eq!(note(&desk, &row["id"]).await, "Call on Monday");
    assert_eq!(schedules(&desk).await, ["Broken ones"]);

    let swept =
        async |desk: &Desk| session(desk).await["health"]["firstSweepDone"].as_bool().filter(|it| *it);
    desk.eventually("the first sweep", swept).await;
    desk.sweeps(2).await;
    let told = desk.paper.notified.lock().unwrap().clone();
    assert!(told.is_empty(), "the loss was announced before: {told:?}");
    let desk = desk.restarted().await;
    desk.sweeps(1).await;
    assert!(desk.paper.notified.lock().unwrap().is_empty(), "not after a restart either");
    assert_eq!(session(&desk).await["notices"], json!([]), "the notice is shown once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_workspace_is_backed_up_without_being_asked() {
    let desk = Desk::start().await;
    let row = desk.row("\"vale veterinary clinic\"").await;
    write_note(&desk, &row["id"], "Call on Monday").await;
    let workspaces = desk.folder.path().join("workspaces");
    let backups = async |_: &Desk| Some(files_with(&workspaces, ".daily-")).filter(|found| !found.is_empty());
    assert_eq!(desk.eventually("a backup", backups).await.len(), 1);
    let desk = with_its_file(desk, async |path: &Path| {
        Store::set_aside(path, app::clock::now()).unwrap();
        let restored = Store::restore(path, app::clock::now()).await.unwrap().expect("a backup");
        assert_eq!(restored.notes, 1);
    })
    .await;
    assert_eq!(note(&desk, &row["id"]).await, "Call on Monday");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_cannot_be_written_shows_a_notice_and_stops_nothing() {
    let desk = Desk::start().await;
    let desk = with_its_file(desk, async |path: &Path| {
        for backup in files_with(path.parent().unwrap(), ".daily-") {
            std::fs::remove_file(path.with_file_name(backup)).unwrap();
        }
        // Where the backup is to be written, something else is in the way.
        std::fs::create_dir(path.with_file_name("sandbox.db.daily.part")).unwrap();
    })
    .await;
    let notice = async |desk: &Desk| {
        let notices = session(desk).await["notices"].clone();
        notices.as_array().unwrap().iter().find(|notice| notice["code"] == "backupFailed").cloned()
    };
    let notice = desk.eventually("the notice", notice).await;
    assert_eq!(notice["tone"], "warning", "{notice}");
    let row = desk.row("\"vale veterinary clinic\"").await;
    write_note(&desk, &row["id"], "Written all the same").await;
    assert_eq!(note(&desk, &row["id"]).await, "Written all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_imported_into_another_workspace_by_the_window() {
    let desk = Desk::start().await;
    let row = desk.row("\"vale veterinary clinic\"").await;
    write_note(&desk, &row["id"], "Call on Monday").await;
    save_schedule(&desk, "Broken ones").await;
    *desk.paper.saving.lock().unwrap() = Some(desk.folder.path().to_owned());
    let saved = desk.call("exportLocalData", json!({})).await.unwrap();
    let file = std::path::PathBuf::from(saved["path"].as_str().unwrap());

    let other = Desk::start().await;
    *other.paper.saving.lock().unwrap() = Some(other.folder.path().to_owned());
    let cancelled = other.call("beginImport", json!({})).await.unwrap();
    assert_eq!(cancelled["id"], Value::Null, "nobody chose a file");
    *other.paper.choice.lock().unwrap() = vec![file];
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
    assert!(other.paper.notified.lock().unwrap().is_empty(), "imported history is announced to nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_sends_its_file_and_one_that_breaks_off_changes_nothing() {
    let desk = Desk::start().await;
    let row = desk.row("\"vale veterinary clinic\"").await;
    write_note(&desk, &row["id"], "Call on Monday").await;
    let saved = desk.call("exportLocalData", json!({})).await.unwrap();
    let (name, mut file) = desk.app.take_export(saved["download"].as_str().unwrap()).unwrap();
    assert!(name.starts_with("Sandbox, local data, "), "{name}");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    write_note(&desk, &row["id"], "").await;

    let send = async |pieces: Vec<std::io::Result<bytes::Bytes>>| {
        let begun = desk.call("beginImport", json!({})).await.unwrap();
        let id = begun["id"].as_u64().unwrap();
        (desk.app.upload(id, stream::iter(pieces)).await, begun)
    };
    let half = bytes::Bytes::copy_from_slice(&bytes[..bytes.len() / 2]);
    let (sent, begun) = send(vec![Ok(half.clone()), Err(std::io::Error::other("the page is gone"))]).await;
    assert_eq!(sent.unwrap_err().code, Code::FileUnusable);
    assert_eq!(desk.call("previewImport", begun).await.unwrap_err().code, Code::FileUnusable);
    let (sent, begun) = send(vec![Ok(half)]).await;
    sent.unwrap();
    let refused = desk.call("applyImport", begun).await.unwrap_err();
    assert!(refused.message.contains("Nothing was imported"), "{}", refused.message);
    assert_eq!(note(&desk, &row["id"]).await, "");

    let (sent, begun) = send(bytes.chunks(1_000).map(|piece| Ok(piece.to_vec().into())).collect()).await;
    sent.unwrap();
    desk.call("applyImport", begun).await.unwrap();
    assert_eq!(note(&desk, &row["id"]).await, "Call on Monday");
}
