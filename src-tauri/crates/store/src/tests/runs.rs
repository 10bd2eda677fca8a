//! Runs: written down before they are asked for, once each, and what comes of them.

use codat::ConnectionStatus;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::making::*;
use crate::{Cause, ItemEnd, ItemState, NewRun, Read, Reads, RunCause, RunCounts, Store, Take};

fn matching(search: &str) -> NewRun {
    new(Reads::Matching { search: search.to_owned(), data_types: Vec::new() })
}

fn of(companies: &[u128]) -> NewRun {
    new(Reads::Each(companies.iter().map(|n| read(*n)).collect()))
}

fn new(reads: Reads) -> NewRun {
    NewRun {
        cause: RunCause::Person,
        label: "Some".to_owned(),
        reads,
        starts_at: now(),
        spread: SignedDuration::ZERO,
    }
}

fn read(number: u128) -> Read {
    Read { company: company_id(number), data_type: None, connection: None }
}

fn take(most: u128) -> Take {
    Take { keys: (1..=most).map(Uuid::from_u128).collect(), reading: Vec::new() }
}

fn end(id: i64, state: ItemState) -> ItemEnd {
    ItemEnd { id, state, tried: false, not_before: None, why: None, can_retry: false }
}

fn linked(number: u128) -> codat::Company {
    connected(company(number, &format!("Company {number:03}")), [xero(number, ConnectionStatus::Linked)])
}

async fn of_linked(many: u128) -> (tempfile::TempDir, Store) {
    store_of(&(1..=many).map(linked).collect::<Vec<_>>()).await
}

#[tokio::test]
async fn a_search_is_resolved_at_once_and_the_same_read_twice_is_one() {
    let (_folder, store) = of_linked(5).await;
    let run = store.begin_run(&matching("company"), now()).await.unwrap();
    assert_eq!(run.counts, RunCounts { waiting: 5, ..RunCounts::default() });
    let run = store.begin_run(&of(&[1, 2, 1]), now()).await.unwrap();
    assert_eq!(run.counts.waiting, 2);
}

#[tokio::test]
async fn a_search_while_no_window_is_open_leaves_nothing_in_memory() {
    let (_folder, store) = of_linked(3).await;
    assert_eq!(store.matching("company", now()).await.unwrap().len(), 3);
    assert!(!store.is_warm());
    store.companies(&by_name("company"), now()).await.unwrap();
    store.matching("company", now()).await.unwrap();
    assert!(store.is_warm(), "a window's lists stay");
}

#[tokio::test]
async fn what_is_taken_is_written_down_with_its_key_and_known_after_a_restart() {
    let (folder, store) = of_linked(3).await;
    let run = store.begin_run(&of(&[1, 2, 3]), now()).await.unwrap();
    let moved = store.move_run(run.id, &[], Some(&take(2)), now()).await.unwrap();
    assert_eq!(moved.taken.iter().map(|item| item.key.as_u128()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((moved.counts.waiting, moved.counts.sent), (1, 2));
    store.close().await;

    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.unwrap();
    let open = store.open_runs().await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].sent, moved.taken, "the same items, under the same keys");
}

#[tokio::test]
async fn companies_with_nothing_linked_and_those_that_are_gone_are_left_out_with_the_reason() {
    let broken = connected(company(2, "Broken"), [xero(2, ConnectionStatus::Deauthorized)]);
    let (_folder, store) = store_of(&[linked(1), broken]).await;
    let found = store.preview_run(&[company_id(1), company_id(2)], None, now()).await.unwrap();
    assert_eq!((found.companies, found.unlinked, found.running), (2, 1, 0));
    let run = store.begin_run(&of(&[1, 2, 9]), now()).await.unwrap();
    let moved = store.move_run(run.id, &[], Some(&take(9)), now()).await.unwrap();
    assert_eq!(moved.taken.len(), 1);
    assert_eq!((moved.counts.sent, moved.counts.skipped), (1, 2));
    let page = store.run_items(run.id, &[ItemState::Skipped], 0, 10).await.unwrap();
    let why: Vec<_> = page.rows.iter().map(|row| row.skipped.as_deref()).collect();
    assert_eq!(why, [Some("unlinked"), Some("gone")]);
}

