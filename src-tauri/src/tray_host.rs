//! Watches whether the desktop has a tray host.

use std::sync::Arc;

use app::Event;
use tauri::{AppHandle, Manager};

use crate::{calls::Starting, shell::Manners, tray};

/// This platform always has a tray.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "on Linux the bus has to be asked")]
pub(crate) async fn follow(handle: AppHandle) {
    tell(&handle, true);
}

/// Watches the tray host on the session bus until the bus ends. Without a bus there is no host.
#[cfg(target_os = "linux")]
pub(crate) async fn follow(handle: AppHandle) {
    if let Err(error) = watcher::follow(|is_there| tell(&handle, is_there)).await {
        tracing::warn!(%error, "the tray's host cannot be followed");
    }
    tell(&handle, false);
}

fn tell(handle: &AppHandle, is_there: bool) {
    let before = handle.state::<Arc<Manners>>().tray.send_replace(Some(is_there));
    if before == Some(is_there) {
        return;
    }
    tracing::info!(is_there, "the tray's host");
    tray::host(handle, is_there);
    // Settings show whether there is a tray.
    if let Some(Ok(app)) = &*handle.state::<Starting>().borrow() {
        app.announce(Event::Session);
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
    /// A watcher that does not answer within this time counts as missing and is asked again after it.
    const DEADLINE: Duration = Duration::from_secs(2);

    /// Calls `tell` with the presence of a host, now and after each possible change, until the bus ends.
    pub(super) async fn follow(tell: impl Fn(bool)) -> zbus::Result<()> {
        let Ok(bus) = timeout(DEADLINE, Connection::session()).await else { return Ok(()) };
        let bus = bus?;
        let mut cues = stream::select_all([
            MessageStream::for_match_rule(owner_changed()?, &bus, None).await?,
            MessageStream::for_match_rule(hosts_changed("StatusNotifierHostRegistered")?, &bus, None).await?,
            MessageStream::for_match_rule(hosts_changed("StatusNotifierHostUnregistered")?, &bus, None)
                .await?,
        ]);
        loop {
            let answer = timeout(DEADLINE, has_host(&bus)).await;
            tell(answer == Ok(Some(true)));
            let cue =
                if answer.is_err() { timeout(DEADLINE, cues.next()).await } else { Ok(cues.next().await) };
            if matches!(cue, Ok(None)) {
                return Ok(());
            }
        }
    }

    async fn has_host(bus: &Connection) -> Option<bool> {
        let question = (NAME, "IsStatusNotifierHostRegistered");
        let reply =
            bus.call_method(Some(NAME), PATH, Some("org.freedesktop.DBus.Properties"), "Get", &question);
        reply.await.ok()?.body().deserialize::<OwnedVariant>().ok()?.try_into().ok()
    }

    fn owner_changed() -> zbus::Result<MatchRule<'static>> {
        let bus = "org.freedesktop.DBus";
        MatchRule::builder().sender(bus).interface(bus).member("NameOwnerChanged").arg(0, NAME).build()
    }

    fn hosts_changed(member: &'static str) -> zbus::Result<MatchRule<'static>> {
        MatchRule::builder().path(PATH).interface(NAME).member(member).build()
    }
}
