//! Crashes, lost responses, refusals, outages: nothing is queued twice, and every item ends.

use domain::RunCause;
use engine::StoreTask;
use proptest::prelude::*;

use super::world::{Fate, State, World};

#[test]
fn an_outage_of_an_hour_costs_no_more_than_a_few_items() {
    let mut world = World::new(200, RunCause::Person, Vec::new());
    while world.sent.len() < 50 {
        world.run_once();
    }
    world.outage = true;
    world.run(1);
    world.outage = false;
    world.run(3);
    let ended = world.ended.expect("it ends");
    assert!(ended.counts.failed <= 3, "{ended:?}");
    assert_eq!(ended.counts.read + ended.counts.failed, 200);
    assert!(world.queued.values().all(|reads| reads.len() == 1));
}

#[test]
fn an_end_that_the_store_refuses_is_tried_again_in_a_while() {
    let mut world = World::new(3, RunCause::Person, Vec::new());
    world.refuses = |task| matches!(task, StoreTask::EndRun { .. });
    world.run(2);
    assert!(world.ended.is_none(), "the disk is full");
    world.refuses = |_| false;
    world.run(1);
    assert_eq!(world.ended.map(|ended| ended.counts.read + ended.counts.failed), Some(3));
}

pub(super) fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Answered),
        2 => Just(Fate::Lost),
        1 => Just(Fate::Dropped),
        1 => Just(Fate::Unreachable),
        1 => Just(Fate::Limited),
        1 => Just(Fate::FailedAfter),
        1 => Just(Fate::FailedBefore),
        1 => Just(Fate::CrashAfter),
        1 => Just(Fate::CrashBefore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_happens_each_company_is_queued_once_and_each_item_ends(
        companies in 1_u128..40,
        fates in prop::collection::vec(fate(), 0..120),
    ) {
        let mut world = World::new(companies, RunCause::Person, fates);
        world.run(24 * 14);
        prop_assert!(world.ended.is_some(), "it ends: {:?}", world.counts());
        for item in world.items.values() {
            let queued = world.queued.get(&item.read.company).map_or(0, Vec::len);
            match item.state {
                State::Read => prop_assert_eq!(queued, 1, "{:?}", item),
                State::Failed => prop_assert!(queued <= 1, "{:?}", item),
                State::Waiting | State::Sent | State::Queued | State::Running | State::Cancelled => {
                    prop_assert!(false, "it did not end: {:?}", item);
                }
            }
        }
    }
}