#[tokio::test]
async fn a_linked_connection_with_an_error_is_still_read() {
    let failing = connected(company(1, "Failing"), [with_error(xero(1, ConnectionStatus::Linked), "no")]);
    let (_folder, store) = store_of(&[failing]).await;
    let run = store.begin_run(&of(&[1]), now()).await.unwrap();
    let moved = store.move_run(run.id, &[], Some(&take(1)), now()).await.unwrap();
    assert_eq!(moved.taken.len(), 1);
}

#[tokio::test]
async fn what_is_being_read_is_not_asked_for_again() {
    let (_folder, store) = of_linked(2).await;
    let first = store.begin_run(&of(&[1]), now()).await.unwrap();
    store.move_run(first.id, &[], Some(&take(1)), now()).await.unwrap();
    let second = store.begin_run(&of(&[1, 2]), now()).await.unwrap();
    let moved = store.move_run(second.id, &[], Some(&take(5)), now()).await.unwrap();
    assert_eq!((moved.counts.running, moved.counts.sent), (1, 1));
    let found = store.preview_run(&[company_id(1), company_id(2)], None, now()).await.unwrap();
    assert_eq!(found.running, 2);
    let third = store.begin_run(&of(&[2]), now()).await.unwrap();
    let reading = Take { reading: vec![company_id(2)], ..take(5) };
    let moved = store.move_run(third.id, &[], Some(&reading), now()).await.unwrap();
    assert_eq!(moved.counts.running, 1, "the engine knows of reads that are no run's");
}

