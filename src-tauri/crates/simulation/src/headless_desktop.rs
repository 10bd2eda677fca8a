//! A desktop without a user: it records what would be shown.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use app::{Desktop, Event, HostFacts, HostKind, Notification, Presenter, TrayMenu, TrayState};
use futures_util::{FutureExt as _, future::BoxFuture};

/// A desktop without a user.
#[derive(Debug, Clone, Default)]
pub struct HeadlessDesktop(Arc<Mutex<Vec<Notification>>>);

impl HeadlessDesktop {
    /// The notifications since the last call.
    pub(crate) fn take_shown(&self) -> Vec<Notification> {
        core::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Desktop for HeadlessDesktop {
    fn facts(&self) -> HostFacts {
        HostFacts { kind: HostKind::Window, tray: true, autostart: false }
    }

    fn notify(&self, _: Option<&str>, notification: Notification) -> BoxFuture<'static, Result<(), String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(notification);
        core::future::ready(Ok(())).boxed()
    }

    fn set_tray(&self, _: TrayMenu) {}

    fn copy(&self, _: &str) -> Result<bool, String> {
        Ok(true)
    }

    fn set_autostart(&self, _: bool) -> Result<(), String> {
        Ok(())
    }

    fn open_folder(&self, _: &Path) -> Result<(), String> {
        Ok(())
    }

    fn open_url(&self, _: &str) -> Result<bool, String> {
        Ok(true)
    }

    fn ask_where_to_save(&self, _: &str) -> BoxFuture<'static, Result<Option<PathBuf>, String>> {
        core::future::ready(Ok(None)).boxed()
    }

    fn ask_for_files(&self, _: &[&'static str]) -> BoxFuture<'static, Result<Vec<PathBuf>, String>> {
        core::future::ready(Ok(Vec::new())).boxed()
    }

    fn set_close_to_tray(&self, _: bool) {}

    fn quit(&self) {}
}

impl Presenter for HeadlessDesktop {
    fn set_tray(&self, _: TrayState) {}

    fn notify(&self, notification: Notification) -> BoxFuture<'static, Result<(), String>> {
        Desktop::notify(self, None, notification)
    }

    fn send_event(&self, _: Event) {}
}
