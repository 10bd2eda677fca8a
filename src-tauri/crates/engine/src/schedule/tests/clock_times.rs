//! Clock times: daylight saving, sleep, travel, and changed clocks.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use proptest::prelude::*;

use super::{at, label, time, zone};
use crate::schedule::{Blackout, ClockTimes, Days, Due, DueState, Plan, PlanProblem, Target, Timing};

/// Zones with every kind of clock change: an hour, half an hour, two hours, at midnight, a whole day, none.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
];

fn clock(times: &[&str], days: u8) -> ClockTimes {
    ClockTimes { times: times.iter().map(|text| time(text)).collect(), days: Days::from_bits(days) }
}

fn daily(times: &[&str]) -> ClockTimes {
    clock(times, Days::ALL.bits())
}

fn plan(clock: ClockTimes, blackouts: Vec<Blackout>) -> Plan {
    Plan {
        target: Target::Matching(String::new()),
        data_types: Vec::new(),
        timing: Timing::Clock(clock),
        zone: Some("Europe/London".to_owned()),
        blackouts,
        spread_mins: 10,
    }
}

fn due(ruling: DueState) -> Due {
    let DueState::Due(due) = ruling else { panic!("{ruling:?}") };
    due
}

#[test]
fn a_time_that_does_not_exist_is_due_at_the_shift_and_one_that_occurs_twice_the_first_time() {
    let (clock, london) = (daily(&["01:30"]), zone("Europe/London"));
    let (_, spring) = clock.after(label("2026-03-28T12:00"), &london).unwrap();
    assert_eq!(spring, at("2026-03-29T01:00:00Z"), "01:30 does not exist: 01:00 becomes 02:00");
    let (_, autumn) = clock.after(label("2026-10-24T12:00"), &london).unwrap();
    assert_eq!(autumn, at("2026-10-25T00:30:00Z"), "01:30 occurs twice");
    let decided = due(clock.due_state(label("2026-10-24T12:00"), &london, at("2026-10-25T00:30:00Z"))).label;
    assert_eq!(
        clock.due_state(decided, &london, at("2026-10-25T01:30:00Z")),
        DueState::NotDue,
        "met already"
    );
}

#[test]
fn the_first_minute_that_does_not_exist_is_the_shift_too() {
    let (_, spring) = daily(&["02:00"]).after(label("2026-03-07T12:00"), &zone("America/New_York")).unwrap();
    assert_eq!(spring, at("2026-03-08T07:00:00Z"), "02:00 becomes 03:00");
}

#[test]
fn two_times_of_one_shift_are_one_run() {
    let (clock, london) = (daily(&["01:15", "01:45"]), zone("Europe/London"));
    let met = due(clock.due_state(label("2026-03-28T12:00"), &london, at("2026-03-29T01:00:00Z")));
    assert_eq!((met.label, met.earlier), (label("2026-03-29T01:45"), 1));
}

#[test]
fn asleep_for_a_month_it_is_caught_up_once_and_says_how_many_it_stands_for() {
    let (clock, utc) = (daily(&["09:00", "17:00"]), TimeZone::UTC);
    let met = due(clock.due_state(label("2026-11-01T09:00"), &utc, at("2026-12-01T12:00:00Z")));
    assert_eq!((met.label, met.earlier), (label("2026-12-01T09:00"), 59));
    assert_eq!(clock.due_state(met.label, &utc, at("2026-12-01T12:00:00Z")), DueState::NotDue);
}

#[test]
fn travel_west_repeats_nothing_and_travel_east_loses_nothing() {
    let clock = daily(&["09:00", "12:00"]);
    let (london, new_york, tokyo) = (zone("Europe/London"), zone("America/New_York"), zone("Asia/Tokyo"));
    let noon = due(clock.due_state(label("2026-11-25T12:00"), &london, at("2026-11-26T12:00:00Z"))).label;
    assert_eq!(noon, label("2026-11-26T12:00"));
    assert_eq!(clock.due_state(noon, &new_york, at("2026-11-26T17:30:00Z")), DueState::NotDue, "noon again");
    let next = clock.after(noon, &new_york).unwrap();
    assert_eq!(next.1, at("2026-11-27T14:00:00Z"));
    let east = due(clock.due_state(noon, &tokyo, at("2026-11-27T00:30:00Z")));
    assert_eq!(east.label, label("2026-11-27T09:00"), "09:30 in Tokyo");
}

