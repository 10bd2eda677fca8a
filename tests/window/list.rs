//! The window shows the companies and works on them.

use testkit::{Parts, eventually};

use crate::{desktop, picture, program, sandbox_of};

#[tokio::test]
async fn the_window_shows_rows_makes_a_company_and_copies_its_link() {
    let desktop =
        desktop("the_window_shows_rows_makes_a_company_and_copies_its_link", Parts::default()).await;
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", data.to_str().expect("a path")]).await;

    let shown =
        eventually("rows", || async { Some(window.count(ROWS).await).filter(|count| *count > 5) }).await;
    assert!(shown < 200, "rows are windowed: {shown}");
    desktop.picture(&picture("rows")).await;

    window.click("//button[normalize-space(.)='New company']").await;
    window.type_into("#company-name", NAME).await;
    window.click("//*[@role='dialog']//button[normalize-space(.)='Add']").await;
    window.click("//*[@role='dialog']//button[normalize-space(.)='Copy']").await;
    let copied = desktop.clipboard_with("the Link URL", |text| text.starts_with("http")).await;
    window.picture(&picture("company-made")).await;

    let at_codat = sandbox_of(&desktop).await.companies().await;
    let company =
        at_codat.iter().find(|company| company["name"] == NAME).expect("it was made at Codat's side");
    assert_eq!(company["redirect"], copied.as_str(), "the system's clipboard has the company's Link URL");

    window.click("//*[@role='dialog']//button[normalize-space(.)='Done']").await;
    window.type_into("input[aria-label='Search companies']", "works 東京").await;
    window.find(&format!("//*[@role='row'][contains(., '{NAME}')]")).await;
    eventually("no other row", || async { (window.count(ROWS).await == 1).then_some(()) }).await;
    window.picture(&picture("company-found")).await;
    window.quit().await;
}

const NAME: &str = "Window Works 東京";

/// The rows of the grid, without its head.
const ROWS: &str = "[role=row][data-id]";
