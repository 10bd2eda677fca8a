//! What a host gives the application to act on: everything a person would see outside the window.

use std::path::{Path, PathBuf};

use engine::Notification;
use futures_util::future::BoxFuture;
use serde::Serialize;
use ts_rs::TS;

use crate::tray::TrayMenu;

/// The desktop, or what stands for it.
pub trait Desktop: Send + Sync + 'static {
    /// What this host can do.
    fn facts(&self) -> HostFacts;

    /// Shows a notification, about this workspace if one is given. The future ends when it is shown, or with the
    /// reason why not.
    fn notify(
        &self,
        workspace: Option<&str>,
        notification: Notification,
    ) -> BoxFuture<'static, Result<(), String>>;

    /// Shows this tray, where there is one.
    fn set_tray(&self, menu: TrayMenu);

    /// Puts text on the clipboard. `false` where the page has to do it itself.
    ///
    /// # Errors
    /// What the clipboard said.
    fn copy(&self, text: &str) -> Result<bool, String>;

    /// Starts the app at login, hidden, or no longer.
    ///
    /// # Errors
    /// What the platform said.
    fn set_autostart(&self, on: bool) -> Result<(), String>;

    /// Opens a folder in the file manager.
    ///
    /// # Errors
    /// What the platform said.
    fn open_folder(&self, folder: &Path) -> Result<(), String>;

    /// Opens an address in the browser. `false` where the page has to do it itself.
    ///
    /// # Errors
    /// What the platform said.
    fn open_url(&self, url: &str) -> Result<bool, String>;

    /// Asks the person where to save a file, proposing a name. None: they thought better of it.
    ///
    /// # Errors
    /// Why this host cannot ask.
    fn ask_where_to_save(&self, name: &str) -> BoxFuture<'static, Result<Option<PathBuf>, String>>;

    /// Asks the person for files whose names end so. Empty: they thought better of it.
    ///
    /// # Errors
    /// Why this host cannot ask.
    fn ask_for_files(&self, endings: &[&'static str]) -> BoxFuture<'static, Result<Vec<PathBuf>, String>>;

    /// Whether the system starts the app at login; none where it cannot be asked.
    fn starts_at_login(&self) -> Option<bool> {
        None
    }

    /// Shows the window's page at this size, in percent, now and whenever the window is made anew. A browser's page
    /// is the browser's to zoom.
    fn set_zoom(&self, _percent: u16) {}

    /// Whether closing the window keeps the app in the tray changed.
    fn set_close_to_tray(&self, on: bool);

    /// Ends the program in good order.
    fn quit(&self);
}

/// What a host can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostFacts {
    /// What shows the interface.
    pub kind: HostKind,
    /// Whether the desktop has a tray.
    pub tray: bool,
    /// Whether the app can be started at login.
    pub autostart: bool,
}

/// What shows the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum HostKind {
    /// A window of its own.
    Window,
    /// A page of a browser.
    Browser,
}
