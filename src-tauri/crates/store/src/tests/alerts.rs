//! Alerts: exactly once.

use super::making::*;
use crate::{AlertState, NewAlert};

fn new(seq: i64) -> NewAlert {
    NewAlert { first_seq: seq, last_seq: seq, data: format!("alert \u{201c}{seq}\u{201d}") }
}

#[tokio::test]
async fn what_was_decided_once_is_not_decided_again() {
    let (_folder, store) = store().await;
    let first = store.record_alerts(5, &[new(4), new(5)], now()).await.expect("recorded");
    assert_eq!(first.iter().map(|alert| alert.data.as_str()).collect::<Vec<_>>(), ["alert “4”", "alert “5”"]);
    assert_eq!(store.alert_cursor().await.expect("cursor"), 5);
    for cursor in [5, 4, 0] {
        assert_eq!(store.record_alerts(cursor, &[new(5)], now()).await.expect("nothing"), []);
    }
    assert_eq!(store.alert_cursor().await.expect("cursor"), 5);
    assert_eq!(store.unclaimed_alerts().await.expect("alerts"), first);
}

#[tokio::test]
async fn a_cursor_moves_on_without_anything_to_tell() {
    let (_folder, store) = store().await;
    assert_eq!(store.record_alerts(7, &[], now()).await.expect("recorded"), []);
    assert_eq!(store.alert_cursor().await.expect("cursor"), 7);
}

#[tokio::test]
async fn an_alert_is_claimed_once_even_by_many_at_a_time_and_after_a_restart() {
    let (folder, store) = store().await;
    let alert = store.record_alerts(1, &[new(1)], now()).await.expect("recorded").remove(0);
    assert_eq!(alert.state, AlertState::New);
    let store = std::sync::Arc::new(store);
    let mut claims = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = std::sync::Arc::clone(&store);
        claims.spawn(async move { store.claim_alerts(&[alert.id], now()).await.expect("claimed") });
    }
    assert_eq!(claims.join_all().await.into_iter().sum::<u64>(), 1);
    std::sync::Arc::into_inner(store).expect("the last").close().await;
    let store = crate::Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
    assert_eq!(
        store.claim_alerts(&[alert.id], now()).await.expect("claimed"),
        0,
        "not after a restart either"
    );
    assert_eq!(store.unclaimed_alerts().await.expect("alerts"), []);
    store.mark_shown(&[alert.id]).await.expect("shown");
    assert_eq!(store.claim_alerts(&[alert.id], now()).await.expect("claimed"), 0);
}

#[tokio::test]
async fn an_unclaimed_alert_is_not_marked_shown() {
    let (_folder, store) = store().await;
    let alert = store.record_alerts(1, &[new(1)], now()).await.expect("recorded").remove(0);
    store.mark_shown(&[alert.id]).await.expect("nothing");
    let claimed = store.claim_alerts(&[alert.id], now()).await.expect("claimed");
    assert_eq!(claimed, 1, "it must be claimed before it is shown");
}
