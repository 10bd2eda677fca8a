//! A clock rollback during runs and schedules: nothing waits longer than before.

use domain::{ReadHistory, RunCause, RunState, ScheduleId};
use engine::{
    Act, ActId, Event, StoreTask,
    schedule::{Plan, Schedule, Target, Timing},
};
use jiff::{SignedDuration, tz::TimeZone};
use proptest::prelude::*;

use super::{trouble::fate, world::World};
use crate::{bench::id, clock::times_from};

/// Steps before the rollback.
#[derive(Debug, Clone)]
enum Step {
    /// A number of responses or timeouts.
    Next(u16),
    Change(RunState),
    Outage(bool),
    /// Whether the store refuses to write.
    Full(bool),
    /// A schedule with this interval in hours.
    Schedule(u32),
    RunSchedule,
}

fn step() -> impl Strategy<Value = Step> {
    let states = prop::sample::select(vec![RunState::Running, RunState::Paused, RunState::Cancelled]);
    prop_oneof![
        8 => (1..40_u16).prop_map(Step::Next),
        1 => states.prop_map(Step::Change),
        1 => any::<bool>().prop_map(Step::Outage),
        1 => any::<bool>().prop_map(Step::Full),
        2 => (1..48_u32).prop_map(Step::Schedule),
        1 => Just(Step::RunSchedule),
    ]
}

fn writes(task: &StoreTask) -> bool {
    matches!(task, StoreTask::AdvanceRun { .. } | StoreTask::EndRun { .. } | StoreTask::Schedule(..))
}

fn take(world: &mut World, step: &Step) {
    match *step {
        Step::Next(count) => (0..count).for_each(|_| world.run_once()),
        Step::Change(state) => world.change(state),
        Step::Outage(outage) => world.outage = outage,
        Step::Full(full) => world.refuses = if full { writes } else { |_| false },
        Step::Schedule(hours) => {
            let plan = Plan {
                target: Target::Matching(String::new()),
                data_types: Vec::new(),
                timing: Timing::Every { hours },
                zone: Some("UTC".into()),
                blackouts: Vec::new(),
                spread_mins: 15,
            };
            let schedule =
                Schedule { id: ScheduleId(7), name: "Often".into(), on: true, plan, decided: None };
            world.give(Event::Schedules { here: true, zone: TimeZone::UTC, schedules: vec![schedule] });
        }
        Step::RunSchedule => world.give(Event::Act(ActId(900), Act::RunSchedule(ScheduleId(7)))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_time_of_runs_and_schedules_stays_ahead_when_the_clock_is_set_back(
        companies in 1_u128..30,
        fates in prop::collection::vec(fate(), 0..60),
        is_spread in any::<bool>(),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let spread = SignedDuration::from_hours(i64::from(is_spread) * 8);
        let mut world = World::spread(companies, RunCause::Person, fates, [spread, spread]);
        world.standings = (1..=companies).map(|n| ReadHistory {
            company: id(n),
            readable: true,
            last_read: None,
            known_read: None,
            known_at: None,
            attempted: None,
            failures: 0,
        }).collect();
        steps.iter().for_each(|step| take(&mut world, step));
        let days = SignedDuration::from_hours(24 * 400);
        let furthest = world.now + SignedDuration::from_hours(24 * 30);
        prop_assert_eq!(times_from(&world.engine, furthest), Vec::<String>::new());
        // The responses of store and server contain times from before, so no effect is carried out.
        drop(world.engine.handle(world.now - days, Event::Timeout));
        prop_assert_eq!(times_from(&world.engine, furthest - days), Vec::<String>::new());
    }
}