#[test]
fn a_clock_set_back_an_hour_meets_nothing_twice_and_one_that_was_years_ahead_is_forgotten() {
    let (clock, utc) = (daily(&["09:00"]), TimeZone::UTC);
    let met = due(clock.due_state(label("2026-11-25T09:00"), &utc, at("2026-11-26T09:00:10Z"))).label;
    assert_eq!(clock.due_state(met, &utc, at("2026-11-26T08:00:00Z")), DueState::NotDue);
    assert_eq!(
        clock.due_state(met, &utc, at("2026-11-26T09:00:30Z")),
        DueState::NotDue,
        "09:00 for the second time"
    );
    let ahead = due(clock.due_state(met, &utc, at("2031-01-01T10:00:00Z")));
    assert_eq!(ahead.label, label("2031-01-01T09:00"));
    let now = at("2026-11-26T10:00:00Z");
    assert_eq!(clock.due_state(ahead.label, &utc, now), DueState::ClockSetBack(label("2026-11-26T10:00")));
    assert_eq!(
        due(clock.due_state(label("2026-11-26T10:00"), &utc, at("2026-11-27T09:00:00Z"))).label,
        label("2026-11-27T09:00"),
        "the years it was ahead are no gap"
    );
}

#[test]
fn weekdays_are_those_of_the_zone() {
    let mondays = clock(&["00:30"], 1);
    let (_, next) = mondays.after(label("2026-11-26T00:00"), &zone("Pacific/Auckland")).unwrap();
    assert_eq!(next, at("2026-11-29T11:30:00Z"), "Monday in Auckland, Sunday in London");
}

#[test]
fn what_falls_into_a_blackout_waits_until_it_ends() {
    let nights = Blackout { days: Days::ALL, from: time("22:00"), until: time("06:00") };
    let work = Blackout { days: Days::from_bits(0b1_1111), from: time("06:00"), until: time("08:00") };
    let plan = plan(daily(&["23:30"]), vec![nights, work]);
    let utc = TimeZone::UTC;
    let upcoming = plan.upcoming(None, &utc, at("2026-11-26T12:00:00Z"), 2);
    assert_eq!(
        upcoming,
        [at("2026-11-27T08:00:00Z"), at("2026-11-28T06:00:00Z")],
        "Saturday has no second one"
    );
    assert_eq!(plan.problem(&utc, at("2026-11-26T12:00:00Z")), None);
    let always = Blackout { days: Days::ALL, from: time("00:00"), until: time("00:00") };
    let never = Plan { blackouts: vec![always], ..plan };
    assert_eq!(never.problem(&utc, at("2026-11-26T12:00:00Z")), Some(PlanProblem::NoTimeLeft));
    assert_eq!(never.upcoming(None, &utc, at("2026-11-26T12:00:00Z"), 2), []);
}

#[test]
fn what_cannot_be_met_is_refused_in_plain_words() {
    let now = at("2026-11-26T12:00:00Z");
    let good = plan(daily(&["09:00"]), vec![]);
    let problem = |plan: Plan| plan.problem(&TimeZone::UTC, now);
    let clock = |clock| Plan { timing: Timing::Clock(clock), ..good.clone() };
    assert_eq!(problem(clock(daily(&[]))), Some(PlanProblem::NoTimes));
    assert_eq!(
        problem(clock(ClockTimes { times: vec![time("09:00")], days: Days::from_bits(128) })),
        Some(PlanProblem::NoDays)
    );
    assert_eq!(
        problem(Plan { timing: Timing::Every { hours: 0 }, ..good.clone() }),
        Some(PlanProblem::Hours)
    );
    assert_eq!(
        problem(Plan { zone: Some("Moon/Base".into()), ..good.clone() }),
        Some(PlanProblem::Zone("Moon/Base".into()))
    );
    assert_eq!(
        problem(Plan { target: Target::Companies(vec![]), ..good.clone() }),
        Some(PlanProblem::NoCompanies)
    );
    assert_eq!(problem(good), None);
}

/// A computer with any clock and zone, which checks its schedule while it is awake.
struct Computer {
    clock: ClockTimes,
    decided: civil::DateTime,
    zone: TimeZone,
    now: Timestamp,
    /// The decisions in order, each with the label that was decided before.
    met: Vec<(civil::DateTime, Due)>,
}

impl Computer {
    fn new(clock: ClockTimes, zone_name: &str, now: Timestamp) -> Self {
        let zone = zone(zone_name);
        Self { clock, decided: zone.to_datetime(now), zone, now, met: Vec::new() }
    }

    /// Checks repeatedly, but not without end.
    fn look(&mut self) -> Result<(), TestCaseError> {
        for round in 0.. {
            prop_assert!(round < 2, "one look decides everything at once");
            match self.clock.due_state(self.decided, &self.zone, self.now) {
                DueState::NotDue => break,
                DueState::ClockSetBack(label) => self.decided = label,
                DueState::Due(due) => {
                    prop_assert!(due.at <= self.now, "nothing is met before its time");
                    prop_assert!(due.label > self.decided, "nothing is met twice");
                    self.met.push((self.decided, due));
                    self.decided = due.label;
                }
            }
        }
        Ok(())
    }

