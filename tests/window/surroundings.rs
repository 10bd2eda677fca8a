//! Signals about battery, network and sleep change the interval of sweeps.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Desktop, Parts, Window, eventually};

use crate::{desktop, program, screenshot, start, tray_after_first_sweep};

/// The minimum interval of sweeps.
const FLOOR: Duration = Duration::from_secs(60);
/// The maximum interval while the window is hidden, in milliseconds: three minutes.
const USUAL: i64 = 3 * 60_000;
/// The minimum interval on a low battery and a metered network, in milliseconds.
const SELDOM: i64 = 16 * 60_000;

#[tokio::test]
async fn on_battery_or_a_metered_network_it_sweeps_less_often_and_says_why() {
    let desktop = desktop("on_battery_or_a_metered_network_it_sweeps_less_often", Parts::default()).await;
    let upower = desktop.system().upower().await;
    upower.set_on_battery(true).await;
    let window = open(&desktop).await;
    window.text_with(STATUS, "on battery").await;
    assert_eq!(session(&window).await["host"]["power"], "battery");
    window.screenshot(&screenshot("on-battery")).await;

    // NetworkManager starts later than the app.
    let network = desktop.system().network_manager(3).await;
    window.text_with(STATUS, "on battery and a metered network").await;
    upower.set_warning(4).await;
    window.text_with(STATUS, "on low battery and a metered network").await;
    sweep_now(&window).await;
    let seldom = until_next_sweep(&window).await;
    assert!(seldom >= SELDOM - 5_000, "{seldom} ms from the last sweep to the next");

    // A service that stops no longer counts.
    network.leave().await;
    eventually("nothing of the network", || async {
        session(&window).await["host"]["metered"].is_null().then_some(())
    })
    .await;
    upower.set_on_battery(false).await;
    eventually("sweeps as usual", || async { (until_next_sweep(&window).await <= USUAL).then_some(()) })
        .await;
    assert_eq!(session(&window).await["host"]["power"], "mains");
    let status = window.text_with(STATUS, "Checks again").await;
    assert!(!status.contains("battery") && !status.contains("metered"), "{status}");
    window.quit().await;
}

#[tokio::test]
async fn after_a_sleep_it_sweeps_at_once_however_seldom_it_would_have() {
    let desktop = desktop("after_a_sleep_it_sweeps_at_once", Parts::default()).await;
    let upower = desktop.system().upower().await;
    upower.set_on_battery(true).await;
    upower.set_warning(4).await;
    let _network = desktop.system().network_manager(1).await;
    let logind = desktop.system().logind().await;
    let window = open(&desktop).await;
    window.text_with(STATUS, "on low battery and a metered network").await;
    sweep_now(&window).await;
    let before = session(&window).await["health"]["lastSweep"].clone();
    tokio::time::sleep(FLOOR).await;
    assert!(until_next_sweep(&window).await >= SELDOM - 5_000, "none is due for long");
    assert_eq!(session(&window).await["health"]["lastSweep"], before);

    logind.prepare_for_sleep(true).await;
    logind.prepare_for_sleep(false).await;
    wait_for_sweep_since(&window, &before).await;
    window.quit().await;
}

#[tokio::test]
async fn without_a_system_bus_everything_goes_as_usual() {
    let parts = Parts { system: false, ..Parts::default() };
    let desktop = desktop("without_a_system_bus_everything_goes_as_usual", parts).await;
    let app = start(&desktop, &[]);
    let tray = tray_after_first_sweep(&desktop, 1).await;
    assert_eq!(desktop.notifications().all(), [], "nobody is told");
    tray.press(&["Quit"]).await;
    assert!(app.ended().await.success);
}

const STATUS: &str = "footer[aria-label=State]";

async fn open(desktop: &Desktop) -> Window {
    let data = desktop.data();
    let window = desktop.open(program(), &["--data-dir", &data.display().to_string()]).await;
    window.find("[role=row][data-id]").await;
    window
}

async fn session(window: &Window) -> Value {
    window.call("session", json!({})).await.expect("a session")
}

async fn sweep_now(window: &Window) {
    let before = session(window).await["health"]["lastSweep"].clone();
    window.call("refreshNow", json!({})).await.expect("a sweep");
    wait_for_sweep_since(window, &before).await;
}

async fn wait_for_sweep_since(window: &Window, before: &Value) {
    eventually("another sweep", || async {
        let health = session(window).await["health"].clone();
        (health["state"] == "current" && health["lastSweep"] != *before).then_some(())
    })
    .await;
}

/// From the end of the last sweep to the start of the next one, in milliseconds.
async fn until_next_sweep(window: &Window) -> i64 {
    eventually("the plan", || async {
        let health = session(window).await["health"].clone();
        Some(health["nextSweep"].as_i64()? - health["lastSweep"].as_i64()?)
    })
    .await
}
