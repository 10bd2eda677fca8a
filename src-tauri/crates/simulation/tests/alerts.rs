//! Replays of labeled histories: each loss that needs an alert gets one, soon and with its cause, and no other does.

use simulation::{replay_alerts, replay_thousand_losses};

#[test]
fn labeled_histories_are_told_once_soon_and_with_their_causes() {
    let folder = tempfile::tempdir().unwrap();
    let figures = replay_alerts(1, folder.path()).unwrap();
    let faults: Vec<_> = figures.faults.iter().take(20).collect();
    assert_eq!(figures.misses(), Vec::<String>::new(), "{figures}\n{faults:#?}");
}

/// If a sweep comes within the minute, it sees only a part. Then there are two, because no loss waits for later ones.
#[test]
fn a_thousand_losses_in_a_minute_are_one_notification_or_two_if_a_sweep_parts_them() {
    let notifications = |seed, after_sweep| {
        let folder = tempfile::tempdir().unwrap();
        replay_thousand_losses(seed, after_sweep, folder.path()).unwrap()
    };
    assert_eq!(notifications(1, true), 1);
    assert!(notifications(2, false) <= 2);
}
