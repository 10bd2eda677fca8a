//! The results of queued items.

use codat::model::DatasetStatus;
use domain::{ReadHistory, RunCause, ScheduleId};
use engine::{
    Event, FailureReason,
    schedule::{Plan, Schedule, Target, Timing},
};
use jiff::{SignedDuration, tz::TimeZone};

use super::world::World;
use crate::bench::id;

#[test]
fn what_becomes_of_each_is_looked_at_and_one_that_failed_says_why() {
    let mut world = World::new(12, RunCause::Person, Vec::new());
    world.reads_take = Some(SignedDuration::from_secs(45));
    world.run(1);
    let ended = world.ended.expect("it ends").counts;
    assert_eq!((ended.read, ended.failed, ended.unseen), (11, 1, 0));
    let Some(FailureReason::Read { status, of, .. }) = &world.why else { panic!("{:?}", world.why) };
    assert_eq!((status, *of), (&DatasetStatus::AuthError, 1));
    assert!(!world.why.as_ref().is_some_and(FailureReason::can_retry), "the customer has to connect again");
}

#[test]
fn one_that_failed_before_many_other_reads_came_is_found_further_back() {
    let mut world = World::new(3, RunCause::Person, Vec::new());
    world.reads_take = Some(SignedDuration::from_secs(45));
    world.others = 130;
    world.run(1);
    let ended = world.ended.expect("it ends").counts;
    assert_eq!((ended.read, ended.failed, ended.unseen), (2, 1, 0));
}

#[test]
fn of_many_the_looks_are_few_and_what_is_never_seen_does_not_hold_the_run_for_ever() {
    let mut world = World::new(200, RunCause::Person, Vec::new());
    world.reads_take = Some(SignedDuration::from_hours(24 * 30));
    world.run(3);
    let ended = world.ended.expect("it ends").counts;
    assert_eq!((ended.unseen, ended.queued), (200, 0), "their end was not seen, and that is said");
    let most = 60 * 60 / 20 * 8 + 100;
    assert!(world.looks <= most, "{} looks, not more than {most}", world.looks);
}

/// The number of reads within an hour by an hourly schedule, after a read of its last run ended with this
/// status.
fn looks_within_the_hour(status: &'static str) -> usize {
    let mut world = World::new(3, RunCause::Schedule(ScheduleId(1)), Vec::new());
    world.fails_with = status;
    world.reads_take = Some(SignedDuration::from_secs(45));
    let began = world.now;
    world.standings = vec![ReadHistory {
        company: id(1),
        readable: true,
        last_read: None,
        known_read: None,
        known_at: None,
        attempted: Some(began),
        failures: 0,
    }];
    let plan = Plan {
        target: Target::Matching(String::new()),
        data_types: Vec::new(),
        timing: Timing::Every { hours: 1 },
        zone: None,
        blackouts: Vec::new(),
        spread_mins: 0,
    };
    let schedule = Schedule { id: ScheduleId(1), name: "Hourly".to_owned(), on: true, plan, decided: None };
    world.give(Event::Schedules { here: true, zone: TimeZone::UTC, schedules: vec![schedule] });
    while world.now < began + SignedDuration::from_mins(50) {
        world.run_once();
    }
    let first = began + SignedDuration::from_mins(4);
    world.standings_asked.into_iter().filter(|at| *at > first).count()
}

#[test]
fn what_of_an_hourly_schedule_failed_for_a_passing_reason_is_looked_at_again_within_the_hour() {
    assert_eq!(looks_within_the_hour("AuthError"), 0, "the customer has to connect again");
    assert!(looks_within_the_hour("FetchError") >= 1, "that may pass");
}
