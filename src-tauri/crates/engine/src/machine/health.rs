//! The engine's health, derived from its state.

use domain::{Health, HealthState, Hold};
use jiff::Timestamp;

use super::Engine;

/// The message while Codat's list of companies has no last page.
const ENDLESS: &str = "Codat’s list of companies repeats itself. We kept what we loaded";

impl Engine {
    /// The health of the workspace.
    pub fn health(&self, now: Timestamp) -> Health {
        let quota = &self.saved.quota;
        let state = self.health_state(now);
        let hold = self.hold(now).filter(|_| state == HealthState::Limited);
        let day_end = hold.filter(|hold| *hold != Hold::Quiet).map(|_| quota.day_ends(now));
        let endless = (self.endless_sweeps > 0).then_some(self.next_sweep);
        let sweep_store_retry = self.sweep_store_error.as_ref().map(|_| self.next_sweep);
        let retry = [
            self.connectivity.retry_at,
            endless,
            quota.blocked_until(now),
            self.share_spent_until,
            day_end,
            sweep_store_retry,
        ]
        .into_iter()
        .flatten();
        Health {
            state,
            hold,
            user_limit_reached: quota.user_limit_reached(&self.config, now),
            last_sweep: self.saved.last_sweep,
            next_sweep: (self.full_sweep().is_none() && !self.policy.paused)
                .then_some(self.next_sweep_time()),
            offline_since: self.connectivity.offline_since,
            retry_at: if state == HealthState::Paused {
                self.pause_end
            } else {
                retry.filter(|at| *at > now).max()
            },
            asked_until: [self.connectivity.asked_until, quota.asked_until(now)]
                .into_iter()
                .flatten()
                .filter(|until| *until > now)
                .max(),
            reads_running: self.watches.iter().map(|watch| watch.running).sum(),
            quota_limit: quota.known_limit(),
            quota_remaining: quota.remaining(),
            spent_today: quota.spent_by_all(now),
            used_today: quota.spent_by_app(now),
            left_for_user: quota.left_for_user(&self.config, now),
            message: self.message(),
            unreadable: self.attention.as_ref().map_or(0, |attention| attention.unreadable),
            first_sweep_done: self.saved.baseline,
            sweep_done: self.full_sweep().map(|sweep| sweep.seen.len() as u64),
            sweep_total: self.full_sweep().and_then(|sweep| sweep.total),
        }
    }

    /// The reason for a state that needs attention.
    fn message(&self) -> Option<String> {
        let connectivity = &self.connectivity;
        let rejected = connectivity.rejection.as_ref().map(|rejection| rejection.message.clone());
        let endless = (self.endless_sweeps > 0).then(|| ENDLESS.to_owned());
        let store_error = self.sweep_store_error.as_ref().map(|store_error| store_error.message.clone());
        rejected.or_else(|| connectivity.failing.clone()).or(endless).or(store_error)
    }

    fn health_state(&self, now: Timestamp) -> HealthState {
        if self.connectivity.rejection.is_some() {
            HealthState::Refused
        } else if self.connectivity.offline_since.is_some() {
            HealthState::Offline
        } else if self.connectivity.failing.is_some() || self.endless_sweeps > 0 {
            HealthState::Failing
        } else if self.policy.paused {
            HealthState::Paused
        } else if self.sweep_store_error.is_some() {
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
            let is_spent = self.share_spent_until.is_some_and(|until| until > now)
                || quota.sweep_share_is_spent(&self.config, now);
            is_spent.then_some(Hold::Share)
        }
    }
}
