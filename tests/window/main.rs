//! The whole app: its real window, tray, notifications, keyring and clipboard. Each test has its own desktop.
//! Only what no smaller test can prove is here.

#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

mod alerts;
mod ends;
mod files;
mod keys;
mod links;
mod list;
mod starts;
mod surroundings;
mod trays;
mod workspaces;
mod zoom;

use std::path::{Path, PathBuf};

use testkit::{Desktop, Parts, Process, SandboxClient, TrayItem, Window, eventually};

/// The app under test.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_portal-desktop"))
}

/// The file for a screenshot.
fn screenshot(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures").join(format!("{name}.png"))
}

/// A desktop for one test, with the services that the test needs.
async fn desktop(test: &str, parts: Parts) -> Desktop {
    Desktop::start_with(parts).await.with_screenshot_on_failure(screenshot(&format!("failed-{test}")))
}

/// The title of the window.
const TITLE: &str = "Portal Desktop";

/// Starts the app and waits for the first rows of its list.
async fn open(desktop: &Desktop) -> Window {
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", &data.display().to_string()]).await;
    window.find("[role=row][data-id]").await;
    window
}

/// Starts the app without a driver for its window.
fn start(desktop: &Desktop, more: &[&str]) -> Process {
    let mut command = desktop.command(program());
    command.arg("--data-dir").arg(desktop.data()).args(more);
    desktop.spawn(command)
}

/// The app's tray item after the first sweep: from then on, changes are notified.
async fn tray_after_first_sweep(desktop: &Desktop, starts: usize) -> TrayItem {
    let tray = desktop.tray().items(starts).await.pop().expect("an item");
    eventually("the end of the first sweep in the tray", || async {
        let menu = tray.menu().await;
        let state = menu.first().map(|line| line.label.clone())?;
        (!state.contains("for the first time") && !state.contains("Starting")).then_some(())
    })
    .await;
    tray
}

/// The sandbox of the app.
async fn sandbox_of(desktop: &Desktop) -> SandboxClient {
    SandboxClient::of(&desktop.data()).await
}
