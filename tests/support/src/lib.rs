//! A private desktop for a test.
//!
//! Each [`Desktop`] has an X server without a screen, a session bus, a system bus, a home, an unlocked
//! keyring, and doubles of the tray host, the notification server, UPower, NetworkManager and logind.
//! Nothing of it is shared, so tests run beside one another, and all of it ends with the value.
//!
//! What a test demands and does not get, it panics about: this crate is for tests alone.

#![cfg(target_os = "linux")]
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, clippy::panic, reason = "a test that lacks its desktop has failed")]

mod bus;
mod codat_side;
mod desktop;
mod dialog;
mod drag;
mod files;
mod frame;
mod keyring;
mod notifications;
mod patience;
mod process;
mod system;
mod tray;
mod window;

pub use bus::configuration as bus_configuration;
pub use codat_side::{SandboxClient, StandIn};
pub use desktop::{Desktop, Parts};
pub use dialog::Dialog;
pub use drag::Drag;
pub use files::files_with;
pub use frame::Place;
pub use keyring::Secret;
pub use notifications::{Notifications, Shown};
pub use patience::{PATIENCE, eventually, within};
pub use process::{Ended, Process};
pub use system::{Logind, NetworkManager, System, Upower};
pub use tray::{Entry, TrayHost, TrayItem};
pub use window::Window;
