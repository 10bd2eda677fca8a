//! The window shows the companies and works on them.

use std::time::Duration;

use testkit::{Desktop, Parts, eventually};

use crate::{TITLE, desktop, program, sandbox_of, screenshot};

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
    window.screenshot(&screenshot("1-first-start")).await;

    window.click("//button[normalize-space(.)='New company']").await;
    window.type_into("#company-name", NAME).await;
    window.value_with("#company-name", NAME).await;
    window.screenshot(&screenshot("2-new-company")).await;
    window.click("//*[@role='dialog']//button[normalize-space(.)='Add']").await;
    window.click("//*[@role='dialog']//button[normalize-space(.)='Copy']").await;
    let copied = desktop.clipboard_with("the Link URL", |text| text.starts_with("http")).await;
    window.screenshot(&screenshot("3-link-url")).await;

    let at_codat = sandbox_of(&desktop).await.companies().await;
    let company =
        at_codat.iter().find(|company| company["name"] == NAME).expect("it was made at Codat's side");
    assert_eq!(company["redirect"], copied.as_str(), "the system's clipboard has the company's Link URL");

    window.click("//*[@role='dialog']//button[normalize-space(.)='Done']").await;
    window.type_into(SEARCH, "works αθηνα").await;
    window.value_with(SEARCH, "works αθηνα").await;
    window.find(&row(NAME)).await;
    eventually("no other row", || async { (window.count(ROWS).await == 1).then_some(()) }).await;
    window.screenshot(&screenshot("4-search")).await;

    window.click(&row(NAME)).await;
    window.keys(F2).await;
    // The old name is selected, so typed text replaces it.
    let renamed = format!("{NAME} Ltd");
    window.type_into("input[aria-label='New name']", &renamed).await;
    window.value_with("input[aria-label='New name']", &renamed).await;
    window.screenshot(&screenshot("5-rename")).await;
    window.keys(ENTER).await;
    window.find(&row(&renamed)).await;
    let at_codat = sandbox_of(&desktop).await.companies().await;
    assert!(at_codat.iter().any(|company| company["name"] == renamed.as_str()), "and at Codat's side");

    window.click("button[aria-label^='Copy company link of']").await;
    window.find(&format!("//*[@data-sonner-toast][contains(., '{copied}')]")).await;
    window.screenshot(&screenshot("6-copied")).await;
    window.quit().await;
}

#[tokio::test]
async fn the_pencil_of_the_row_at_the_cursor_renames_it_and_nothing_else_happens() {
    let desktop = desktop("the_pencil_of_the_row_at_the_cursor_renames_it", Parts::default()).await;
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", data.to_str().expect("a path")]).await;
    window.find(ROWS).await;
    let before = names(&desktop).await;
    let first = "(//*[@role='row'][@data-id])[1]";
    // The pencil is visible while the pointer is over the row, and the click moves the cursor to that row.
    window.press(&format!("{first}//*[contains(@class, 'lastRead')]"), HELD).await;
    window.press(&format!("{first}//button[starts-with(@aria-label, 'Rename')]"), HELD).await;
    window.find("input[aria-label='New name']").await;
    // Letters that are shortcuts of the list; the first one creates a company.
    desktop.press_in(TITLE, &["n", "l", "c", "r", "i", "n", "Return"]).await;
    window.find(&row("nlcrin")).await;
    eventually("the end of the field", || async {
        (window.count("input[aria-label='New name']").await == 0).then_some(())
    })
    .await;
    window.screenshot(&screenshot("pencil")).await;
    assert_eq!(window.count("[role=dialog]").await, 0, "no dialog came");
    assert_eq!(window.count("[role=grid]").await, 1, "the list is still there");

    let after = names(&desktop).await;
    let gone: Vec<_> = before.iter().filter(|name| !after.contains(name)).collect();
    let new: Vec<_> = after.iter().filter(|name| !before.contains(name)).collect();
    assert_eq!((gone.len(), new), (1, vec![&"nlcrin".to_owned()]), "one was renamed: {gone:?}");
    assert_eq!(before.len(), after.len(), "none was created");
    window.quit().await;
}

/// The names of the companies at Codat, sorted.
async fn names(desktop: &Desktop) -> Vec<String> {
    let companies = sandbox_of(desktop).await.companies().await;
    let mut names: Vec<_> =
        companies.iter().filter_map(|company| Some(company["name"].as_str()?.to_owned())).collect();
    names.sort();
    names
}

/// How long a mouse button is held.
const HELD: Duration = Duration::from_millis(60);

/// The selector of a company's row.
fn row(name: &str) -> String {
    format!("//*[@role='row'][contains(., '{name}')]")
}

/// The code of the key in WebDriver.
const F2: &str = "\u{e032}";
const ENTER: &str = "\u{e007}";

const NAME: &str = "Window Works Αθήνα";

const SEARCH: &str = "input[aria-label='Search companies']";

/// The rows of the grid, without the header.
const ROWS: &str = "[role=row][data-id]";
