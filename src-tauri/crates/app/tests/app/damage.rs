//! Damaged files are renamed or rebuilt, and the app stays usable.

use std::path::Path;

use app::{Code, Options};
use serde_json::{Value, json};

use crate::test_app::{TestApp, change, start_in};

async fn session(test_app: &TestApp) -> Value {
    test_app.call("session", json!({})).await.unwrap()
}

/// The number that a query of a closed database returns.
async fn number(database: &Path, query: &'static str) -> i64 {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let number = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    number
}

/// The names of files in a folder that contain this text.
pub(crate) fn files_with(folder: &Path, part: &str) -> Vec<String> {
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files = names.filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    files.filter(|name| name.contains(part)).collect()
}

/// Stops the app, changes the sandbox's database, and starts the app again.
pub(crate) async fn with_its_file(test_app: TestApp, act: impl AsyncFnOnce(&Path)) -> TestApp {
    test_app.app.stop().await;
    let folder = test_app.folder;
    drop(test_app.app);
    act(&folder.path().join("workspaces/sandbox.db")).await;
    let (app, desktop) = start_in(folder.path(), Options::default()).await.unwrap();
    TestApp { app, desktop, folder }
}

/// Overwrites the last two thirds of a database with zeros. The schema and the rows that are read at the start
/// stay intact: the tables of companies come after them.
pub(crate) fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let from = bytes.len() / 3;
    bytes[from..].fill(0);
    std::fs::write(path, bytes).unwrap();
}

