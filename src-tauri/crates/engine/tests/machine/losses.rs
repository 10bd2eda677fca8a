//! Losses, recoveries, flapping, unreadable companies, failed second reads, a missing notification service,
//! restarts between any two steps, and clock rollbacks: which alerts are sent, when, and how often.

#[cfg(test)]
mod alert_times;
#[cfg(test)]
mod world;

use engine::Event;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::bench::connection_id;

use world::{Looks, State, World, is_lost, uuid_of};

#[test]
fn in_a_rolling_outage_everything_is_told_within_two_minutes_and_nothing_a_sweep_at_a_time() {
    for batch in [14_u128, 26] {
        let mut world = World::new(400);
        let begun = world.now;
        for round in 0..12_u128 {
            world.lose(round * batch + 1..=(round + 1) * batch);
            world.pass(61);
        }
        world.pass(120);
        for n in 1..=batch * 12 {
            let lost = world.lost_since(n).unwrap().clone();
            let shown = world.shown_since(connection_id(n), lost.seq);
            assert_eq!(shown.len(), 1, "{batch}: {n} once");
            assert!(shown[0].duration_since(lost.at) <= SignedDuration::from_secs(120), "{batch}: {n}");
        }
        let minutes = world.now.duration_since(begun).as_secs() / 60;
        assert!(world.notifications.len() as i64 <= minutes, "{}", world.notifications.len());
    }
}

#[test]
fn one_company_that_cannot_be_read_holds_up_nobody_and_is_told_as_seen_once() {
    let mut world = World::new(20);
    world.set(2, State::Deauthorized);
    world.rows.get_mut(&2).unwrap().looks = Looks::Fail;
    world.pass(62);
    world.rows.get_mut(&2).unwrap().readable = false;
    world.pass(60);
    world.lose(10..18);
    world.pass(120);
    for n in 10..18 {
        assert_eq!(world.shown_since(connection_id(n), 0).len(), 1, "{n}");
    }
    assert!(world.shown_since(connection_id(2), 0).is_empty());
    assert!(world.looks < 30, "it is asked for less and less often: {}", world.looks);
    world.pass(600);
    assert_eq!(world.shown_since(connection_id(2), 0).len(), 1);
    let (_, told) = world.notifications.last().unwrap();
    assert_eq!(told.title, "Company 2: Xero may be broken");
    assert!(told.body.starts_with("Not confirmed: seen once, at 10:01."), "{}", told.body);
    let row = world.rows.get_mut(&2).unwrap();
    (row.readable, row.looks) = (true, Looks::Agree);
    world.pass(600);
    assert_eq!(world.shown_since(connection_id(2), 0).len(), 1, "not again when it is confirmed");
}

#[test]
fn what_list_and_look_say_differently_is_told_once() {
    for (list, look) in [
        (State::Deauthorized, State::Unlinked),
        (State::Unlinked, State::Deauthorized),
        (State::Error(401), State::Deauthorized),
    ] {
        let mut world = World::new(3);
        world.set(1, list);
        world.rows.get_mut(&1).unwrap().looks = Looks::Say(look);
        world.pass(3 * 3_600);
        assert_eq!(world.notifications.len(), 1, "{list:?} and {look:?}");
        assert!(world.looks < 400, "{}", world.looks);
    }
}

#[test]
fn thirty_flaps_are_a_few_notifications_that_say_how_often() {
    let mut world = World::new(3);
    for _ in 0..30 {
        world.set(1, State::Deauthorized);
        world.pass(130);
        world.set(1, State::Linked);
        world.pass(70);
    }
    world.set(1, State::Deauthorized);
    world.pass(3_700);
    let titles: Vec<_> = world.notifications.iter().map(|(_, it)| it.title.as_str()).collect();
    assert!((2..=6).contains(&titles.len()), "{titles:?}");
    assert_eq!(titles[0], "Company 1: Xero needs to be reconnected");
    assert_eq!(titles[1], "Company 1: Xero keeps breaking");
    let body = &world.notifications[1].1.body;
    assert!(body.starts_with("Flapping, ") && body.contains(" times since 10:0"), "{body}");
}

