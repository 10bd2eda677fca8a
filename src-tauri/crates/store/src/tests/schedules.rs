//! Schedules: kept, decided about in one piece, and gone with all that belongs to them.

use codat::ConnectionStatus;
use domain::{
    KnownRead, NewRun, ReadHistory, ReadRequest, ReadSelection, RunAct, RunCause, ScheduleId, TakeRequest,
};
use jiff::SignedDuration;

use super::making::*;
use crate::{CompanySelection, ItemResult, ItemState, ScheduleDecision, ScheduleOutcome, Store};

const PLAN: &str = r#"{"anything":true}"#;

async fn scheduled(store: &Store) -> i64 {
    let id = store.put_schedule(None, "Nightly", true, PLAN, Some("2026-11-22T09:00:00")).await;
    id.expect("kept").expect("a number")
}

fn outcome(schedule: i64, queued: u32) -> ScheduleOutcome {
    ScheduleOutcome {
        schedule,
        due: Some(hours_ago(1)),
        at: now(),
        earlier: 2,
        reason: Some("offline".to_owned()),
        queued,
        done: 1,
        unreadable: 0,
        run: None,
    }
}

#[tokio::test]
async fn a_schedule_is_kept_changed_removed_and_brought_back() {
    let (_folder, store) = store().await;
    let id = scheduled(&store).await;
    let kept = store.schedules().await.expect("schedules").remove(0);
    assert_eq!((kept.name.as_str(), kept.is_on, kept.plan.as_str()), ("Nightly", true, PLAN));
    store.put_schedule(Some(id), "Weekly", false, "{}", None).await.expect("kept");
    let kept = store.schedules().await.expect("schedules").remove(0);
    assert_eq!((kept.name.as_str(), kept.is_on, kept.decided), ("Weekly", false, None));
    assert!(store.mark_schedule_removed(id, true).await.expect("removed"));
    assert!(store.schedules().await.expect("schedules").is_empty());
    assert_eq!(store.put_schedule(Some(id), "Late", true, "{}", None).await.expect("no"), None);
    assert!(store.mark_schedule_removed(id, false).await.expect("back"));
    assert_eq!(store.schedules().await.expect("schedules").len(), 1);
    store.mark_schedule_removed(id, true).await.expect("removed");
    store.forget_removed_schedules().await.expect("forgotten");
    assert!(!store.mark_schedule_removed(id, false).await.expect("too late"));
}

#[tokio::test]
async fn turning_a_schedule_on_decides_what_was_due_and_keeps_its_name_and_plan() {
    let (_folder, store) = store().await;
    let id = scheduled(&store).await;
    store.put_schedule(Some(id), "Weekly", false, "{}", Some("1")).await.expect("kept");
    for (on, label, decided) in [(false, "2", "1"), (true, "3", "3"), (true, "4", "3"), (false, "5", "3")] {
        assert!(store.switch_schedule(id, on, label).await.expect("switched"));
        let kept = store.schedules().await.expect("schedules").remove(0);
        assert_eq!((kept.name.as_str(), kept.is_on, kept.plan.as_str()), ("Weekly", on, "{}"));
        assert_eq!(kept.decided.as_deref(), Some(decided));
    }
    assert!(!store.switch_schedule(id + 1, true, "6").await.expect("answered"));
}

