//! Runs that change companies: each is changed once, whatever happens, and a delete waits for an undo.

use std::collections::{BTreeMap, BTreeSet};

use codat::FailureKind;
use domain::{RunAct, RunState, SafeMode, TagChange};
use engine::{Event, FailureReason, Policy};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::{
    trouble::fate,
    world::{Fate, State, World},
};
use crate::bench::id;

const UNDO_TIME: SignedDuration = SignedDuration::from_secs(10);

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn region() -> RunAct {
    RunAct::ChangeTags(TagChange {
        add: tags(&[("region", "uk")]),
        remove: BTreeSet::from(["old".to_owned()]),
    })
}

fn deletes(companies: u128, fates: Vec<Fate>) -> World {
    World::changing(companies, RunAct::DeleteCompany, fates, UNDO_TIME)
}

#[test]
fn tags_are_merged_with_those_that_each_company_has_now() {
    let mut world = World::changing(3, region(), Vec::new(), SignedDuration::ZERO);
    world.companies.insert(id(2), tags(&[("old", "x"), ("theirs", "1"), ("region", "eu")]));
    world.companies.insert(id(3), tags(&[("region", "uk")]));
    world.run(1);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(3));
    assert_eq!(world.companies[&id(1)], tags(&[("number", "1"), ("region", "uk")]));
    assert_eq!(world.companies[&id(2)], tags(&[("theirs", "1"), ("region", "uk")]));
    assert_eq!(world.sent.len(), 2, "the third has them already, so nothing is sent");
}

#[test]
fn a_company_that_would_get_too_many_tags_fails_and_is_not_changed() {
    let mut world = World::changing(1, region(), Vec::new(), SignedDuration::ZERO);
    let full: BTreeMap<_, _> = (0..10).map(|n| (n.to_string(), String::new())).collect();
    world.companies.insert(id(1), full.clone());
    world.run(1);
    assert_eq!(world.why, Some(FailureReason::TooManyTags));
    assert_eq!((world.sent.len(), &world.companies[&id(1)]), (0, &full));
}

#[test]
fn a_tag_that_somebody_else_adds_after_a_lost_answer_stays() {
    let mut world = World::changing(1, region(), vec![Fate::FailedBefore], SignedDuration::ZERO);
    while world.sent.is_empty() {
        world.run_once();
    }
    world.companies.insert(id(1), tags(&[("theirs", "1")]));
    world.run(1);
    assert_eq!(world.companies[&id(1)], tags(&[("region", "uk"), ("theirs", "1")]));
}

#[test]
fn nothing_is_deleted_before_the_time_for_an_undo_is_over() {
    let mut world = deletes(3, Vec::new());
    let began = world.now;
    world.run(1);
    assert_eq!(world.removed, [id(1), id(2), id(3)]);
    assert!(world.sent.iter().all(|at| at.duration_since(began) >= UNDO_TIME), "{:?}", world.sent);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(3));
}

#[test]
fn a_delete_that_is_undone_in_time_sends_nothing() {
    let mut world = deletes(3, Vec::new());
    world.now += UNDO_TIME - SignedDuration::from_secs(1);
    world.give(Event::Timeout);
    world.change(RunState::Cancelled);
    world.run(1);
    assert_eq!((world.sent.len(), world.companies.len()), (0, 3));
    assert_eq!(world.ended.map(|ended| ended.counts.cancelled), Some(3));
}

#[test]
fn deletes_need_the_mode_for_deletes_and_get_a_new_time_for_an_undo_once_it_is_there() {
    let mut world = deletes(3, Vec::new());
    world.give(Event::Policy(Policy { safe_mode: SafeMode::Operate, paused: false }));
    world.run(1);
    assert_eq!((world.sent.len(), world.ended.is_some()), (0, false), "it is held");
    world.give(Event::Policy(Policy::default()));
    let allowed = world.now;
    world.run(1);
    assert_eq!(world.removed.len(), 3);
    assert!(world.sent.iter().all(|at| at.duration_since(allowed) >= UNDO_TIME), "{:?}", world.sent);
}

#[test]
fn a_delete_whose_result_is_open_is_checked_before_anything_is_sent_again() {
    let mut world = deletes(1, vec![Fate::FailedAfter]);
    while world.sent.is_empty() {
        world.run_once();
    }
    world.outage = true;
    world.run(3);
    world.outage = false;
    world.run(3);
    assert_eq!(world.sent.len(), 1, "a check comes first");
    assert_eq!(world.changes, [id(1)]);
    assert_eq!(world.removed, [id(1)], "the check shows it once the server answers");
}

#[test]
fn a_delete_whose_result_nothing_shows_fails_as_unknown_and_is_not_offered_for_a_retry() {
    let mut world = deletes(1, vec![Fate::FailedAfter]);
    world.company_failure = Some(FailureKind::Forbidden);
    world.run(3);
    assert!(matches!(world.why, Some(FailureReason::Unconfirmed(_))), "{:?}", world.why);
    assert!(!world.why.as_ref().is_some_and(FailureReason::can_retry));
    assert_eq!(world.sent.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_happens_each_company_gets_its_tags_once_and_keeps_its_own(
        companies in 1_u128..30,
        fates in prop::collection::vec(fate(), 0..80),
    ) {
        let mut world = World::changing(companies, region(), fates, SignedDuration::ZERO);
        world.run(30);
        prop_assert!(world.ended.is_some(), "it ends: {:?}", world.counts());
        for item in world.items.values() {
            let company = item.read.company;
            let tags = &world.companies[&company];
            let changes = world.changes.iter().filter(|changed| **changed == company).count();
            prop_assert!(tags.contains_key("number"), "{tags:?}");
            match item.state {
                State::Read => {
                    prop_assert_eq!(tags.get("region").map(String::as_str), Some("uk"));
                    prop_assert_eq!(changes, 1, "{:?}", item);
                }
                State::Failed => prop_assert!(changes <= 1, "{:?}", item),
                State::Waiting | State::Sent | State::Queued | State::Running | State::Cancelled => {
                    prop_assert!(false, "it did not end: {:?}", item);
                }
            }
        }
    }

    #[test]
    fn whatever_happens_each_company_is_deleted_and_the_store_knows_it(
        companies in 1_u128..30,
        fates in prop::collection::vec(fate(), 0..80),
    ) {
        let mut world = deletes(companies, fates);
        world.run(30);
        prop_assert!(world.ended.is_some(), "it ends: {:?}", world.counts());
        for item in world.items.values() {
            let company = item.read.company;
            let exists = world.companies.contains_key(&company);
            match item.state {
                State::Read => prop_assert!(!exists && world.removed.contains(&company), "{:?}", item),
                State::Failed => prop_assert!(exists, "a failure is certain: {:?}", item),
                State::Waiting | State::Sent | State::Queued | State::Running | State::Cancelled => {
                    prop_assert!(false, "it did not end: {:?}", item);
                }
            }
        }
    }
}
