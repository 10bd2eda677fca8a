//! The window. It is created when it is shown and destroyed when it is closed, which frees its memory.

use std::sync::{Arc, atomic::Ordering};

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::shell::CloseBehavior;

/// The label of the window.
pub(crate) const MAIN: &str = "main";

/// Shows the window, or creates it.
pub(crate) fn show(handle: &AppHandle) -> tauri::Result<()> {
    if let Some(window) = handle.get_webview_window(MAIN) {
        // The order matters: focusing a minimized window does not restore it.
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
    zoom(&window, handle.state::<Arc<CloseBehavior>>().zoom.load(Ordering::Acquire));
    Ok(())
}

/// Sets the zoom of the page, in percent.
pub(crate) fn zoom(window: &WebviewWindow, percent: u16) {
    if let Err(error) = window.set_zoom(f64::from(percent) / 100.0) {
        tracing::warn!(%error, "the page could not be zoomed");
    }
}
