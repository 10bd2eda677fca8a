//! Quiet hours, snoozes that end, and the daily reminder.

use domain::Place;
use engine::{
    AlertTimes, EndedSnoozes, Event, OpenAlerts,
    schedule::{Blackout, Days},
};
use jiff::{SignedDuration, civil};

use super::world::{State, World};
use crate::bench::{at, connection_id};

fn quiet_nights() -> AlertTimes {
    let night = Blackout { days: Days::ALL, from: civil::time(18, 0, 0, 0), until: civil::time(9, 0, 0, 0) };
    AlertTimes { quiet_hours: vec![night], ..AlertTimes::default() }
}

#[test]
fn in_quiet_hours_nothing_is_told_and_one_digest_follows() {
    let mut world = World::new(20);
    world.now = at("2026-11-23T19:00:00Z");
    world.give(Event::AlertTimes(quiet_nights()));
    world.lose(1..4);
    world.pass(3_600);
    world.lose(4..6);
    world.pass(3_600);
    world.set(3, State::Linked);
    world.pass(11 * 3_600);
    assert!(world.notifications.is_empty(), "{:?}", world.notifications);
    world.pass(3_600);
    assert_eq!(world.notifications.len(), 1);
    let (time, digest) = &world.notifications[0];
    assert_eq!(*time, at("2026-11-24T09:00:00Z"));
    assert_eq!(digest.title, "Xero: 4 connections need the customer");
    let told = |n| world.shown_since(connection_id(n), 0).len();
    assert_eq!((told(1), told(3), told(5)), (1, 0, 1), "what healed in the night is not told");
}

#[test]
fn while_one_is_not_to_be_disturbed_nothing_is_told() {
    let mut world = World::new(5);
    world.give(Event::AlertTimes(AlertTimes { do_not_disturb: true, ..AlertTimes::default() }));
    world.lose(1..2);
    world.pass(7_200);
    assert!(world.notifications.is_empty());
    world.give(Event::AlertTimes(AlertTimes::default()));
    world.pass(60);
    assert_eq!(world.notifications.len(), 1);
}

fn reminded_at_nine() -> AlertTimes {
    AlertTimes { reminder: Some(civil::time(9, 0, 0, 0)), ..AlertTimes::default() }
}

fn titles(world: &World) -> Vec<&str> {
    world.notifications.iter().map(|(_, notification)| notification.title.as_str()).collect()
}

#[test]
fn what_is_still_open_is_told_once_a_day_also_after_a_restart() {
    let mut world = World::new(3);
    world.open_alerts = OpenAlerts { count: 5, companies: vec!["Acme".to_owned(), "Bakery".to_owned()] };
    world.give(Event::AlertTimes(reminded_at_nine()));
    world.now = at("2026-11-24T08:59:00Z");
    world.pass(10);
    let before = world.notifications.len();
    world.pass(3_600);
    world.restart();
    world.give(Event::AlertTimes(reminded_at_nine()));
    world.pass(3_600);
    assert_eq!(titles(&world)[before..], ["5 alerts are still open"]);
    let (time, told) = world.notifications.last().unwrap();
    assert_eq!((*time, told.place), (at("2026-11-24T09:00:00Z"), Some(Place::Inbox)));
    assert_eq!(told.body, "Acme, Bakery and others");
    world.open_alerts = OpenAlerts::default();
    world.pass(24 * 3_600);
    assert_eq!(world.notifications.len(), before + 1, "nothing is open");
}

#[test]
fn a_reminder_that_is_set_for_a_time_that_passed_today_begins_tomorrow() {
    let mut world = World::new(3);
    world.open_alerts = OpenAlerts { count: 1, companies: vec!["Acme".to_owned()] };
    world.give(Event::AlertTimes(AlertTimes::default()));
    world.now = at("2026-11-24T15:00:00Z");
    world.give(Event::AlertTimes(reminded_at_nine()));
    world.pass(3_600);
    assert_eq!(titles(&world), Vec::<&str>::new());
    world.pass(18 * 3_600);
    assert_eq!(titles(&world), ["1 alert is still open"]);
}

#[test]
fn an_alert_whose_snooze_ends_is_told_again_and_the_next_end_is_waited_for() {
    let mut world = World::new(5);
    world.lose(1..2);
    world.pass(120);
    assert_eq!(world.notifications.len(), 1);
    let end = world.now + SignedDuration::from_hours(1);
    let alert = world.alerts[0].alert.clone();
    world.snoozed = EndedSnoozes { losses: vec![(1, alert)], ..EndedSnoozes::default() };
    world.alerts[0].shown.clear();
    world.give(Event::SnoozeEnd(Some(end)));
    world.pass(3_000);
    assert_eq!(world.notifications.len(), 1);
    world.pass(1_200);
    assert_eq!(world.notifications.len(), 2);
    assert_eq!(world.notifications[1].1.title, world.notifications[0].1.title);
}
