//! Runs: written down before they are asked for, once each, and what comes of them.

use codat::ConnectionStatus;
use domain::{
    Cause, ItemId, NewRun, ReadRequest, ReadSelection, RunAct, RunCause, RunCounts, RunId, ScheduleId,
    TakeRequest,
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::making::*;
use crate::{DataTypeCheck, HistoryCheckLimits, ItemResult, ItemState, Store};

const LOOKS: HistoryCheckLimits = HistoryCheckLimits { now: 10, per_run: 240 };

fn matching(search: &str) -> NewRun {
    new(ReadSelection::Search { search: search.to_owned(), data_types: Vec::new() })
}

fn of(companies: &[u128]) -> NewRun {
    new(ReadSelection::List(companies.iter().map(|n| read(*n)).collect()))
}

fn new(reads: ReadSelection) -> NewRun {
    NewRun {
        cause: RunCause::Person,
        act: RunAct::Read,
        label: "Some".to_owned(),
        reads,
        starts_at: now(),
        spread: SignedDuration::ZERO,
    }
}

fn read(number: u128) -> ReadRequest {
    ReadRequest { company: company_id(number), data_type: None, connection: None }
}

fn take(most: u128) -> TakeRequest {
    TakeRequest { keys: (1..=most).map(Uuid::from_u128).collect(), reading: Vec::new() }
}

fn end(id: ItemId, state: ItemState) -> ItemResult {
    ItemResult { id, state, tried: false, not_before: None, why: None, can_retry: false }
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
    assert_eq!(store.matching_companies("company", now()).await.unwrap().len(), 3);
    assert!(!store.has_columns());
    store.companies(&by_name("company"), now()).await.unwrap();
    store.matching_companies("company", now()).await.unwrap();
    assert!(store.has_columns(), "a window's lists stay");
}

#[tokio::test]
async fn what_is_taken_is_written_down_with_its_key_and_known_after_a_restart() {
    let (folder, store) = of_linked(3).await;
    let run = store.begin_run(&of(&[1, 2, 3]), now()).await.unwrap();
    let moved = store.advance_run(run.id, &[], Some(&take(2)), now()).await.unwrap();
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
    let moved = store.advance_run(run.id, &[], Some(&take(9)), now()).await.unwrap();
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
    let found = store.preview_run(&[company_id(1)], None, now()).await.unwrap();
    assert_eq!((found.companies, found.unlinked, found.running), (1, 0, 0));
    let run = store.begin_run(&of(&[1]), now()).await.unwrap();
    let moved = store.advance_run(run.id, &[], Some(&take(1)), now()).await.unwrap();
    assert_eq!(moved.taken.len(), 1);
}

#[tokio::test]
async fn what_is_being_read_is_not_asked_for_again() {
    let (_folder, store) = of_linked(2).await;
    let first = store.begin_run(&of(&[1]), now()).await.unwrap();
    store.advance_run(first.id, &[], Some(&take(1)), now()).await.unwrap();
    let second = store.begin_run(&of(&[1, 2]), now()).await.unwrap();
    let moved = store.advance_run(second.id, &[], Some(&take(5)), now()).await.unwrap();
    assert_eq!((moved.counts.running, moved.counts.sent), (1, 1));
    let found = store.preview_run(&[company_id(1), company_id(2)], None, now()).await.unwrap();
    assert_eq!(found.running, 2);
    let third = store.begin_run(&of(&[2]), now()).await.unwrap();
    let reading = TakeRequest { reading: vec![company_id(2)], ..take(5) };
    let moved = store.advance_run(third.id, &[], Some(&reading), now()).await.unwrap();
    assert_eq!(moved.counts.running, 1, "the engine knows of reads that are no run's");
}

#[tokio::test]
async fn what_did_not_happen_waits_again_and_counts_and_ends_are_written_once() {
    let (_folder, store) = of_linked(3).await;
    let run = store.begin_run(&of(&[1, 2, 3]), now()).await.unwrap();
    let taken = store.advance_run(run.id, &[], Some(&take(3)), now()).await.unwrap().taken;
    let later = now() + SignedDuration::from_secs(30);
    let again = ItemResult { tried: true, not_before: Some(later), ..end(taken[0].id, ItemState::Waiting) };
    let failed =
        ItemResult { why: Some("{}".to_owned()), can_retry: true, ..end(taken[1].id, ItemState::Failed) };
    let ends = [again, failed, end(taken[2].id, ItemState::Queued)];
    let moved = store.advance_run(run.id, &ends, Some(&take(3)), now()).await.unwrap();
    assert_eq!(moved.taken, [], "not before its time");
    assert_eq!(moved.next_at, Some(later));
    assert_eq!((moved.counts.waiting, moved.counts.failed, moved.counts.queued), (1, 1, 1));
    // Told twice, as after a crash, it changes nothing.
    let moved = store.advance_run(run.id, &[end(taken[1].id, ItemState::Queued)], None, later).await.unwrap();
    assert_eq!(moved.counts.failed, 1);
    let moved = store.advance_run(run.id, &[], Some(&take(3)), later).await.unwrap();
    assert_eq!(moved.taken.iter().map(|item| item.tries).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_run_that_is_taken_back_asks_for_nothing_more() {
    let (_folder, store) = of_linked(3).await;
    let run = store.begin_run(&of(&[1, 2, 3]), now()).await.unwrap();
    let taken = store.advance_run(run.id, &[], Some(&take(1)), now()).await.unwrap().taken;
    assert!(store.cancel_run(run.id, now()).await.unwrap());
    let back = end(taken[0].id, ItemState::Waiting);
    let moved = store.advance_run(run.id, &[back], Some(&take(3)), now()).await.unwrap();
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
    let taken = store.advance_run(run.id, &[], Some(&take(2)), now()).await.unwrap().taken;
    let ends = [1, 0].map(|at| ItemResult { can_retry: at == 1, ..end(taken[at].id, ItemState::Failed) });
    store.advance_run(run.id, &ends, None, now()).await.unwrap();
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
    let taken = store.advance_run(run.id, &[], Some(&take(2)), now()).await.unwrap().taken;
    let ends = [end(taken[0].id, ItemState::Queued), end(taken[1].id, ItemState::Queued)];
    store.advance_run(run.id, &ends, None, now()).await.unwrap();
    let settled = store.update_queued_items(LOOKS, now()).await.unwrap();
    assert_eq!((settled.updated_runs, settled.to_check), (vec![], vec![]), "nothing is known yet");

    let mut seen = linked(1);
    seen.last_sync = Some(now());
    store.apply(&items(&[seen]), Cause::Sweep, None, now()).await.unwrap();
    let later = now() + SignedDuration::from_secs(10);
    let settled = store.update_queued_items(LOOKS, later).await.unwrap();
    assert_eq!(settled.updated_runs.len(), 1);
    let counts = settled.updated_runs[0].1;
    assert_eq!((counts.read, counts.queued, counts.looking), (1, 1, 1));
    assert_eq!(settled.to_check.iter().map(|item| item.id).collect::<Vec<_>>(), [taken[1].id]);

    // That the company was read does not say that each of its data types was.
    let soon = later + SignedDuration::from_secs(4);
    let look = store.update_queued_items(LOOKS, soon).await.unwrap().to_check;
    assert!(look.iter().any(|item| item.id == taken[0].id), "{look:?}");
    let failed = ItemResult { why: Some("{}".to_owned()), ..end(taken[0].id, ItemState::Failed) };
    let moved = store.advance_run(run.id, &[failed], None, soon).await.unwrap();
    assert_eq!((moved.counts.failed, moved.counts.read, moved.counts.looking), (1, 0, 0));
}

/// A run of these, all of which the server took.
async fn taken_by_the_server(store: &Store, run: &NewRun, many: u128) -> (RunId, Vec<ItemId>) {
    let run = store.begin_run(run, now()).await.unwrap();
    let taken = store.advance_run(run.id, &[], Some(&take(many)), now()).await.unwrap().taken;
    let ends: Vec<_> = taken.iter().map(|item| end(item.id, ItemState::Queued)).collect();
    store.advance_run(run.id, &ends, None, now()).await.unwrap();
    (run.id, taken.into_iter().map(|item| item.id).collect())
}

/// A sweep shows that these were read.
async fn all_read(store: &Store, companies: u128, at: jiff::Timestamp) {
    let seen: Vec<_> =
        (1..=companies).map(|number| codat::Company { last_sync: Some(at), ..linked(number) }).collect();
    store.apply(&items(&seen), Cause::Sweep, None, at).await.unwrap();
}

#[tokio::test]
async fn of_a_run_so_many_are_looked_at_for_their_types_and_the_others_say_that_they_were_not() {
    let (_folder, store) = of_linked(5).await;
    let (run, items) = taken_by_the_server(&store, &of(&[1, 2, 3, 4, 5]), 5).await;
    let later = now() + SignedDuration::from_secs(10);
    all_read(&store, 5, later).await;
    let looks = HistoryCheckLimits { now: 10, per_run: 2 };
    let settled = store.update_queued_items(looks, later).await.unwrap();
    assert_eq!((settled.updated_runs[0].1.read, settled.updated_runs[0].1.looking), (5, 2));
    let soon = later + SignedDuration::from_secs(5);
    let look = store.update_queued_items(looks, soon).await.unwrap().to_check;
    assert_eq!(look.iter().map(|item| item.id).collect::<Vec<_>>(), items[..2]);
    // Seen to run still, it is looked at again later, and stays read.
    let ends = [end(items[0], ItemState::Queued), end(items[1], ItemState::Read)];
    let moved = store.advance_run(run, &ends, None, soon).await.unwrap();
    assert_eq!((moved.counts.read, moved.counts.looking), (5, 1));
    store.end_run(run, soon).await.unwrap();
    let types = async || {
        let page = store.run_items(run, &[], 0, 10).await.unwrap();
        page.rows.into_iter().map(|row| row.types).collect::<Vec<_>>()
    };
    let (seen, unseen) = (Some(DataTypeCheck::Checked), Some(DataTypeCheck::NotChecked));
    assert_eq!(types().await, [unseen, seen, unseen, unseen, unseen]);
}

#[tokio::test]
async fn of_a_single_type_that_the_company_was_read_is_enough() {
    let (_folder, store) = of_linked(1).await;
    let invoices = ReadRequest { data_type: Some("invoices".to_owned()), ..read(1) };
    let (_, _) = taken_by_the_server(&store, &new(ReadSelection::List(vec![invoices])), 1).await;
    let later = now() + SignedDuration::from_secs(10);
    all_read(&store, 1, later).await;
    let counts = store.update_queued_items(LOOKS, later).await.unwrap().updated_runs[0].1;
    assert_eq!((counts.read, counts.looking), (1, 0));
}

#[tokio::test]
async fn where_nobody_waits_the_sweeps_have_their_time_and_looks_are_counted() {
    let (_folder, store) = of_linked(3).await;
    let run = NewRun { cause: RunCause::Schedule(ScheduleId(1)), ..of(&[1, 2, 3]) };
    taken_by_the_server(&store, &run, 3).await;
    let looks = HistoryCheckLimits { now: 10, per_run: 4 };
    let after = |mins| now() + SignedDuration::from_mins(mins);
    assert_eq!(store.update_queued_items(looks, after(4)).await.unwrap().to_check, []);
    assert_eq!(store.update_queued_items(looks, after(6)).await.unwrap().to_check.len(), 3);
    assert_eq!(
        store.update_queued_items(looks, after(20)).await.unwrap().to_check.len(),
        3,
        "the fourth is begun"
    );
    assert_eq!(
        store.update_queued_items(looks, after(40)).await.unwrap().to_check,
        [],
        "and then there are no more"
    );
}

#[tokio::test]
async fn what_was_not_seen_to_end_has_a_word_of_its_own_until_a_sweep_shows_it() {
    let (_folder, store) = of_linked(2).await;
    let (run, _) = taken_by_the_server(&store, &of(&[1, 2]), 2).await;
    let later = now() + SignedDuration::from_mins(61);
    let counts = store.end_run(run, later).await.unwrap();
    assert_eq!((counts.queued, counts.unseen, counts.total()), (0, 2, 2));
    let states = async || {
        let page = store.run_items(run, &[ItemState::Unseen], 0, 10).await.unwrap();
        page.rows.into_iter().map(|row| row.state).collect::<Vec<_>>()
    };
    assert_eq!(states().await, [ItemState::Unseen; 2]);
    assert_eq!(store.runs().await.unwrap()[0].counts.unseen, 2);
    all_read(&store, 1, later).await;
    store.update_queued_items(LOOKS, later).await.unwrap();
    assert_eq!(states().await.len(), 1, "what is seen late still counts");
    let counts = store.runs().await.unwrap()[0].counts;
    assert_eq!((counts.read, counts.unseen, counts.looking), (1, 1, 0));
}

#[tokio::test]
async fn a_long_run_is_written_down_at_once_and_becomes_items_in_parts() {
    let (folder, store) = of_linked(3).await;
    let all: Vec<_> = (1..=2_500).collect();
    let run = store.begin_run(&of(&all), now()).await.unwrap();
    assert_eq!((run.pending_reads, run.counts.waiting, run.counts.total()), (1_500, 2_500, 2_500));
    store.close().await;
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.unwrap();
    assert_eq!(store.open_runs().await.unwrap()[0].pending_reads, 1_500, "a crash loses none");
    let rest = async || store.advance_run(run.id, &[], None, now()).await.unwrap();
    assert_eq!((rest().await.pending_reads, rest().await.pending_reads), (500, 0));
    let moved = rest().await;
    assert_eq!((moved.pending_reads, moved.counts.waiting), (0, 2_500));
    let last = store.run_items(run.id, &[], 2_499, 1).await.unwrap();
    assert_eq!((last.total, last.rows[0].company), (2_500, company_id(2_500)), "in their order");
}

#[tokio::test]
async fn what_an_older_version_had_yet_to_make_items_of_is_read_all_the_same() {
    let (_folder, store) = of_linked(1).await;
    let run = store.begin_run(&of(&[1]), now()).await.unwrap();
    let older = serde_json::json!([
        { "company": company_id(2) },
        { "company": company_id(3), "data_type": "bills", "connection": connection_id(3) },
    ]);
    let mut writer = store.database.writer().await.expect("a writer");
    sqlx::query("INSERT INTO run_rests (run, reads, many) VALUES (?1, ?2, 2)")
        .bind(run.id.0)
        .bind(older.to_string())
        .execute(&mut *writer)
        .await
        .unwrap();
    let migration = include_str!("../../migrations/workspace/0012_rests.sql");
    sqlx::raw_sql(migration).execute(&mut *writer).await.unwrap();
    drop(writer);
    assert_eq!(store.advance_run(run.id, &[], None, now()).await.unwrap().pending_reads, 0);
    let mut writer = store.database.writer().await.expect("a writer");
    let items: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT company_id, data_type, connection_id FROM run_items WHERE run = ?1 ORDER BY id LIMIT -1 OFFSET 1",
    )
    .bind(run.id.0)
    .fetch_all(&mut *writer)
    .await
    .unwrap();
    let (bills, third) = (Some("bills".to_owned()), Some(connection_id(3).to_string()));
    assert_eq!(items, [(company_id(2).to_string(), None, None), (company_id(3).to_string(), bills, third)]);
}

#[tokio::test]
async fn what_of_a_long_run_is_no_item_yet_is_taken_back_with_it() {
    let (_folder, store) = of_linked(1).await;
    let all: Vec<_> = (1..=1_010).collect();
    let run = store.begin_run(&of(&all), now()).await.unwrap();
    store.cancel_run(run.id, now()).await.unwrap();
    let moved = store.advance_run(run.id, &[], None, now()).await.unwrap();
    assert_eq!((moved.pending_reads, moved.counts.waiting, moved.counts.cancelled), (0, 0, 1_010));
}

#[tokio::test]
async fn a_step_of_sixty_items_is_a_few_statements_and_a_row_each() {
    let (_folder, store) = of_linked(60).await;
    let run = store.begin_run(&matching(""), now()).await.unwrap();
    let before = rows_written(&store).await;
    let taken = store.advance_run(run.id, &[], Some(&take(60)), now()).await.unwrap().taken;
    assert_eq!(rows_written(&store).await - before, 60);
    let ends: Vec<_> = taken.iter().map(|item| end(item.id, ItemState::Queued)).collect();
    store.advance_run(run.id, &ends, None, now()).await.unwrap();
    assert_eq!(rows_written(&store).await - before, 120);
}
