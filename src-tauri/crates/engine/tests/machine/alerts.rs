//! Alerts: decided from the journal, confirmed by a second read, sent once.

use std::collections::BTreeMap;

use codat::{Color, FailureKind, status::Trouble};
use domain::Cause;
use engine::{Change, Event, ReadAct, RecoveryState, Reply, StoreTask, UnlinkConnection};

use crate::bench::{Bench, company, connection_id, failure, id, page, turned};

fn sweep(bench: &mut Bench, changes: Vec<Change>) {
    bench.pass(61);
    bench.answer_next(Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
    bench.store_all(changes);
}

fn recorded(tasks: &[StoreTask]) -> Vec<(i64, usize)> {
    tasks
        .iter()
        .filter_map(|task| {
            if let StoreTask::RecordAlerts { cursor, alerts, .. } = task {
                Some((*cursor, alerts.len()))
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn a_change_is_told_after_a_second_look_and_only_once() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.pass(61);
    let change = turned(&bench, 5, 1, Color::Red);
    bench.answer_next(Ok(page(vec![company(1, "Deauthorized")], 1, 500, 1)));
    bench.store_all(vec![change]);
    assert!(bench.notified.is_empty(), "not before the second look");
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Deauthorized")))));
    assert_eq!(recorded(&bench.store_all(Vec::new())), [(5, 1)]);
    assert_eq!(bench.notified.len(), 1);
    let told = &bench.notified[0];
    assert_eq!((told.company, told.alerts.as_slice()), (Some(id(1)), [1].as_slice()));
    assert_eq!(told.title, "Company 1: Xero needs to be reconnected");
    sweep(&mut bench, Vec::new());
    assert_eq!(bench.notified.len(), 1, "never again");
}

#[test]
fn the_notification_of_a_connection_that_is_linked_again_is_closed() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let never_lost = turned(&bench, 4, 2, Color::Green);
    let lost = turned(&bench, 5, 1, Color::Red);
    sweep(&mut bench, vec![never_lost, lost]);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Deauthorized")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified[0].about, [connection_id(1)]);
    assert!(bench.closed_notifications.is_empty(), "it is still broken, and the other one was never lost");
    let healed = turned(&bench, 6, 1, Color::Green);
    sweep(&mut bench, vec![healed]);
    assert_eq!(bench.closed_notifications, [connection_id(1)]);
}

#[test]
fn what_healed_before_the_second_look_is_not_told() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let change = turned(&bench, 5, 1, Color::Red);
    sweep(&mut bench, vec![change]);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Linked")))));
    assert_eq!(recorded(&bench.store_all(Vec::new())), [(5, 0)], "decided: nothing to tell");
    assert!(bench.notified.is_empty());
}

#[test]
fn the_first_sweep_is_the_baseline_and_tells_nobody() {
    let mut bench = Bench::with(engine::Config { page_size: 1, ..engine::Config::default() });
    bench.answer_integrations();
    let change = turned(&bench, 1, 1, Color::Red);
    bench.answer_next(Ok(page(vec![company(1, "Deauthorized")], 1, 1, 2)));
    bench.store_all(vec![change]);
    let change = turned(&bench, 2, 2, Color::Red);
    bench.answer_next(Ok(page(vec![company(2, "Deauthorized")], 2, 1, 2)));
    let tasks = bench.store_all(vec![change]);
    let place = |wanted: fn(&StoreTask) -> bool| tasks.iter().rposition(wanted).expect("it is done");
    let (cursor, saved) = (
        place(|task| matches!(task, StoreTask::RecordAlerts { cursor: 2, .. })),
        place(|task| matches!(task, StoreTask::SaveState)),
    );
    assert!(cursor < saved, "a crash between the two must not turn the baseline into news");
    bench.pass(30);
    assert!(bench.notified.is_empty());
}

#[test]
fn own_acts_and_one_time_connections_are_not_told() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let own = Change { cause: Cause::Own, ..turned(&bench, 5, 1, Color::Grey) };
    let once = Change { one_time: true, ..turned(&bench, 6, 2, Color::Red) };
    let healed = turned(&bench, 7, 3, Color::Green);
    sweep(&mut bench, vec![own, once, healed]);
    bench.pass(30);
    assert!(bench.notified.is_empty());
    assert!(bench.sent.is_empty(), "and nothing is looked at for them");
}

#[test]
fn what_somebody_else_deleted_is_told_once_and_what_was_deleted_here_is_not() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let gone = |bench: &Bench, seq, n, cause| Change {
        cause,
        turned: None,
        removed: Some(connection_id(n)),
        ..turned(bench, seq, n, Color::Grey)
    };
    let red = turned(&bench, 5, 1, Color::Red);
    let (own, theirs) = (gone(&bench, 6, 2, Cause::Own), gone(&bench, 7, 1, Cause::Sweep));
    sweep(&mut bench, vec![red, own, theirs]);
    bench.pass(30);
    bench.store_all(Vec::new());
    bench.pass(120);
    let [told] = bench.notified.as_slice() else { panic!("{:?}", bench.notified) };
    assert_eq!(told.title, "Company 1: Xero was deleted");
    assert_eq!((told.connection, told.company), (None, Some(id(1))), "no Link URL is left");
}

