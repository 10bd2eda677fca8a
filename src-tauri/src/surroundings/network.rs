//! What the network costs, and that it came back, by NetworkManager.

use app::App;
use zbus::Connection;

use super::system_bus::{Object, Service, Watched, property};

const MANAGER: Object =
    Object { path: "/org/freedesktop/NetworkManager", interface: "org.freedesktop.NetworkManager" };
const NETWORK_MANAGER: Service = Service { name: "org.freedesktop.NetworkManager", objects: &[MANAGER] };

/// The state in which the internet is there.
const CONNECTED: u32 = 70;

/// What is known of the network.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Network {
    /// Whether it is paid for by what goes over it.
    is_metered: Option<bool>,
    is_connected: bool,
}

/// Tells the application, now and whenever it changes. Ends with the bus.
pub(super) async fn follow(bus: &Connection, app: &App) {
    let Some(mut watched) = Watched::new(bus, &NETWORK_MANAGER).await else { return };
    let mut was_away = false;
    loop {
        let network = look(bus).await;
        if watched.is_news(&network) {
            app.network_is_metered(network.and_then(|network| network.is_metered)).await;
            let is_away = network.is_some_and(|network| !network.is_connected);
            if was_away && !is_away {
                app.network_changed().await;
            }
            was_away = is_away;
        }
        if !watched.moved().await {
            return;
        }
    }
}

async fn look(bus: &Connection) -> Option<Network> {
    let metered = property::<u32>(bus, &NETWORK_MANAGER, &MANAGER, "Metered").await?;
    let state = property::<u32>(bus, &NETWORK_MANAGER, &MANAGER, "State").await;
    Some(Network { is_metered: read(metered), is_connected: state.is_none_or(|state| state == CONNECTED) })
}

/// What is said, or guessed, with certainty enough to act on.
fn read(metered: u32) -> Option<bool> {
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
    use super::read;

    #[test]
    fn a_guess_counts_and_what_is_not_known_does_not() {
        assert_eq!(
            [0, 1, 2, 3, 4, 9].map(read),
            [None, Some(true), Some(false), Some(true), Some(false), None]
        );
    }
}
