//! Notifications where clicks on them are not heard.

use app::Notification;
use tauri::AppHandle;

/// Nothing is open between two notifications.
#[derive(Default)]
pub(crate) struct Notifier;

/// Shows a notification.
pub(crate) async fn show(_: AppHandle, _: Option<String>, notification: Notification) -> Result<(), String> {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        let mut shown = notify_rust::Notification::new();
        shown.appname("Portal Desktop").summary(&notification.title).body(&notification.body);
        shown.show().map(drop)
    });
    shown.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
