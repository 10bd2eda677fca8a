//! Alerts: exactly once.

use codat::ConnectionStatus;
use domain::Cause;

use super::making::*;
use crate::{AlertState, NewAlert, Store};

fn new(seq: i64) -> NewAlert {
    NewAlert {
        first_seq: seq,
        last_seq: seq,
        data: format!("alert \u{201c}{seq}\u{201d}"),
        is_muted: false,
        is_over: false,
    }
}

#[tokio::test]
async fn what_was_decided_once_is_not_decided_again() {
    let (_folder, store) = store().await;
    let first = store.record_alerts(5, &[], &[new(4), new(5)], now()).await.expect("recorded");
    assert_eq!(first.iter().map(|alert| alert.data.as_str()).collect::<Vec<_>>(), ["alert “4”", "alert “5”"]);
    assert_eq!(store.alert_cursor().await.expect("cursor"), 5);
    for cursor in [5, 4, 0] {
        assert_eq!(store.record_alerts(cursor, &[], &[new(5)], now()).await.expect("nothing"), []);
    }
    assert_eq!(store.alert_cursor().await.expect("cursor"), 5);
    assert_eq!(store.unclaimed_alerts().await.expect("alerts"), first);
}

#[tokio::test]
async fn a_cursor_moves_on_without_anything_to_tell() {
    let (_folder, store) = store().await;
    assert_eq!(store.record_alerts(7, &[], &[], now()).await.expect("recorded"), []);
    assert_eq!(store.alert_cursor().await.expect("cursor"), 7);
}

#[tokio::test]
async fn an_alert_is_claimed_once_even_by_many_at_a_time_and_after_a_restart() {
    let (folder, store) = store().await;
    let alert = store.record_alerts(1, &[], &[new(1)], now()).await.expect("recorded").remove(0);
    assert_eq!(alert.state, AlertState::New);
    let store = std::sync::Arc::new(store);
    let mut claims = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = std::sync::Arc::clone(&store);
        claims.spawn(async move {
            store.claim_alerts(&[alert.id], Some(alert.id), now()).await.expect("claimed")
        });
    }
    assert_eq!(claims.join_all().await.into_iter().sum::<u64>(), 1);
    std::sync::Arc::into_inner(store).expect("the last").close().await;
    let store = crate::Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
    assert_eq!(
        store.claim_alerts(&[alert.id], Some(alert.id), now()).await.expect("claimed"),
        0,
        "not after a restart either"
    );
    assert_eq!(store.unclaimed_alerts().await.expect("alerts"), []);
    store.mark_shown(&[alert.id]).await.expect("shown");
    assert_eq!(store.claim_alerts(&[alert.id], Some(alert.id), now()).await.expect("claimed"), 0);
}

#[tokio::test]
async fn an_unclaimed_alert_is_not_marked_shown() {
    let (_folder, store) = store().await;
    let alert = store.record_alerts(1, &[], &[new(1)], now()).await.expect("recorded").remove(0);
    store.mark_shown(&[alert.id]).await.expect("nothing");
    let claimed = store.claim_alerts(&[alert.id], Some(alert.id), now()).await.expect("claimed");
    assert_eq!(claimed, 1, "it must be claimed before it is shown");
}

#[tokio::test]
async fn what_is_decided_beyond_the_cursor_is_kept_until_the_cursor_passes_it() {
    let (_folder, store) = store().await;
    let first = store.record_alerts(3, &[6], &[new(5)], now()).await.expect("recorded");
    assert_eq!(first.len(), 1);
    assert_eq!(store.alert_cursor().await.expect("cursor"), 3, "4 is not decided");
    assert_eq!(store.alert_decisions().await.expect("decisions"), [5, 6]);
    assert_eq!(store.record_alerts(3, &[], &[new(5), new(6)], now()).await.expect("nothing"), []);
    let second = store.record_alerts(6, &[], &[new(4)], now()).await.expect("recorded");
    assert_eq!(second.len(), 1, "an older one comes later");
    assert_eq!(store.alert_cursor().await.expect("cursor"), 6);
    assert!(store.alert_decisions().await.expect("decisions").is_empty());
    assert_eq!(store.record_alerts(6, &[], &[new(4), new(5), new(6)], now()).await.expect("nothing"), []);
}

