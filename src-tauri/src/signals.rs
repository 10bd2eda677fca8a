//! Handles SIGTERM, SIGINT and SIGHUP, which a logout, a terminal or a service manager sends.

use tauri::AppHandle;

/// Quits on the first signal, and exits at once on the second.
#[cfg(unix)]
pub(crate) fn quit_on_signal(handle: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};

    let handle = handle.clone();
    let heard = tauri::async_runtime::block_on(async {
        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        kinds.into_iter().map(signal).collect::<std::io::Result<Vec<_>>>()
    });
    let mut signals = match heard {
        Ok(signals) => signals,
        Err(error) => return tracing::warn!(%error, "signals are not heard"),
    };
    tauri::async_runtime::spawn(async move {
        next(&mut signals).await;
        tracing::info!("told to end by a signal");
        crate::shell::quit(&handle);
        next(&mut signals).await;
        std::process::exit(1);
    });
}

/// Waits for any of the signals.
#[cfg(unix)]
async fn next(signals: &mut [tokio::signal::unix::Signal]) {
    use futures_util::future::select_all;

    select_all(signals.iter_mut().map(|signal| Box::pin(signal.recv()))).await;
}

/// Other platforms close the window instead.
#[cfg(not(unix))]
pub(crate) fn quit_on_signal(_: &AppHandle) {}
