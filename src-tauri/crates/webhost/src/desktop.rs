//! What stands for the desktop where there is only a browser page.

use std::path::{Path, PathBuf};

use app::{Desktop, HostFacts, HostKind, Notification, TrayMenu};
use futures_util::FutureExt;
use futures_util::future::{self, BoxFuture};
use tokio_util::sync::CancellationToken;

/// A desktop without tray, notifications and clipboard: the page shows what there is to see, and
/// writes its own clipboard.
#[derive(Debug)]
pub struct BrowserDesktop {
    ending: CancellationToken,
}

impl BrowserDesktop {
    /// Quitting cancels `ending`.
    pub fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

impl Desktop for BrowserDesktop {
    fn facts(&self) -> HostFacts {
        HostFacts { kind: HostKind::Browser, tray: false, autostart: false }
    }

    /// Nothing would ever show it later: what it tells is on the page.
    fn notify(&self, _: Option<&str>, _: Notification) -> BoxFuture<'static, Result<(), String>> {
        future::ready(Ok(())).boxed()
    }

    fn set_tray(&self, _: TrayMenu) {}

    fn copy(&self, _: &str) -> Result<bool, String> {
        Ok(false)
    }

    fn set_autostart(&self, _: bool) -> Result<(), String> {
        Err("Only the app with a window of its own can be started at login.".to_owned())
    }

    fn open_folder(&self, folder: &Path) -> Result<(), String> {
        Err(format!("A browser page cannot open folders. This one is {}.", folder.display()))
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
        self.ending.cancel();
    }
}
