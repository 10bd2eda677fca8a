//! The zoom of the page: set by keys, saved, and used for each window.

use serde_json::json;
use testkit::{Parts, Window, eventually};

use crate::{TITLE, desktop, open, screenshot};

#[tokio::test]
async fn the_page_is_zoomed_by_keys_and_stays_so() {
    let desktop = desktop("the_page_is_zoomed_by_keys_and_stays_so", Parts::default()).await;
    let window = open(&desktop).await;
    let whole = width(&window).await;

    desktop.press_in(TITLE, &["ctrl+plus", "ctrl+plus", "ctrl+plus"]).await;
    let large = width_once(&window, |width| width < whole * 0.7).await;
    window.screenshot(&screenshot("zoomed")).await;
    desktop.press_in(TITLE, &["ctrl+minus"]).await;
    width_once(&window, |width| width > large).await;
    desktop.press_in(TITLE, &["ctrl+0"]).await;
    width_once(&window, |width| (width - whole).abs() < 2.0).await;
    desktop.press_in(TITLE, &["ctrl+KP_Add", "ctrl+KP_Add"]).await;
    let medium = width_once(&window, |width| width < whole * 0.85).await;
    // The zoom is saved before the page is informed.
    eventually("the size to be kept", || async {
        let session = window.call("session", json!({})).await.expect("a session");
        (session["preferences"]["zoom"] == 125).then_some(())
    })
    .await;
    window.quit().await;

    let window = open(&desktop).await;
    width_once(&window, |width| (width - medium).abs() < 2.0).await;
    desktop.press_in(TITLE, &["ctrl+KP_Subtract", "ctrl+KP_Subtract"]).await;
    width_once(&window, |width| (width - whole).abs() < 2.0).await;
    window.quit().await;
}

/// The width of the page in CSS pixels: the larger the zoom, the fewer they are.
async fn width(window: &Window) -> f64 {
    window.run("return window.innerWidth", vec![]).await.as_f64().expect("a width")
}

async fn width_once(window: &Window, wanted: impl Fn(f64) -> bool) -> f64 {
    eventually("the page at another size", || async {
        Some(width(window).await).filter(|width| wanted(*width))
    })
    .await
}
