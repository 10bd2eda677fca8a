//! Reports about the daily quota.

use domain::Priority;
use jiff::Timestamp;

use super::Engine;
use crate::{
    day_plan::{DayPlan, Planned, SweepMeasurements, day_plan},
    forecast::{Forecast, ForecastInput},
    quota_report::QuotaReport,
    usage::Usage,
};

impl Engine {
    /// The daily quota and its use. `planned`: the requests of keep-alive and schedules that start before the
    /// quota resets. Requests of running runs are added.
    pub fn quota_report(&self, planned: &Usage, now: Timestamp) -> QuotaReport {
        let (quota, config) = (&self.saved.quota, &self.config);
        let days: Vec<_> = quota.days().cloned().collect();
        let (today, resets, shares) = (quota.today(now), quota.day_ends(now), quota.shares(config));
        let mut planned = planned.clone();
        for priority in [Priority::KeepAlive, Priority::Schedule] {
            planned.add(priority, self.runs.remaining_requests(priority));
        }
        let input = ForecastInput {
            today: &today,
            days: &days,
            ends: resets,
            shares,
            intervals: self.sweep_intervals(now),
            full: self.saved.full_cost,
            status: self.saved.status_cost.unwrap_or_default(),
            planned: &planned,
            is_paused: self.policy.paused,
        };
        let forecast = Forecast::new(&input, now);
        QuotaReport {
            limit: quota.known_limit(),
            remaining: quota.remaining(),
            spent: quota.spent_by_all(now),
            resets,
            today,
            unaccounted: quota.unaccounted(now),
            share: shares.whole,
            user_limit: quota.user_limit(config),
            user_limit_percent: quota.user_limit_percent(config),
            per_minute: quota.per_minute(config, now),
            days,
            forecast,
        }
    }

    /// The daily share of schedules; none while the daily quota is unknown.
    pub fn schedules_share(&self) -> Option<u64> {
        let quota = &self.saved.quota;
        quota.known_limit().map(|_| quota.shares(&self.config).schedules)
    }

    /// The cost of a day with `companies` companies.
    pub fn day_plan(&self, planned: &Planned, companies: u64, now: Timestamp) -> DayPlan {
        let measurements = SweepMeasurements {
            config: &self.config,
            full: self.saved.full_cost,
            status: self.saved.status_cost,
            supports_status_sweeps: self.saved.no_status_until.is_none_or(|until| now >= until),
            limit: self.saved.quota.known_limit(),
        };
        day_plan(&measurements, planned, companies)
    }
}
