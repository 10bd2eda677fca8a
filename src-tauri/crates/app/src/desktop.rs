//! The interface to a host: everything outside the window or the page.

use std::path::{Path, PathBuf};

use codat::ConnectionId;
use engine::Notification;
use futures_util::future::BoxFuture;
use serde::Serialize;
use ts_rs::TS;

use crate::tray_menu::TrayMenu;

/// The desktop of a host.
pub trait Desktop: Send + Sync + 'static {
    /// The capabilities of the host.
    fn facts(&self) -> HostFacts;

    /// Shows a notification, about this workspace if one is given. The future completes when it is shown, or
    /// with the reason why not.
    fn notify(
        &self,
        workspace: Option<&str>,
        notification: Notification,
    ) -> BoxFuture<'static, Result<(), String>>;

    /// Closes the notification about a connection of this workspace, unless it is also about others. Nothing
    /// happens where notifications cannot be closed.
    fn close_notification(&self, _workspace: &str, _connection: ConnectionId) {}

    /// Closes the notification of a topic of this workspace. Nothing happens where notifications cannot be closed.
    fn close_notice(&self, _workspace: &str, _topic: &str) {}

    /// Updates the tray, if there is one.
    fn set_tray(&self, menu: TrayMenu);

    /// Copies text to the clipboard. `false` if the page must do it.
    ///
    /// # Errors
    /// The error of the clipboard.
    fn copy(&self, text: &str) -> Result<bool, String>;

    /// Sets whether the app starts hidden at login.
    ///
    /// # Errors
    /// The error of the platform.
    fn set_autostart(&self, on: bool) -> Result<(), String>;

    /// Opens a folder in the file manager.
    ///
    /// # Errors
    /// The error of the platform.
    fn open_folder(&self, folder: &Path) -> Result<(), String>;

    /// Opens a URL in the browser. `false` if the page must do it.
    ///
    /// # Errors
    /// The error of the platform.
    fn open_url(&self, url: &str) -> Result<bool, String>;

    /// Shows a save dialog with a suggested name. `None` if the user cancels it.
    ///
    /// # Errors
    /// Why the host cannot show the dialog.
    fn ask_where_to_save(&self, name: &str) -> BoxFuture<'static, Result<Option<PathBuf>, String>>;

    /// Shows an open dialog for files with these extensions. Empty if the user cancels it.
    ///
    /// # Errors
    /// Why the host cannot show the dialog.
    fn ask_for_files(&self, endings: &[&'static str]) -> BoxFuture<'static, Result<Vec<PathBuf>, String>>;

    /// Whether the system starts the app at login. `None` if this is unknown.
    fn starts_at_login(&self) -> Option<bool> {
        None
    }

    /// Sets the zoom of the page, in percent, now and for windows that are opened later. Browsers zoom pages
    /// themselves.
    fn set_zoom(&self, _percent: u16) {}

    /// Sets whether closing the window keeps the app in the tray.
    fn set_close_to_tray(&self, on: bool);

    /// Shuts the program down.
    fn quit(&self);
}

/// The capabilities of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostFacts {
    /// A window or a browser page.
    pub kind: HostKind,
    /// Whether the desktop has a tray.
    pub tray: bool,
    /// Whether the app can be started at login.
    pub autostart: bool,
}

/// The kind of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum HostKind {
    /// A window of its own.
    Window,
    /// A page in a browser.
    Browser,
}
