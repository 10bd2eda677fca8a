//! Runs that are paused, resumed and cancelled.

use domain::{RunCause, RunState, SafeMode, ScheduleId};
use engine::{Event, Policy};

use super::world::{Fate, World};

#[test]
fn paused_it_asks_for_nothing_more_and_resumed_it_asks_for_the_rest() {
    let mut world = World::new(300, RunCause::Person, Vec::new());
    while world.sent.len() < 100 {
        world.run_once();
    }
    world.change(RunState::Paused);
    world.run(1);
    let asked = world.sent.len();
    assert!(asked < 110, "{asked}: only what was under way");
    assert_eq!(world.counts().sent, 0, "nothing is in hand meanwhile");
    world.change(RunState::Running);
    world.run(1);
    assert_eq!(world.sent.len(), 300);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(300));
}

#[test]
fn taken_back_nothing_more_goes_and_it_ends() {
    let mut world = World::new(300, RunCause::Person, Vec::new());
    while world.sent.len() < 100 {
        world.run_once();
    }
    world.change(RunState::Cancelled);
    world.run(1);
    let ended = world.ended.expect("it ends");
    assert_eq!(ended.counts.read as usize, world.sent.len());
    assert_eq!(ended.counts.read + ended.counts.cancelled, 300);
    assert!(world.queued.values().all(|reads| reads.len() == 1));
}

#[test]
fn what_the_safe_mode_forbids_is_held_and_goes_on_when_it_is_allowed() {
    for cause in [RunCause::Person, RunCause::Schedule(ScheduleId(7)), RunCause::KeepAlive] {
        // Some items wait for a retry when refreshes are forbidden.
        let fates = vec![Fate::Answered, Fate::Lost, Fate::FailedBefore, Fate::Dropped];
        let mut world = World::new(300, cause, fates.into_iter().cycle().take(120).collect());
        while world.sent.len() < 100 {
            world.run_once();
        }
        world.give(Event::Policy(Policy { safe_mode: SafeMode::View, paused: false }));
        let under_way = world.under_way.len();
        let before = world.sent.len();
        world.run(5);
        assert!(world.sent.len() <= before + under_way, "{cause:?}: only what was under way");
        assert!(world.ended.is_none());
        world.give(Event::Policy(Policy::default()));
        world.run(20);
        assert_eq!(world.ended.map(|ended| ended.counts.read), Some(300), "{cause:?}");
        assert!(world.queued.values().all(|reads| reads.len() == 1), "{cause:?}: none twice");
    }
}

#[test]
fn paused_background_work_holds_what_nobody_waits_for_and_not_a_person() {
    for (cause, goes) in
        [(RunCause::Person, true), (RunCause::Schedule(ScheduleId(7)), false), (RunCause::KeepAlive, false)]
    {
        let mut world = World::new(5, cause, Vec::new());
        let before = world.sent.len();
        world.give(Event::Policy(engine::Policy { paused: true, ..engine::Policy::default() }));
        world.run(1);
        assert_eq!(world.ended.is_some(), goes, "{cause:?}");
        assert!(goes || world.sent.len() <= before + 5);
    }
}
