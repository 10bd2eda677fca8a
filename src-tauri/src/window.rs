//! The window: made when it is wanted, and gone with its memory when it is closed.

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};

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
    WebviewWindowBuilder::new(handle, MAIN, WebviewUrl::default())
        .title("Portal Desktop")
        .inner_size(1440.0, 900.0)
        .min_inner_size(640.0, 480.0)
        .prevent_overflow()
        .build()?;
    Ok(())
}
