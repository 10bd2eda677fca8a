//! What a person is told of the day's allowance, of the rest of the day, and of days with more companies.

use jiff::Timestamp;

use super::Engine;
use crate::{
    forecast::{Forecast, Known},
    planner::{DayPlan, Measured, Planned, day_plan},
    report::QuotaReport,
    usage::Usage,
};

impl Engine {
    /// The day's allowance and what became of it. `planned` is what keep-alive and schedules will send before
    /// the day begins anew.
    pub fn quota(&self, planned: &Usage, now: Timestamp) -> QuotaReport {
        let (quota, config) = (&self.saved.quota, &self.config);
        let days: Vec<_> = quota.days().cloned().collect();
        let (today, resets, share) = (quota.today(now), quota.day_ends(now), quota.background_share(config));
        let known = Known {
            today: &today,
            days: &days,
            ends: resets,
            share,
            rhythm: self.rhythm(now),
            full: self.saved.full_cost,
            status: self.saved.status_cost.unwrap_or_default(),
            planned,
            is_paused: self.paused,
        };
        let forecast = Forecast::new(&known, now);
        QuotaReport {
            limit: quota.known_limit(),
            remaining: quota.remaining(),
            resets,
            today,
            share,
            stop: quota.stop(config),
            stop_percent: quota.stop_percent(config),
            per_minute: quota.per_minute(config, now),
            days,
            forecast,
        }
    }

    /// What a day would cost with so many companies, if each costs what one costs now.
    pub fn day_plan(&self, planned: Planned, companies: u64, now: Timestamp) -> DayPlan {
        let measured = Measured {
            config: &self.config,
            full: self.saved.full_cost,
            status: self.saved.status_cost,
            takes_status: self.saved.no_status_until.is_none_or(|until| now >= until),
            limit: self.saved.quota.known_limit(),
        };
        day_plan(&measured, planned, companies)
    }
}
