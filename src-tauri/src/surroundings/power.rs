//! What the computer lives on, by UPower.

use app::{App, Power};
use zbus::Connection;

use super::system_bus::{Object, Service, Watched, property};

/// All supplies together.
const DAEMON: Object = Object { path: "/org/freedesktop/UPower", interface: "org.freedesktop.UPower" };
/// All batteries as one, as desktops show them.
const BATTERY: Object = Object {
    path: "/org/freedesktop/UPower/devices/DisplayDevice",
    interface: "org.freedesktop.UPower.Device",
};
const UPOWER: Service = Service { name: "org.freedesktop.UPower", objects: &[DAEMON, BATTERY] };

/// The warning level from which on a battery is low; those above are worse.
const LOW: u32 = 3;

/// Tells the application, now and whenever it changes. Ends with the bus.
pub(super) async fn follow(bus: &Connection, app: &App) {
    let Some(mut watched) = Watched::new(bus, &UPOWER).await else { return };
    loop {
        let power = look(bus).await;
        if watched.is_news(&power) {
            app.power_is(power).await;
        }
        if !watched.moved().await {
            return;
        }
    }
}

async fn look(bus: &Connection) -> Option<Power> {
    let on_battery = property::<bool>(bus, &UPOWER, &DAEMON, "OnBattery").await?;
    if !on_battery {
        return Some(Power::Mains);
    }
    let warning = property::<u32>(bus, &UPOWER, &BATTERY, "WarningLevel").await;
    Some(if warning.is_some_and(|level| level >= LOW) { Power::LowBattery } else { Power::Battery })
}
