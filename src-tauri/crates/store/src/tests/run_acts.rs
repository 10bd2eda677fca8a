//! A run that a person wants, as each of its companies tells of it.

use codat::ConnectionStatus;
use domain::{ItemId, NewRun, ReadRequest, ReadSelection, RunAct, RunCause, ScheduleId, TakeRequest};
use jiff::SignedDuration;
use uuid::Uuid;

use super::making::*;
use crate::{ActivityKind, Happened, ItemResult, ItemState, Store};

fn run(cause: RunCause, reads: Vec<ReadRequest>) -> NewRun {
    let (label, reads) = ("Some".to_owned(), ReadSelection::List(reads));
    NewRun { cause, act: RunAct::Read, label, reads, starts_at: now(), spread: SignedDuration::ZERO }
}

fn read(number: u128, key: &str) -> ReadRequest {
    ReadRequest { company: company_id(number), data_type: Some(key.to_owned()), connection: None }
}

fn take(most: u128) -> TakeRequest {
    TakeRequest { keys: (1..=most).map(Uuid::from_u128).collect(), reading: Vec::new() }
}

fn end(id: ItemId, state: ItemState) -> ItemResult {
    let can_retry = state == ItemState::Failed;
    ItemResult { id, state, tried: false, not_before: None, why: None, can_retry }
}

fn linked(number: u128) -> codat::Company {
    connected(company(number, &format!("Company {number:03}")), [xero(number, ConnectionStatus::Linked)])
}

/// What a company's timeline says was done from here, newest first: the run's label, and what came of it.
async fn own_acts(store: &Store, number: u128) -> Vec<(String, Option<String>)> {
    let told = store.activity(company_id(number), &[ActivityKind::Own], None, 50).await.unwrap();
    let own = told.into_iter().map(|entry| {
        let Happened::Own { act, detail, outcome } = entry.what else { panic!("only acts were asked for") };
        assert_eq!(act, "refreshMany");
        let detail: serde_json::Value = serde_json::from_str(&detail).unwrap();
        (detail["label"].as_str().unwrap().to_owned(), outcome)
    });
    own.collect()
}

#[tokio::test]
async fn a_run_that_a_person_wants_is_one_line_of_each_company_and_says_what_came_of_it() {
    let unlinked = connected(company(4, "Unlinked"), [xero(4, ConnectionStatus::Unlinked)]);
    let (_folder, store) = store_of(&[linked(1), linked(2), linked(3), unlinked]).await;
    let reads =
        vec![read(1, "bills"), read(1, "invoices"), read(2, "bills"), read(3, "bills"), read(4, "bills")];
    let begun = store.begin_run(&run(RunCause::Person, reads), now()).await.unwrap();
    let told = |outcome: Option<&str>| vec![("Some".to_owned(), outcome.map(str::to_owned))];
    assert_eq!(own_acts(&store, 1).await, told(None), "two types, one line");

    let moved = store.advance_run(begun.id, &[], Some(&take(3)), now()).await.unwrap();
    let ends = [ItemState::Read, ItemState::Read, ItemState::Failed];
    let ends: Vec<_> = moved.taken.iter().zip(ends).map(|(item, state)| end(item.id, state)).collect();
    store.advance_run(begun.id, &ends, None, now()).await.unwrap();
    store.cancel_run(begun.id, now()).await.unwrap();
    store.end_run(begun.id, now()).await.unwrap();
    assert_eq!(own_acts(&store, 1).await, told(Some("done")));
    assert_eq!(own_acts(&store, 2).await, told(Some("failed")));
    assert_eq!(own_acts(&store, 3).await, told(Some("cancelled")));
    assert_eq!(own_acts(&store, 4).await, told(Some("cancelled")));

    store.retry_run(begun.id).await.unwrap();
    let again = store.advance_run(begun.id, &[], Some(&take(1)), now()).await.unwrap();
    let ends: Vec<_> = again.taken.iter().map(|item| end(item.id, ItemState::Read)).collect();
    store.advance_run(begun.id, &ends, None, now()).await.unwrap();
    store.end_run(begun.id, now()).await.unwrap();
    assert_eq!(own_acts(&store, 2).await, told(Some("done")), "tried again, it went well; still one line");
}

#[tokio::test]
async fn what_nobody_asked_for_by_hand_is_no_act_of_a_person() {
    let (_folder, store) = store_of(&[linked(1)]).await;
    for cause in [RunCause::Schedule(ScheduleId(3)), RunCause::KeepAlive] {
        store.begin_run(&run(cause, vec![read(1, "bills")]), now()).await.unwrap();
    }
    assert_eq!(own_acts(&store, 1).await, []);
}

#[tokio::test]
async fn a_company_whose_reads_come_in_two_parts_has_one_line() {
    let (_folder, store) = store_of(&[linked(1), linked(2)]).await;
    let mut reads: Vec<_> = (0..1_500).map(|kind| read(1, &format!("type-{kind}"))).collect();
    reads.push(read(2, "bills"));
    let begun = store.begin_run(&run(RunCause::Person, reads), now()).await.unwrap();
    assert!(begun.pending_reads > 0, "some are not items yet");
    assert_eq!(own_acts(&store, 2).await, [], "its part has not come");
    let moved = store.advance_run(begun.id, &[], None, now()).await.unwrap();
    assert_eq!(moved.pending_reads, 0);
    for number in [1, 2] {
        assert_eq!(own_acts(&store, number).await, [("Some".to_owned(), None)], "company {number}");
    }
}
