//! Files that are saved with the native dialog, and files that are dropped on the window.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{Parts, SandboxClient, Window, eventually};

use crate::{TITLE, desktop, open, sandbox_of, screenshot};

/// The title of the native save dialog.
const SAVE: &str = "Save File";

#[tokio::test]
async fn an_export_is_saved_whole_where_the_dialog_says_and_a_cancelled_one_nowhere() {
    let desktop = desktop("an_export_is_saved_whole_where_the_dialog_says", Parts::default()).await;
    let window = open(&desktop).await;
    let sandbox = sandbox_of(&desktop).await;
    let id = company_named(&sandbox, "Harbour Lane Bakery").await;
    go(&window, &format!("#/company/{id}/data/invoices")).await;
    let invoices = sandbox.get(&format!("/companies/{id}/data/invoices?page=1&pageSize=5000")).await;
    let invoices = invoices["results"].as_array().expect("invoices");

    let folder = desktop.home().join("Documents");
    std::fs::create_dir(&folder).expect("a folder");
    let place = folder.join("invoices of the bakery.csv");
    export_csv(&window).await;
    let dialog = desktop.dialog(SAVE).await;
    desktop.screenshot(&screenshot("save-dialog")).await;
    dialog.type_over(&place.display().to_string()).await;
    dialog.accept().await;
    let message = format!("{} records exported", invoices.len());
    window.find(&format!("//*[@data-sonner-toast][contains(., '{message}')]")).await;
    let csv = std::fs::read_to_string(&place).expect("the file");
    assert_eq!(csv.trim_end().split("\r\n").count(), invoices.len() + 1, "a head and all invoices");
    for invoice in invoices {
        assert!(csv.contains(invoice["invoiceNumber"].as_str().expect("a number")), "{invoice}");
    }
    assert_eq!(names(&folder), ["invoices of the bakery.csv"], "nothing was left beside it");

    export_csv(&window).await;
    let dialog = desktop.dialog(SAVE).await;
    dialog.type_over(&folder.join("second.csv").display().to_string()).await;
    dialog.cancel().await;
    // The export can be started again, so this one has ended.
    window.find("//button[normalize-space(.)='Export'][not(@disabled)]").await;
    assert_eq!(names(&folder), ["invoices of the bakery.csv"], "a cancelled one is nowhere");
    assert_eq!(std::fs::read_to_string(&place).expect("the file"), csv, "and changes nothing");
    window.quit().await;
}

#[tokio::test]
async fn files_that_are_dropped_on_the_window_are_uploaded_to_the_company_that_is_open() {
    let desktop = desktop("files_that_are_dropped_on_the_window_are_uploaded", Parts::default()).await;
    let window = open(&desktop).await;
    let sandbox = sandbox_of(&desktop).await;
    let id = company_that_takes_files(&sandbox).await;
    window.call("refreshNow", json!({})).await.expect("a sweep");
    eventually("the company in the app", || async {
        let company = window.call("company", json!({ "id": id })).await.expect("an answer");
        (!company.is_null()).then_some(())
    })
    .await;
    go(&window, &format!("#/company/{id}/files")).await;
    let (pdf, program) = (desktop.home().join("year end é.pdf"), desktop.home().join("run.exe"));
    std::fs::write(&pdf, "%PDF ".repeat(400)).expect("a file");
    std::fs::write(&program, "MZ").expect("a file");

    let mut drag = desktop.drag(&[&pdf, &program]);
    assert!(drag.over(TITLE, 640, 420).await, "the window takes files");
    wait_for_hover(&window, true).await;
    drag.leave();
    wait_for_hover(&window, false).await;
    assert!(drag.over(TITLE, 640, 420).await, "again");
    wait_for_hover(&window, true).await;
    window.screenshot(&screenshot("dragged-over")).await;
    drag.drop_there().await;

    window.text_with("[role=dialog]", "Upload 1 file").await;
    window.text_with("[role=dialog]", "run.exe isn’t an accepted kind of file").await;
    wait_for_hover(&window, false).await;
    window.screenshot(&screenshot("dropped")).await;
    window.click("//*[@role='dialog']//button[normalize-space(.)='Upload 1 file']").await;
    window.text_with("[aria-labelledby=transfers-heading]", "Uploaded").await;
    let files = sandbox.get(&format!("/companies/{id}/files")).await;
    let files: Vec<&str> =
        files.as_array().expect("files").iter().filter_map(|it| it["fileName"].as_str()).collect();
    assert_eq!(files, ["year end é.pdf"]);

    // Downloads the files again, with the save dialog.
    window.click("//button[normalize-space(.)='Download all']").await;
    let archive = desktop.home().join("all.zip");
    let dialog = desktop.dialog(SAVE).await;
    dialog.type_over(&archive.display().to_string()).await;
    dialog.accept().await;
    window.text_with("[aria-labelledby=transfers-heading]", "Saved").await;
    let bytes = std::fs::read(&archive).expect("the archive");
    assert!(bytes.starts_with(b"PK"), "an archive");
    window.quit().await;
}

async fn go(window: &Window, address: &str) {
    window.run("window.location.hash = arguments[0]", vec![json!(address)]).await;
}

async fn export_csv(window: &Window) {
    window.click("//button[normalize-space(.)='Export'][not(@disabled)]").await;
    window.click("//*[@role='menuitem'][normalize-space(.)='CSV']").await;
}

async fn company_named(sandbox: &SandboxClient, name: &str) -> String {
    let companies = sandbox.companies().await;
    let company = companies.iter().find(|company| company["name"] == name).expect("the company");
    company["id"].as_str().expect("its identifier").to_owned()
}

/// Creates a company at Codat with a linked connection that accepts files.
async fn company_that_takes_files(sandbox: &SandboxClient) -> String {
    let text = |value: &Value| value["id"].as_str().expect("an identifier").to_owned();
    let company = text(&sandbox.post("/companies", &json!({ "name": "Drop Works" })).await);
    let wanted = json!({ "platformKey": "bkfu" });
    let connection = text(&sandbox.post(&format!("/companies/{company}/connections"), &wanted).await);
    let path = format!("/companies/{company}/connections/{connection}/authorization");
    sandbox.put(&path, &json!({})).await;
    company
}

/// Waits until the page shows or hides that files are dragged over it.
async fn wait_for_hover(window: &Window, wanted: bool) {
    let place = "//*[contains(., 'Drop files to upload them to')][@aria-hidden='true']";
    eventually(format!("files held above the page: {wanted}"), || async {
        ((window.count(place).await > 0) == wanted).then_some(())
    })
    .await;
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
