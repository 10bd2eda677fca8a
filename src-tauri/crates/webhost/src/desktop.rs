//! The desktop of a browser page.

use std::path::{Path, PathBuf};

use app::{Desktop, HostFacts, HostKind, Notification, TrayMenu};
use futures_util::FutureExt;
use futures_util::future::{self, BoxFuture};
use tokio_util::sync::CancellationToken;

/// A desktop without tray, notifications and clipboard. The page shows everything and writes the clipboard
/// itself.
#[derive(Debug)]
pub struct BrowserDesktop {
    shutdown: CancellationToken,
}

impl BrowserDesktop {
    /// Quitting cancels `shutdown`.
    pub fn new(shutdown: CancellationToken) -> Self {
        Self { shutdown }
    }
}

impl Desktop for BrowserDesktop {
    fn facts(&self) -> HostFacts {
        HostFacts { kind: HostKind::Browser, tray: false, autostart: false }
    }

    /// Counts as shown, because the page shows the same and nothing could show it later.
    fn notify(&self, _: Option<&str>, _: Notification) -> BoxFuture<'static, Result<(), String>> {
        future::ready(Ok(())).boxed()
    }

    fn set_tray(&self, _: TrayMenu) {}

    fn copy(&self, _: &str) -> Result<bool, String> {
        Ok(false)
    }

    fn set_autostart(&self, _: bool) -> Result<(), String> {
        Err("Only the app with its own window can start at login.".to_owned())
    }

    fn open_folder(&self, folder: &Path) -> Result<(), String> {
        Err(format!("A browser page can’t open folders. This one is {}.", folder.display()))
    }

    fn open_url(&self, _: &str) -> Result<bool, String> {
        Ok(false)
    }

    fn ask_where_to_save(&self, _: &str) -> BoxFuture<'static, Result<Option<PathBuf>, String>> {
        future::ready(Err("A browser page saves files itself.".to_owned())).boxed()
    }

    fn ask_for_files(&self, _: &[&'static str]) -> BoxFuture<'static, Result<Vec<PathBuf>, String>> {
        future::ready(Err("A browser page chooses files itself.".to_owned())).boxed()
    }

    fn set_close_to_tray(&self, _: bool) {}

    fn quit(&self) {
        self.shutdown.cancel();
    }
}
