//! What is kept on this computer, and what becomes of it when it is damaged.

use app::{Code, Options, StartError};
use serde_json::json;

use crate::desk::{Desk, start_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_with_the_same_data_is_refused() {
    let desk = Desk::start().await;
    let second = start_in(desk.folder.path(), Options::default()).await;
    assert!(matches!(second, Err(StartError::Running)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_keeps_its_state_its_port_and_its_key() {
    let desk = Desk::start().await;
    let before = desk.sandbox();
    desk.call("createCompany", json!({ "name": "Kept", "description": null, "tags": [] })).await.unwrap();
    let desk = desk.restarted().await;
    assert_eq!(desk.sandbox(), before);
    assert_eq!(desk.at_server("Kept").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_told_left_as_it_is_and_rebuilt_when_asked() {
    let desk = Desk::start().await;
    let known = desk.rows("").await.len();
    let path = desk.folder.path().join("workspaces/sandbox.db");
    desk.app.stop().await;
    let Desk { app, folder, .. } = desk;
    drop(app);
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(format!("sandbox.db{beside}")));
    }
    std::fs::write(&path, vec![7_u8; 8_192]).unwrap();

    let (app, paper) = start_in(folder.path(), Options::default()).await.unwrap();
    let desk = Desk { app, paper, folder };
    let session = desk.call("session", json!({})).await.unwrap();
    assert_eq!(session["notices"][0]["code"], "databaseCorrupt", "{session}");
    let view = json!({ "search": "" });
    assert_eq!(desk.call("companies", view).await.unwrap_err().code, Code::DatabaseCorrupt);
    assert_eq!(std::fs::read(&path).unwrap(), vec![7_u8; 8_192], "left as it is");

    desk.call("rebuildDatabase", json!({})).await.unwrap();
    desk.eventually("the companies again", async |desk: &Desk| {
        (desk.rows("").await.len() == known).then_some(())
    })
    .await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::start().await;
    let mut folders = vec![desk.folder.path().to_owned()];
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
