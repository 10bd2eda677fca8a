//! What a person is told of the day's allowance, of the rest of the day, and of days with more companies.

use jiff::Timestamp;

use super::Engine;
use crate::{
    class::Class,
    forecast::{Forecast, Known},
    planner::{DayPlan, Measured, Planned, day_plan},
    report::QuotaReport,
    usage::Usage,
};

impl Engine {
    /// The day's allowance and what became of it. `planned` is what keep-alive and schedules will begin before
    /// the day begins anew; what they have in hand comes on top.
    pub fn quota(&self, planned: &Usage, now: Timestamp) -> QuotaReport {
        let (quota, config) = (&self.saved.quota, &self.config);
        let days: Vec<_> = quota.days().cloned().collect();
        let (today, resets, shares) = (quota.today(now), quota.day_ends(now), quota.shares(config));
        let mut planned = planned.clone();
        for class in [Class::KeepAlive, Class::Schedule] {
            planned.add(class, self.runs.to_come(class));
        }
        let known = Known {
            today: &today,
            days: &days,
            ends: resets,
            shares,
            rhythm: self.rhythm(now),
            full: self.saved.full_cost,
            status: self.saved.status_cost.unwrap_or_default(),
            planned: &planned,
            is_paused: self.policy.paused,
        };
        let forecast = Forecast::new(&known, now);
        QuotaReport {
            limit: quota.known_limit(),
            remaining: quota.remaining(),
            spent: quota.spent_by_all(now),
            resets,
            today,
            lost: quota.lost(now),
            share: shares.whole,
            stop: quota.stop(config),
            stop_percent: quota.stop_percent(config),
            per_minute: quota.per_minute(config, now),
            days,
            forecast,
        }
    }

    /// What schedules may take of a day, where the server has told what a day has.
    pub fn schedules_share(&self) -> Option<u64> {
        let quota = &self.saved.quota;
        quota.known_limit().map(|_| quota.shares(&self.config).schedules)
    }

    /// What a day would cost with so many companies.
    pub fn day_plan(&self, planned: &Planned, companies: u64, now: Timestamp) -> DayPlan {
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
