//! With two workspaces, notifications and the tray act in their own workspace, whichever the window shows.

use serde_json::{Value, json};
use testkit::{CodatServer, Desktop, Parts, SandboxClient, Window, eventually};

use crate::{
    alerts::{Healthy, healthy_companies, mentions},
    desktop,
    links::wait_for_text,
    program, screenshot,
};

const KEY: &str = "window-test-key-of-northbank";

/// A window that shows the sandbox while *Northbank* is watched, and healthy companies of Northbank.
async fn watched(desktop: &Desktop, codat: &CodatServer) -> (Window, Value, Vec<Healthy>) {
    let data = desktop.data();
    let args = ["--data-dir", data.to_str().expect("a path"), "--codat-base", &codat.address()];
    let window = desktop.open(program(), &args).await;
    let northbank = json!({ "name": "Northbank", "key": KEY, "color": "blue", "sessionOnly": false });
    let added = window.call("addWorkspace", northbank).await.expect("added");
    assert_eq!(added["kept"], "kept", "{added}");
    let id = added["workspace"]["id"].clone();
    wait_for_state(&window, &id, "current").await;
    window.call("switchWorkspace", json!({ "id": "sandbox" })).await.expect("switched");
    eventually("the sandbox", || async { (shown(&window).await == "sandbox").then_some(()) }).await;
    let healthy = healthy_companies(&SandboxClient::new(&codat.address(), KEY)).await;
    (window, id, healthy)
}

/// Waits until a workspace has this state.
async fn wait_for_state(window: &Window, id: &Value, state: &str) {
    eventually(format!("{state} of {id}"), || async {
        let session = window.call("session", json!({})).await.expect("a session");
        let workspaces = session["workspaces"].as_array().expect("workspaces");
        workspaces.iter().any(|one| one["id"] == *id && one["state"] == state).then_some(())
    })
    .await;
}

async fn shown(window: &Window) -> Value {
    window.call("session", json!({})).await.expect("a session")["current"].clone()
}

#[tokio::test]
async fn a_notification_of_a_workspace_that_is_not_shown_names_it_and_opens_it() {
    let desktop =
        desktop("a_notification_of_a_workspace_that_is_not_shown_names_it_and_opens_it", Parts::default())
            .await;
    let codat = CodatServer::start(KEY).await;
    let (window, id, healthy) = watched(&desktop, &codat).await;
    let company = healthy.first().expect("a healthy company");
    company.break_at(&SandboxClient::new(&codat.address(), KEY)).await;
    let tray = desktop.tray().items(1).await.pop().expect("an item");
    tray.press(&["Check now"]).await;

    let notification = eventually("a notification", || async {
        desktop.notifications().all().into_iter().find(|shown| mentions(shown, company))
    })
    .await;
    assert!(
        format!("{} {}", notification.summary, notification.body).contains("Northbank"),
        "{notification:?}"
    );
    assert_eq!(shown(&window).await, "sandbox", "the window shows the other workspace");
    desktop.notifications().press(notification.id, "default").await;
    wait_for_text(&window, "h1", &company.name).await;
    assert_eq!(shown(&window).await, id);
    desktop.screenshot(&screenshot("notification-of-another-workspace")).await;
    window.quit().await;
}

#[tokio::test]
async fn the_tray_names_the_workspace_and_copies_its_link_while_another_one_is_shown() {
    let desktop = desktop(
        "the_tray_names_the_workspace_and_copies_its_link_while_another_one_is_shown",
        Parts::default(),
    )
    .await;
    let codat = CodatServer::start(KEY).await;
    let (window, _, healthy) = watched(&desktop, &codat).await;
    let company = healthy.first().expect("a healthy company");
    company.break_at(&SandboxClient::new(&codat.address(), KEY)).await;
    let tray = desktop.tray().items(1).await.pop().expect("an item");
    tray.press(&["Check now"]).await;

    let label = format!("Northbank: {}", company.name);
    tray.press(&[&label, "Copy Link URL"]).await;
    let text = desktop.clipboard_with("the Link URL", |text| text.starts_with(&codat.address())).await;
    assert!(text.contains(&company.id), "{text} is of the company in Northbank");
    assert_eq!(shown(&window).await, "sandbox", "copying opens nothing");
    window.quit().await;
}
