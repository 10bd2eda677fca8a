//! Desktop notifications, and what a click on one does.

use app::{App, Event, Notification};
use notify_rust::{Hint, NotificationHandle};
use serde_json::json;
use std::sync::Arc;
use tauri::{AppHandle, Manager};

use crate::{
    calls::{self, Starting},
    shell,
};

/// A click on the notification itself.
const OPEN: &str = "default";
/// Its button.
const COPY: &str = "copy";

/// Shows a notification, and listens to it until it is closed.
pub(crate) async fn show(handle: AppHandle, notification: Notification) -> Result<(), String> {
    let mut shown = notify_rust::Notification::new();
    shown.appname("Portal Desktop").summary(&notification.title).body(&escaped(&notification.body));
    shown.action(OPEN, "Open");
    if notification.connection.is_some() {
        shown.action(COPY, "Copy Link URL");
    }
    #[cfg(all(unix, not(target_os = "macos")))]
    shown.icon("portal-desktop").hint(Hint::DesktopEntry("portal-desktop".to_owned()));
    let open = shown.show_async().await.map_err(|error| error.to_string())?;
    listen(handle, notification, open);
    Ok(())
}

/// Waits for a click on a thread of its own: the wait blocks until the notification is closed.
fn listen(handle: AppHandle, notification: Notification, open: NotificationHandle) {
    let spawned = std::thread::Builder::new().name("notification".into()).spawn(move || {
        open.wait_for_action(|action| match action {
            OPEN => {
                tauri::async_runtime::spawn(opened(handle.clone(), notification.clone()));
            }
            COPY => {
                tauri::async_runtime::spawn(copied(handle.clone(), notification.clone()));
            }
            _ => {}
        });
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "clicks on a notification are not heard");
    }
}

async fn opened(handle: AppHandle, notification: Notification) {
    shell::show(&handle);
    if let Some(app) = application(&handle).await {
        app.announce(Event::Open {
            company: notification.company,
            search: notification.search,
            place: notification.place.map(Into::into),
        });
    }
}

async fn copied(handle: AppHandle, notification: Notification) {
    let Some(app) = application(&handle).await else { return };
    let args = json!({ "company": notification.company, "connection": notification.connection });
    if let Err(error) = app.call("copyLinkUrl", args).await {
        tracing::warn!(%error, "a Link URL could not be copied from a notification");
        app.announce(Event::Notice { tone: app::Tone::Warning, message: error.message });
        shell::show(&handle);
    }
}

async fn application(handle: &AppHandle) -> Option<Arc<App>> {
    calls::started(handle.state::<Starting>().inner().clone()).await.ok()
}

/// The body of a notification may be markup; names are not.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
