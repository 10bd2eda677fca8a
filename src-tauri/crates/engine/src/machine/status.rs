//! The engine's health, derived from its state.

use jiff::Timestamp;

use super::Engine;
use crate::health::{Health, HealthState, Hold};

/// The message while Codat's list of companies has no last page.
const ENDLESS: &str = "Codat’s list of companies repeats itself. We kept what we loaded";

impl Engine {
    /// The health that the status bar and the tray show.
    pub fn health(&self, now: Timestamp) -> Health {
        let quota = &self.saved.quota;
        let state = self.health_state(now);
        let hold = self.hold(now).filter(|_| state == HealthState::Limited);
        let day = hold.filter(|hold| *hold != Hold::Quiet).map(|_| quota.day_ends(now));
        let endless = (self.endless_sweeps > 0).then_some(self.next_sweep);
        let kept_at = self.not_saved.as_ref().map(|_| self.next_sweep);
        let retry = [self.reach.retry_at, endless, quota.blocked_until(now), self.spent_until, day, kept_at]
            .into_iter()
            .flatten();
        Health {
            state,
            hold,
            asks: quota.stops(&self.config, now),
            last_sweep: self.saved.last_sweep,
            next_sweep: (self.full_sweep().is_none() && !self.policy.paused)
                .then_some(self.next_sweep_of_any()),
            offline_since: self.reach.offline_since,
            retry_at: retry.filter(|at| *at > now).max(),
            asked_until: [self.reach.asked_until, quota.asked_until(now)]
                .into_iter()
                .flatten()
                .filter(|until| *until > now)
                .max(),
            reads_running: self.watches.iter().map(|watch| watch.running).sum(),
            quota_limit: quota.known_limit(),
            quota_remaining: quota.remaining(),
            spent_today: quota.spent_by_all(now),
            used_today: quota.spent(now),
            left_for_person: quota.left_for_person(&self.config, now),
            message: self.message(),
            unreadable: self.attention.as_ref().map_or(0, |attention| attention.unreadable),
            first_sweep_done: self.saved.baseline,
            sweep_done: self.full_sweep().map(|sweep| sweep.seen.len() as u64),
            sweep_total: self.full_sweep().and_then(|sweep| sweep.total),
        }
    }

    /// The reason for a state that needs attention.
    fn message(&self) -> Option<String> {
        let reach = &self.reach;
        let refused = reach.refused.as_ref().map(|refusal| refusal.message.clone());
        let endless = (self.endless_sweeps > 0).then(|| ENDLESS.to_owned());
        let not_saved = self.not_saved.as_ref().map(|not_saved| not_saved.message.clone());
        refused.or_else(|| reach.failing.clone()).or(endless).or(not_saved)
    }

    fn health_state(&self, now: Timestamp) -> HealthState {
        if self.reach.refused.is_some() {
            HealthState::Refused
        } else if self.reach.offline_since.is_some() {
            HealthState::Offline
        } else if self.reach.failing.is_some() || self.endless_sweeps > 0 {
            HealthState::Failing
        } else if self.policy.paused {
            HealthState::Paused
        } else if self.not_saved.is_some() {
            HealthState::NotSaved
        } else if self.hold(now).is_some() {
            HealthState::Limited
        } else if self.full_sweep().is_some() {
            HealthState::Sweeping
        } else if self.saved.baseline {
            HealthState::Current
        } else {
            HealthState::Starting
        }
    }

    fn hold(&self, now: Timestamp) -> Option<Hold> {
        let quota = &self.saved.quota;
        if quota.is_exhausted(now) {
            Some(Hold::Day)
        } else if quota.blocked_until(now).is_some() {
            Some(Hold::Quiet)
        } else {
            let is_spent = self.spent_until.is_some_and(|until| until > now)
                || quota.sweeps_are_spent(&self.config, now);
            is_spent.then_some(Hold::Share)
        }
    }
}
