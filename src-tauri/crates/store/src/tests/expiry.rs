//! When connections may expire: what is derived, what follows from an edit, what is due.

use codat::{
    Company, Connection, ConnectionStatus,
    expiry::{Clock, Rule},
    model::{DataConnectionError, ErrorStatus},
};
use domain::{
    Cause, IdleConnection, KeepAliveRead, NewRun, ReadRequest, ReadSelection, RunAct, RunCause, RunId,
    TakeRequest,
};
use jiff::{SignedDuration, Timestamp};

use super::making::*;
use crate::{
    ClockKind, CountedFrom, Ending, ExpiryFilter, HistoryCheckLimits, ItemResult, ItemState,
    KeepAliveOutcome, NewWarning, Store,
};

const LINKED: ConnectionStatus = ConnectionStatus::Linked;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// A Xero connection that was read so many days ago.
fn read(number: u128, ago: i64) -> Connection {
    let mut connection = xero(number, LINKED);
    connection.last_sync = Some(days_ago(ago));
    connection
}

/// A consent at Plaid that was given so many days ago.
fn consent(number: u128, ago: i64) -> Connection {
    let mut connection = connection(number, "suuo", "Plaid", LINKED);
    connection.created = days_ago(ago);
    connection
}

fn owner(number: u128, connections: impl IntoIterator<Item = Connection>) -> Company {
    connected(company(number, &format!("Company {number}")), connections)
}

async fn listed(store: &Store, filter: ExpiryFilter) -> Vec<u128> {
    let rows = store.expiring(&filter, 0, 100).await.expect("rows");
    assert_eq!(store.expiring_count(&filter).await.expect("a count") as usize, rows.len());
    let numbers = rows.into_iter().map(|row| row.connection.id.0.as_u128() - connection_id(0).0.as_u128());
    numbers.collect()
}

fn rule(clock: Option<Clock>) -> Rule {
    Rule { clock, source: "Told by support".to_owned(), estimate: false }
}

#[tokio::test]
async fn what_may_expire_is_listed_soonest_first_and_by_kind_and_day() {
    let companies = [
        owner(1, [read(1, 50), consent(2, 85)]),
        owner(2, [read(3, 10), xero(4, ConnectionStatus::Deauthorized)]),
        owner(3, [connection(5, "mqjo", "Sandbox", LINKED)]),
    ];
    let (_folder, store) = store_of(&companies).await;
    let all = ExpiryFilter::default();
    assert_eq!(listed(&store, all).await, [2, 1, 3], "in 5, 10 and 50 days");
    let idle = ExpiryFilter { clock: Some(ClockKind::Idle), ..all };
    assert_eq!(listed(&store, idle).await, [1, 3]);
    let consents = ExpiryFilter { clock: Some(ClockKind::Consent), ..all };
    assert_eq!(listed(&store, consents).await, [2]);
    let end = (now() + days(10)).as_millisecond();
    assert_eq!(listed(&store, ExpiryFilter { from: Some(end), ..all }).await, [1, 3]);
    assert_eq!(listed(&store, ExpiryFilter { until: Some(end), ..all }).await, [2], "the end is not within");

    let first = store.expiring(&all, 1, 1).await.expect("a row").remove(0);
    assert_eq!((first.company, first.company_name.as_str()), (company_id(1), "Company 1"));
    let rests_on = first.connection.rests_on.expect("what it rests on");
    assert_eq!((rests_on.clock, rests_on.days, rests_on.estimate), (ClockKind::Idle, 60, true));
    assert_eq!(
        (rests_on.counted_from, rests_on.since),
        (CountedFrom::LastRead, days_ago(50).as_millisecond())
    );
    let chosen = store.expiry_rows(&[connection_id(3), connection_id(4), connection_id(9)]).await;
    assert_eq!(chosen.expect("rows").len(), 1, "neither what is not linked nor what is not there");
}