#[tokio::test]
async fn an_alert_that_nobody_took_is_given_back_and_claimed_again() {
    let (_folder, store) = store().await;
    let alert = store.record_alerts(1, &[], &[new(1)], now()).await.expect("recorded").remove(0);
    assert_eq!(store.claim_alerts(&[alert.id], Some(alert.id), now()).await.expect("claimed"), 1);
    store.release_alerts(&[alert.id]).await.expect("released");
    assert_eq!(store.unclaimed_alerts().await.expect("alerts"), std::slice::from_ref(&alert));
    assert_eq!(store.claim_alerts(&[alert.id], Some(alert.id), now()).await.expect("claimed"), 1);
    store.mark_shown(&[alert.id]).await.expect("shown");
    store.release_alerts(&[alert.id]).await.expect("nothing");
    assert_eq!(store.unclaimed_alerts().await.expect("alerts"), [], "what was shown is not given back");
}

/// These companies, each with a connection to Xero in this status, are kept; the alerts of those that turned.
async fn turn(store: &Store, numbers: impl Iterator<Item = u128>, status: ConnectionStatus) -> Vec<i64> {
    let named = |number| company(number, &format!("Company {number:04}"));
    let companies: Vec<_> =
        numbers.map(|number| connected(named(number), [xero(number, status.clone())])).collect();
    let applied = store.apply(&items(&companies), Cause::Sweep, None, now()).await.expect("applied");
    let turned = applied.changes.iter().filter(|change| change.kind.new_color().is_some());
    let alerts: Vec<_> = turned.map(|change| new(change.seq)).collect();
    let end = store.journal_end().await.expect("journal");
    let recorded = store.record_alerts(end, &[], &alerts, now()).await.expect("recorded");
    recorded.into_iter().map(|alert| alert.id).collect()
}

#[tokio::test]
async fn the_companies_that_a_notification_told_of_are_found_and_no_others() {
    let (_folder, store) = store().await;
    let before = turn(&store, 900..902, ConnectionStatus::Deauthorized).await;
    store.claim_alerts(&before, Some(before[0]), now()).await.expect("claimed");
    let told = turn(&store, 1..501, ConnectionStatus::Deauthorized).await;
    assert_eq!(told.len(), 500);
    let (first, later) = told.split_at(300);
    store.claim_alerts(first, Some(first[0]), now()).await.expect("claimed");
    store.claim_alerts(later, Some(later[0]), now()).await.expect("claimed");
    let search = |ids: &[i64]| by_name(&format!("alert:{}", ids[0]));
    let page = store.companies(&search(first), now()).await.expect("a list");
    assert_eq!((page.matching, page.problems.len()), (300, 0));
    let page = store.companies(&search(later), now()).await.expect("a list");
    assert_eq!(page.matching, 200);
    assert_eq!(names(&page).first(), Some(&"Company 0301"));
    assert_eq!(found(&store, &format!("alert:{}", before[0])).await, ["Company 0900", "Company 0901"]);
    let added = turn(&store, 600..602, ConnectionStatus::Deauthorized).await;
    store.claim_alerts(&added[..1], Some(first[0]), now()).await.expect("claimed");
    store.claim_alerts(&added[1..], None, now()).await.expect("claimed");
    let page = store.companies(&search(first), now()).await.expect("a list");
    assert_eq!(
        page.matching, 301,
        "the later alert of the same outage counts, and an alert that was never shown does not"
    );
    assert_eq!(found(&store, &format!("alert:{}", added[1])).await, Vec::<String>::new());
    assert_eq!(found(&store, "alert:99999").await, Vec::<String>::new());
    let wrong = store.companies(&by_name("alert:yes"), now()).await.expect("a list");
    assert_eq!(wrong.problems.len(), 1);
}

#[tokio::test]
async fn recent_alerts_say_whether_the_connection_healed_since() {
    let (_folder, store) = store().await;
    turn(&store, 1..4, ConnectionStatus::Deauthorized).await;
    turn(&store, 2..3, ConnectionStatus::Linked).await;
    turn(&store, 2..3, ConnectionStatus::Unlinked).await;
    store.remove_company(company_id(3), Cause::Sweep, now()).await.expect("removed");
    let recent = store.recent_alerts(hours_ago(1)).await.expect("alerts");
    let healed: Vec<_> = recent.iter().map(|it| (it.connection, it.is_healed)).collect();
    // Of the second connection there are three: red, green, and grey.
    let of = |number| connection_id(number);
    assert_eq!(healed, [(of(1), false), (of(2), true), (of(3), true), (of(2), false), (of(2), false)]);
    assert_eq!(store.recent_alerts(now() + jiff::SignedDuration::from_secs(1)).await.expect("alerts"), []);
}