    /// Every label between two decisions is counted.
    fn explains_every_miss(&self) -> Result<(), TestCaseError> {
        for (before, due) in &self.met {
            let missed = labels(&self.clock, *before, due.label);
            prop_assert_eq!(missed, due.earlier as usize, "between {} and {}", before, due.label);
        }
        Ok(())
    }
}

/// The labels between two labels, found minute by minute.
fn labels(clock: &ClockTimes, after: civil::DateTime, before: civil::DateTime) -> usize {
    let mut count = 0;
    let mut date = after.date();
    while date <= before.date() {
        for time in &clock.times {
            let label = date.to_datetime(*time);
            if clock.days.has(date.weekday()) && label > after && label < before {
                count += 1;
            }
        }
        date = date.tomorrow().unwrap();
    }
    count
}

/// Events of a computer.
#[derive(Debug, Clone)]
enum Fate {
    /// Time passes with some checks.
    Awake(u32),
    /// Time passes without a check.
    Asleep(u32),
    /// The clock is changed by this many minutes.
    Set(i32),
    /// The computer moves to another zone.
    Carried(usize),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => (1_u32..3_000).prop_map(Fate::Awake),
        3 => (1_u32..60_000).prop_map(Fate::Asleep),
        1 => (-90_i32..90).prop_map(Fate::Set),
        1 => (-3_000_000_i32..3_000_000).prop_map(Fate::Set),
        2 => (0..ZONES.len()).prop_map(Fate::Carried),
    ]
}

fn clock_times() -> impl Strategy<Value = ClockTimes> {
    let times = prop::collection::btree_set((0_i8..24, prop::sample::select(vec![0_i8, 15, 30, 45])), 1..5);
    (times, 1_u8..128).prop_map(|(times, days)| ClockTimes {
        times: times.into_iter().map(|(hour, minute)| civil::time(hour, minute, 0, 0)).collect(),
        days: Days::from_bits(days),
    })
}

proptest! {
    // Each case is a year or more, with a check every half hour.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_label_is_met_once_or_its_miss_is_counted(
        clock in clock_times(),
        from in 0..ZONES.len(),
        fates in prop::collection::vec(fate(), 1..60),
    ) {
        let mut computer = Computer::new(clock, ZONES[from], at("2026-03-20T10:07:00Z"));
        for fate in fates {
            let minutes = |count: i64| SignedDuration::from_mins(count);
            match fate {
                Fate::Awake(count) => {
                    for _ in 0..count.div_ceil(30) {
                        computer.now += minutes(30);
                        computer.look()?;
                    }
                }
                Fate::Asleep(count) => computer.now += minutes(count.into()),
                Fate::Set(by) => computer.now += minutes(by.into()),
                Fate::Carried(to) => computer.zone = zone(ZONES[to]),
            }
            computer.look()?;
        }
        computer.explains_every_miss()?;
    }

    #[test]
    fn awake_through_a_year_each_label_is_met_at_its_time(
        clock in clock_times(),
        zone_at in 0..ZONES.len(),
        begin in prop::sample::select(vec!["2011-06-01T00:00:00Z", "2026-01-01T00:00:00Z"]),
    ) {
        let mut computer = Computer::new(clock.clone(), ZONES[zone_at], at(begin));
        let end = at(begin) + SignedDuration::from_hours(365 * 24);
        let first = computer.decided;
        let mut soonest = clock.after(first, &computer.zone);
        while let Some((_, instant)) = soonest.filter(|(_, instant)| *instant <= end) {
            computer.now = instant;
            computer.look()?;
            prop_assert_eq!(computer.met.last().map(|(_, due)| due.at), Some(instant));
            soonest = clock.after(computer.decided, &computer.zone);
        }
        computer.explains_every_miss()?;
        let met: usize = computer.met.iter().map(|(_, due)| 1 + due.earlier as usize).sum();
        prop_assert_eq!(met, labels(&clock, first, computer.decided) + 1, "each once, through both shifts");
    }

    #[test]
    fn a_blackout_is_never_begun_in_and_always_ends(
        spans in prop::collection::vec((1_u8..128, 0_i8..24, 0_i8..24), 0..4),
        zone_at in 0..ZONES.len(),
        minutes in 0_i64..1_000_000,
    ) {
        let blackouts: Vec<_> = spans.into_iter().map(|(days, from, until)| Blackout {
            days: Days::from_bits(days),
            from: civil::time(from, 0, 0, 0),
            until: civil::time(until, 30, 0, 0),
        }).collect();
        let plan = Plan { zone: None, ..plan(daily(&["09:00"]), blackouts) };
        let zone = zone(ZONES[zone_at]);
        let asked = at("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minutes);
        if let Some(free) = plan.free_from(&zone, asked) {
            prop_assert!(free >= asked);
            prop_assert_eq!(plan.free_from(&zone, free), Some(free), "free when it says so");
        }
    }
}
