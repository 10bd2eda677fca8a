//! A clock rollback while the app runs: nothing is delayed.

use std::collections::BTreeMap;

use codat::{Color, FailureKind, Topic, model::NewCompany};
use domain::HealthState;
use engine::{
    Act, Applied, Call, CreateCompany, DeleteCompany, Engine, Event, ReadAct, RefreshCompany, Reply,
    StoreReply, StoreTask, Surroundings, UnlinkConnection, Window, WriteAct,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::bench::{Bench, company, connection_id, failure, id, limited, page, reads, turned};

/// The clock was wrong by this much, and is set back.
fn set_back(bench: &mut Bench, hours: i64) {
    bench.now -= SignedDuration::from_hours(hours);
    bench.give(Event::Timeout);
}

#[test]
fn a_delete_that_waits_to_be_undone_goes_when_its_seconds_are_over() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.act(DeleteCompany { company: id(1), name: "Company 1".to_owned() });
    bench.pass(4);
    set_back(&mut bench, 30);
    assert_eq!(bench.engine.pending_deletes()[0].sends_at, bench.now + SignedDuration::from_secs(6));
    bench.pass(7);
    assert!(matches!(bench.take().1, Call::Write(WriteAct::DeleteCompany(_), _)));
}

#[test]
fn a_server_that_did_not_answer_is_asked_again_as_soon_as_before() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.pass(61);
    bench.answer_next(Err(failure(FailureKind::Unreachable)));
    set_back(&mut bench, 5);
    assert_eq!(bench.health().state, HealthState::Offline);
    bench.pass(10);
    assert!(matches!(bench.take().1, Call::Companies(_)));
}

#[test]
fn a_second_look_is_taken_and_settles_what_turned_before() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.pass(61);
    let change = turned(&bench, 5, 1, Color::Red);
    bench.answer_next(Ok(page(vec![company(1, "Deauthorized")], 1, 500, 1)));
    bench.store_all(vec![change]);
    set_back(&mut bench, 12);
    bench.pass(5);
    bench.answer_next(Ok(Reply::Company(Box::new(company(1, "Deauthorized")))));
    bench.store_all(Vec::new());
    assert_eq!(bench.notified.len(), 1);
}

#[test]
fn the_next_sweep_is_as_far_off_as_before() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    set_back(&mut bench, 20);
    bench.pass(59);
    assert!(bench.sent.is_empty());
    bench.pass(2);
    assert!(matches!(bench.take().1, Call::Companies(_)));
}