#[tokio::test]
async fn companies_stand_as_the_list_and_what_was_found_out_say() {
    let read = |mut company: codat::Company, hours| {
        company.last_sync = Some(hours_ago(hours));
        company
    };
    let (_folder, store) = store_of(&[
        read(connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)]), 3),
        connected(company(2, "Two"), [xero(2, ConnectionStatus::Unlinked)]),
        connected(company(3, "Three"), [xero(3, ConnectionStatus::Linked)]),
    ])
    .await;
    let id = scheduled(&store).await;
    let known = KnownRead {
        company: company_id(1),
        read_at: Some(hours_ago(30)),
        last_read: Some(hours_ago(3)),
        is_done: false,
    };
    let decision = ScheduleDecision {
        schedule: id,
        known: vec![known],
        attempted: vec![company_id(3)],
        ..ScheduleDecision::default()
    };
    store.record_decision(&decision, None, now()).await.expect("kept");
    let all = store.standings(id, CompanySelection::Search(""), &[], now()).await.expect("standings");
    let standing = |number| ReadHistory {
        company: company_id(number),
        readable: true,
        last_read: None,
        known_read: None,
        known_at: None,
        attempted: None,
        failures: 0,
    };
    let one = ReadHistory {
        last_read: Some(hours_ago(3)),
        known_read: Some(hours_ago(30)),
        known_at: Some(hours_ago(3)),
        ..standing(1)
    };
    let two = ReadHistory { readable: false, ..standing(2) };
    let three = ReadHistory { attempted: Some(now()), ..standing(3) };
    assert_eq!(all, [one, two, three]);
    let found = store.standings(id, CompanySelection::Search("two"), &[], now()).await.expect("standings");
    assert_eq!(found, [two], "as the list finds them");
    assert!(!store.has_columns(), "no window is open: nothing stays in memory");
    let chosen = [company_id(3), company_id(9), company_id(3)];
    let chosen = store.standings(id, CompanySelection::List(&chosen), &[], now()).await.expect("standings");
    assert_eq!(chosen, [three], "those that are there, each once");
}

#[tokio::test]
async fn a_company_whose_integrations_are_known_to_lack_a_type_cannot_be_read_for_it() {
    let (_folder, store) =
        store_of(&[connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)])]).await;
    let id = scheduled(&store).await;
    let readable = async |data_type: Option<&str>| {
        let types: Vec<_> =
            data_type.into_iter().flat_map(|keys| keys.split(' ')).map(str::to_owned).collect();
        let all = store.standings(id, CompanySelection::Search(""), &types, now()).await.expect("standings");
        all[0].readable
    };
    assert!(readable(Some("banking-accounts")).await, "nothing is known of its integration");
    let said = |features: serde_json::Value| {
        serde_json::json!({ "key": "gbol", "name": "Xero", "enabled": true, "sourceType": "Accounting",
                            "datatypeFeatures": features })
    };
    let put = async |features| {
        let raw = said(features);
        let item = codat::Item {
            value: serde_json::from_value(raw.clone()).expect("an integration"),
            raw: serde_json::value::to_raw_value(&raw).expect("JSON"),
        };
        store.put_integrations(&[item], now()).await.expect("kept");
    };
    put(serde_json::json!([])).await;
    assert!(readable(Some("banking-accounts")).await, "it says nothing of what it gives");
    let get = serde_json::json!([{ "featureType": "Get", "featureState": "Release" }]);
    put(serde_json::json!([{ "datatype": "invoices", "supportedFeatures": get }])).await;
    assert!(readable(Some("invoices")).await);
    assert!(!readable(Some("banking-accounts")).await);
    assert!(readable(Some("banking-accounts invoices")).await, "one of two is enough");
    assert!(readable(None).await, "all that it has");
}

#[tokio::test]
async fn a_decision_moves_the_schedule_and_the_newest_outcomes_stay() {
    let (_folder, store) = store().await;
    let id = scheduled(&store).await;
    for queued in 0..105 {
        let decision = ScheduleDecision {
            schedule: id,
            decided: Some("2026-11-23T09:00:00".to_owned()),
            outcome: Some(outcome(id, queued)),
            ..ScheduleDecision::default()
        };
        store.record_decision(&decision, None, now()).await.expect("kept");
    }
    let kept = store.schedules().await.expect("schedules").remove(0);
    assert_eq!(kept.decided.as_deref(), Some("2026-11-23T09:00:00"));
    let outcomes = store.schedule_outcomes(id, 1_000).await.expect("outcomes");
    assert_eq!((outcomes.len(), &outcomes[0]), (100, &outcome(id, 104)));
}

