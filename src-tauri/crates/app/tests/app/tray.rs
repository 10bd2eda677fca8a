//! The tray is there whatever works or not, and says why nothing does.

use app::{Options, TrayIcon, TrayItem, TrayMenu};
use serde_json::json;

use crate::{
    desk::{Desk, start_in},
    workspaces::{KEY, add, codat, desk_for},
};

fn trays(desk: &Desk) -> Vec<TrayMenu> {
    desk.paper.trays.lock().unwrap().clone()
}

/// The menu where nothing runs: why, the way to the window, and the end.
#[track_caller]
fn assert_idle(menu: &TrayMenu, reason: &str) {
    let [TrayItem::Line(line), TrayItem::Separator, TrayItem::Open, TrayItem::Separator, TrayItem::Quit] =
        menu.items.as_slice()
    else {
        panic!("{menu:?}");
    };
    assert!(line.contains(reason), "{line}");
    assert!(menu.tooltip.contains(reason), "{menu:?}");
}

/// Why there is no key, which depends on whether this computer has a keyring: the first sentence of the notice.
async fn why_no_key(desk: &Desk) -> String {
    let session = desk.call("session", json!({})).await.unwrap();
    let message = session["notices"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("key"), "{message}");
    message.split_once(". ").unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_is_drawn_before_the_workspace_is_open() {
    let desk = Desk::start().await;
    let first = trays(&desk).first().cloned().unwrap();
    assert_eq!(first.icon, TrayIcon::Starting);
    assert_idle(&first, "Starting");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_the_tray_says_so() {
    let codat = codat().await;
    let desk = desk_for(&codat).await;
    desk.call("addWorkspace", add(KEY)).await.unwrap();
    let desk = desk.restarted().await;
    let last = trays(&desk).last().cloned().unwrap();
    assert_eq!(last.icon, TrayIcon::Unreachable);
    assert_idle(&last, &why_no_key(&desk).await);
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_damaged_database_the_tray_says_so() {
    let desk = Desk::start().await;
    desk.app.stop().await;
    let Desk { app, folder, .. } = desk;
    drop(app);
    let path = folder.path().join("workspaces/sandbox.db");
    for beside in ["sandbox.db-wal", "sandbox.db-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(beside));
    }
    std::fs::write(&path, vec![7_u8; 8_192]).unwrap();
    let (app, paper) = start_in(folder.path(), Options::default()).await.unwrap();
    let desk = Desk { app, paper, folder };
    assert_idle(trays(&desk).last().unwrap(), "damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_to_a_workspace_without_a_key_takes_the_old_menu_away() {
    let codat = codat().await;
    let desk = desk_for(&codat).await;
    let id = desk.call("addWorkspace", add(KEY)).await.unwrap()["workspace"]["id"].clone();
    let desk = desk.restarted().await;
    desk.call("switchWorkspace", json!({ "id": "sandbox" })).await.unwrap();
    desk.eventually("the menu of an engine", async |desk: &Desk| {
        trays(desk).last()?.items.contains(&TrayItem::RefreshNow).then_some(())
    })
    .await;
    desk.call("switchWorkspace", json!({ "id": id })).await.unwrap();
    assert_idle(trays(&desk).last().unwrap(), &why_no_key(&desk).await);
    codat.stop().await;
}