#[tokio::test]
async fn the_skyline_counts_every_linked_connection_once() {
    let companies = [
        owner(1, [read(1, 60), read(2, 59), consent(3, 89), consent(4, 10), read(5, 61)]),
        owner(2, [connection(6, "mqjo", "Sandbox", LINKED), connection(7, "akxx", "NetSuite", LINKED)]),
        owner(3, [connection(8, "mqjo", "Sandbox", LINKED), xero(9, ConnectionStatus::Unlinked)]),
    ];
    let (_folder, store) = store_of(&companies).await;
    let edges: Vec<_> = (0..=3).map(|day| (now() + days(day)).as_millisecond()).collect();
    let skyline = store.skyline(&edges).await.expect("a skyline");
    assert_eq!(skyline.overdue, Ending { idle: 1, consent: 0 });
    let one = |idle, consent| Ending { idle, consent };
    assert_eq!(skyline.days, [one(1, 0), one(1, 1), one(0, 0)], "a day begins with its edge");
    assert_eq!(skyline.later, one(0, 1));
    let unknown: Vec<_> = skyline.unknown.iter().map(|it| (&*it.integration_key, it.connections)).collect();
    assert_eq!(unknown, [("mqjo", 2), ("akxx", 1)], "what cannot be estimated is counted");
}

#[tokio::test]
async fn a_consent_is_counted_from_when_it_was_seen_to_be_linked() {
    let (_folder, store) = store_of(&[owner(1, [consent(1, 85)])]).await;
    let row = |store: Store| async move {
        let row = store.expiring(&ExpiryFilter::default(), 0, 1).await.expect("rows").remove(0);
        (store, row.connection.expires, row.connection.rests_on.expect("a basis"))
    };
    let (store, expires, basis) = row(store).await;
    assert_eq!(expires, Some((now() + days(5)).as_millisecond()));
    assert_eq!(basis.counted_from, CountedFrom::Created);

    let mut ended = consent(1, 85);
    ended.status = ConnectionStatus::Deauthorized;
    store.apply(&items(&[owner(1, [ended])]), Cause::Sweep, None, now() + days(1)).await.expect("applied");
    assert!(listed(&store, ExpiryFilter::default()).await.is_empty());
    let again = now() + days(2);
    store.apply(&items(&[owner(1, [consent(1, 85)])]), Cause::Sweep, None, again).await.expect("applied");
    let (store, expires, basis) = row(store).await;
    assert_eq!(expires, Some((again + days(90)).as_millisecond()));
    assert_eq!((basis.counted_from, basis.since), (CountedFrom::Linked, again.as_millisecond()));
    let company = store.company(company_id(1)).await.expect("a row").expect("there");
    assert_eq!(company.expires, expires, "the list says the same");
    assert_eq!(company.connections[0].rests_on, Some(basis));
    let found = store.companies(&by_name("expires:>89d expires:<93d"), now()).await.expect("a list");
    assert_eq!(found.matching, 1, "and so does the filter");
}

#[tokio::test]
async fn a_consent_given_anew_between_two_looks_is_counted_from_the_earliest_it_can_have_been() {
    let ended = || Connection { status: ConnectionStatus::Unlinked, ..consent(1, 200) };
    let (seen, again) = (now() + days(1), now() + days(2));
    let since = async |ended: Connection, linked: Connection, known| {
        let (_folder, store) = store_of(&[owner(1, [consent(1, 200)])]).await;
        store.apply(&items(&[owner(1, [ended])]), Cause::Sweep, None, now()).await.expect("applied");
        store.apply(&items(&[owner(1, [linked])]), Cause::Sweep, known, again).await.expect("applied");
        let row = store.expiring(&ExpiryFilter::default(), 0, 1).await.expect("rows").remove(0);
        row.connection.rests_on.expect("a basis").since
    };
    let at = |instant: Timestamp| instant.as_millisecond();
    assert_eq!(since(ended(), consent(1, 200), Some(seen)).await, at(seen), "not linked when last looked at");
    assert_eq!(since(ended(), consent(1, 200), None).await, at(again), "it is not known when that was");
    assert_eq!(
        since(ended(), consent(1, 200), Some(again + days(9))).await,
        at(again),
        "the clock was set back"
    );

    let resolved = |when: Timestamp| {
        let mut linked = consent(1, 200);
        linked.data_connection_errors = vec![DataConnectionError {
            status_code: "401".into(),
            status_text: "Unauthorized".into(),
            error_message: "Access was withdrawn".into(),
            errored_on_utc: Some(now()),
            status: Some(ErrorStatus::Resolved),
            resolved_on_utc: Some(when),
        }];
        linked
    };
    let hours = SignedDuration::from_hours;
    let when = seen + hours(7);
    assert_eq!(since(ended(), resolved(when), Some(seen)).await, at(when), "its error says when");
    let before = resolved(seen - hours(7));
    assert_eq!(since(ended(), before, Some(seen)).await, at(seen), "an error of before says nothing of it");
}