/// A sweep in which the first connection is grey.
fn sees_it_grey(bench: &mut Bench, seq: i64) {
    let grey = turned(bench, seq, 1, Color::Grey);
    bench.pass(61);
    bench.answer_next(Ok(page(vec![company(1, "Unlinked")], 1, 500, 1)));
    bench.store_all(vec![grey]);
}

#[test]
fn what_is_unlinked_from_here_is_no_news_whoever_sees_it_first() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.act(UnlinkConnection { company: id(1), connection: connection_id(1) });
    let (unlink, _) = bench.take();
    sees_it_grey(&mut bench, 5);
    bench.answer(unlink, Ok(Reply::Done));
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    bench.store_all(Vec::new());
    bench.pass(30);
    assert!(bench.notified.is_empty(), "a sweep saw it before the look that follows it");

    // Linked again before the next sweep, and then grey: someone else unlinked it.
    bench.act(ReadAct::Company(id(1)));
    let green = turned(&bench, 6, 1, Color::Green);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Linked")))));
    bench.store_all(vec![green]);
    bench.act(ReadAct::Company(id(1)));
    let grey = turned(&bench, 7, 1, Color::Grey);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    bench.store_all(vec![grey]);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1);
}

#[test]
fn a_list_that_is_older_than_an_unlink_from_here_does_not_make_the_unlink_news() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.pass(61);
    let (page_request, _) = bench.take();
    bench.act(UnlinkConnection { company: id(1), connection: connection_id(1) });
    bench.answer_next(Ok(Reply::Done));
    let own = Change { cause: Cause::Own, ..turned(&bench, 5, 1, Color::Grey) };
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    bench.store_all(vec![own]);
    let overtaken = turned(&bench, 6, 1, Color::Green);
    bench.answer(page_request, Ok(page(vec![company(1, "Linked")], 1, 500, 1)));
    bench.store_all(vec![overtaken]);
    sees_it_grey(&mut bench, 7);
    bench.pass(30);
    assert!(bench.sent.is_empty() && bench.notified.is_empty(), "{:?}", bench.notified);
}

#[test]
fn what_was_not_unlinked_from_here_is_news_when_it_is_after_all() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.act(UnlinkConnection { company: id(1), connection: connection_id(1) });
    bench.answer_next(Err(failure(FailureKind::Forbidden)));
    sees_it_grey(&mut bench, 5);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1);
}

#[test]
fn what_was_being_unlinked_when_the_app_ended_is_no_news_in_its_first_sweep() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let unlinking = vec![(connection_id(1), bench.now - jiff::SignedDuration::from_secs(9))];
    bench.give(Event::Started(RecoveryState { unlinking: unlinking.clone(), ..RecoveryState::default() }));
    sees_it_grey(&mut bench, 5);
    bench.pass(30);
    assert!(bench.notified.is_empty());

    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.give(Event::Started(RecoveryState { unlinking, ..RecoveryState::default() }));
    sweep(&mut bench, Vec::new());
    sees_it_grey(&mut bench, 5);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1, "a sweep saw that it was not");
}

