//! Files on this computer, and what happens when they are damaged.

use std::path::Path;

use app::{Code, Options, StartError};
use serde_json::json;
use sqlx::{
    ConnectOptions as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteLockingMode},
};

use crate::test_app::{TestApp, start_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_with_the_same_data_is_refused() {
    let test_app = TestApp::start().await;
    let second = start_in(test_app.folder.path(), Options::default()).await;
    assert!(matches!(second, Err(StartError::Running)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_keeps_its_state_its_port_and_its_key() {
    let test_app = TestApp::start().await;
    let before = test_app.sandbox();
    test_app.call("createCompany", json!({ "name": "Kept", "description": null, "tags": [] })).await.unwrap();
    let test_app = test_app.restarted().await;
    assert_eq!(test_app.sandbox(), before);
    assert_eq!(test_app.at_server("Kept").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_told_left_as_it_is_and_rebuilt_when_asked() {
    let test_app = TestApp::start().await;
    let known = test_app.rows("").await.len();
    let path = test_app.folder.path().join("workspaces/sandbox.db");
    test_app.app.stop().await;
    let TestApp { app, folder, .. } = test_app;
    drop(app);
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(format!("sandbox.db{beside}")));
    }
    std::fs::write(&path, vec![7_u8; 8_192]).unwrap();

    let (app, desktop) = start_in(folder.path(), Options::default()).await.unwrap();
    let test_app = TestApp { app, desktop, folder };
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["notices"][0]["code"], "databaseCorrupt", "{session}");
    let view = json!({ "search": "" });
    assert_eq!(test_app.call("companies", view).await.unwrap_err().code, Code::DatabaseCorrupt);
    assert_eq!(std::fs::read(&path).unwrap(), vec![7_u8; 8_192], "left as it is");

    test_app.call("rebuildDatabase", json!({ "id": "sandbox" })).await.unwrap();
    test_app
        .eventually("the companies again", async |test_app: &TestApp| {
            (test_app.rows("").await.len() == known).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_used_is_told_and_left_and_opens_again_once_it_can() {
    for (case, code) in
        [("newer", "databaseNewer"), ("locked", "databaseLocked"), ("read-only", "databaseReadOnly")]
    {
        let test_app = TestApp::start().await;
        let known = test_app.rows("").await.len();
        test_app.app.stop().await;
        let TestApp { app, folder, .. } = test_app;
        drop(app);
        let path = folder.path().join("workspaces/sandbox.db");
        let before = std::fs::read(&path).unwrap();
        let held = spoiled(&path, case).await;

        let (app, desktop) = start_in(folder.path(), Options::default()).await.unwrap();
        let test_app = TestApp { app, desktop, folder };
        let session = test_app.call("session", json!({})).await.unwrap();
        assert_eq!(session["notices"][0]["code"], code, "{case}: {session}");
        let refused =
            test_app.call("createCompany", json!({ "name": "No", "description": null, "tags": [] })).await;
        assert!(refused.is_err(), "{case}: nothing is done that could not be kept");
        assert_eq!(test_app.at_server("No").await, 0, "{case}");
        test_app.app.stop().await;
        drop((test_app.app, held));

        for beside in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(path.with_file_name(format!("sandbox.db{beside}")));
        }
        std::fs::write(&path, before).unwrap();
        let (app, desktop) = start_in(test_app.folder.path(), Options::default()).await.unwrap();
        let test_app = TestApp { app, desktop, folder: test_app.folder };
        assert_eq!(test_app.rows("").await.len(), known, "{case}: everything is still there");
    }
}

/// Makes a database unusable. The returned value keeps it so.
async fn spoiled(path: &Path, case: &str) -> Option<SqliteConnection> {
    match case {
        "newer" => {
            let mut database = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
            let migration =
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', 1, x'00', 0)";
            sqlx::query(migration).execute(&mut database).await.unwrap();
            None
        }
        "locked" => {
            let options =
                SqliteConnectOptions::new().filename(path).locking_mode(SqliteLockingMode::Exclusive);
            let mut database = options.connect().await.unwrap();
            sqlx::query("CREATE TABLE mine (a)").execute(&mut database).await.unwrap();
            Some(database)
        }
        _ => {
            // SQLite opens a file whose write format is newer than it supports, but read-only.
            let mut bytes = std::fs::read(path).unwrap();
            bytes[18] = 9;
            std::fs::write(path, bytes).unwrap();
            None
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let test_app = TestApp::start().await;
    let mut folders = vec![test_app.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            let is_log = entry.path().to_string_lossy().contains("/log/");
            if entry.file_type().unwrap().is_dir() {
                assert_eq!(mode, 0o700, "{}", entry.path().display());
                folders.push(entry.path());
            } else if !is_log {
                assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
            }
        }
    }
}