#[tokio::test]
async fn an_edited_clock_changes_what_follows_from_it_and_nothing_else() {
    let companies = [owner(1, [read(1, 50), consent(2, 10)]), owner(2, [read(3, 10)])];
    let (folder, store) = store_of(&companies).await;
    let end = store.journal_end().await.expect("an end");
    let within = |search: &'static str| {
        let store = &store;
        async move { found(store, search).await }
    };
    assert_eq!(within("expires:<11d").await, ["Company 1"]);
    let before = store.version().await;
    store.set_clock("gbol", Some(&rule(Some(Clock::Idle(100))))).await.expect("set");
    assert_eq!(store.version().await, before + 1, "one change of the lists, however many connections");
    assert!(within("expires:<11d").await.is_empty());
    assert_eq!(within("expires:<51d").await, ["Company 1"]);
    assert_eq!(store.journal_end().await.expect("an end"), end, "nothing changed at the server");
    store.set_clock("gbol", Some(&rule(None))).await.expect("set");
    assert_eq!(listed(&store, ExpiryFilter::default()).await, [2], "not counted");
    assert_eq!(within("expires:<999d").await, ["Company 1"]);
    store.set_clock("gbol", Some(&rule(Some(Clock::Consent(30))))).await.expect("set");
    let row = store.expiring(&ExpiryFilter::default(), 0, 1).await.expect("rows").remove(0);
    assert_eq!(row.connection.expires, Some((days_ago(90) + days(30)).as_millisecond()));
    store.close().await;
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
    assert_eq!(store.clocks().clock("gbol"), Some(Clock::Consent(30)), "kept");
    assert_eq!(store.changed_clocks().await.expect("keys"), ["gbol"]);
    store.set_clock("gbol", None).await.expect("reset");
    assert_eq!(found(&store, "expires:<11d").await, ["Company 1"], "ours again");
    assert!(store.changed_clocks().await.expect("keys").is_empty());
}

#[tokio::test]
async fn an_integration_that_had_no_clock_can_be_given_one_and_lose_it() {
    let (_folder, store) = store_of(&[owner(1, [connection(1, "mqjo", "Sandbox", LINKED)])]).await;
    store.set_clock("mqjo", Some(&rule(Some(Clock::Idle(200))))).await.expect("set");
    assert_eq!(listed(&store, ExpiryFilter::default()).await, [1]);
    store.set_clock("mqjo", None).await.expect("reset");
    assert!(listed(&store, ExpiryFilter::default()).await.is_empty());
    assert_eq!(store.company(company_id(1)).await.expect("a row").expect("there").expires, None);
}