#[test]
fn red_by_an_error_of_the_platform_that_becomes_deauthorized_is_told_as_what_must_be_done_changed() {
    let mut world = World::new(3);
    world.set(1, State::Error(503));
    world.pass(120);
    let told = &world.notifications[0].1;
    assert_eq!(told.title, "Company 1: Xero doesn’t respond");
    assert_eq!(
        told.body,
        "The platform has an outage or limits requests. Nothing to send. Codat tries again."
    );
    assert_eq!(told.connection, None, "no Link URL is offered");
    world.set(1, State::Deauthorized);
    world.pass(120);
    assert_eq!(world.notifications.len(), 2);
    assert_eq!(world.notifications[1].1.title, "Company 1: Xero needs to be reconnected");
    world.pass(7_200);
    assert_eq!(world.notifications.len(), 2);
}

#[test]
fn what_was_red_by_an_error_before_the_first_sweep_and_is_deauthorized_later_is_told() {
    let mut world = World::new(3);
    world.kept.insert(1, State::Error(503));
    world.set(1, State::Deauthorized);
    world.pass(120);
    assert_eq!(world.notifications.len(), 1);
}

#[test]
fn an_outage_of_a_platform_says_that_there_is_nothing_to_send() {
    let mut world = World::new(20);
    (1..=12).for_each(|n| world.set(n, State::Error(503)));
    world.pass(120);
    assert_eq!(world.notifications.len(), 1);
    let told = &world.notifications[0].1;
    assert_eq!(told.title, "Xero doesn’t respond: 12 connections");
    assert!(
        told.body.starts_with("Only the platform can fix this, so there’s nothing to send."),
        "{}",
        told.body
    );
    assert_eq!(told.search.as_deref(), Some("alert:1"));
}

#[test]
fn an_outage_is_one_event_that_is_updated_and_ends_also_after_a_restart() {
    let mut world = World::new(60);
    (1..=12).for_each(|n| world.set(n, State::Error(503)));
    world.pass(120);
    (13..=20).for_each(|n| world.set(n, State::Error(503)));
    world.pass(120);
    world.restart();
    // Two customers withdraw meanwhile: each needs its link, in the outage or not.
    world.set(20, State::Deauthorized);
    world.set(50, State::Deauthorized);
    world.pass(120);
    (1..=18).for_each(|n| world.set(n, State::Linked));
    world.pass(300);
    let told: Vec<_> =
        world.notifications.iter().map(|(_, it)| (it.title.as_str(), it.body.as_str())).collect();
    let titles: Vec<_> = told.iter().map(|(title, _)| *title).collect();
    let expected = [
        "Xero doesn’t respond: 12 connections",
        "Xero doesn’t respond: 20 connections",
        "Xero: 2 connections need the customer",
        "Xero responds again",
    ];
    assert_eq!(titles, expected);
    let body = "18 of 20 connections healed, 1 still needs the customer, 1 still reports the error.";
    assert_eq!(told[3].1, body);
    let keys: Vec<_> = world.notifications.iter().map(|(_, it)| it.topic.as_deref()).collect();
    assert_eq!(keys, [Some("outage:Xero"), Some("outage:Xero"), None, Some("outage:Xero")]);
    world.pass(7_200);
    assert_eq!(world.notifications.len(), 4);
}

#[test]
fn without_a_notification_daemon_it_is_told_when_one_is_there_also_after_a_restart() {
    let mut world = World::new(5);
    world.has_daemon = false;
    world.lose(1..3);
    world.pass(400);
    world.restart();
    world.lose(3..4);
    world.pass(400);
    world.set(2, State::Linked);
    world.pass(70);
    assert!(world.notifications.is_empty());
    world.has_daemon = true;
    world.pass(360);
    let shown = |n| world.shown_since(connection_id(n), 0).len();
    assert_eq!((shown(1), shown(2), shown(3)), (1, 0, 1), "what healed meanwhile is not told");
    assert_eq!(world.notifications.len(), 1);
    world.restart();
    world.pass(400);
    assert_eq!(world.notifications.len(), 1);
}

#[test]
fn five_hundred_at_once_are_one_notification() {
    let mut world = World::new(600);
    world.lose(1..=500);
    world.pass(180);
    assert_eq!(world.notifications.len(), 1);
    assert_eq!(world.notifications[0].1.title, "Xero: 500 connections need the customer");
    assert!(world.looks == 0, "by a sweep");
}

#[derive(Debug, Clone)]
enum Step {
    Set(u128, State),
    Lose(u128, u128),
    Looks(u128, Looks),
    Readable(u128, bool),
    Daemon(bool),
    Pass(i64),
    CrashIn(u32),
    Restart,
    SetBack(i64),
}

const COMPANIES: u128 = 40;

