//! A second start, and a start with a read-only data folder.

use testkit::{Desktop, Parts, eventually};

use crate::{TITLE, desktop, program, screenshot, start};

#[tokio::test]
async fn a_second_start_shows_the_first_and_ends() {
    let desktop = desktop("a_second_start_shows_the_first_and_ends", Parts::default()).await;
    let mut first = start(&desktop, &["--hidden"]);
    let tray = desktop.tray().item().await;
    tray.entry(&["Quit"]).await;
    assert!(!desktop.windows().await.iter().any(|title| title == TITLE), "it was started hidden");

    let second = start(&desktop, &[]).ended().await;
    assert!(second.success, "the second one leaves in peace: {}", second.output);
    window(&desktop).await;
    assert!(first.is_running(), "the first one goes on");
    assert_eq!(desktop.tray().items(1).await.len(), 1, "there is one icon");
}

#[tokio::test]
async fn where_nothing_can_be_written_a_message_says_so() {
    let desktop = desktop("where_nothing_can_be_written_a_message_says_so", Parts::default()).await;
    // Not even root can write here.
    let window = desktop.open(program(), &["--data-dir", "/proc/portal-desktop"]).await;
    window.text_with("body", "/proc/portal-desktop").await;
    window.text_with("body", "--data-dir").await;
    desktop.screenshot(&screenshot("nothing-can-be-written")).await;
}

async fn window(desktop: &Desktop) {
    eventually("the window", || async {
        let titles = desktop.windows().await;
        titles.iter().any(|title| title.contains(TITLE)).then_some(())
    })
    .await;
}