#[tokio::test]
async fn idle_clocks_are_due_soonest_first_and_consents_never() {
    let offline = connection(5, "pqsw", "QuickBooks Desktop", LINKED);
    let companies = [owner(1, [read(1, 51), read(2, 55), consent(3, 89), read(4, 49), offline])];
    let (_folder, store) = store_of(&companies).await;
    store.set_clock("pqsw", Some(&rule(Some(Clock::Idle(91))))).await.expect("set");
    let (due, total) = store.due_idle_connections(now(), 10).await.expect("due");
    let numbers: Vec<_> = due.iter().map(|idle| idle.connection).collect();
    assert_eq!(numbers, [connection_id(2), connection_id(1)], "neither a consent nor an offline connector");
    assert_eq!(total, 2);
    let (first, total) = store.due_idle_connections(now(), 1).await.expect("due");
    assert_eq!((first.len(), total), (1, 2), "a bounded batch, and how many there are");
    let (later, _) = store.due_idle_connections(now() + days(1), 10).await.expect("due");
    assert_eq!(later.len(), 3);
}

fn note(number: u128, data_type: Option<&str>, next_due: Timestamp) -> KeepAliveRead {
    let idle = IdleConnection {
        company: company_id(1),
        company_name: "Company 1".to_owned(),
        connection: connection_id(number),
        platform: "Xero".to_owned(),
        expires: now() + days(5),
        readable: Vec::new(),
    };
    KeepAliveRead { idle, data_type: data_type.map(str::to_owned), next_due }
}

#[tokio::test]
async fn what_keep_alive_did_is_written_down_and_not_done_again_before_its_time() {
    let connections = [read(1, 55), read(2, 55), read(3, 55), read(4, 55)];
    let (_folder, store) = store_of(&[owner(1, connections.clone())]).await;
    let notes: Vec<_> = (1..=3).map(|number| note(number, Some("company"), now() + days(1))).collect();
    store.record_keep_alive(&notes, None, now()).await.expect("noted");
    store.record_keep_alive(&[note(4, None, now() + days(1))], None, now()).await.expect("noted");
    assert_eq!(store.due_idle_connections(now(), 10).await.expect("due"), (Vec::new(), 0));
    // Of the three, the first is read, the second ends, and of the third nothing is heard.
    let [mut first, mut second, third, fourth] = connections;
    first.last_sync = Some(now() + SignedDuration::from_hours(1));
    second.status = ConnectionStatus::Deauthorized;
    let said = items(&[owner(1, [first, second, third, fourth])]);
    store.apply(&said, Cause::Sweep, None, now() + SignedDuration::from_hours(2)).await.expect("applied");
    store.update_keep_alive_outcomes(now() + days(1)).await.expect("settled");
    let outcomes = |store: Store| async move {
        let ledger = store.keep_alive_ledger(None, 10).await.expect("a ledger");
        let outcomes: Vec<_> = ledger.iter().rev().map(|entry| entry.outcome).collect();
        (store, outcomes)
    };
    let (store, seen) = outcomes(store).await;
    use KeepAliveOutcome::{Failed, Queued, Read, Unsupported};
    assert_eq!(seen, [Read, Failed, Queued, Unsupported]);
    let due: Vec<_> = store.due_idle_connections(now() + days(1), 10).await.expect("due").0;
    assert_eq!(due.len(), 2, "the third and the fourth are due again; the first runs anew: {due:?}");
    store.update_keep_alive_outcomes(now() + days(3)).await.expect("settled");
    let (store, seen) = outcomes(store).await;
    assert_eq!(seen, [Read, Failed, Failed, Unsupported]);
    let older = store.keep_alive_ledger(Some(3), 1).await.expect("a ledger");
    assert_eq!(older.iter().map(|entry| entry.id).collect::<Vec<_>>(), [2], "older ones are found");
}

/// These connections of the first company are seen to: the number of the run that reads each.
async fn kept_alive(store: &Store, connections: &[u128]) -> RunId {
    let notes: Vec<_> =
        connections.iter().map(|number| note(*number, Some("company"), now() + days(1))).collect();
    let run = keep_alive_run(connections);
    store.record_keep_alive(&notes, Some(&run), now()).await.expect("kept").expect("a run").id
}

fn keep_alive_run(connections: &[u128]) -> NewRun {
    let read = |number: &u128| ReadRequest {
        company: company_id(1),
        data_type: Some("company".to_owned()),
        connection: Some(connection_id(*number)),
    };
    NewRun {
        cause: RunCause::KeepAlive,
        act: RunAct::Read,
        label: "Keep-alive".to_owned(),
        reads: ReadSelection::List(connections.iter().map(read).collect()),
        starts_at: now(),
        spread: SignedDuration::ZERO,
    }
}

