//! What the present schedules, keep-alive and sweeps will cost a day, at any number of companies, and what of
//! it is more than background work may spend.

use crate::{
    config::Config,
    cost::{IdleClocks, ScheduleCost, scale},
    forecast::{allowance, sweeps_in},
    quota::Quota,
    rhythm::{Cost, Rhythm, Surroundings, page_size},
};

const DAY_SECS: u64 = 86_400;

/// What is planned, at the number of companies that there are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planned {
    /// Companies that there are.
    pub companies: u64,
    /// The schedules that run.
    pub schedules: Vec<ScheduleCost>,
    /// What keep-alive has to see to; nothing where it is off.
    pub idle: Vec<IdleClocks>,
    /// Second looks a day: they follow what changes, so this is what they were.
    pub looks: u64,
}

/// What a day costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPlan {
    /// At so many companies, as many of a hundred of them connected as now.
    pub companies: u64,
    /// The allowance that goes with them (§4.2).
    pub limit: u64,
    /// What background work may spend of it.
    pub share: u64,
    /// What of that is for looks, keep-alive and schedules.
    pub others: u64,
    /// Requests of full sweeps and status sweeps.
    pub sweeps: u64,
    /// From the start of one full sweep to the start of the next, in seconds.
    pub sweep_secs: i64,
    /// The same for status sweeps, where there are any.
    pub status_secs: Option<i64>,
    /// Bytes of the sweeps.
    pub sweep_bytes: u64,
    /// Requests of second looks.
    pub looks: u64,
    /// Requests for keep-alive.
    pub keep_alive: u64,
    /// Requests of each schedule, in their order.
    pub schedules: Vec<u64>,
    /// What of looks, keep-alive and schedules does not fit into a day: it waits.
    pub over: u64,
}

impl DayPlan {
    /// Requests of all schedules.
    pub fn of_schedules(&self) -> u64 {
        self.schedules.iter().fold(0, |sum, one| sum.saturating_add(*one))
    }
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

/// A day with so many companies.
pub(crate) fn day_plan(measured: &Measured<'_>, planned: &Planned, companies: u64) -> DayPlan {
    // By the allowance one knows how many are connected; until it is known, all are taken to be.
    let connected =
        measured.limit.map_or(planned.companies, |limit| (limit / allowance(0)).saturating_sub(1));
    let limit = allowance(scale(connected, companies, planned.companies));
    let quota = Quota::unspent(limit);
    let shares = quota.shares(measured.config);
    let sweeps = sweeps(measured, &quota, planned.companies, companies);
    let schedules: Vec<_> =
        planned.schedules.iter().map(|one| one.requests_at(companies, planned.companies)).collect();
    let idle = planned.idle.iter().map(|idle| idle.in_a_thousand_days(companies, planned.companies));
    let mut plan = DayPlan {
        companies,
        limit,
        share: shares.whole,
        others: shares.others,
        sweeps: sweeps.requests,
        sweep_secs: sweeps.rhythm.full.as_secs(),
        status_secs: sweeps.rhythm.status.map(|status| status.as_secs()),
        sweep_bytes: sweeps.bytes,
        looks: scale(planned.looks, companies, planned.companies),
        keep_alive: idle.fold(0, u64::saturating_add).div_ceil(1_000),
        schedules,
        over: 0,
    };
    plan.over = shares.over(plan.looks.saturating_add(plan.keep_alive), plan.of_schedules());
    plan
}

/// The sweeps of a day.
struct Sweeps {
    rhythm: Rhythm,
    requests: u64,
    bytes: u64,
}

/// Each company takes as many bytes as one takes now, and as many of a hundred are in trouble.
fn sweeps(measured: &Measured<'_>, quota: &Quota, now: u64, companies: u64) -> Sweeps {
    let config = measured.config;
    let size = u64::from(page_size(config, quota, Some(companies), None));
    let scaled = |amount: u64| scale(amount, companies, now);
    let sweep = |cost: Cost, companies: u64| Cost {
        requests: companies.div_ceil(size).max(1),
        bytes: scaled(cost.bytes),
    };
    let full = sweep(measured.full, companies);
    // Before the first status sweep, one page.
    let troubled =
        measured.status.map_or(1, |cost| scaled(cost.requests.saturating_mul(size)).min(companies));
    let status = sweep(measured.status.unwrap_or_default(), troubled);
    let status = measured.takes_status.then_some(status);
    let rhythm = Rhythm::new(config, quota, Surroundings::default(), full, status);
    let times = |every: i64| DAY_SECS / u64::try_from(every).unwrap_or(1).max(1);
    let status_bytes = rhythm
        .status
        .zip(status)
        .map_or(0, |(every, cost)| times(every.as_secs()).saturating_mul(cost.bytes));
    Sweeps {
        rhythm,
        requests: sweeps_in(DAY_SECS, rhythm, full, status.unwrap_or_default()),
        bytes: times(rhythm.full.as_secs()).saturating_mul(full.bytes).saturating_add(status_bytes),
    }
}

#[cfg(test)]
mod tests;