#[tokio::test]
async fn ten_thousand_reads_and_what_is_decided_are_one_transaction() {
    let (_folder, store) = store().await;
    let id = scheduled(&store).await;
    let before = rows_written(&store).await;
    let attempted: Vec<_> = (0..10_000).map(company_id).collect();
    let read = |company| ReadRequest { company, data_type: None, connection: None };
    let run = NewRun {
        cause: RunCause::Schedule(ScheduleId(id)),
        act: RunAct::Read,
        label: "Nightly".to_owned(),
        reads: ReadSelection::List(attempted.iter().copied().map(read).collect()),
        starts_at: now(),
        spread: SignedDuration::from_mins(15),
    };
    let outcome = Some(outcome(id, 10_000));
    let decision = ScheduleDecision { schedule: id, attempted, outcome, ..ScheduleDecision::default() };
    let open = store.record_decision(&decision, Some(&run), now()).await.expect("kept").expect("a run");
    assert_eq!(open.counts.waiting, 10_000);
    let kept = store.schedule_outcomes(id, 1).await.expect("outcomes").remove(0);
    assert_eq!(kept.run, Some(open.id), "what is told leads to the run");
    let written = rows_written(&store).await - before;
    assert_eq!(written, 11_011, "a standing each, a part as items and nine as text, the run and the outcome");
}

/// What a schedule asked for, and how it ended.
async fn asked(store: &Store, schedule: i64, at: jiff::Timestamp, ends: &[(ItemState, bool)]) {
    let decision =
        ScheduleDecision { schedule, attempted: vec![company_id(1)], ..ScheduleDecision::default() };
    let types = ["invoices", "bills", "items"];
    let read = |at: usize| ReadRequest {
        company: company_id(1),
        data_type: Some(types[at].to_owned()),
        connection: None,
    };
    let run = NewRun {
        cause: RunCause::Schedule(ScheduleId(schedule)),
        act: RunAct::Read,
        label: "Nightly".to_owned(),
        reads: ReadSelection::List((0..ends.len()).map(read).collect()),
        starts_at: at,
        spread: SignedDuration::ZERO,
    };
    let run = store.record_decision(&decision, Some(&run), at).await.expect("kept").expect("a run");
    let keys = (1..=3).map(uuid::Uuid::from_u128).collect();
    let take = TakeRequest { keys, reading: Vec::new() };
    let taken = store.advance_run(run.id, &[], Some(&take), at).await.expect("taken").taken;
    let ends: Vec<_> = taken
        .iter()
        .zip(ends)
        .map(|(item, (state, can_retry))| ItemResult {
            id: item.id,
            state: *state,
            tried: false,
            not_before: None,
            why: None,
            can_retry: *can_retry,
        })
        .collect();
    store.advance_run(run.id, &ends, None, at).await.expect("written");
}

#[tokio::test]
async fn how_often_in_a_row_a_read_failed_for_a_reason_that_may_pass_is_known() {
    let (_folder, store) =
        store_of(&[connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)])]).await;
    let id = scheduled(&store).await;
    let failures = async || {
        let all = store.standings(id, CompanySelection::Search(""), &[], now()).await.expect("standings");
        all[0].failures
    };
    let (failed, refused, read) =
        ((ItemState::Failed, true), (ItemState::Failed, false), (ItemState::Read, false));
    let at = |minutes| now() + SignedDuration::from_mins(minutes);
    asked(&store, id, at(0), &[failed]).await;
    assert_eq!(failures().await, 1);
    asked(&store, id, at(10), &[failed, read, failed]).await;
    assert_eq!(failures().await, 2, "a run counts once, and what was read of it changes nothing");
    asked(&store, id, at(20), &[read]).await;
    assert_eq!(failures().await, 0);
    asked(&store, id, at(30), &[failed]).await;
    asked(&store, id, at(40), &[refused]).await;
    assert_eq!(failures().await, 0, "what cannot be mended by asking again is not asked for sooner");
    asked(&store, id, at(50), &[failed]).await;
    let done =
        KnownRead { company: company_id(1), read_at: Some(at(55)), last_read: Some(at(55)), is_done: true };
    let decision = ScheduleDecision { schedule: id, known: vec![done], ..ScheduleDecision::default() };
    store.record_decision(&decision, None, at(60)).await.expect("kept");
    assert_eq!(failures().await, 0, "somebody else read it");
}
