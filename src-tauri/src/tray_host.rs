//! Watches whether the desktop has a tray host.

use std::sync::Arc;

use app::Event;
use tauri::{AppHandle, Manager};

use crate::{calls::Starting, shell::CloseBehavior, tray};

/// This platform always has a tray.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "on Linux the bus has to be asked")]
pub(crate) async fn follow(handle: AppHandle) {
    set_has_host(&handle, true);
}

/// Watches the tray host on the session bus until the bus ends. Without a bus there is no host.
#[cfg(target_os = "linux")]
pub(crate) async fn follow(handle: AppHandle) {
    if let Err(error) = watcher::follow(|is_there| set_has_host(&handle, is_there)).await {
        tracing::warn!(%error, "the tray's host cannot be followed");
    }
    set_has_host(&handle, false);
}

fn set_has_host(handle: &AppHandle, is_there: bool) {
    let before = handle.state::<Arc<CloseBehavior>>().tray.send_replace(Some(is_there));
    if before == Some(is_there) {
        return;
    }
    tracing::info!(is_there, "the tray's host");
    tray::set_has_host(handle, is_there);
    // Settings show whether there is a tray.
    if let Some(Ok(app)) = &*handle.state::<Starting>().borrow() {
        app.emit(Event::Session);
    }
}

/// The StatusNotifierWatcher service.
#[cfg(target_os = "linux")]
mod watcher {
    use std::time::Duration;

    use futures_util::{StreamExt as _, stream};
    use tokio::time::timeout;
    use zbus::{Connection, MatchRule, MessageStream, OwnedVariant};

    const NAME: &str = "org.kde.StatusNotifierWatcher";
    const PATH: &str = "/StatusNotifierWatcher";
    /// The timeout of a call, and the delay before it is repeated.
    const REPLY_TIMEOUT: Duration = Duration::from_secs(2);

    /// Calls `set_has_host` with the presence of a host, now and after each possible change, until the bus ends.
    pub(super) async fn follow(set_has_host: impl Fn(bool)) -> zbus::Result<()> {
        let Ok(bus) = timeout(REPLY_TIMEOUT, Connection::session()).await else { return Ok(()) };
        let bus = bus?;
        let mut changes = stream::select_all([
            MessageStream::for_match_rule(owner_changed()?, &bus, None).await?,
            MessageStream::for_match_rule(host_signal("StatusNotifierHostRegistered")?, &bus, None).await?,
            MessageStream::for_match_rule(host_signal("StatusNotifierHostUnregistered")?, &bus, None).await?,
        ]);
        loop {
            let answer = timeout(REPLY_TIMEOUT, has_host(&bus)).await;
            set_has_host(answer == Ok(Some(true)));
            let change = if answer.is_err() {
                timeout(REPLY_TIMEOUT, changes.next()).await
            } else {
                Ok(changes.next().await)
            };
            if matches!(change, Ok(None)) {
                return Ok(());
            }
        }
    }

    async fn has_host(bus: &Connection) -> Option<bool> {
        let arguments = (NAME, "IsStatusNotifierHostRegistered");
        let reply =
            bus.call_method(Some(NAME), PATH, Some("org.freedesktop.DBus.Properties"), "Get", &arguments);
        reply.await.ok()?.body().deserialize::<OwnedVariant>().ok()?.try_into().ok()
    }

    fn owner_changed() -> zbus::Result<MatchRule<'static>> {
        let bus = "org.freedesktop.DBus";
        MatchRule::builder().sender(bus).interface(bus).member("NameOwnerChanged").arg(0, NAME).build()
    }

    fn host_signal(member: &'static str) -> zbus::Result<MatchRule<'static>> {
        MatchRule::builder().path(PATH).interface(NAME).member(member).build()
    }
}
