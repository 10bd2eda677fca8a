//! The window shows the companies and works on them.

use testkit::{Parts, eventually};

use crate::{desktop, picture, program, sandbox_of};

#[tokio::test]
async fn the_window_shows_rows_makes_a_company_renames_it_and_copies_its_link() {
    let desktop =
        desktop("the_window_shows_rows_makes_a_company_renames_it_and_copies_its_link", Parts::default())
            .await;
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", data.to_str().expect("a path")]).await;

    let shown =
        eventually("rows", || async { Some(window.count(ROWS).await).filter(|count| *count > 5) }).await;
    assert!(shown < 200, "rows are windowed: {shown}");
    window.picture(&picture("1-first-start")).await;

    window.click("//button[normalize-space(.)='New company']").await;
    window.type_into("#company-name", NAME).await;
    window.value_with("#company-name", NAME).await;
    window.picture(&picture("2-new-company")).await;
    window.click("//*[@role='dialog']//button[normalize-space(.)='Add']").await;
    window.click("//*[@role='dialog']//button[normalize-space(.)='Copy']").await;
    let copied = desktop.clipboard_with("the Link URL", |text| text.starts_with("http")).await;
    window.picture(&picture("3-link-url")).await;

    let at_codat = sandbox_of(&desktop).await.companies().await;
    let company =
        at_codat.iter().find(|company| company["name"] == NAME).expect("it was made at Codat's side");
    assert_eq!(company["redirect"], copied.as_str(), "the system's clipboard has the company's Link URL");

    window.click("//*[@role='dialog']//button[normalize-space(.)='Done']").await;
    window.type_into(SEARCH, "works αθηνα").await;
    window.value_with(SEARCH, "works αθηνα").await;
    window.find(&row(NAME)).await;
    eventually("no other row", || async { (window.count(ROWS).await == 1).then_some(()) }).await;
    window.picture(&picture("4-search")).await;

    window.click(&row(NAME)).await;
    window.keys(F2).await;
    // The old name is selected: what is typed takes its place.
    let renamed = format!("{NAME} Ltd");
    window.type_into("input[aria-label='New name']", &renamed).await;
    window.value_with("input[aria-label='New name']", &renamed).await;
    window.picture(&picture("5-rename")).await;
    window.keys(ENTER).await;
    window.find(&row(&renamed)).await;
    let at_codat = sandbox_of(&desktop).await.companies().await;
    assert!(at_codat.iter().any(|company| company["name"] == renamed.as_str()), "and at Codat's side");

    window.click("button[aria-label^='Copy Link URL of']").await;
    window.find(&format!("//*[@data-sonner-toast][contains(., '{copied}')]")).await;
    window.picture(&picture("6-copied")).await;
    window.quit().await;
}

/// The row of a company.
fn row(name: &str) -> String {
    format!("//*[@role='row'][contains(., '{name}')]")
}

/// Keys as the driver writes them.
const F2: &str = "\u{e032}";
const ENTER: &str = "\u{e007}";

const NAME: &str = "Window Works Αθήνα";

const SEARCH: &str = "input[aria-label='Search companies']";

/// The rows of the grid, without its head.
const ROWS: &str = "[role=row][data-id]";
