//! The window: made when it is wanted, and gone with its memory when it is closed.

use std::sync::{Arc, atomic::Ordering};

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::shell::Manners;

/// The one window.
pub(crate) const MAIN: &str = "main";

/// Shows the window, making it if there is none.
pub(crate) fn show(handle: &AppHandle) -> tauri::Result<()> {
    if let Some(window) = handle.get_webview_window(MAIN) {
        // In this order: a minimized window that is only focused stays minimized.
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    let window = WebviewWindowBuilder::new(handle, MAIN, WebviewUrl::default())
        .title("Portal Desktop")
        .inner_size(1440.0, 900.0)
        .min_inner_size(640.0, 480.0)
        .prevent_overflow()
        .build()?;
    zoom(&window, handle.state::<Arc<Manners>>().zoom.load(Ordering::Acquire));
    Ok(())
}

/// Shows the page at this size, in percent.
pub(crate) fn zoom(window: &WebviewWindow, percent: u16) {
    if let Err(error) = window.set_zoom(f64::from(percent) / 100.0) {
        tracing::warn!(%error, "the page could not be zoomed");
    }
}
