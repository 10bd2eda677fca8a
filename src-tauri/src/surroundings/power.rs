//! The power source from UPower.

use app::{App, PowerSource};
use zbus::Connection;

use super::system_bus::{Object, Service, ServiceWatcher, property};

/// The object for all power supplies.
const DAEMON: Object = Object { path: "/org/freedesktop/UPower", interface: "org.freedesktop.UPower" };
/// The object that combines all batteries.
const BATTERY: Object = Object {
    path: "/org/freedesktop/UPower/devices/DisplayDevice",
    interface: "org.freedesktop.UPower.Device",
};
const UPOWER: Service = Service { name: "org.freedesktop.UPower", objects: &[DAEMON, BATTERY] };

/// The lowest warning level of a low battery.
const LOW: u32 = 3;

/// Reports the power source now and after each change, until the bus ends.
pub(super) async fn follow(bus: &Connection, app: &App) {
    let Some(mut watcher) = ServiceWatcher::new(bus, &UPOWER).await else { return };
    loop {
        let power = read_state(bus).await;
        if watcher.update(&power) {
            app.set_power_source(power).await;
        }
        if !watcher.changed().await {
            return;
        }
    }
}

async fn read_state(bus: &Connection) -> Option<PowerSource> {
    let on_battery = property::<bool>(bus, &UPOWER, &DAEMON, "OnBattery").await?;
    if !on_battery {
        return Some(PowerSource::Mains);
    }
    let warning = property::<u32>(bus, &UPOWER, &BATTERY, "WarningLevel").await;
    Some(if warning.is_some_and(|level| level >= LOW) {
        PowerSource::LowBattery
    } else {
        PowerSource::Battery
    })
}