fn two_keys() -> TakeRequest {
    TakeRequest { keys: vec![uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2)], reading: Vec::new() }
}

#[tokio::test]
async fn a_connection_that_was_read_since_it_was_noted_is_not_asked_for_and_the_ledger_says_read() {
    let (_folder, store) = store_of(&[owner(1, [read(1, 55), read(2, 55)])]).await;
    let run = kept_alive(&store, &[1, 2]).await;
    // Somebody reads of the first, for whatever reason, before its turn has come.
    let hour = SignedDuration::from_hours(1);
    let mut first = read(1, 55);
    first.last_sync = Some(now() + hour);
    store
        .apply(&items(&[owner(1, [first, read(2, 55)])]), Cause::Sweep, None, now() + hour)
        .await
        .expect("applied");
    let moved = store.advance_run(run, &[], Some(&two_keys()), now() + hour).await.expect("moved");
    let asked: Vec<_> = moved.taken.iter().map(|item| item.read.connection).collect();
    assert_eq!(asked, [Some(connection_id(2))], "of the first nothing is asked");
    assert_eq!((moved.counts.skipped, moved.counts.sent), (1, 1));
    let skipped = store.run_items(run, &[ItemState::Skipped], 0, 5).await.expect("items").rows;
    assert_eq!(skipped[0].skipped.as_deref(), Some("kept"));
    store.update_keep_alive_outcomes(now() + hour).await.expect("settled");
    let ledger = store.keep_alive_ledger(None, 5).await.expect("a ledger");
    let said: Vec<_> = ledger.iter().map(|line| (line.connection, line.outcome)).collect();
    use KeepAliveOutcome::{Queued, Read};
    assert_eq!(said, [(connection_id(2), Queued), (connection_id(1), Read)]);
}

#[tokio::test]
async fn that_another_connection_of_the_company_was_read_says_nothing_of_this_one() {
    let (_folder, store) = store_of(&[owner(1, [read(1, 55), read(2, 55)])]).await;
    let run = kept_alive(&store, &[1]).await;
    let taken = store.advance_run(run, &[], Some(&two_keys()), now()).await.expect("moved").taken;
    let queued = ItemResult {
        id: taken[0].id,
        state: ItemState::Queued,
        tried: false,
        not_before: None,
        why: None,
        can_retry: false,
    };
    store.advance_run(run, &[queued], None, now()).await.expect("written");
    let hour = SignedDuration::from_hours(1);
    let seen = async |at: Timestamp, which: usize| {
        let mut connections = [read(1, 55), read(2, 55)];
        connections[which].last_sync = Some(at);
        let company = Company { last_sync: Some(at), ..owner(1, connections) };
        store.apply(&items(&[company]), Cause::Sweep, None, at).await.expect("applied");
        store.update_queued_items(HistoryCheckLimits { now: 0, per_run: 0 }, at).await.expect("settled");
        store.keep_alive_ledger(None, 1).await.expect("a ledger")[0].outcome
    };
    assert_eq!(seen(now() + hour, 1).await, KeepAliveOutcome::Queued);
    assert_eq!(seen(now() + hour * 2, 0).await, KeepAliveOutcome::Read);
}

#[tokio::test]
async fn what_the_ledger_tells_and_the_run_that_does_it_are_kept_together_or_not_at_all() {
    let (_folder, store) = store_of(&[owner(1, [read(1, 55)])]).await;
    let mut writer = store.database.writer().await.expect("a writer");
    sqlx::query("CREATE TRIGGER full BEFORE INSERT ON run_items BEGIN SELECT RAISE(ABORT, 'full'); END")
        .execute(&mut *writer)
        .await
        .expect("a trigger");
    drop(writer);
    let notes = [note(1, Some("company"), now() + days(1))];
    store.record_keep_alive(&notes, Some(&keep_alive_run(&[1])), now()).await.expect_err("full");
    assert!(store.keep_alive_ledger(None, 1).await.expect("a ledger").is_empty());
    assert_eq!(store.due_idle_connections(now(), 10).await.expect("due").1, 1, "the next look finds it");
    assert!(store.open_runs().await.expect("runs").is_empty());
}

