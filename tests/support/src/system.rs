//! Fakes of services on the system bus. Each has its own connection, so that it can start late and stop.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use zbus::{Connection, Variant, interface};

use crate::bus;
use crate::process::Process;

/// The name of the bus's socket.
pub(crate) const SOCKET: &str = "system-bus";

/// The system bus of a desktop. At first it has no services.
#[derive(Debug)]
pub struct System {
    address: String,
    _bus: Process,
}

impl System {
    pub(crate) fn new(bus: Process, address: String) -> Self {
        Self { address, _bus: bus }
    }

    /// The bus, as in `DBUS_SYSTEM_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Starts UPower, on mains power with a full battery.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn upower(&self) -> Upower {
        let service = Service::new(self, "org.freedesktop.UPower").await;
        let on_battery = Arc::new(AtomicBool::new(false));
        let warning = Arc::new(AtomicU32::new(1));
        service.serve(Upower::DAEMON, Daemon { on_battery: on_battery.clone() }).await;
        service.serve(Upower::BATTERY, Battery { warning: warning.clone() }).await;
        service.come().await;
        Upower { service, on_battery, warning }
    }

    /// Starts NetworkManager with a connected network. `metered`: 0 unknown, 1 yes, 2 no, 3 guessed yes, 4
    /// guessed no.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn network_manager(&self, metered: u32) -> NetworkManager {
        let service = Service::new(self, "org.freedesktop.NetworkManager").await;
        let metered = Arc::new(AtomicU32::new(metered));
        let state = Arc::new(AtomicU32::new(NetworkManager::UP));
        let manager = Network { metered: metered.clone(), state: state.clone() };
        service.serve(NetworkManager::PATH, manager).await;
        service.come().await;
        NetworkManager { service, metered, state }
    }

    /// Starts logind.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn logind(&self) -> Logind {
        let service = Service::new(self, "org.freedesktop.login1").await;
        service.come().await;
        Logind { service }
    }
}

/// UPower.
#[derive(Debug)]
pub struct Upower {
    service: Service,
    on_battery: Arc<AtomicBool>,
    warning: Arc<AtomicU32>,
}

impl Upower {
    const DAEMON: &str = "/org/freedesktop/UPower";
    const BATTERY: &str = "/org/freedesktop/UPower/devices/DisplayDevice";

    /// Sets whether the computer runs on battery.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn set_on_battery(&self, on: bool) {
        self.on_battery.store(on, Ordering::Release);
        self.service.changed(Self::DAEMON, "org.freedesktop.UPower", "OnBattery", Variant::Bool(on)).await;
    }

    /// Sets the warning level of the battery: 1 none, 3 low, 4 critical, 5 about to suspend.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn set_warning(&self, level: u32) {
        self.warning.store(level, Ordering::Release);
        let value = Variant::U32(level);
        self.service.changed(Self::BATTERY, "org.freedesktop.UPower.Device", "WarningLevel", value).await;
    }

    /// Stops the service.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn leave(self) {
        self.service.leave().await;
    }
}

/// NetworkManager.
#[derive(Debug)]
pub struct NetworkManager {
    service: Service,
    metered: Arc<AtomicU32>,
    state: Arc<AtomicU32>,
}

impl NetworkManager {
    const PATH: &str = "/org/freedesktop/NetworkManager";
    const NAME: &str = "org.freedesktop.NetworkManager";
    /// The state *connected globally*.
    const UP: u32 = 70;
    /// The state *disconnected*.
    const DOWN: u32 = 20;

    /// Sets whether the network is metered; see [`System::network_manager`].
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn set_metered(&self, metered: u32) {
        self.metered.store(metered, Ordering::Release);
        self.service.changed(Self::PATH, Self::NAME, "Metered", Variant::U32(metered)).await;
    }

    /// Sets whether the network is connected.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn set_up(&self, up: bool) {
        let state = if up { Self::UP } else { Self::DOWN };
        self.state.store(state, Ordering::Release);
        self.service.changed(Self::PATH, Self::NAME, "State", Variant::U32(state)).await;
    }

    /// Stops the service.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn leave(self) {
        self.service.leave().await;
    }
}

/// logind.
#[derive(Debug)]
pub struct Logind {
    service: Service,
}

impl Logind {
    /// Signals that the computer is about to sleep, or has woken.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn prepare_for_sleep(&self, sleeps: bool) {
        let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
        let bus = &self.service.connection;
        bus.emit_signal(None::<&str>, path, interface, "PrepareForSleep", &sleeps).await.expect("the bus");
    }
}

/// A name on the bus, and the connection that owns it.
#[derive(Debug)]
struct Service {
    name: &'static str,
    connection: Connection,
}

impl Service {
    async fn new(system: &System, name: &'static str) -> Self {
        Self { name, connection: bus::connect(&system.address).await }
    }

    async fn serve(&self, path: &str, object: impl zbus::object_server::Interface) {
        self.connection.object_server().at(path, object).await.expect("the object");
    }

    async fn come(&self) {
        self.connection.request_name(self.name).await.expect("its name");
    }

    async fn changed(&self, path: &str, interface: &str, property: &str, value: Variant<'_>) {
        let changed = HashMap::from([(property, value)]);
        let body = (interface, changed, Vec::<&str>::new());
        let properties = "org.freedesktop.DBus.Properties";
        let emitted = self.connection.emit_signal(None::<&str>, path, properties, "PropertiesChanged", &body);
        emitted.await.expect("the bus");
    }

    async fn leave(self) {
        self.connection.release_name(self.name).await.expect("its name");
        self.connection.close().await.expect("the bus");
    }
}

struct Daemon {
    on_battery: Arc<AtomicBool>,
}

#[interface(name = "org.freedesktop.UPower")]
impl Daemon {
    #[zbus(property)]
    fn on_battery(&self) -> bool {
        self.on_battery.load(Ordering::Acquire)
    }
}

struct Battery {
    warning: Arc<AtomicU32>,
}

#[interface(name = "org.freedesktop.UPower.Device")]
impl Battery {
    #[zbus(property)]
    fn warning_level(&self) -> u32 {
        self.warning.load(Ordering::Acquire)
    }
}

struct Network {
    metered: Arc<AtomicU32>,
    state: Arc<AtomicU32>,
}

#[interface(name = "org.freedesktop.NetworkManager")]
impl Network {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.metered.load(Ordering::Acquire)
    }

    #[zbus(property)]
    fn state(&self) -> u32 {
        self.state.load(Ordering::Acquire)
    }
}
