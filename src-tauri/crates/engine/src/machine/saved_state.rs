//! The part of the state that survives a restart.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{quota::Quota, sweep::SweepCost, time::before};

/// The state that survives a restart. Acts and pending deletes do not: quitting cancels what was not sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SavedState {
    pub(super) quota: Quota,
    pub(super) last_sweep: Option<Timestamp>,
    /// When the last complete full sweep began.
    #[serde(default)]
    pub(super) last_sweep_began: Option<Timestamp>,
    pub(super) baseline: bool,
    /// The cost of the last sweep of each kind, and the number of companies.
    pub(super) full_cost: SweepCost,
    pub(super) status_cost: Option<SweepCost>,
    pub(super) companies: Option<u64>,
    /// The server rejected the query of status sweeps; they are tried again then.
    pub(super) no_status_until: Option<Timestamp>,
    pub(super) integrations_at: Option<Timestamp>,
    /// When the user was last asked about idle clocks.
    #[serde(default)]
    pub(super) asked_at: Option<Timestamp>,
    /// The time of the last event. A restart with an earlier time detects a clock rollback.
    #[serde(default)]
    pub(super) clock: Timestamp,
}

impl SavedState {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            quota: Quota::default(),
            last_sweep: None,
            last_sweep_began: None,
            baseline: false,
            full_cost: SweepCost { requests: 1, bytes: 0 },
            status_cost: None,
            companies: None,
            no_status_until: None,
            integrations_at: None,
            asked_at: None,
            clock: now,
        }
    }

    /// Moves every time back if the clock was set back since the last event. Returns by how much.
    pub(super) fn adjust_for_clock_rollback(&mut self, now: Timestamp) -> Option<SignedDuration> {
        let back = self.clock.duration_since(now);
        self.clock = now;
        back.is_positive().then(|| {
            self.deadlines_mut().for_each(|at| *at = before(*at, back));
            back
        })
    }

    /// All times except the clock and the end of the day.
    fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let sweeps = self.last_sweep.iter_mut().chain(&mut self.last_sweep_began);
        let others =
            self.no_status_until.iter_mut().chain(&mut self.integrations_at).chain(&mut self.asked_at);
        sweeps.chain(others).chain(self.quota.deadlines_mut())
    }
}