#[tokio::test]
async fn what_an_item_says_of_a_read_the_ledger_says_at_once() {
    let (_folder, store) = store_of(&[owner(1, [read(1, 55), read(2, 55)])]).await;
    let run = kept_alive(&store, &[1, 2]).await;
    let taken = store.advance_run(run, &[], Some(&two_keys()), now()).await.expect("moved").taken;
    let ends = [(0, ItemState::Failed), (1, ItemState::Read)].map(|(at, state)| ItemResult {
        id: taken[at].id,
        state,
        tried: false,
        not_before: None,
        why: (at == 0).then(|| "refused".to_owned()),
        can_retry: true,
    });
    store.advance_run(run, &ends, None, now()).await.expect("written");
    let said = async || {
        let ledger = store.keep_alive_ledger(None, 5).await.expect("a ledger");
        ledger.into_iter().rev().map(|line| (line.outcome, line.detail)).collect::<Vec<_>>()
    };
    use KeepAliveOutcome::{Failed, Queued, Read};
    assert_eq!(said().await, [(Failed, Some("refused".to_owned())), (Read, None)]);
    store.retry_run(run).await.expect("again");
    assert_eq!(said().await[0], (Queued, None), "a person tries it again");
}

#[tokio::test]
async fn idle_connections_are_counted_but_those_of_some_companies() {
    let (_folder, store) =
        store_of(&[owner(1, [read(1, 5), read(2, 5)]), owner(2, [read(3, 5), consent(4, 5)])]).await;
    let all = store.idle_connection_counts_excluding(&[]).await.expect("counts");
    assert_eq!(all.values().sum::<u64>(), 3, "consents are no idle clocks: {all:?}");
    let but = store.idle_connection_counts_excluding(&[company_id(1)]).await.expect("counts");
    assert_eq!(but.values().sum::<u64>(), 1);
}

#[tokio::test]
async fn a_company_that_is_applied_again_does_not_make_due_what_was_seen_to() {
    let (_folder, store) = store_of(&[owner(1, [read(1, 55)])]).await;
    store.record_keep_alive(&[note(1, Some("company"), now() + days(1))], None, now()).await.expect("noted");
    let mut renamed = owner(1, [read(1, 55)]);
    renamed.name = "Renamed".to_owned();
    renamed.data_connections[0].platform_name = "Xero (new)".to_owned();
    store.apply(&items(&[renamed]), Cause::Sweep, None, now()).await.expect("applied");
    store.set_clock("gbol", Some(&rule(Some(Clock::Idle(60))))).await.expect("set");
    assert_eq!(store.due_idle_connections(now(), 10).await.expect("due").1, 0);
}

fn warning(number: u128, ago: i64, next: Option<Timestamp>) -> NewWarning {
    NewWarning {
        connection: connection_id(number),
        expires: (days_ago(ago) + days(90)).as_millisecond(),
        next: next.map(Timestamp::as_millisecond),
        data: Some(format!("{{\"connection\":{number}}}")),
    }
}

