//! A clock that is set back while the app runs: nothing that was about to happen is put off by it.

use codat::{Colour, FailureKind};
use engine::{Act, Call, Event, HealthState, Reply};
use jiff::SignedDuration;

use crate::bench::{Bench, company, failure, id, page, turned};

/// The clock is found to be wrong by this much, and set right.
fn set_back(bench: &mut Bench, hours: i64) {
    bench.now -= SignedDuration::from_hours(hours);
    bench.give(Event::Due);
}

#[test]
fn a_delete_that_waits_to_be_undone_goes_when_its_seconds_are_over() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.act(Act::Delete { company: id(1), name: "Company 1".to_owned() });
    bench.pass(4);
    set_back(&mut bench, 30);
    assert_eq!(bench.engine.pending_deletes()[0].sends_at, bench.now + SignedDuration::from_secs(6));
    bench.pass(7);
    assert!(matches!(bench.take().1, Call::Delete(_)));
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
    let change = turned(&bench, 5, 1, Colour::Red);
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
