//! A private desktop for a test.
//!
//! Each [`Desktop`] has an X server without a screen, a session bus, a system bus, a home folder, an unlocked
//! keyring, and fakes of the tray host, the notification server, UPower, NetworkManager and logind. Desktops
//! share nothing, so tests run in parallel, and all processes end when the desktop is dropped.
//!
//! Functions panic if a condition is not met in time: this crate is for tests only.

#![cfg(target_os = "linux")]
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, clippy::panic, reason = "a test that lacks its desktop has failed")]

mod bus;
mod codat_server;
mod desktop;
mod dialog;
mod drag;
mod files;
mod keyring;
mod notifications;
mod polling;
mod process;
mod system;
mod tray;
mod window;
mod window_manager;

pub use bus::configuration as bus_configuration;
pub use codat_server::{CodatServer, SandboxClient};
pub use desktop::{Desktop, Parts};
pub use dialog::Dialog;
pub use drag::Drag;
pub use files::files_with;
pub use keyring::Secret;
pub use notifications::{Notifications, Shown};
pub use polling::{TIMEOUT, eventually, within};
pub use process::{ExitResult, Process};
pub use system::{Logind, NetworkManager, System, Upower};
pub use tray::{Entry, TrayHost, TrayItem};
pub use window::Window;
pub use window_manager::Place;
