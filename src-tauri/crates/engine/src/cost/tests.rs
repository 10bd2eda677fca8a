//! The invariants of costs.

use codat::CompanyId;
use jiff::civil::time;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::schedule::{Blackout, ClockTimes, Days};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plan(timing: Timing) -> Plan {
    Plan {
        target: Target::Matching(String::new()),
        data_types: vec!["invoices".to_owned()],
        timing,
        zone: None,
        blackouts: Vec::new(),
        spread_mins: 0,
    }
}

fn twice_a_day() -> Plan {
    plan(Timing::Clock(ClockTimes { times: vec![time(9, 0, 0, 0), time(17, 0, 0, 0)], days: Days::ALL }))
}

fn blackout(from: i8, until: i8) -> Blackout {
    Blackout { days: Days::ALL, from: time(from, 0, 0, 0), until: time(until, 0, 0, 0) }
}

fn history(n: u128, last_read: Option<Timestamp>) -> ReadHistory {
    ReadHistory {
        company: CompanyId(Uuid::from_u128(n)),
        readable: true,
        last_read,
        known_read: None,
        known_at: None,
        attempted: last_read.map(|at| at - SignedDuration::from_secs(60)),
        failures: 0,
    }
}

fn a_day(plan: &Plan, companies: u64) -> u64 {
    ScheduleCost::new(plan, companies).requests_a_day()
}

#[test]
fn a_read_of_one_type_is_one_request_and_of_all_types_one_more_for_what_became_of_them() {
    assert_eq!(a_day(&plan(Timing::Every { hours: 24 }), 100), 100);
    let two = Plan {
        data_types: vec!["invoices".to_owned(), "bills".to_owned()],
        ..plan(Timing::Every { hours: 24 })
    };
    assert_eq!(a_day(&two, 5_000), 10_000, "a request for each type");
    let all =
        |companies| a_day(&Plan { data_types: Vec::new(), ..plan(Timing::Every { hours: 24 }) }, companies);
    assert_eq!((all(100), all(1_000)), (200, 1_240), "of many, so many at most");
}

#[test]
fn runs_a_day_follow_the_rule() {
    assert_eq!(a_day(&plan(Timing::Every { hours: 8 }), 10), 30);
    assert_eq!(a_day(&plan(Timing::Every { hours: 168 }), 10), 2, "rounded up");
    assert_eq!(a_day(&twice_a_day(), 10), 20);
    let mondays = ClockTimes { times: vec![time(9, 0, 0, 0)], days: Days::from_bits(1) };
    assert_eq!(a_day(&plan(Timing::Clock(mondays)), 70), 10);
}

#[test]
fn times_that_wait_for_the_end_of_one_blackout_are_one_run() {
    let with = |blackouts| a_day(&Plan { blackouts, ..twice_a_day() }, 10);
    assert_eq!(with(vec![blackout(8, 18)]), 10);
    assert_eq!(with(vec![blackout(8, 10)]), 20);
    assert_eq!(with(vec![blackout(16, 9)]), 10, "17:00 waits until 09:00 of the next day");
    let hourly = Plan { blackouts: vec![blackout(0, 12)], ..plan(Timing::Every { hours: 1 }) };
    assert_eq!(a_day(&hourly, 1), 12);
}

#[test]
fn the_rest_of_a_day_has_what_falls_due_in_it() {
    let (noon, midnight) = (at("2026-11-23T12:00:00Z"), at("2026-11-24T00:00:00Z"));
    let read = |n, hours: i64| history(n, Some(noon - SignedDuration::from_hours(hours)));
    let rest = |plan: &Plan, histories: &[ReadHistory]| {
        rest_of_day(plan, histories, None, &TimeZone::UTC, noon, midnight)
    };
    let some = [read(1, 1), read(2, 5), read(3, 30)];
    assert_eq!(rest(&twice_a_day(), &some), 3, "17:00");
    let every = |hours| plan(Timing::Every { hours });
    assert_eq!(rest(&every(24), &some), 1, "the third is due; the others are not today");
    assert_eq!(rest(&every(6), &some), 2 + 2 + 2, "each at its time, and once more");
    let away = ReadHistory { readable: false, ..read(4, 30) };
    assert_eq!(rest(&every(24), &[away]), 0);
    let evening = Plan { blackouts: vec![blackout(11, 20)], ..every(6) };
    assert_eq!(rest(&evening, &some), 3, "all at 20:00");
}

#[test]
fn what_is_due_and_held_up_is_part_of_the_rest_of_the_day() {
    let (ten, midnight) = (at("2026-11-23T10:00:00Z"), at("2026-11-24T00:00:00Z"));
    let decided = Some("2026-11-23T08:00:00".parse().unwrap());
    let some = [history(1, None), history(2, Some(at("2026-11-23T09:30:00Z")))];
    let rest = rest_of_day(&twice_a_day(), &some, decided, &TimeZone::UTC, ten, midnight);
    // At 09:00 one company is read, and one is queried and perhaps read; at 17:00 both are read.
    assert_eq!(rest, 1 + 2 + 2);
}

proptest! {
    /// The runs of a week by clock times match the schedule's page.
    #[test]
    fn a_week_has_as_many_runs_as_are_planned(
        hours in prop::collection::btree_set(0_i8..24, 1..5),
        days in 1_u8..128,
        dark in prop::option::of((0_i8..24, 0_i8..24)),
    ) {
        let times = hours.into_iter().map(|hour| time(hour, 0, 0, 0)).collect();
        let blackouts = dark.into_iter().map(|(from, until)| blackout(from, until)).collect();
        let plan = Plan {
            blackouts,
            zone: Some("UTC".to_owned()),
            ..plan(Timing::Clock(ClockTimes { times, days: Days::from_bits(days) }))
        };
        let from = at("2026-11-23T00:00:00Z");
        prop_assume!(plan.free_from(&TimeZone::UTC, from).is_some());
        let weeks = 8;
        let until = from + SignedDuration::from_hours(7 * 24 * weeks);
        let runs = plan.upcoming(None, &TimeZone::UTC, from, 2_000).into_iter().filter(|at| *at < until).count();
        let said = plan.runs_a_day() * 7.0 * weeks as f64;
        prop_assert!((runs as f64 - said).abs() <= 2.0, "{runs} runs, {said} said");
    }

    #[test]
    fn a_chain_has_as_many_runs_as_are_planned(hours in 1_u32..60, dark in (0_i8..24, 0_i8..24)) {
        let plan = Plan { blackouts: vec![blackout(dark.0, dark.1)], ..plan(Timing::Every { hours }) };
        let from = at("2026-11-23T00:00:00Z");
        prop_assume!(plan.free_from(&TimeZone::UTC, from).is_some());
        let end = from + SignedDuration::from_hours(24 * 200);
        let (mut at, mut runs) = (from, 0);
        while let Some(begun) = plan.free_from(&TimeZone::UTC, at).filter(|begun| *begun < end) {
            runs += 1;
            at = begun + SignedDuration::from_hours(i64::from(hours));
        }
        let said = plan.runs_a_day() * 200.0;
        prop_assert!((f64::from(runs) - said).abs() <= 2.0 + said / 50.0, "{runs} runs, {said} said");
    }
}
