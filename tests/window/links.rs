//! Links, dialogs and drops: what only a real window has.

use serde_json::json;
use testkit::{Desktop, Parts, eventually};

use crate::{desktop, picture, program, sandbox_of};

/// The identifier of a company of the app's sandbox.
async fn company_of(desktop: &Desktop, name: &str) -> String {
    let companies = sandbox_of(desktop).await.companies().await;
    let company = companies.iter().find(|company| company["name"] == name).expect("the company");
    company["id"].as_str().expect("its identifier").to_owned()
}

/// Starts the app once more with a link, as the desktop does for a link that is clicked.
async fn hand_over(desktop: &Desktop, link: &str) {
    let mut command = desktop.command(program());
    command.arg("--data-dir").arg(desktop.data()).arg(link);
    let second = desktop.run(command).await;
    assert!(second.success, "the second one leaves in peace: {}", second.said);
}

#[tokio::test]
async fn a_link_that_is_handed_to_the_running_app_opens_what_it_names() {
    let desktop = desktop("a_link_that_is_handed_to_the_running_app", Parts::default()).await;
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", &data.display().to_string()]).await;
    window.text_with("body", "Up to date").await;
    let id = company_of(&desktop, "Vale Veterinary Clinic").await;

    hand_over(&desktop, &format!("portal-desktop://company/{id}/history")).await;
    window.text_with("[role=tab][aria-selected=true]", "Data history").await;
    window.text_with("h1", "Vale Veterinary Clinic").await;
    desktop.picture(&picture("link")).await;

    hand_over(&desktop, "portal-desktop://company/nobody/erase").await;
    window.text_with("body", "leads nowhere").await;
    window.text_with("[role=tab][aria-selected=true]", "Data history").await;

    // The mouse's back button, as the page hears it.
    window.run("window.dispatchEvent(new MouseEvent('mouseup', { button: 3, bubbles: true }))", vec![]).await;
    eventually("the list again", || async { (window.count("[role=grid]").await == 1).then_some(()) }).await;
}

#[tokio::test]
async fn files_are_asked_for_with_the_desktops_own_dialog() {
    let desktop = desktop("files_are_asked_for_with_the_desktops_own_dialog", Parts::default()).await;
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", &data.display().to_string()]).await;
    window.text_with("body", "Up to date").await;
    let id = company_of(&desktop, "Harbour Lane Bakery").await;
    window.run("window.location.hash = arguments[0]", vec![json!(format!("#/company/{id}/files"))]).await;
    window.text_with("body", "Upload files").await;
    window.run("[...document.querySelectorAll('button')].find((it) => it.textContent.includes('Upload files')).click()", vec![]).await;
    eventually("the dialog", || async {
        let titles = desktop.windows().await;
        titles.iter().any(|title| title.contains("Open")).then_some(())
    })
    .await;
    desktop.picture(&picture("open-dialog")).await;
}
