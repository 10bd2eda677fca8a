//! Links, dialogs and drops, which need a real window.

use std::path::Path;

use serde_json::json;
use testkit::{Desktop, Parts, Window, eventually};

use crate::{desktop, program, sandbox_of, screenshot, start, tray_after_first_sweep};

/// The ID of a company in the app's sandbox.
async fn company_of(desktop: &Desktop, name: &str) -> String {
    let companies = sandbox_of(desktop).await.companies().await;
    let company = companies.iter().find(|company| company["name"] == name).expect("the company");
    company["id"].as_str().expect("its identifier").to_owned()
}

/// Waits until an element has this text, visible or not.
pub(crate) async fn wait_for_text(window: &Window, place: &str, wanted: &str) {
    let script = "return document.querySelector(arguments[0])?.textContent ?? ''";
    eventually(format!("{wanted:?} in {place}"), || async {
        let text = window.run(script, vec![json!(place)]).await;
        text.as_str().is_some_and(|text| text.contains(wanted)).then_some(())
    })
    .await;
}

/// Starts a second process with a link, as the desktop does for a clicked link.
async fn start_with_link(desktop: &Desktop, link: &str) {
    let mut command = desktop.command(program());
    command.arg("--data-dir").arg(desktop.data()).arg(link);
    let second = desktop.run(command).await;
    assert!(second.success, "the second one leaves in peace: {}", second.output);
}

#[tokio::test]
async fn a_link_that_is_handed_to_the_running_app_opens_what_it_names() {
    let desktop = desktop("a_link_that_is_handed_to_the_running_app", Parts::default()).await;
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", &data.display().to_string()]).await;
    window.find("[role=row][data-id]").await;
    let id = company_of(&desktop, "Vale Veterinary Clinic").await;

    start_with_link(&desktop, &format!("portal-desktop://company/{id}/history")).await;
    window.text_with("[role=tab][aria-selected=true]", "Data history").await;
    wait_for_text(&window, "h1", "Vale Veterinary Clinic").await;
    desktop.screenshot(&screenshot("link")).await;

    start_with_link(&desktop, "portal-desktop://company/nobody/erase").await;
    wait_for_text(&window, "[data-sonner-toast]", "doesn’t lead anywhere").await;
    window.text_with("[role=tab][aria-selected=true]", "Data history").await;

    // The back button of the mouse, as the page receives it.
    window.run("window.dispatchEvent(new MouseEvent('mouseup', { button: 3, bubbles: true }))", vec![]).await;
    eventually("the list again", || async { (window.count("[role=grid]").await == 1).then_some(()) }).await;
}

#[tokio::test]
async fn the_desktop_is_told_which_program_opens_links() {
    let desktop = desktop("the_desktop_is_told_which_program_opens_links", Parts::default()).await;
    let applications = desktop.home().join(".local/share/applications");
    // With `--data-dir` the app does not register itself for links: the installed program keeps them.
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

/// The contents of the desktop entries in a folder.
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
    desktop.screenshot(&screenshot("open-dialog")).await;
}
