//! When the requests of a run are sent.

use domain::RunCause;
use engine::{Act, ActId, Call, Event, ReadAct};
use jiff::SignedDuration;

use super::world::World;
use crate::bench::id;

#[test]
fn a_thousand_companies_are_queued_once_each_within_the_minutes_six_hundred() {
    let mut world = World::new(1_000, RunCause::Person, Vec::new());
    let began = world.now;
    world.run(2);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(1_000));
    assert!(world.queued.values().all(|reads| reads.len() == 1));
    let took = world.now.duration_since(began);
    assert!(took <= SignedDuration::from_secs(110), "{took}: more than a tenth over 100 s");
    for window in world.sent.windows(601) {
        assert!(window[600].duration_since(window[0]) >= SignedDuration::from_secs(59), "600 a minute");
    }
    assert!(world.steps < 150, "{} transactions for 1,000 items", world.steps);
}

#[test]
fn a_run_that_is_spread_begins_when_it_may_and_takes_its_time() {
    let times = [SignedDuration::from_hours(1), SignedDuration::from_mins(30)];
    let mut world = World::spread(60, RunCause::Person, Vec::new(), times);
    let due = world.starts_at;
    world.run(4);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(60));
    assert!(world.sent[0] >= due, "not before its time");
    let took = world.now.duration_since(due);
    assert!(took > SignedDuration::from_mins(28) && took < SignedDuration::from_mins(32), "{took}");
}

#[test]
fn a_click_goes_at_once_while_a_run_takes_the_minute() {
    let mut world = World::new(1_000, RunCause::Person, Vec::new());
    for nth in 0..15 {
        while world.sent.len() < 40 + nth * 50 {
            world.run_once();
        }
        let before = world.under_way.len();
        world.give(Event::Act(ActId(nth as u64), Act::Read(ReadAct::Company(id(7)))));
        let went = world.under_way.iter().skip(before).any(|(.., call)| *call == Call::Company(id(7)));
        assert!(went, "click {nth} waits");
    }
}
