//! The desktop of the shell.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use app::{ConnectionId, Desktop, HostFacts, HostKind, Notification, TrayMenu};
use futures_util::future::BoxFuture;
use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot;

use crate::{
    notify,
    shell::{self, CloseBehavior},
    tray, window,
};

/// The error of a dialog that ends without an answer.
const DIALOG_CLOSED: &str = "the dialog closed without an answer";

/// The desktop behind Tauri.
pub(crate) struct ShellDesktop {
    handle: AppHandle,
}

impl ShellDesktop {
    pub(crate) fn new(handle: AppHandle) -> Self {
        Self { handle }
    }

    /// A file dialog, modal to the window if there is one.
    fn dialog(&self) -> FileDialogBuilder<tauri::Wry> {
        let dialog = self.handle.dialog().file();
        match self.handle.get_webview_window(window::MAIN) {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }

    fn close_behavior(&self) -> Arc<CloseBehavior> {
        self.handle.state::<Arc<CloseBehavior>>().inner().clone()
    }
}

impl Desktop for ShellDesktop {
    fn facts(&self) -> HostFacts {
        HostFacts {
            kind: HostKind::Window,
            tray: self.close_behavior().tray.borrow().is_some_and(|is_there| is_there),
            autostart: true,
        }
    }

    fn notify(
        &self,
        workspace: Option<&str>,
        notification: Notification,
    ) -> BoxFuture<'static, Result<(), String>> {
        let workspace = workspace.map(str::to_owned);
        let (handle, mut quitting) = (self.handle.clone(), self.close_behavior().quitting.subscribe());
        Box::pin(async move {
            tokio::select! {
                shown = notify::show(handle, workspace, notification) => shown,
                _ = quitting.wait_for(|is_quitting| *is_quitting) => Err("the app ends".to_owned()),
            }
        })
    }

    fn close_notification(&self, workspace: &str, connection: ConnectionId) {
        notify::close(&self.handle, workspace, connection);
    }

    fn close_notice(&self, workspace: &str, topic: &str) {
        notify::close_notice(&self.handle, workspace, topic);
    }

    fn set_tray(&self, menu: TrayMenu) {
        tray::show(&self.handle, menu);
    }

    fn copy(&self, text: &str) -> Result<bool, String> {
        self.handle.clipboard().write_text(text).map(|()| true).map_err(|error| error.to_string())
    }

    fn set_autostart(&self, on: bool) -> Result<(), String> {
        let autostart = self.handle.autolaunch();
        let set = if on { autostart.enable() } else { autostart.disable() };
        set.map_err(|error| error.to_string())
    }

    fn starts_at_login(&self) -> Option<bool> {
        let enabled = self.handle.autolaunch().is_enabled();
        enabled
            .inspect_err(|error| tracing::warn!(%error, "whether the app starts at login is not known"))
            .ok()
    }

    fn set_zoom(&self, percent: u16) {
        self.close_behavior().zoom.store(percent, Ordering::Release);
        if let Some(window) = self.handle.get_webview_window(window::MAIN) {
            window::zoom(&window, percent);
        }
    }

    fn open_folder(&self, folder: &Path) -> Result<(), String> {
        let path = folder.to_string_lossy().into_owned();
        self.handle.opener().open_path(path, None::<&str>).map_err(|error| error.to_string())
    }

    fn open_url(&self, url: &str) -> Result<bool, String> {
        self.handle.opener().open_url(url, None::<&str>).map(|()| true).map_err(|error| error.to_string())
    }

    fn ask_where_to_save(&self, name: &str) -> BoxFuture<'static, Result<Option<PathBuf>, String>> {
        let (send, answer) = oneshot::channel();
        // The caller may be gone.
        self.dialog().set_file_name(name).save_file(move |place| drop(send.send(place)));
        Box::pin(async move {
            let place = answer.await.map_err(|_| DIALOG_CLOSED.to_owned())?;
            place.map(|place| place.into_path().map_err(|error| error.to_string())).transpose()
        })
    }

    fn ask_for_files(&self, extensions: &[&'static str]) -> BoxFuture<'static, Result<Vec<PathBuf>, String>> {
        let (send, answer) = oneshot::channel();
        self.dialog()
            .add_filter("Supported files", extensions)
            .add_filter("All files", &["*"])
            .pick_files(move |files| drop(send.send(files)));
        Box::pin(async move {
            let files = answer.await.map_err(|_| DIALOG_CLOSED.to_owned())?.unwrap_or_default();
            files.into_iter().map(|file| file.into_path().map_err(|error| error.to_string())).collect()
        })
    }

    fn set_close_to_tray(&self, on: bool) {
        self.close_behavior().close_to_tray.store(on, Ordering::Release);
    }

    fn quit(&self) {
        shell::quit(&self.handle);
    }
}
