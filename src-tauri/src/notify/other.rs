//! Notifications on platforms where clicks are not handled.

use app::{ConnectionId, Notification};
use tauri::AppHandle;

/// No connection is needed.
#[derive(Default)]
pub(crate) struct Notifier;

/// Notifications stay until the user closes them.
pub(crate) fn close(_: &AppHandle, _: &str, _: ConnectionId) {}

pub(crate) fn close_notice(_: &AppHandle, _: &str, _: &str) {}

pub(crate) async fn show(_: AppHandle, _: Option<String>, notification: Notification) -> Result<(), String> {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        let mut shown = notify_rust::Notification::new();
        shown.appname("Portal Desktop").summary(&notification.title).body(&notification.body);
        shown.show().map(drop)
    });
    shown.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
