//! The system bus and who speaks on it. Anyone there may be missing, come later or go away; none of that is an
//! error.

use std::{fmt::Debug, time::Duration};

use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use zbus::{Connection, MatchRule, MessageStream, OwnedVariant};

/// A service that is being started, or hangs, is waited for this long.
const PATIENCE: Duration = Duration::from_secs(25);

/// A service that has something to tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    /// Its name on the bus.
    pub(super) name: &'static str,
    /// What it is asked for, and says when it changes.
    pub(super) objects: &'static [Object],
}

/// One of a service's objects.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object {
    pub(super) path: &'static str,
    pub(super) interface: &'static str,
}

/// The system bus, where there is one.
pub(super) async fn connect() -> Option<Connection> {
    match Connection::system().await {
        Ok(bus) => Some(bus),
        Err(error) => {
            tracing::info!(%error, "no system bus: battery, metered networks and sleep are not told of");
            None
        }
    }
}

/// What an object says of itself; nothing where it does not, or is not there.
pub(super) async fn property<T>(bus: &Connection, service: &Service, object: &Object, name: &str) -> Option<T>
where
    T: TryFrom<OwnedVariant>,
{
    let properties = Some("org.freedesktop.DBus.Properties");
    let question = (object.interface, name);
    let reply = bus.call_method(Some(service.name), object.path, properties, "Get", &question);
    let reply = tokio::time::timeout(PATIENCE, reply).await.ok()?.ok()?;
    reply.body().deserialize::<OwnedVariant>().ok()?.try_into().ok()
}

/// What is known of a service, and reasons to look at it again.
pub(super) struct Watched<T> {
    service: &'static str,
    cues: watch::Receiver<()>,
    known: Option<T>,
}

impl<T: Clone + PartialEq + Debug> Watched<T> {
    /// Listens from now on; nothing where the bus does not let us.
    pub(super) async fn new(bus: &Connection, service: &Service) -> Option<Self> {
        let cues = cues(bus, service)
            .await
            .inspect_err(|error| tracing::warn!(%error, service = service.name, "it cannot be listened to"));
        Some(Self { service: service.name, cues: cues.ok()?, known: None })
    }

    /// Whether this is something else than before. The first look always is.
    pub(super) fn is_news(&mut self, seen: &T) -> bool {
        let is_news = self.known.as_ref() != Some(seen);
        if is_news {
            tracing::info!(service = self.service, ?seen, "what the system tells");
            self.known = Some(seen.clone());
        }
        is_news
    }

    /// Waits until something changed there, or the service came or went; false once the bus is gone.
    pub(super) async fn moved(&mut self) -> bool {
        self.cues.changed().await.is_ok()
    }
}

/// Signals are taken in while one looks: several are one reason to look again, and none holds up the bus.
async fn cues(bus: &Connection, service: &Service) -> zbus::Result<watch::Receiver<()>> {
    let mut signals = signals(bus, service).await?;
    let (send, cues) = watch::channel(());
    tauri::async_runtime::spawn(async move {
        while signals.next().await.is_some() {
            if send.send(()).is_err() {
                return;
            }
        }
    });
    Ok(cues)
}

async fn signals(bus: &Connection, service: &Service) -> zbus::Result<stream::SelectAll<MessageStream>> {
    let owner = MatchRule::builder()
        .sender("org.freedesktop.DBus")
        .interface("org.freedesktop.DBus")
        .member("NameOwnerChanged")
        .arg(0, service.name)
        .build()?;
    let mut all = vec![MessageStream::for_match_rule(owner, bus, None).await?];
    for object in service.objects {
        let changed = MatchRule::builder()
            .sender(service.name)
            .path(object.path)
            .interface("org.freedesktop.DBus.Properties")
            .member("PropertiesChanged")
            .arg(0, object.interface)
            .build()?;
        all.push(MessageStream::for_match_rule(changed, bus, None).await?);
    }
    Ok(stream::select_all(all))
}
