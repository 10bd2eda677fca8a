//! Ends the app by a signal and by *Quit*, and closes the window while the notification server hangs.

use serde_json::{Value, json};
use testkit::{Desktop, Parts, Place, Process, TrayItem, Window, eventually};

use crate::{TITLE, desktop, open, start, tray_after_first_sweep};

/// A position that no window has by default.
const MOVED: Place = Place { x: 60, y: 40, width: 900, height: 600 };

#[tokio::test]
async fn a_signal_ends_the_app_as_quit_does() {
    for signal in ["TERM", "INT", "HUP"] {
        let desktop = desktop(&format!("a_signal_ends_the_app_{signal}"), Parts::default()).await;
        let app = start(&desktop, &[]);
        tray_after_first_sweep(&desktop, 1).await;
        desktop.move_to(TITLE, MOVED).await;
        app.signal(signal).await;
        let ended = app.ended().await;
        assert!(ended.success, "{signal} is a good end: {}", ended.output);

        let again = start(&desktop, &[]);
        tray_after_first_sweep(&desktop, 2).await;
        assert_at_same_position(&desktop).await;
        again.signal(signal).await;
        assert!(again.ended().await.success);
    }
}

#[tokio::test]
async fn a_signal_while_the_app_starts_is_a_good_end_too() {
    let desktop = desktop("a_signal_while_the_app_starts", Parts::default()).await;
    let app = start(&desktop, &["--hidden"]);
    desktop.tray().item().await;
    app.signal("TERM").await;
    let ended = app.ended().await;
    assert!(ended.success, "{}", ended.output);
}

#[tokio::test]
async fn a_signal_gives_back_the_requests_that_were_set_aside() {
    let desktop = desktop("a_signal_gives_back_the_requests_that_were_set_aside", Parts::default()).await;
    let window = open_after_a_sweep(&desktop).await;
    let before = used(&window).await;
    window.end_by("TERM").await;

    let window = open_after_a_sweep(&desktop).await;
    let after = used(&window).await;
    // A start reads the companies again; after a crash it would use up all reserved requests, about a hundred.
    assert!(after - before < 20, "{before} requests before, {after} after");
    window.quit().await;
}

#[tokio::test]
async fn the_window_closes_while_the_notification_server_hangs_and_comes_again() {
    let desktop = desktop("the_window_closes_while_the_notification_server_hangs", Parts::default()).await;
    let app = start(&desktop, &[]);
    let tray = tray_after_first_sweep(&desktop, 1).await;
    desktop.notifications().set_hanging(true);
    desktop.close(TITLE).await;
    desktop.notifications().wait_for_call().await;
    desktop.closed(TITLE).await;
    // While the server does not answer, everything else works.
    tray.press(&["Open"]).await;
    desktop.bounds_of(TITLE).await;
    tray.press(&["Quit"]).await;
    assert!(app.ended().await.success, "and it can be quit");
    assert_eq!(desktop.notifications().all(), [], "nothing was shown");
    desktop.notifications().set_hanging(false);

    let again = start(&desktop, &[]);
    let tray = tray_after_first_sweep(&desktop, 2).await;
    desktop.close(TITLE).await;
    let shown = desktop.notifications().at_least(1).await;
    assert!(shown[0].summary.contains("still running"), "what could not be said is said now: {shown:?}");
    quit(again, &tray).await;
}

#[tokio::test]
async fn the_window_opens_where_it_was_however_often_it_is_closed_and_opened() {
    let desktop = desktop("the_window_opens_where_it_was", Parts::default()).await;
    let mut starts = 0;
    for _ in 0..3 {
        let app = start(&desktop, &[]);
        starts += 1;
        let tray = tray_after_first_sweep(&desktop, starts).await;
        if starts == 1 {
            desktop.move_to(TITLE, MOVED).await;
        }
        for _ in 0..3 {
            assert_at_same_position(&desktop).await;
            desktop.close(TITLE).await;
            desktop.closed(TITLE).await;
            tray.press(&["Open"]).await;
        }
        assert_at_same_position(&desktop).await;
        quit(app, &tray).await;
    }
}

async fn assert_at_same_position(desktop: &Desktop) {
    eventually("the window where it was", || async {
        (desktop.bounds_of(TITLE).await == MOVED).then_some(())
    })
    .await;
}

async fn quit(app: Process, tray: &TrayItem) {
    tray.press(&["Quit"]).await;
    assert!(app.ended().await.success);
}

async fn open_after_a_sweep(desktop: &Desktop) -> Window {
    let window = open(desktop).await;
    eventually("a sweep", || async {
        session(&window).await["health"]["lastSweep"].is_number().then_some(())
    })
    .await;
    window
}

async fn session(window: &Window) -> Value {
    window.call("session", json!({})).await.expect("a session")
}

async fn used(window: &Window) -> i64 {
    session(window).await["health"]["usedToday"].as_i64().expect("a count")
}
