//! Access to services on the system bus. A service may be missing, start later or stop; none of this is an
//! error.

use std::{fmt::Debug, time::Duration};

use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use zbus::{Connection, MatchRule, MessageStream, OwnedVariant};

/// The timeout of a call. The service may have to be started first.
const REPLY_TIMEOUT: Duration = Duration::from_secs(25);

/// A service with properties.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    /// The name on the bus.
    pub(super) name: &'static str,
    /// The objects whose properties are read and watched.
    pub(super) objects: &'static [Object],
}

/// An object of a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object {
    pub(super) path: &'static str,
    pub(super) interface: &'static str,
}

/// The system bus, if there is one.
pub(super) async fn connect() -> Option<Connection> {
    match Connection::system().await {
        Ok(bus) => Some(bus),
        Err(error) => {
            tracing::info!(%error, "no system bus: battery, metered networks and sleep are not told of");
            None
        }
    }
}

/// The value of a property. `None` if it or its object does not exist.
pub(super) async fn property<T>(bus: &Connection, service: &Service, object: &Object, name: &str) -> Option<T>
where
    T: TryFrom<OwnedVariant>,
{
    let properties = Some("org.freedesktop.DBus.Properties");
    let arguments = (object.interface, name);
    let reply = bus.call_method(Some(service.name), object.path, properties, "Get", &arguments);
    let reply = tokio::time::timeout(REPLY_TIMEOUT, reply).await.ok()?.ok()?;
    reply.body().deserialize::<OwnedVariant>().ok()?.try_into().ok()
}

/// The last known state of a service, and notifications about possible changes.
pub(super) struct ServiceWatcher<T> {
    service: &'static str,
    changes: watch::Receiver<()>,
    last: Option<T>,
}

impl<T: Clone + PartialEq + Debug> ServiceWatcher<T> {
    /// Starts to watch a service. `None` if the bus refuses it.
    pub(super) async fn new(bus: &Connection, service: &Service) -> Option<Self> {
        let changes = changes(bus, service)
            .await
            .inspect_err(|error| tracing::warn!(%error, service = service.name, "it cannot be listened to"));
        Some(Self { service: service.name, changes: changes.ok()?, last: None })
    }

    /// Stores a state. Returns whether it differs from the last one, which is always true for the first one.
    pub(super) fn update(&mut self, value: &T) -> bool {
        let is_new = self.last.as_ref() != Some(value);
        if is_new {
            tracing::info!(service = self.service, ?value, "what the system tells");
            self.last = Some(value.clone());
        }
        is_new
    }

    /// Waits until a property changed or the service started or stopped. False after the bus has ended.
    pub(super) async fn changed(&mut self) -> bool {
        self.changes.changed().await.is_ok()
    }
}

/// Merges signals that arrive while the state is being read.
async fn changes(bus: &Connection, service: &Service) -> zbus::Result<watch::Receiver<()>> {
    let mut signals = signals(bus, service).await?;
    let (send, changes) = watch::channel(());
    tauri::async_runtime::spawn(async move {
        while signals.next().await.is_some() {
            if send.send(()).is_err() {
                return;
            }
        }
    });
    Ok(changes)
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
