//! The network state from NetworkManager.

use app::App;
use zbus::Connection;

use super::system_bus::{Object, Service, ServiceWatcher, property};

const MANAGER: Object =
    Object { path: "/org/freedesktop/NetworkManager", interface: "org.freedesktop.NetworkManager" };
const NETWORK_MANAGER: Service = Service { name: "org.freedesktop.NetworkManager", objects: &[MANAGER] };

/// The state `NM_STATE_CONNECTED_GLOBAL`.
const CONNECTED: u32 = 70;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Network {
    /// `None` if unknown.
    is_metered: Option<bool>,
    is_connected: bool,
}

/// Reports the state now and after each change, until the bus ends.
pub(super) async fn follow(bus: &Connection, app: &App) {
    let Some(mut watcher) = ServiceWatcher::new(bus, &NETWORK_MANAGER).await else { return };
    let mut was_offline = false;
    loop {
        let network = read_state(bus).await;
        if watcher.update(&network) {
            app.set_metered(network.and_then(|network| network.is_metered)).await;
            let is_offline = network.is_some_and(|network| !network.is_connected);
            if was_offline && !is_offline {
                app.network_changed().await;
            }
            was_offline = is_offline;
        }
        if !watcher.changed().await {
            return;
        }
    }
}

async fn read_state(bus: &Connection) -> Option<Network> {
    let metered = property::<u32>(bus, &NETWORK_MANAGER, &MANAGER, "Metered").await?;
    let state = property::<u32>(bus, &NETWORK_MANAGER, &MANAGER, "State").await;
    Some(Network {
        is_metered: parse_metered(metered),
        is_connected: state.is_none_or(|state| state == CONNECTED),
    })
}

/// Guesses of NetworkManager count as certain.
fn parse_metered(metered: u32) -> Option<bool> {
    match metered {
        // Yes, and guessed yes.
        1 | 3 => Some(true),
        // No, and guessed no.
        2 | 4 => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse_metered;

    #[test]
    fn a_guess_counts_and_what_is_not_known_does_not() {
        assert_eq!(
            [0, 1, 2, 3, 4, 9].map(parse_metered),
            [None, Some(true), Some(false), Some(true), Some(false), None]
        );
    }
}