#[tokio::test]
async fn a_consent_is_warned_of_once_for_each_time_and_not_again_after_a_restart() {
    let (folder, store) = store_of(&[owner(1, [consent(1, 80), consent(2, 70)])]).await;
    let due = store.due_consents(now(), 10).await.expect("due");
    assert_eq!(due.iter().map(|consent| consent.connection).collect::<Vec<_>>(), [connection_id(1)]);
    let last = now() + days(7);
    let told = store.record_warnings(&[warning(1, 80, Some(last))], now()).await.expect("kept");
    assert_eq!(told.len(), 1);
    assert_eq!(store.unclaimed_alerts().await.expect("alerts").len(), 1, "it is an alert like any other");
    assert!(store.record_warnings(&[warning(1, 80, Some(last))], now()).await.expect("nothing").is_empty());
    store.close().await;
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
    assert!(store.due_consents(now(), 10).await.expect("due").is_empty());
    assert_eq!(
        store.due_consents(last, 10).await.expect("due").len(),
        2,
        "the last warning, and the other’s first"
    );
    store.record_warnings(&[warning(1, 80, None)], last).await.expect("kept");
    let left = store.due_consents(last + days(30), 10).await.expect("due");
    assert_eq!(left.iter().map(|consent| consent.connection).collect::<Vec<_>>(), [connection_id(2)]);
}

#[tokio::test]
async fn a_warning_of_an_end_that_is_no_longer_the_same_is_not_kept() {
    let (_folder, store) = store_of(&[owner(1, [consent(1, 80)])]).await;
    let other = warning(1, 79, None);
    assert!(store.record_warnings(&[other], now()).await.expect("nothing").is_empty());
    assert_eq!(store.due_consents(now(), 10).await.expect("due").len(), 1);
}

#[tokio::test]
async fn what_was_so_before_the_first_sweep_is_passed_over_until_the_last_warning() {
    let (_folder, store) = store_of(&[owner(1, [consent(1, 80), consent(2, 88), consent(3, 95)])]).await;
    store.skip_due_consents(now()).await.expect("passed");
    assert!(store.due_consents(now(), 10).await.expect("due").is_empty());
    assert!(store.unclaimed_alerts().await.expect("alerts").is_empty());
    let later = store.due_consents(now() + days(7), 10).await.expect("due");
    assert_eq!(later.iter().map(|consent| consent.connection).collect::<Vec<_>>(), [connection_id(1)]);
}

#[tokio::test]
async fn an_older_database_learns_from_its_journal_and_its_records() {
    let (folder, store) = store_of(&[owner(1, [consent(1, 85), read(2, 30)])]).await;
    let mut writer = store.database.writer().await.expect("a writer");
    sqlx::query(
        "UPDATE connections SET created = NULL, last_read = NULL, clock = NULL, expires = NULL, due = NULL",
    )
    .execute(&mut *writer)
    .await
    .expect("done");
    drop(writer);
    store.save("derivation", "1").await.expect("saved");
    store.close().await;
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
    assert_eq!(listed(&store, ExpiryFilter::default()).await, [1, 2]);
    assert_eq!(found(&store, "expires:<6d").await, ["Company 1"]);
    store.put_integrations(&[], now()).await.expect("kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_connections_are_listed_to_the_last() {
    let (_folder, store) = store().await;
    let companies: Vec<_> = (0..100_000_u128)
        .map(|number| owner(number, [read(number, i64::try_from(number % 60).expect("small"))]))
        .collect();
    for page in companies.chunks(5_000) {
        store.apply(&items(page), Cause::Sweep, None, now()).await.expect("applied");
    }
    let all = ExpiryFilter::default();
    assert_eq!(store.expiring_count(&all).await.expect("a count"), 100_000);
    let last = store.expiring(&all, 99_900, 200).await.expect("rows");
    assert_eq!(last.len(), 100);
    assert_eq!(last[99].connection.expires, Some((now() + days(60)).as_millisecond()));
    let edges: Vec<_> = (0..=120).map(|day| (now() + days(day)).as_millisecond()).collect();
    let skyline = store.skyline(&edges).await.expect("a skyline");
    assert_eq!(skyline.days.iter().map(|day| day.idle).sum::<u32>(), 100_000);
    let before = rows_written(&store).await;
    store.set_clock("gbol", Some(&rule(Some(Clock::Idle(90))))).await.expect("set");
    let written = rows_written(&store).await - before;
    assert_eq!(written, 200_001, "each connection and each company once, and the rule");
    assert_eq!(store.due_idle_connections(now(), 50).await.expect("due").1, 0);
}