fn state() -> impl Strategy<Value = State> {
    prop_oneof![
        4 => Just(State::Linked),
        4 => Just(State::Deauthorized),
        1 => Just(State::Unlinked),
        1 => Just(State::Error(503)),
        1 => Just(State::Error(401)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let few = 1..=4_u128;
    prop_oneof![
        8 => (few.clone(), state()).prop_map(|(n, state)| Step::Set(n, state)),
        1 => (5..=20_u128, 0..=20_u128).prop_map(|(from, more)| Step::Lose(from, from + more)),
        2 => (few.clone(), prop_oneof![Just(Looks::Agree), Just(Looks::Fail), state().prop_map(Looks::Say)])
            .prop_map(|(n, looks)| Step::Looks(n, looks)),
        1 => (few, any::<bool>()).prop_map(|(n, readable)| Step::Readable(n, readable)),
        1 => any::<bool>().prop_map(Step::Daemon),
        8 => prop_oneof![1..10_i64, 50..130_i64, 600..2_400_i64].prop_map(Step::Pass),
        2 => (1..40_u32).prop_map(Step::CrashIn),
        1 => Just(Step::Restart),
        1 => (1..30_i64).prop_map(Step::SetBack),
    ]
}

impl World {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Set(n, state) => self.set(n, state),
            Step::Lose(from, to) => self.lose(from..=to),
            Step::Looks(n, looks) => self.rows.get_mut(&n).unwrap().looks = looks,
            Step::Readable(n, readable) => self.rows.get_mut(&n).unwrap().readable = readable,
            Step::Daemon(has_daemon) => self.has_daemon = has_daemon,
            Step::Pass(seconds) => self.pass(seconds),
            Step::CrashIn(effects) => self.crash_in = Some(effects),
            Step::Restart => self.restart(),
            Step::SetBack(hours) => {
                self.give(Event::Timeout);
                self.now -= SignedDuration::from_hours(hours);
                self.requests
                    .iter_mut()
                    .for_each(|(_, _, asked)| *asked -= SignedDuration::from_hours(hours));
                let _ = self
                    .seen_lost
                    .values_mut()
                    .flatten()
                    .map(|at| *at -= SignedDuration::from_hours(hours))
                    .count();
                self.give(Event::Timeout);
            }
        }
    }

    /// Ends all faults. Lost connections stay lost.
    fn calm(&mut self) {
        self.crash_in = None;
        self.has_daemon = true;
        for row in self.rows.values_mut() {
            (row.looks, row.readable) = (Looks::Agree, true);
        }
        self.pass(3_600);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_each_lasting_loss_is_told_and_nothing_twice(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new(COMPANIES);
        steps.iter().for_each(|step| world.take(step));
        world.calm();
        for (number, it) in world.alerts.iter().enumerate() {
            prop_assert!(it.shown.len() <= 1, "{number} was shown twice: {it:?}");
        }
        for n in 1..=COMPANIES {
            prop_assert_eq!(world.kept[&n], world.rows[&n].state);
            let Some(lost) = world.lost_since(n) else { continue };
            let shown = world.shown_since(connection_id(n), lost.seq);
            prop_assert!(!shown.is_empty(), "{} is lost since {:?} and was not told: {:?}", n, lost, uuid_of(n));
            // Once, and once more for each other actor.
            prop_assert!(shown.len() <= 4, "{}: {:?}", n, shown);
        }
        let wakes = world.engine.poll_timeout(world.now);
        let is_asking = !world.requests.is_empty();
        prop_assert!(is_asking || wakes.is_some_and(|wake| wake > world.now), "not for nothing: {:?}", wakes);
    }

    #[test]
    fn what_only_breaks_is_told_once_within_two_minutes_wherever_the_app_is_ended(
        losses in prop::collection::vec((1..=COMPANIES, 1..100_i64), 1..30),
        crashes in prop::collection::vec(1..60_u32, 0..6),
    ) {
        let mut world = World::new(COMPANIES);
        let mut crashes = crashes.into_iter();
        for (n, wait) in losses {
            world.set(n, State::Deauthorized);
            world.crash_in = world.crash_in.or_else(|| crashes.next());
            world.pass(wait);
        }
        world.crash_in = None;
        world.pass(300);
        for n in (1..=COMPANIES).filter(|n| is_lost(world.rows[n].state)) {
            let lost = world.lost_since(n).unwrap();
            let shown = world.shown_since(connection_id(n), lost.seq);
            prop_assert_eq!(shown.len(), 1, "{}", n);
            let took = shown[0].duration_since(lost.at);
            prop_assert!(took <= SignedDuration::from_secs(120), "{} after {}", n, took);
        }
    }
}