/// Steps before the rollback.
#[derive(Debug, Clone)]
enum Step {
    Act(u8),
    Answer(Option<FailureKind>, &'static str),
    Keep(bool),
    Lost(i64, u128, Color),
    NotShown,
    OnScreen(u128),
    Sees(Window),
    Pass(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let failures = prop::sample::select(vec![
        FailureKind::Unreachable,
        FailureKind::NoAnswer,
        FailureKind::Server,
        FailureKind::RateLimited,
        FailureKind::Unauthorized,
        FailureKind::Intercepted,
        FailureKind::Invalid,
        FailureKind::NotFound,
    ]);
    let status = prop::sample::select(vec!["Linked", "Deauthorized", "Unlinked"]);
    let seconds = prop_oneof![0..3_i64, 20..130_i64, 600..4_000_i64];
    prop_oneof![
        3 => (0..8_u8).prop_map(Step::Act),
        8 => (prop::option::weighted(0.4, failures), status).prop_map(|(kind, status)| Step::Answer(kind, status)),
        4 => prop::bool::weighted(0.8).prop_map(Step::Keep),
        2 => (1..100_i64, 1..4_u128, prop::bool::ANY)
            .prop_map(|(seq, n, red)| Step::Lost(seq, n, if red { Color::Red } else { Color::Grey })),
        1 => Just(Step::NotShown),
        1 => (1..4_u128).prop_map(Step::OnScreen),
        1 => prop::sample::select(vec![Window::Focused, Window::Hidden]).prop_map(Step::Sees),
        4 => seconds.prop_map(Step::Pass),
    ]
}

fn take(bench: &mut Bench, step: &Step) {
    match *step {
        Step::Act(kind) => {
            let first = id(1);
            let name = "Company 1".to_owned();
            bench.act(match kind {
                0 => Act::from(RefreshCompany { company: first }),
                1 => Act::from(DeleteCompany { company: first, name }),
                2 => Act::Undo(first),
                3 => Act::Read(ReadAct::Company(first)),
                4 => Act::Sweep,
                5 => Act::from(UnlinkConnection { company: first, connection: connection_id(1) }),
                6 => Act::from(CreateCompany(NewCompany { name, description: None, tags: BTreeMap::new() })),
                _ => Act::Read(ReadAct::Topic(Topic::Files(first))),
            });
        }
        Step::Answer(failed, status) => {
            if bench.sent.is_empty() {
                return;
            }
            let (request, call) = bench.sent.remove(0);
            let said = match (failed, &call) {
                (Some(FailureKind::RateLimited), _) => Err(limited(600)),
                (Some(kind), _) => Err(failure(kind)),
                (None, Call::Companies(_)) => {
                    Ok(page((1..4).map(|n| company(n, status)).collect(), 1, 500, 3))
                }
                (None, Call::Company(company_id)) => {
                    Ok(Reply::Company(Box::new(company(company_id.0.as_u128(), status))))
                }
                (None, Call::Write(WriteAct::CreateCompany(_), _)) => {
                    Ok(Reply::Company(Box::new(company(9, status))))
                }
                (None, Call::Topic(_)) => Ok(reads(&["Fetching", "Complete"])),
                (None, _) => Ok(Reply::Done),
            };
            bench.answer(request, said);
        }
        Step::Keep(true) => drop(bench.store_all(Vec::new())),
        Step::Keep(false) => {
            if !bench.stored.is_empty() {
                let (ticket, _) = bench.stored.remove(0);
                bench.give(Event::StoreResult(ticket, Err("The disk is full.".to_owned())));
            }
        }
        Step::Lost(seq, n, color) => {
            let applies = |(_, task): &(_, StoreTask)| matches!(task, StoreTask::Apply { .. });
            if let Some(place) = bench.stored.iter().position(applies) {
                let (ticket, _) = bench.stored.remove(place);
                let changes = vec![turned(bench, seq, n, color)];
                let applied = StoreReply::Applied(Applied { version: 2, changes, ..Applied::default() });
                bench.give(Event::StoreResult(ticket, Ok(applied)));
            }
        }
        Step::NotShown => {
            if let Some(notification) = bench.notified.pop() {
                bench.give(Event::NotificationFailed(notification));
            }
        }
        Step::OnScreen(n) => bench.give(Event::OnScreen(Some(id(n)))),
        Step::Sees(window) => {
            bench.give(Event::Surroundings(Surroundings { window: Some(window), ..Surroundings::default() }));
        }
        Step::Pass(seconds) => bench.pass(seconds),
    }
}

/// The times in the Debug output of the engine that are not before `end`, each with the text before it. The
/// end of the quota's day is excluded, since it is calendar time.
pub(crate) fn times_from(engine: &Engine, end: Timestamp) -> Vec<String> {
    let is_of_time = |letter: char| letter.is_ascii_digit() || "-:.TZ".contains(letter);
    let state = format!("{engine:?}").replace("day_ends: Some(", "day_ends: Some(T");
    let words = state
        .split(|letter| !is_of_time(letter))
        .filter(|word| word.parse().is_ok_and(|at: Timestamp| at >= end));
    let place = |word: &str| word.as_ptr() as usize - state.as_ptr() as usize;
    words.map(|word| state[place(word).saturating_sub(400)..place(word) + word.len()].to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_time_in_the_state_stays_ahead_when_the_clock_is_set_back(
        steps in prop::collection::vec(step(), 1..60),
        between_starts in any::<bool>(),
    ) {
        let mut bench = Bench::new();
        steps.iter().for_each(|step| take(&mut bench, step));
        let days = SignedDuration::from_hours(24 * 400);
        let furthest = bench.now + SignedDuration::from_hours(24 * 30);
        prop_assert_eq!(times_from(&bench.engine, furthest), Vec::<String>::new());
        bench.now -= days;
        if between_starts {
            bench.crash();
        }
        bench.give(Event::Timeout);
        prop_assert_eq!(times_from(&bench.engine, furthest - days), Vec::<String>::new());
    }
}
