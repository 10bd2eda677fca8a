//! Reports of the system about power, network and sleep.
//!
//! Without them, sweeps run as usual, and sleep is detected by the clocks. Only Linux is supported so far.

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

/// Reports until the system bus ends.
#[cfg(target_os = "linux")]
pub(crate) async fn follow(app: Arc<App>) {
    let Some(bus) = system_bus::connect().await else { return };
    tokio::join!(power::follow(&bus, &app), network::follow(&bus, &app), sleep::follow(&bus, &app));
}

/// There are no reports on this platform.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "on Linux there is a bus to listen on")]
pub(crate) async fn follow(_app: Arc<App>) {}