#[test]
fn what_was_recorded_and_not_shown_before_the_app_ended_is_shown_when_it_begins() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let alert = |n: u128| engine::NewAlert {
        seq: 5,
        at: bench.now,
        company: id(n),
        company_name: format!("Company {n}"),
        connection: connection_id(n),
        platform: "Xero".to_owned(),
        color: Color::Red,
        trouble: Some(Trouble::Withdrawn),
        repeats: false,
    };
    let ending = domain::EndingConsent {
        company: id(3),
        company_name: "Company 3".to_owned(),
        connection: connection_id(3),
        platform: "Plaid".to_owned(),
        expires: bench.now + jiff::SignedDuration::from_hours(100),
    };
    let (untold, unwarned) = (vec![(7, alert(1)), (8, alert(2))], vec![(9, ending)]);
    bench.give(Event::Started(RecoveryState {
        undelivered: untold,
        undelivered_warnings: unwarned,
        ..RecoveryState::default()
    }));
    let told: Vec<_> = bench.notified.iter().map(|it| (it.alerts.clone(), it.title.as_str())).collect();
    assert_eq!(
        told,
        [
            (vec![7, 8], "Xero: 2 connections need the customer"),
            (vec![9], "Company 3: the Plaid consent ends in 4 days")
        ]
    );
}

#[test]
fn several_at_once_become_one_that_opens_the_list() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let changes = (1..=4).map(|n| turned(&bench, n, n as u128, Color::Red)).collect();
    sweep(&mut bench, changes);
    bench.pass(5);
    for n in 1..=4 {
        bench.answer_next(Ok(Reply::Company(Box::new(company(n, "Deauthorized")))));
    }
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1);
    let told = &bench.notified[0];
    assert_eq!(told.title, "Xero: 4 connections need the customer");
    assert_eq!(told.body, "Send the reconnect links. Company 1, Company 2, Company 3 and 1 more");
    assert_eq!(told.search.as_deref(), Some("alert:1"), "exactly those");
    assert_eq!(told.company, None);
}

#[test]
fn an_outage_of_many_is_confirmed_by_the_next_sweep_and_not_one_by_one() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let changes = (1..=40).map(|n| turned(&bench, n, n as u128, Color::Red)).collect();
    sweep(&mut bench, changes);
    bench.pass(5);
    assert!(bench.sent.is_empty(), "no forty looks");
    bench.pass(61);
    let broken = (1..=40).map(|n| company(n, "Deauthorized")).collect();
    bench.answer_next(Ok(page(broken, 1, 500, 40)));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1);
    assert_eq!(bench.notified[0].title, "Xero: 40 connections need the customer");
}

#[test]
fn a_second_look_that_fails_is_taken_again() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let change = turned(&bench, 5, 1, Color::Grey);
    sweep(&mut bench, vec![change]);
    bench.pass(5);
    bench.answer_next(Err(failure(FailureKind::Server)));
    assert!(recorded(&bench.store_all(Vec::new())).is_empty(), "undecided");
    bench.pass(40);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Unlinked")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1);
    assert_eq!(bench.notified[0].title, "Company 1: Xero was unlinked");
}

#[test]
fn changes_that_a_crash_left_undecided_are_decided_after_it() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let change = turned(&bench, 5, 1, Color::Red);
    bench.give(Event::Started(RecoveryState { undecided: vec![change], ..RecoveryState::default() }));
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Deauthorized")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1);
}

#[test]
fn alerts_that_were_recorded_before_are_not_shown() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let change = turned(&bench, 5, 1, Color::Red);
    sweep(&mut bench, vec![change]);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Deauthorized")))));
    let (ticket, _) = bench
        .stored
        .iter()
        .position(|(_, task)| matches!(task, StoreTask::RecordAlerts { .. }))
        .map(|i| bench.stored.remove(i))
        .unwrap();
    bench.give(Event::StoreResult(
        ticket,
        Ok(engine::StoreReply::Alerts {
            numbers: BTreeMap::new(),
            integration_sizes: BTreeMap::new(),
            troubles: BTreeMap::new(),
        }),
    ));
    assert!(bench.notified.is_empty());
}

#[test]
fn alerts_that_the_store_refuses_are_recorded_and_told_in_a_while() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let change = turned(&bench, 5, 1, Color::Red);
    sweep(&mut bench, vec![change]);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Deauthorized")))));
    let place = |bench: &Bench| {
        bench.stored.iter().position(|(_, task)| matches!(task, StoreTask::RecordAlerts { .. }))
    };
    let (ticket, _) = place(&bench).map(|at| bench.stored.remove(at)).unwrap();
    bench.give(Event::StoreResult(ticket, Err("full".to_owned())));
    assert_eq!(place(&bench), None, "not at once, again and again");
    bench.pass(10);
    assert_eq!(recorded(&bench.store_all(Vec::new())), [(5, 1)]);
    assert_eq!(bench.notified.len(), 1);
}
