//! Whether the desktop has a place for a tray icon.

/// Asks the session bus for a tray host. Without a bus there is none.
#[cfg(target_os = "linux")]
pub(crate) async fn is_there() -> bool {
    ask().await.unwrap_or(false)
}

/// The platform always has one.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "on Linux the bus has to be asked")]
pub(crate) async fn is_there() -> bool {
    true
}

#[cfg(target_os = "linux")]
async fn ask() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let watcher = zbus::Proxy::new(
        &bus,
        "org.kde.StatusNotifierWatcher",
        "/StatusNotifierWatcher",
        "org.kde.StatusNotifierWatcher",
    )
    .await?;
    watcher.get_property("IsStatusNotifierHostRegistered").await
}
