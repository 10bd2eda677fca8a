//! The daily cost of schedules, keep-alive and sweeps for any number of companies, and how much of it exceeds
//! the share of background work.

use crate::{
    config::Config,
    cost::{IdleClocks, ScheduleCost, scale},
    forecast::{allowance, sweeps_in},
    quota::Quota,
    surroundings::Surroundings,
    sweep::SweepCost,
    sweep_intervals::{SweepIntervals, page_size},
};

const DAY_SECS: u64 = 86_400;

/// The planned work for the present number of companies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planned {
    /// The present number of companies.
    pub companies: u64,
    /// The schedules that are on.
    pub schedules: Vec<ScheduleCost>,
    /// The idle clocks of keep-alive; empty if it is off.
    pub idle: Vec<IdleClocks>,
    /// Second reads per day, as measured. They follow from changes.
    pub confirmations: u64,
}

/// The cost of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPlan {
    /// The number of companies. The connected fraction is as at present.
    pub companies: u64,
    /// The daily quota for that number (§4.2).
    pub limit: u64,
    /// The share of background work.
    pub share: u64,
    /// The part of the share for second reads, keep-alive and schedules.
    pub others: u64,
    /// Requests of full sweeps and status sweeps.
    pub sweeps: u64,
    /// The time between the starts of two full sweeps, in seconds.
    pub sweep_secs: i64,
    /// The time between the starts of two status sweeps, in seconds, if there are any.
    pub status_secs: Option<i64>,
    /// Bytes that sweeps read.
    pub sweep_bytes: u64,
    /// Requests for second reads.
    pub confirmations: u64,
    /// Requests for keep-alive.
    pub keep_alive: u64,
    /// Requests of each schedule, in order.
    pub schedules: Vec<u64>,
    /// Requests for second reads, keep-alive and schedules that exceed the day and wait.
    pub over: u64,
}

impl DayPlan {
    /// Requests of all schedules.
    pub fn schedule_requests(&self) -> u64 {
        self.schedules.iter().fold(0, |sum, one| sum.saturating_add(*one))
    }
}

/// What is known about sweeps at the present number of companies.
pub(crate) struct SweepMeasurements<'a> {
    pub(crate) config: &'a Config,
    pub(crate) full: SweepCost,
    pub(crate) status: Option<SweepCost>,
    pub(crate) supports_status_sweeps: bool,
    /// The present daily quota, if the server has sent it.
    pub(crate) limit: Option<u64>,
}

/// The plan of a day with `companies` companies.
pub(crate) fn day_plan(measurements: &SweepMeasurements<'_>, planned: &Planned, companies: u64) -> DayPlan {
    // The quota tells the number of connected companies. While it is unknown, all count as connected.
    let connected =
        measurements.limit.map_or(planned.companies, |limit| (limit / allowance(0)).saturating_sub(1));
    let limit = allowance(scale(connected, companies, planned.companies));
    let quota = Quota::unspent(limit);
    let shares = quota.shares(measurements.config);
    let sweeps = sweeps(measurements, &quota, planned.companies, companies);
    let schedules: Vec<_> =
        planned.schedules.iter().map(|one| one.requests_at(companies, planned.companies)).collect();
    let idle = planned.idle.iter().map(|idle| idle.requests_per_thousand_days(companies, planned.companies));
    let mut plan = DayPlan {
        companies,
        limit,
        share: shares.whole,
        others: shares.others,
        sweeps: sweeps.requests,
        sweep_secs: sweeps.intervals.full.as_secs(),
        status_secs: sweeps.intervals.status.map(|status| status.as_secs()),
        sweep_bytes: sweeps.bytes,
        confirmations: scale(planned.confirmations, companies, planned.companies),
        keep_alive: idle.fold(0, u64::saturating_add).div_ceil(1_000),
        schedules,
        over: 0,
    };
    plan.over = shares.over(plan.confirmations.saturating_add(plan.keep_alive), plan.schedule_requests());
    plan
}

struct Sweeps {
    intervals: SweepIntervals,
    requests: u64,
    bytes: u64,
}

/// The bytes per company and the fraction of companies with problems are as at present.
fn sweeps(measurements: &SweepMeasurements<'_>, quota: &Quota, now: u64, companies: u64) -> Sweeps {
    let config = measurements.config;
    let size = u64::from(page_size(config, quota, Some(companies), None));
    let scaled = |amount: u64| scale(amount, companies, now);
    let sweep = |cost: SweepCost, companies: u64| SweepCost {
        requests: companies.div_ceil(size).max(1),
        bytes: scaled(cost.bytes),
    };
    let full = sweep(measurements.full, companies);
    // Before the first status sweep: one page.
    let troubled =
        measurements.status.map_or(1, |cost| scaled(cost.requests.saturating_mul(size)).min(companies));
    let status = sweep(measurements.status.unwrap_or_default(), troubled);
    let status = measurements.supports_status_sweeps.then_some(status);
    let intervals = SweepIntervals::new(config, quota, Surroundings::default(), full, status);
    let times = |every: i64| DAY_SECS / u64::try_from(every).unwrap_or(1).max(1);
    let status_bytes = intervals
        .status
        .zip(status)
        .map_or(0, |(every, cost)| times(every.as_secs()).saturating_mul(cost.bytes));
    Sweeps {
        intervals,
        requests: sweeps_in(DAY_SECS, intervals, full, status.unwrap_or_default()),
        bytes: times(intervals.full.as_secs()).saturating_mul(full.bytes).saturating_add(status_bytes),
    }
}

#[cfg(test)]
mod tests;
