//! What the present schedules, keep-alive and sweeps cost a day, at any number of companies.

use codat::error::RateLimit;

use crate::{
    config::Config,
    forecast::{allowance, sweeps_in},
    quota::Quota,
    rhythm::{Cost, Rhythm, Surroundings, page_size},
};

const DAY_SECS: u64 = 86_400;

/// What is planned at the number of companies that there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Planned {
    /// Companies that there are.
    pub companies: u64,
    /// Requests a week for keep-alive.
    pub keep_alive_a_week: u64,
    /// Requests a week for the schedules that are on.
    pub schedules_a_week: u64,
}

/// What a day costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPlan {
    /// At so many companies, as many of a hundred of them connected as now.
    pub companies: u64,
    /// The allowance that goes with them (§4.2).
    pub limit: u64,
    /// What background work may spend of it.
    pub share: u64,
    /// Requests of full sweeps and status sweeps.
    pub sweeps: u64,
    /// From the start of one full sweep to the start of the next, in seconds.
    pub sweep_secs: i64,
    /// The same for status sweeps, where there are any.
    pub status_secs: Option<i64>,
    /// Bytes of the sweeps.
    pub sweep_bytes: u64,
    /// Requests for keep-alive.
    pub keep_alive: u64,
    /// Requests of schedules.
    pub schedules: u64,
}

/// What is known of sweeps at the number of companies that there are.
pub(crate) struct Measured<'a> {
    pub(crate) config: &'a Config,
    pub(crate) full: Cost,
    pub(crate) status: Option<Cost>,
    pub(crate) takes_status: bool,
    /// The day's allowance now, where the server has told it.
    pub(crate) limit: Option<u64>,
}

/// A day with so many companies, each of which costs what one costs now.
pub(crate) fn day_plan(measured: &Measured<'_>, planned: Planned, companies: u64) -> DayPlan {
    // By the allowance one knows how many are connected; until it is known, all are taken to be.
    let connected =
        measured.limit.map_or(planned.companies, |limit| (limit / allowance(0)).saturating_sub(1));
    let limit = allowance(scale(connected, companies, planned.companies));
    let mut quota = Quota::default();
    quota.heard(Some(RateLimit { limit, remaining: limit, reset: None }));
    let config = measured.config;
    let size = u64::from(page_size(config, &quota, Some(companies), None));
    let scaled = |amount: u64| scale(amount, companies, planned.companies);
    let sweep = |cost: Cost, companies: u64| Cost {
        requests: companies.div_ceil(size).max(1),
        bytes: scaled(cost.bytes),
    };
    let full = sweep(measured.full, companies);
    // As many of a hundred are in trouble as now; before the first status sweep, one page.
    let troubled =
        measured.status.map_or(1, |cost| scaled(cost.requests.saturating_mul(size)).min(companies));
    let status = sweep(measured.status.unwrap_or_default(), troubled);
    let status = measured.takes_status.then_some(status);
    let rhythm = Rhythm::new(config, &quota, Surroundings::default(), full, status);
    let times = |every: i64| DAY_SECS / u64::try_from(every).unwrap_or(1).max(1);
    let status_bytes = rhythm
        .status
        .zip(status)
        .map_or(0, |(every, cost)| times(every.as_secs()).saturating_mul(cost.bytes));
    DayPlan {
        companies,
        limit,
        share: quota.background_share(config),
        sweeps: sweeps_in(DAY_SECS, rhythm, full, status.unwrap_or_default()),
        sweep_secs: rhythm.full.as_secs(),
        status_secs: rhythm.status.map(|status| status.as_secs()),
        sweep_bytes: times(rhythm.full.as_secs()).saturating_mul(full.bytes).saturating_add(status_bytes),
        keep_alive: scaled(planned.keep_alive_a_week).div_ceil(7),
        schedules: scaled(planned.schedules_a_week).div_ceil(7),
    }
}

/// What is paid for each of so many companies now, for so many of them.
fn scale(amount: u64, companies: u64, now: u64) -> u64 {
    let scaled = u128::from(amount) * u128::from(companies) / u128::from(now.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(config: &Config) -> Measured<'_> {
        // 200 companies of 2 kB, 10 of them in trouble.
        Measured {
            config,
            full: Cost { requests: 1, bytes: 400_000 },
            status: Some(Cost { requests: 1, bytes: 20_000 }),
            takes_status: true,
            limit: None,
        }
    }

    const PLANNED: Planned = Planned { companies: 200, keep_alive_a_week: 14, schedules_a_week: 1_400 };

    #[test]
    fn at_the_present_number_a_day_costs_what_is_planned() {
        let config = Config::default();
        let plan = day_plan(&measured(&config), PLANNED, 200);
        assert_eq!((plan.limit, plan.share), (201_000, 10_050));
        assert_eq!((plan.keep_alive, plan.schedules), (2, 200));
        assert_eq!((plan.sweep_secs, plan.status_secs, plan.sweeps), (60, None, 1_440));
        assert_eq!(plan.sweep_bytes, 1_440 * 400_000);
    }

    #[test]
    fn at_five_hundred_times_as_many_each_company_costs_the_same_and_sweeps_what_they_may() {
        let config = Config::default();
        let plan = day_plan(&measured(&config), PLANNED, 100_000);
        assert_eq!((plan.limit, plan.schedules, plan.keep_alive), (100_001_000, 100_000, 1_000));
        assert!(plan.sweep_bytes <= config.sweep_bytes_a_day, "{plan:?}");
        assert!(plan.sweeps <= plan.share / 2, "{plan:?}");
        assert!(plan.status_secs.is_some(), "full sweeps are far apart: {plan:?}");
    }

    #[test]
    fn as_many_are_taken_to_be_connected_as_the_allowance_says() {
        let config = Config::default();
        let half = Measured { limit: Some(101_000), ..measured(&config) };
        assert_eq!(day_plan(&half, PLANNED, 200).limit, 101_000);
        assert_eq!(day_plan(&half, PLANNED, 10_000).limit, 5_001_000);
    }

    #[test]
    fn no_number_of_companies_is_too_small_or_too_large() {
        let config = Config::default();
        for companies in [0, 1, u64::MAX / 2, u64::MAX] {
            let plan = day_plan(&measured(&config), PLANNED, companies);
            assert!(plan.sweep_secs >= 60, "{plan:?}");
        }
        let none = Planned::default();
        assert_eq!(day_plan(&measured(&config), none, 1_000).schedules, 0);
    }
}
