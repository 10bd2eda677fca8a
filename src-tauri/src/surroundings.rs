//! What the system tells of the computer: what it lives on, what its network costs, and that it slept.
//!
//! Where it tells nothing, nothing changes: sweeps go as usual, and that the computer slept is noticed by its
//! clocks. Told by Linux alone so far.

use std::sync::Arc;

use app::App;

#[cfg(target_os = "linux")]
mod network;
#[cfg(target_os = "linux")]
mod power;
#[cfg(target_os = "linux")]
mod sleep;
#[cfg(target_os = "linux")]
mod system_bus;

/// Listens for as long as the system speaks.
#[cfg(target_os = "linux")]
pub(crate) async fn follow(app: Arc<App>) {
    let Some(bus) = system_bus::connect().await else { return };
    tokio::join!(power::follow(&bus, &app), network::follow(&bus, &app), sleep::follow(&bus, &app));
}

/// Nobody is asked here.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "on Linux there is a bus to listen on")]
pub(crate) async fn follow(_app: Arc<App>) {}
