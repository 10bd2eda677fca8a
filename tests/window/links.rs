//! Links, dialogs and drops: what only a real window has.

use std::path::Path;

use serde_json::json;
use testkit::{Desktop, Parts, Window, eventually};

use crate::{desktop, picture, program, sandbox_of, start, tray_after_first_sweep};

/// The identifier of a company of the app's sandbox.
async fn company_of(desktop: &Desktop, name: &str) -> String {
    let companies = sandbox_of(desktop).await.companies().await;
    let company = companies.iter().find(|company| company["name"] == name).expect("the company");
    company["id"].as_str().expect("its identifier").to_owned()
}

/// Waits until a part of the page has this text, cut off on screen or not.
pub(crate) async fn says(window: &Window, place: &str, wanted: &str) {
    let script = "return document.querySelector(arguments[0])?.textContent ?? ''";
    eventually(format!("{wanted:?} in {place}"), || async {
        let text = window.run(script, vec![json!(place)]).await;
        text.as_str().is_some_and(|text| text.contains(wanted)).then_some(())
    })
    .await;
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
    window.find("[role=row][data-id]").await;
    let id = company_of(&desktop, "Vale Veterinary Clinic").await;

    hand_over(&desktop, &format!("portal-desktop://company/{id}/history")).await;
    window.text_with("[role=tab][aria-selected=true]", "Data history").await;
    says(&window, "h1", "Vale Veterinary Clinic").await;
    desktop.picture(&picture("link")).await;

    hand_over(&desktop, "portal-desktop://company/nobody/erase").await;
    says(&window, "[data-sonner-toast]", "leads nowhere").await;
    window.text_with("[role=tab][aria-selected=true]", "Data history").await;

    // The mouse's back button, as the page hears it.
    window.run("window.dispatchEvent(new MouseEvent('mouseup', { button: 3, bubbles: true }))", vec![]).await;
    eventually("the list again", || async { (window.count("[role=grid]").await == 1).then_some(()) }).await;
}

#[tokio::test]
async fn the_desktop_is_told_which_program_opens_links() {
    let desktop = desktop("the_desktop_is_told_which_program_opens_links", Parts::default()).await;
    let applications = desktop.home().join(".local/share/applications");
    // A folder of one's own is for trying things: links stay with the program that is installed.
    let tried = start(&desktop, &["--hidden"]);
    let tray = tray_after_first_sweep(&desktop, 1).await;
    assert_eq!(entries(&applications), [] as [String; 0]);
    tray.press(&["Quit"]).await;
    assert!(tried.ended().await.success);

    let mut command = desktop.command(program());
    command.arg("--hidden");
    let _app = desktop.spawn(command);
    let entry = eventually("an entry for links", || async {
        entries(&applications).into_iter().find(|text| text.contains("x-scheme-handler/portal-desktop"))
    })
    .await;
    let runs = entry.lines().find_map(|line| line.strip_prefix("Exec=")).expect("a program");
    assert!(runs.contains(&program().display().to_string()), "{runs} is this program");
    assert!(runs.ends_with("%u"), "{runs} is given the link");
}

/// What the entries in a folder of the desktop's say.
fn entries(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    files
        .filter(|path| path.extension().is_some_and(|ending| ending == "desktop"))
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

#[tokio::test]
async fn files_are_asked_for_with_the_desktops_own_dialog() {
    let desktop = desktop("files_are_asked_for_with_the_desktops_own_dialog", Parts::default()).await;
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", &data.display().to_string()]).await;
    window.find("[role=row][data-id]").await;
    let id = company_of(&desktop, "Harbour Lane Bakery").await;
    window.run("window.location.hash = arguments[0]", vec![json!(format!("#/company/{id}/files"))]).await;
    window.find("#tab-files[aria-selected=true]").await;
    window.run("[...document.querySelectorAll('button')].find((it) => it.textContent.includes('Upload files')).click()", vec![]).await;
    eventually("the dialog", || async {
        let titles = desktop.windows().await;
        titles.iter().any(|title| title.contains("Open")).then_some(())
    })
    .await;
    desktop.picture(&picture("open-dialog")).await;
}
