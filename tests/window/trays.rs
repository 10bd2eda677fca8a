//! The tray icon is there whenever there is a host, whatever else works.

use serde_json::json;
use testkit::{CodatServer, Desktop, Parts, TrayHost, TrayItem, Window, eventually};

use crate::{TITLE, desktop, program, start, tray_after_first_sweep};

/// A desktop whose tray starts later.
const NO_TRAY: Parts = Parts { keyring: true, tray: false, notifications: true, system: true };

/// The registered item, once the first line of its menu contains this text.
async fn wait_for_item(host: &TrayHost, wanted: &str) -> TrayItem {
    let item = host.item().await;
    eventually(format!("{wanted:?} in the tray"), || async {
        item.menu().await.first().is_some_and(|line| line.label.contains(wanted)).then_some(())
    })
    .await;
    item
}

/// Opens the window, and waits until all work has ended.
async fn settled(desktop: &Desktop) -> Window {
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", &data.display().to_string()]).await;
    eventually("the end of the first sweep", || async {
        let health = window.call("session", json!({})).await.expect("a session")["health"].clone();
        (health["state"] == "current" && health["firstSweepDone"] == true).then_some(())
    })
    .await;
    window
}

#[tokio::test]
async fn a_host_that_comes_late_has_the_icon_at_once() {
    let desktop = desktop("a_host_that_comes_late_has_the_icon_at_once", NO_TRAY).await;
    let window = settled(&desktop).await;

    // No connection changes from now on: the icon is drawn because of the host.
    let host = desktop.start_tray(true).await;
    wait_for_item(&host, "broken").await.entry(&["Check now"]).await;
    let session = window.call("session", json!({})).await.expect("a session");
    assert_eq!(session["host"]["tray"], true, "and the page knows");
    window.quit().await;
}

#[tokio::test]
async fn a_tray_without_a_host_has_the_icon_once_a_host_comes() {
    let desktop = desktop("a_tray_without_a_host_has_the_icon_once_a_host_comes", NO_TRAY).await;
    let host = desktop.start_tray(false).await;
    let window = settled(&desktop).await;
    host.add_host().await;
    wait_for_item(&host, "broken").await;
    window.quit().await;
}

#[tokio::test]
async fn a_host_that_starts_anew_has_the_icon_again_and_closing_goes_by_what_is_there() {
    let desktop = desktop("a_host_that_starts_anew_has_the_icon_again", NO_TRAY).await;
    let host = desktop.start_tray(true).await;
    let app = start(&desktop, &[]);
    wait_for_item(&host, "broken").await;
    host.leave().await;
    let host = desktop.start_tray(true).await;
    let item = wait_for_item(&host, "broken").await;
    desktop.close(TITLE).await;
    desktop.closed(TITLE).await;
    item.press(&["Open"]).await;
    desktop.bounds_of(TITLE).await;

    host.leave().await;
    desktop.close(TITLE).await;
    assert!(app.ended().await.success, "without a tray, closing quits");
}

#[tokio::test]
async fn without_a_key_a_hidden_start_has_an_icon_that_says_so() {
    const KEY: &str = "window-test-key-of-one-session";
    let desktop = desktop("without_a_key_a_hidden_start_has_an_icon_that_says_so", Parts::default()).await;
    let codat = CodatServer::start(KEY).await;
    let data = desktop.data();
    let args = ["--data-dir", data.to_str().expect("a path"), "--codat-base", &codat.address()];
    let window = desktop.open(program(), &args).await;
    let prod = json!({ "name": "Prod", "key": KEY, "color": "blue", "sessionOnly": true });
    let added = window.call("addWorkspace", prod).await.expect("added");
    let id = added["workspace"]["id"].clone();
    window.call("switchWorkspace", json!({ "id": id })).await.expect("switched");
    window.find("[role=row][data-id]").await;
    window.quit().await;

    let app = start(&desktop, &["--hidden", "--codat-base", &codat.address()]);
    let item = desktop.tray().items(2).await.pop().expect("an item");
    item.entry(&["This workspace has no API key"]).await;
    item.press(&["Open"]).await;
    desktop.bounds_of(TITLE).await;
    item.press(&["Quit"]).await;
    assert!(app.ended().await.success);
}

#[tokio::test]
async fn with_a_damaged_database_a_hidden_start_has_an_icon_that_says_so() {
    let desktop =
        desktop("with_a_damaged_database_a_hidden_start_has_an_icon_that_says_so", Parts::default()).await;
    let app = start(&desktop, &["--hidden"]);
    tray_after_first_sweep(&desktop, 1).await.press(&["Quit"]).await;
    assert!(app.ended().await.success);
    let database = desktop.data().join("workspaces/sandbox.db");
    for beside in ["sandbox.db-wal", "sandbox.db-shm"] {
        drop(std::fs::remove_file(database.with_file_name(beside)));
    }
    std::fs::write(&database, vec![7_u8; 8_192]).expect("damage");

    let app = start(&desktop, &["--hidden"]);
    let item = desktop.tray().items(2).await.pop().expect("an item");
    eventually("the reason in the tray", || async {
        item.menu().await.first().is_some_and(|line| line.label.contains("damaged")).then_some(())
    })
    .await;
    item.press(&["Quit"]).await;
    assert!(app.ended().await.success);
}
