//! A broken connection is notified once, and the tray shows it.

use serde_json::{Value, json};
use testkit::{Desktop, Parts, SandboxClient, Shown, eventually};

use crate::{desktop, sandbox_of, start, tray_after_first_sweep};

#[tokio::test]
async fn a_broken_connection_is_told_once_even_after_a_restart() {
    let desktop = desktop("a_broken_connection_is_told_once_even_after_a_restart", Parts::default()).await;
    let app = start(&desktop, &[]);
    let tray = tray_after_first_sweep(&desktop, 1).await;
    let sandbox = sandbox_of(&desktop).await;
    let healthy = healthy_companies(&sandbox).await;
    let [first, second, ..] = healthy.as_slice() else { panic!("two healthy companies: {healthy:?}") };

    first.break_at(&sandbox).await;
    tray.press(&["Check now"]).await;
    wait_for_notification(&desktop, first).await;
    tray.entry(&[&first.name]).await;

    tray.press(&["Quit"]).await;
    assert!(app.ended().await.success, "quitting from the tray is a good end");

    let again = start(&desktop, &[]);
    let tray = tray_after_first_sweep(&desktop, 2).await;
    let sandbox = sandbox_of(&desktop).await;
    tray.press(&["Check now"]).await;
    // A second connection breaks. By the time of its notification, a repeated one of the first would have
    // arrived.
    second.break_at(&sandbox).await;
    tray.press(&["Check now"]).await;
    wait_for_notification(&desktop, second).await;
    let all = desktop.notifications().all();
    assert_eq!(all.iter().filter(|shown| mentions(shown, first)).count(), 1, "told once: {all:?}");
    assert_eq!(all.iter().filter(|shown| mentions(shown, second)).count(), 1, "told once: {all:?}");
    tray.press(&["Quit"]).await;
    assert!(again.ended().await.success);
}

#[tokio::test]
async fn the_notification_of_a_connection_that_is_linked_again_is_closed() {
    let name = "the_notification_of_a_connection_that_is_linked_again_is_closed";
    let desktop = desktop(name, Parts::default()).await;
    let _app = start(&desktop, &[]);
    let tray = tray_after_first_sweep(&desktop, 1).await;
    let sandbox = sandbox_of(&desktop).await;
    let healthy = healthy_companies(&sandbox).await;
    let company = healthy.first().expect("a healthy company");
    company.break_at(&sandbox).await;
    tray.press(&["Check now"]).await;
    wait_for_notification(&desktop, company).await;
    let all = desktop.notifications().all();
    let shown = all.iter().find(|shown| mentions(shown, company)).expect("it was just there");
    sandbox.post(&format!("/_sandbox/connections/{}/link", company.connection), &json!({})).await;
    tray.press(&["Check now"]).await;
    desktop.notifications().wait_for_close(shown.id).await;
}

#[tokio::test]
async fn the_tray_copies_the_link_of_a_broken_connection() {
    let desktop = desktop("the_tray_copies_the_link_of_a_broken_connection", Parts::default()).await;
    let _app = start(&desktop, &[]);
    let tray = tray_after_first_sweep(&desktop, 1).await;
    let sandbox = sandbox_of(&desktop).await;
    let healthy = healthy_companies(&sandbox).await;
    let company = healthy.first().expect("a healthy company");
    company.break_at(&sandbox).await;
    tray.press(&["Check now"]).await;

    tray.entry(&[&company.name]).await;
    tray.press(&[&company.name, "Copy Link URL"]).await;
    let text = desktop.clipboard_with("the Link URL", |text| text.starts_with("http://127.0.0.1:")).await;
    assert!(text.contains(&company.id), "{text} is the company's");
}

/// A company with one linked connection.
#[derive(Debug)]
pub(crate) struct Healthy {
    pub(crate) id: String,
    pub(crate) name: String,
    connection: String,
}

impl Healthy {
    pub(crate) async fn break_at(&self, sandbox: &SandboxClient) {
        let path = format!("/_sandbox/connections/{}/deauthorize", self.connection);
        sandbox.post(&path, &json!({})).await;
    }
}

pub(crate) async fn healthy_companies(sandbox: &SandboxClient) -> Vec<Healthy> {
    let companies = sandbox.companies().await;
    companies.iter().filter_map(healthy).collect()
}

fn healthy(company: &Value) -> Option<Healthy> {
    let [connection] = company["dataConnections"].as_array()?.as_slice() else { return None };
    let name = company["name"].as_str()?;
    // Menus shorten long names, and some characters have a meaning there.
    let plain = name.len() < 30 && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == ' ');
    let errors = connection["dataConnectionErrors"].as_array().is_some_and(|errors| !errors.is_empty());
    (plain && !errors && connection["status"] == "Linked").then(|| Healthy {
        id: company["id"].as_str().unwrap_or_default().to_owned(),
        name: name.to_owned(),
        connection: connection["id"].as_str().unwrap_or_default().to_owned(),
    })
}

/// Waits until a notification names the company.
async fn wait_for_notification(desktop: &Desktop, company: &Healthy) {
    eventually(format!("a notification about {company:?}"), || async {
        desktop.notifications().all().iter().any(|shown| mentions(shown, company)).then_some(())
    })
    .await;
}

pub(crate) fn mentions(shown: &Shown, company: &Healthy) -> bool {
    shown.summary.contains(&company.name) || shown.body.contains(&company.name)
}