#[tokio::test]
async fn what_did_not_happen_waits_again_and_counts_and_ends_are_written_once() {
    let (_folder, store) = of_linked(3).await;
    let run = store.begin_run(&of(&[1, 2, 3]), now()).await.unwrap();
    let taken = store.move_run(run.id, &[], Some(&take(3)), now()).await.unwrap().taken;
    let later = now() + SignedDuration::from_secs(30);
    let again = ItemEnd { tried: true, not_before: Some(later), ..end(taken[0].id, ItemState::Waiting) };
    let failed =
        ItemEnd { why: Some("{}".to_owned()), can_retry: true, ..end(taken[1].id, ItemState::Failed) };
    let ends = [again, failed, end(taken[2].id, ItemState::Queued)];
    let moved = store.move_run(run.id, &ends, Some(&take(3)), now()).await.unwrap();
    assert_eq!(moved.taken, [], "not before its time");
    assert_eq!(moved.next_at, Some(later));
    assert_eq!((moved.counts.waiting, moved.counts.failed, moved.counts.queued), (1, 1, 1));
    // Told twice, as after a crash, it changes nothing.
    let moved = store.move_run(run.id, &[end(taken[1].id, ItemState::Queued)], None, later).await.unwrap();
    assert_eq!(moved.counts.failed, 1);
    let moved = store.move_run(run.id, &[], Some(&take(3)), later).await.unwrap();
    assert_eq!(moved.taken.iter().map(|item| item.tries).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_run_that_is_taken_back_asks_for_nothing_more() {
    let (_folder, store) = of_linked(3).await;
    let run = store.begin_run(&of(&[1, 2, 3]), now()).await.unwrap();
    let taken = store.move_run(run.id, &[], Some(&take(1)), now()).await.unwrap().taken;
    assert!(store.cancel_run(run.id, now()).await.unwrap());
    let back = end(taken[0].id, ItemState::Waiting);
    let moved = store.move_run(run.id, &[back], Some(&take(3)), now()).await.unwrap();
    assert_eq!(moved.taken, []);
    assert_eq!(moved.counts.cancelled, 3, "what was to wait again is taken back too");
    store.end_run(run.id, now()).await.unwrap();
    assert!(!store.cancel_run(run.id, now()).await.unwrap(), "it has ended");
    assert_eq!(store.open_runs().await.unwrap(), []);
    assert_eq!(store.runs().await.unwrap()[0].counts.cancelled, 3);
}

#[tokio::test]
async fn what_failed_is_tried_again_where_that_can_help() {
    let (_folder, store) = of_linked(2).await;
    let run = store.begin_run(&of(&[1, 2]), now()).await.unwrap();
    let taken = store.move_run(run.id, &[], Some(&take(2)), now()).await.unwrap().taken;
    let ends = [1, 0].map(|at| ItemEnd { can_retry: at == 1, ..end(taken[at].id, ItemState::Failed) });
    store.move_run(run.id, &ends, None, now()).await.unwrap();
    store.end_run(run.id, now()).await.unwrap();
    assert_eq!(store.runs().await.unwrap()[0].can_retry, 1);
    assert_eq!(store.retry_run(run.id).await.unwrap(), 1);
    let open = store.open_runs().await.unwrap();
    assert_eq!((open[0].counts.waiting, open[0].counts.failed), (1, 1));
}

#[tokio::test]
async fn a_later_read_of_the_company_counts_the_item_as_read() {
    let (_folder, store) = of_linked(2).await;
    let run = store.begin_run(&of(&[1, 2]), now()).await.unwrap();
    let taken = store.move_run(run.id, &[], Some(&take(2)), now()).await.unwrap().taken;
    let ends = [end(taken[0].id, ItemState::Queued), end(taken[1].id, ItemState::Queued)];
    store.move_run(run.id, &ends, None, now()).await.unwrap();
    let settled = store.settle_queued(10, None, now()).await.unwrap();
    assert_eq!((settled.moved, settled.look), (vec![], vec![]), "nothing is known yet");

    let mut seen = linked(1);
    seen.last_sync = Some(now());
    store.apply(&items(&[seen]), Cause::Sweep, None, now()).await.unwrap();
    let later = now() + SignedDuration::from_secs(10);
    let settled = store.settle_queued(10, None, later).await.unwrap();
    assert_eq!(settled.moved.len(), 1);
    assert_eq!((settled.moved[0].1.read, settled.moved[0].1.queued), (1, 1));
    assert_eq!(settled.look.iter().map(|item| item.id).collect::<Vec<_>>(), [taken[1].id]);
}

#[tokio::test]
async fn a_step_of_sixty_items_is_a_few_statements_and_a_row_each() {
    let (_folder, store) = of_linked(60).await;
    let run = store.begin_run(&matching(""), now()).await.unwrap();
    let before = rows_written(&store).await;
    let taken = store.move_run(run.id, &[], Some(&take(60)), now()).await.unwrap().taken;
    assert_eq!(rows_written(&store).await - before, 60);
    let ends: Vec<_> = taken.iter().map(|item| end(item.id, ItemState::Queued)).collect();
    store.move_run(run.id, &ends, None, now()).await.unwrap();
    assert_eq!(rows_written(&store).await - before, 120);
}

#[tokio::test]
async fn what_nobody_waits_for_is_looked_at_where_a_sweep_should_have_shown_it() {
    let (_folder, store) = of_linked(1).await;
    let run = NewRun { cause: RunCause::KeepAlive, ..of(&[1]) };
    let run = store.begin_run(&run, now()).await.unwrap();
    let taken = store.move_run(run.id, &[], Some(&take(1)), now()).await.unwrap().taken;
    store.move_run(run.id, &[end(taken[0].id, ItemState::Queued)], None, now()).await.unwrap();
    let minutes = SignedDuration::from_mins;
    let looks = async |swept: Option<Timestamp>| {
        let settled = store.settle_queued(10, swept, now() + minutes(90)).await.unwrap();
        (settled.look.len(), settled.next.is_some())
    };
    assert_eq!(looks(None).await, (0, false), "the next sweep tells");
    assert_eq!(looks(Some(now() + minutes(1))).await, (0, false), "it may not have ended by then");
    assert_eq!(looks(Some(now() + minutes(30))).await, (1, true), "a sweep did not show it");
}
