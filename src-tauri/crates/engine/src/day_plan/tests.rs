//! The invariants of a day plan.

use proptest::prelude::*;

use super::*;
use crate::schedule::{Plan, Target, Timing};

fn measurements(config: &Config) -> SweepMeasurements<'_> {
    // 200 companies of 2 kB, 10 of them with problems.
    SweepMeasurements {
        config,
        full: SweepCost { requests: 1, bytes: 400_000 },
        status: Some(SweepCost { requests: 1, bytes: 20_000 }),
        supports_status_sweeps: true,
        limit: None,
    }
}

/// Invoices of this many companies, at this interval in hours.
fn invoices(target: Target, companies: u64, hours: u32) -> ScheduleCost {
    let plan = Plan {
        target,
        data_types: vec!["invoices".to_owned()],
        timing: Timing::Every { hours },
        zone: None,
        blackouts: Vec::new(),
        spread_mins: 0,
    };
    ScheduleCost::new(&plan, companies)
}

fn planned() -> Planned {
    Planned {
        companies: 200,
        schedules: vec![
            invoices(Target::Matching(String::new()), 150, 24),
            invoices(Target::Companies(Vec::new()), 5, 12),
        ],
        idle: vec![IdleClocks { days: 60, connections: 100, chosen: 0 }],
        confirmations: 20,
    }
}

#[test]
fn at_the_present_number_a_day_costs_what_the_schedules_say() {
    let config = Config::default();
    let plan = day_plan(&measurements(&config), &planned(), 200);
    assert_eq!((plan.limit, plan.share, plan.others), (201_000, 10_050, 5_025));
    assert_eq!((&plan.schedules[..], plan.schedule_requests()), (&[150, 10][..], 160));
    assert_eq!((plan.keep_alive, plan.confirmations, plan.over), (2, 20, 0), "each of 100 every 50 days");
    assert_eq!((plan.sweep_secs, plan.status_secs, plan.sweeps), (60, None, 1_440));
    assert_eq!(plan.sweep_bytes, 1_440 * 400_000);
}

#[test]
fn at_five_hundred_times_as_many_a_search_finds_more_what_was_chosen_stays_and_sweeps_take_what_they_may() {
    let config = Config::default();
    let plan = day_plan(&measurements(&config), &planned(), 100_000);
    assert_eq!((plan.limit, plan.keep_alive), (100_001_000, 1_000));
    assert_eq!(plan.schedules, [75_000, 10]);
    assert!(plan.sweep_bytes <= config.sweep_bytes_a_day, "{plan:?}");
    assert!(plan.sweeps <= plan.share / 2, "{plan:?}");
    assert!(plan.status_secs.is_some(), "full sweeps are far apart: {plan:?}");
}

#[test]
fn what_does_not_fit_is_said() {
    let config = Config::default();
    let every_hour = invoices(Target::Matching(String::new()), 200, 1);
    let planned = Planned { schedules: vec![every_hour], ..planned() };
    let plan = day_plan(&measurements(&config), &planned, 200);
    // Schedules leave a fifth of 5,025 to the work that cannot wait, of which 22 are used.
    assert_eq!((plan.schedules[0], plan.over), (4_800, 4_800 - (5_025 - 1_005 - 22)));
    let fits = Planned { schedules: Vec::new(), ..planned };
    assert_eq!(day_plan(&measurements(&config), &fits, 200).over, 0);
}

#[test]
fn as_many_are_taken_to_be_connected_as_the_allowance_says() {
    let config = Config::default();
    let half = SweepMeasurements { limit: Some(101_000), ..measurements(&config) };
    assert_eq!(day_plan(&half, &planned(), 200).limit, 101_000);
    assert_eq!(day_plan(&half, &planned(), 10_000).limit, 5_001_000);
}

#[test]
fn connections_that_a_schedule_reads_in_time_cost_keep_alive_nothing() {
    let config = Config::default();
    let idle = vec![IdleClocks { days: 60, connections: 100, chosen: 100 }];
    let planned = Planned { idle, ..planned() };
    assert_eq!(day_plan(&measurements(&config), &planned, 200).keep_alive, 0);
    assert_eq!(
        day_plan(&measurements(&config), &planned, 400).keep_alive,
        2,
        "those that come are not chosen"
    );
}

#[test]
fn no_number_of_companies_is_too_small_or_too_large() {
    let config = Config::default();
    for companies in [0, 1, u64::MAX / 2, u64::MAX] {
        let plan = day_plan(&measurements(&config), &planned(), companies);
        assert!(plan.sweep_secs >= 60, "{plan:?}");
    }
    assert_eq!(day_plan(&measurements(&config), &Planned::default(), 1_000).schedule_requests(), 0);
}

fn schedule() -> impl Strategy<Value = ScheduleCost> {
    (0_u64..2_000, 1_u32..400, any::<bool>()).prop_map(|(companies, hours, grows)| {
        let target = if grows { Target::Matching(String::new()) } else { Target::Companies(Vec::new()) };
        invoices(target, companies, hours)
    })
}

proptest! {
    #[test]
    fn more_companies_never_cost_less(
        schedules in prop::collection::vec(schedule(), 0..6),
        idle in (1_u16..400, 0_u64..5_000, 0_u64..500),
        confirmations in 0_u64..500,
        few in 0_u64..200_000,
        more in 0_u64..200_000,
    ) {
        let (days, connections, chosen) = idle;
        let idle = vec![IdleClocks { days, connections, chosen }];
        let planned = Planned { companies: 200, schedules, idle, confirmations };
        let config = Config::default();
        let at = |companies| day_plan(&measurements(&config), &planned, companies);
        let (less, then) = (at(few), at(few + more));
        prop_assert!(less.keep_alive <= then.keep_alive && less.confirmations <= then.confirmations);
        for (one, other) in less.schedules.iter().zip(&then.schedules) {
            prop_assert!(one <= other, "{one} at {few}, {other} at {}", few + more);
        }
    }

    #[test]
    fn at_the_present_number_each_schedule_costs_what_its_page_says(
        schedules in prop::collection::vec(schedule(), 0..6),
        companies in 2_000_u64..1_000_000,
    ) {
        let planned = Planned { companies, schedules: schedules.clone(), ..Planned::default() };
        let config = Config::default();
        let plan = day_plan(&measurements(&config), &planned, companies);
        let own: Vec<_> = schedules.iter().map(ScheduleCost::requests_a_day).collect();
        prop_assert_eq!(plan.schedules, own);
    }
}
