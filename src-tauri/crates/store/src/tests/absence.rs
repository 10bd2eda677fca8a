//! What changed while nobody saw the workspace.

use codat::ConnectionStatus;
use domain::Cause;

use super::making::*;
use crate::{ScheduleDecision, ScheduleOutcome, Store};

/// Applies the company with one connection in this status.
async fn turn(store: &Store, number: u128, status: ConnectionStatus) {
    let company = connected(company(number, &format!("Company {number}")), [xero(number, status)]);
    store.apply(&items(&[company]), Cause::Sweep, None, now()).await.unwrap();
}

/// The number of companies that broke, healed and appeared after the entry.
async fn counts(store: &Store, seq: i64) -> Vec<u32> {
    let searches = [format!("broke:{seq}"), format!("healed:{seq}"), format!("appeared:{seq}")];
    let searches: Vec<_> = searches.iter().map(String::as_str).collect();
    store.count_companies(&searches, now()).await.unwrap()
}

#[tokio::test]
async fn what_broke_and_healed_is_seen_from_the_state_before() {
    let (_folder, store) = store().await;
    turn(&store, 1, ConnectionStatus::Linked).await;
    turn(&store, 2, ConnectionStatus::Deauthorized).await;
    turn(&store, 3, ConnectionStatus::Linked).await;
    let seq = store.journal_end().await.unwrap();
    assert_eq!(counts(&store, seq).await, [0, 0, 0], "what was there before is no news");
    turn(&store, 1, ConnectionStatus::Deauthorized).await;
    turn(&store, 2, ConnectionStatus::Linked).await;
    turn(&store, 3, ConnectionStatus::Deauthorized).await;
    turn(&store, 3, ConnectionStatus::Linked).await;
    turn(&store, 4, ConnectionStatus::Linked).await;
    assert_eq!(counts(&store, seq).await, [1, 1, 1], "the third is as it was");
    let later = store.journal_end().await.unwrap();
    assert_eq!(counts(&store, later).await, [0, 0, 0]);
    store.remove_company(company_id(1), Cause::Sweep, now()).await.unwrap();
    assert_eq!(counts(&store, seq).await, [0, 1, 1], "a removed company is not listed");
}

#[tokio::test]
async fn a_schedule_failed_if_its_last_outcome_did() {
    let (_folder, store) = store().await;
    let schedule = store.put_schedule(None, "Nightly", true, "{}", None).await.unwrap().unwrap();
    let end = async |at, reason: Option<&str>| {
        let reason = reason.map(str::to_owned);
        let outcome = ScheduleOutcome {
            schedule,
            due: None,
            at,
            earlier: 0,
            reason,
            queued: 0,
            done: 0,
            unreadable: 0,
            run: None,
        };
        let decision = ScheduleDecision { schedule, outcome: Some(outcome), ..ScheduleDecision::default() };
        store.record_decision(&decision, None, now()).await.unwrap();
    };
    end(hours_ago(3), Some("offline")).await;
    assert_eq!(store.schedules_failed_since(hours_ago(2)).await.unwrap(), 0, "before the absence");
    assert_eq!(store.schedules_failed_since(hours_ago(4)).await.unwrap(), 1);
    end(hours_ago(1), Some("stillRunning")).await;
    assert_eq!(store.schedules_failed_since(hours_ago(4)).await.unwrap(), 0, "a skipped run is no failure");
    end(now(), Some("quota")).await;
    assert_eq!(store.schedules_failed_since(hours_ago(4)).await.unwrap(), 1);
    end(now(), None).await;
    assert_eq!(store.schedules_failed_since(hours_ago(4)).await.unwrap(), 0, "the last one counts");
}
