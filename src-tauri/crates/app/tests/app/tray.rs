//! The tray menu exists in every state, and gives the reason when nothing works.

use app::{Options, TrayIcon, TrayItem, TrayMenu};
use serde_json::json;

use crate::{
    test_app::{TestApp, start_in},
    workspaces::{KEY, add, codat, test_app_for},
};

fn trays(test_app: &TestApp) -> Vec<TrayMenu> {
    test_app.desktop.trays.lock().unwrap().clone()
}

/// Checks the menu without a running engine: the reason, *Open* and *Quit*.
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

/// Why there is no key, which depends on the keyring of this computer: the first sentence of the notice.
async fn why_no_key(test_app: &TestApp) -> String {
    let session = test_app.call("session", json!({})).await.unwrap();
    let message = session["notices"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("key"), "{message}");
    message.split_once(". ").unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_is_drawn_before_the_workspace_is_open() {
    let test_app = TestApp::start().await;
    let first = trays(&test_app).first().cloned().unwrap();
    assert_eq!(first.icon, TrayIcon::Starting);
    assert_idle(&first, "Starting");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_the_tray_says_so() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    let test_app = test_app.restarted().await;
    let last = trays(&test_app).last().cloned().unwrap();
    assert_eq!(last.icon, TrayIcon::Unreachable);
    assert_idle(&last, &why_no_key(&test_app).await);
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_damaged_database_the_tray_says_so() {
    let test_app = TestApp::start().await;
    test_app.app.stop().await;
    let TestApp { app, folder, .. } = test_app;
    drop(app);
    let path = folder.path().join("workspaces/sandbox.db");
    for beside in ["sandbox.db-wal", "sandbox.db-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(beside));
    }
    std::fs::write(&path, vec![7_u8; 8_192]).unwrap();
    let (app, desktop) = start_in(folder.path(), Options::default()).await.unwrap();
    let test_app = TestApp { app, desktop, folder };
    assert_idle(trays(&test_app).last().unwrap(), "damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_to_a_workspace_without_a_key_takes_the_old_menu_away() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    let id = test_app.call("addWorkspace", add(KEY)).await.unwrap()["workspace"]["id"].clone();
    let test_app = test_app.restarted().await;
    test_app.call("switchWorkspace", json!({ "id": "sandbox" })).await.unwrap();
    test_app
        .eventually("the menu of an engine", async |test_app: &TestApp| {
            trays(test_app).last()?.items.contains(&TrayItem::RefreshNow).then_some(())
        })
        .await;
    test_app.call("switchWorkspace", json!({ "id": id })).await.unwrap();
    assert_idle(trays(&test_app).last().unwrap(), &why_no_key(&test_app).await);
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_saved_views_are_in_the_tray_and_one_that_is_chosen_is_shown() {
    let test_app = TestApp::start().await;
    // The views are there once the engine runs.
    let names = async |test_app: &TestApp| {
        let views = async |test_app: &TestApp| {
            let submenu = |item| if let TrayItem::Views { items, .. } = item { Some(items) } else { None };
            trays(test_app).pop()?.items.into_iter().find_map(submenu)
        };
        let name = |item| if let TrayItem::OpenView { label, .. } = item { Some(label) } else { None };
        test_app.eventually("views", views).await.into_iter().filter_map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&test_app).await[0], "Needs attention");
    test_app.call("removeView", json!({ "id": "attention" })).await.unwrap();
    assert_eq!(names(&test_app).await[0], "Expiring in 14 days");
    test_app.app.show_view("sandbox".to_owned(), "expiring".to_owned());
    let wanted = test_app.call("takeWanted", json!({})).await.unwrap();
    assert_eq!((&wanted["view"], &wanted["workspace"]), (&json!("expiring"), &serde_json::Value::Null));
    let test_app = test_app.restarted().await;
    assert_eq!(names(&test_app).await[0], "Expiring in 14 days");
}
