use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::record::ErrorState;

fn origin(companies: u32) -> Origin {
    Origin { seed: 1, companies, born: "2026-11-23T09:00:00Z".parse().unwrap() }
}

#[test]
fn the_designed_world_has_everything_that_a_screen_must_show() {
    let world = World::new(origin(designed_count()));
    let all: Vec<CompanyRecord> =
        world.slots().iter().map(|slot| world.record(*slot).unwrap().into_owned()).collect();
    assert!((58..=75).contains(&all.len()), "about sixty, there are {}", all.len());
    let connections = || all.iter().flat_map(|company| &company.connections);
    for status in [Status::PendingAuth, Status::Linked, Status::Unlinked, Status::Deauthorized] {
        assert!(connections().any(|it| it.status == status), "{status:?} occurs");
    }
    let has = |code: &str, status: Status| {
        connections().any(|it| it.status == status && it.errors.iter().any(|error| error.code == code))
    };
    assert!(has("401", Status::Deauthorized) && has("403", Status::PendingAuth));
    let state = |is: fn(&ErrorState) -> bool| {
        connections().any(|it| it.status == Status::Linked && it.errors.iter().any(|error| is(&error.state)))
    };
    assert!(state(|it| *it == ErrorState::Active));
    assert!(state(|it| matches!(it, ErrorState::Resolved(_))));
    let unspecified_error: BTreeSet<bool> = connections()
        .flat_map(|it| it.errors.iter().map(move |error| (it, error)))
        .filter(|(_, error)| error.state == ErrorState::Unspecified)
        .map(|(it, error)| Some(error.at) > it.last_sync)
        .collect();
    assert_eq!(unspecified_error.len(), 2, "one newer and one older than the last read");
    assert!(all.iter().any(|it| it.connections.is_empty()));
    assert_eq!(all.iter().map(|it| it.connections.len()).max(), Some(7));
    assert!(all.iter().any(|it| it.subsidiaries.len() == 4));
    assert!(all.iter().any(|it| it.name.chars().count() > 120));
    assert!(all.iter().any(|it| it.created_by.is_none()));
}

#[test]
fn an_offline_connector_was_withdrawn_within_a_day_of_its_first_read() {
    let world = World::new(origin(designed_count()));
    let one_time = world.slots().iter().filter_map(|slot| world.record(*slot)).any(|company| {
        company.connections.iter().any(|it| {
            let at = it.errors.first().map(|error| error.at);
            it.key == "pqsw"
                && it.status == Status::Deauthorized
                && it.last_sync.zip(at).is_some_and(|(read, at)| {
                    at > read && at.duration_since(read) < jiff::SignedDuration::from_hours(24)
                })
        })
    });
    assert!(one_time);
}

#[test]
fn times_follow_each_other_and_one_source_of_books_is_active() {
    let world = World::new(origin(3_000));
    for slot in world.slots() {
        let company = world.record(*slot).unwrap();
        assert_eq!(company.name, codat::model::kept_name(&company.name), "names are as they would be kept");
        assert!(company.created <= world.origin().born);
        for it in &company.connections {
            assert!(company.created <= it.created, "{}: made before the company", company.name);
            assert!(it.last_sync.is_none_or(|read| it.created <= read && read <= world.origin().born));
            assert!(it.errors.iter().all(|error| it.created <= error.at), "{}: {it:?}", company.name);
            assert!(it.platform().is_some(), "{} is in the catalogue", it.key);
            if it.status != Status::Unlinked {
                assert!(!company.conflicts_with(it.platform().unwrap(), Some(it.id)), "{}", company.name);
            }
        }
    }
}

#[test]
fn shares_of_statuses_are_those_of_a_portfolio() {
    let world = World::new(origin(20_000));
    let share = |is: fn(&CompanyRecord) -> bool| {
        world.slots().iter().skip(100).filter(|slot| is(&world.record(**slot).unwrap())).count()
    };
    let unlinked = share(|it| it.connections.iter().any(|c| c.status == Status::Unlinked));
    let pending = share(|it| it.connections.iter().any(|c| c.status == Status::PendingAuth));
    let deauthorized = share(|it| it.connections.iter().any(|c| c.status == Status::Deauthorized));
    let empty = share(|it| it.connections.is_empty());
    assert!((60..=140).contains(&unlinked), "{unlinked}");
    assert!((140..=260).contains(&pending), "{pending}");
    assert!((25..=80).contains(&deauthorized), "{deauthorized}");
    assert!((350..=570).contains(&empty), "{empty}");
}

#[test]
fn the_tally_is_what_counting_gives() {
    let mut world = World::new(origin(500));
    let slot = world.slots()[0];
    let mut changed = world.record(slot).unwrap().into_owned();
    changed.connections.clear();
    world.put(slot, Some(Box::new(changed)));
    world.put(world.slots()[7], None);
    let mut counted = ConnectionCounts::default();
    for slot in world.slots().to_vec() {
        counted.count(world.record(slot).unwrap().connection_statuses(), 1);
    }
    assert_eq!(world.connection_counts().linked_companies(), counted.linked_companies());
    for at in 0..integration::all().len() {
        assert_eq!(world.connection_counts().platform(at), counted.platform(at));
    }
}

#[test]
fn a_connection_is_found_in_the_generated_and_in_the_changed() {
    let mut world = World::new(origin(300));
    let with = |world: &World, from: usize| {
        let slots = world.slots()[from..].iter();
        let slot = *slots.clone().find(|it| !world.record(**it).unwrap().connections.is_empty()).unwrap();
        (slot, world.record(slot).unwrap().connections[0].id)
    };
    let (slot, id) = with(&world, 200);
    assert_eq!(world.find_connection(id), Some(slot));
    let mut changed = world.record(slot).unwrap().into_owned();
    changed.connections.remove(0);
    world.put(slot, Some(Box::new(changed)));
    assert_eq!(world.find_connection(id), None, "deleted ones are not found");
}

#[test]
fn a_hundred_thousand_companies_are_kept_as_none() {
    let world = World::new(origin(100_000));
    assert_eq!(world.slots().len(), 100_000);
    assert_eq!(world.differences(), 0, "nothing is stored but what differs");
    let last = *world.slots().last().unwrap();
    assert_eq!(world.find(world.record(last).unwrap().id), Some(last));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_origin_gives_the_same_company(seed in any::<u64>(), slot in 0_u32..5_000) {
        let origin = Origin { seed, companies: 5_000, born: "2026-01-01T00:00:00Z".parse().unwrap() };
        prop_assert_eq!(record_at(&origin, slot), record_at(&origin, slot));
        let standing: Vec<_> = standing_at(&origin, slot);
        let record = record_at(&origin, slot);
        prop_assert_eq!(standing, record.connection_statuses().map(|(key, status)| (integration::find(key).unwrap().key, status)).collect::<Vec<_>>());
    }
}