/// Adds an index that lacks a row. Its table is intact, and no query uses the index.
async fn damage_what_nothing_reads(path: &Path) {
    change(path, "CREATE TABLE unread (text TEXT)").await;
    change(path, "CREATE INDEX unread_text ON unread (text)").await;
    change(path, "INSERT INTO unread VALUES ('a'), ('b')").await;
    let root: i64 = number(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'unread_text'").await;
    let size: i64 = number(path, "PRAGMA page_size").await;
    let mut bytes = std::fs::read(path).unwrap();
    let (from, size) = (usize::try_from((root - 1) * size).unwrap(), usize::try_from(size).unwrap());
    bytes[from..from + size].fill(0);
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_is_found_after_opening_is_told_and_can_be_repaired() {
    let test_app = TestApp::start().await;
    let known = test_app.rows("").await.len();
    let test_app = with_its_file(test_app, async |path: &Path| damage(path)).await;

    let view = json!({ "search": "", "sort": { "column": "name", "descending": false }, "expanded": [] });
    let error = test_app.call("companies", view).await.unwrap_err();
    assert_eq!(error.code, Code::DatabaseCorrupt, "{error:?}");
    let told = session(&test_app).await;
    assert_eq!(told["notices"][0]["code"], "databaseCorrupt", "{told}");
    assert_eq!(told["health"]["state"], "failing", "nothing that is damaged is current");
    let new = json!({ "name": "Lost", "description": null, "tags": [] });
    assert_eq!(test_app.call("createCompany", new).await.unwrap_err().code, Code::DatabaseCorrupt);
    assert_eq!(test_app.at_server("Lost").await, 0, "nothing is done that could not be kept");

    let repaired = test_app.call("rebuildDatabase", json!({ "id": "sandbox" })).await.unwrap();
    assert_eq!(repaired["notices"][0]["code"], "databaseRebuilt", "{repaired}");
    assert_eq!(repaired["notices"].as_array().unwrap().len(), 1, "{repaired}");
    test_app
        .eventually("the companies", async |test_app: &TestApp| {
            (test_app.rows("").await.len() == known).then_some(())
        })
        .await;
    assert_eq!(files_with(&test_app.folder.path().join("workspaces"), "sandbox.db.corrupt-").len(), 1);
    let again = test_app.call("rebuildDatabase", json!({ "id": "sandbox" })).await.unwrap_err();
    assert_eq!(again.code, Code::BadArguments, "what is whole is left alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_repaired_when_asked_before_anything_read_it() {
    let test_app = with_its_file(TestApp::start().await, damage_what_nothing_reads).await;
    assert_eq!(session(&test_app).await["notices"], json!([]), "no damage is known yet");
    let repaired = test_app.call("rebuildDatabase", json!({ "id": "sandbox" })).await.unwrap();
    assert_eq!(repaired["notices"][0]["code"], "databaseRebuilt", "{repaired}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_what_nothing_reads_is_found_in_the_background() {
    let test_app = with_its_file(TestApp::start().await, damage_what_nothing_reads).await;
    assert!(!test_app.rows("").await.is_empty(), "the list can be read");
    test_app
        .eventually("the damage", async |test_app: &TestApp| {
            (session(test_app).await["notices"][0]["code"] == "databaseCorrupt").then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_list_of_workspaces_is_made_again_from_their_files() {
    let text = |_: &mut Vec<u8>| b"Dear diary, this is no database.".to_vec();
    let picture = |_: &mut Vec<u8>| [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 900]].concat();
    let zeroed = |bytes: &mut Vec<u8>| {
        bytes[4096..].fill(0);
        bytes.clone()
    };
    type Damage<'a> = &'a dyn Fn(&mut Vec<u8>) -> Vec<u8>;
    let damages: [(&str, Damage<'_>); 3] =
        [("text", &text), ("a picture", &picture), ("zeroed pages", &zeroed)];
    for (what, damage) in damages {
        let folder = tempfile::tempdir().unwrap();
        let (app, _) = start_in(folder.path(), Options::default()).await.unwrap();
        app.stop().await;
        drop(app);
        let workspaces = folder.path().join("workspaces");
        std::fs::copy(workspaces.join("sandbox.db"), workspaces.join("1b7d-known.db")).unwrap();
        let path = folder.path().join("portal.db");
        let mut bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, damage(&mut bytes)).unwrap();

        let started = start_in(folder.path(), Options::default()).await;
        let (app, _) = started.unwrap_or_else(|error| panic!("{what}: {error}"));
        let session = app.call("session", json!({})).await.unwrap();
        let ids: Vec<_> =
            session["workspaces"].as_array().unwrap().iter().map(|found| &found["id"]).collect();
        assert_eq!(ids, ["sandbox", "1b7d-known"], "{what}");
        assert_eq!(session["workspaces"][1]["safeMode"], "view", "{what}: the person raises it again");
        assert_eq!(session["notices"][0]["code"], "registryRebuilt", "{what}: {session}");
        assert_eq!(files_with(folder.path(), "portal.db.corrupt-").len(), 1, "{what}: nothing was deleted");
        app.stop().await;
        drop(app);
        let (app, _) = start_in(folder.path(), Options::default()).await.unwrap();
        let session = app.call("session", json!({})).await.unwrap();
        assert_eq!(session["workspaces"].as_array().unwrap().len(), 2, "{what}: they stay");
        assert_eq!(session["notices"], json!([]), "{what}: it was told once");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_list_of_workspaces_is_restored_from_its_backup() {
    let test_app = TestApp::start().await;
    let backups = || files_with(test_app.folder.path(), "portal.db.daily-");
    test_app.eventually("a backup", async |_: &TestApp| (backups().len() == 1).then_some(())).await;
    test_app
        .call(
            "updateWorkspace",
            json!({ "id": "sandbox", "name": "Ours", "color": "red", "inviteUrl": null }),
        )
        .await
        .unwrap();
    test_app.app.stop().await;
    let folder = test_app.folder;
    drop(test_app.app);
    let workspaces = folder.path().join("workspaces");
    std::fs::copy(workspaces.join("sandbox.db"), workspaces.join("1b7d-known.db")).unwrap();
    // Today's backup is written again, because the renamed database counts as newer.
    let today = files_with(folder.path(), "portal.db.daily-");
    std::fs::remove_file(folder.path().join(&today[0])).unwrap();
    let (app, _) = start_in(folder.path(), Options::default()).await.unwrap();
    app.stop().await;
    drop(app);
    assert_eq!(files_with(folder.path(), "portal.db.daily-").len(), 1);
    std::fs::write(folder.path().join("portal.db"), "no database").unwrap();

    let (app, _) = start_in(folder.path(), Options::default()).await.unwrap();
    let session = app.call("session", json!({})).await.unwrap();
    let found: Vec<_> =
        session["workspaces"].as_array().unwrap().iter().map(|found| &found["name"]).collect();
    assert_eq!(found, ["Ours", "Recovered workspace 1"], "{session}");
    let message = session["notices"][0]["message"].as_str().unwrap();
    assert!(message.contains("we restored it from the backup of"), "{message}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_sandbox_that_is_none_is_made_anew() {
    let test_app = TestApp::start().await;
    let path = test_app.folder.path().join("sandbox.json");
    let mut known: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    known["key"] = json!("");
    std::fs::write(&path, known.to_string()).unwrap();
    let test_app = test_app.restarted().await;
    assert_eq!(session(&test_app).await["notices"], json!([]));
    let (address, key) = test_app.sandbox();
    assert!(!key.is_empty());
    assert_eq!(address, known["address"].as_str().unwrap(), "it stays where it was");
    test_app.call("refreshNow", json!({})).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_leaves_the_list_of_workspaces_whole_in_its_file() {
    let test_app = TestApp::start().await;
    test_app.app.stop().await;
    let log = std::fs::metadata(test_app.folder.path().join("portal.db-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0, "nothing of it is left in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_list_of_workspaces_that_cannot_be_written_is_a_notice() {
    let folder = tempfile::tempdir().unwrap();
    // A file cannot replace a folder, so the backup cannot be written.
    std::fs::create_dir_all(folder.path().join("portal.db.daily.part/in the way")).unwrap();
    let (app, desktop) = start_in(folder.path(), Options::default()).await.unwrap();
    let test_app = TestApp { app, desktop, folder };
    let notices = test_app
        .eventually("the notice", async |test_app: &TestApp| {
            let notices = session(test_app).await["notices"].clone();
            (notices != json!([])).then_some(notices)
        })
        .await;
    assert_eq!(notices[0]["code"], "backupFailed", "{notices}");
    assert_eq!(notices[0]["id"], "registryBackup", "{notices}");
}
