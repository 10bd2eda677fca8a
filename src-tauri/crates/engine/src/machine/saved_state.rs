//! The part of the state that survives a restart, and when it is saved.

use std::collections::BTreeMap;

use domain::{ScheduleId, Severity};
use jiff::{SignedDuration, Timestamp, civil};
use serde::{Deserialize, Serialize};

use super::Engine;
use crate::{
    alerts::incidents::Incidents,
    effect::{Effect, StoreTask},
    event::StoreReply,
    ids::Ticket,
    quota::Quota,
    sweep::SweepCost,
    time::before,
};

/// The minimum time between two saves, unless the quota needs one sooner.
const SAVE_INTERVAL: SignedDuration = SignedDuration::from_mins(5);

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
    /// The local date of the last daily reminder.
    #[serde(default)]
    pub(super) reminded_on: Option<civil::Date>,
    /// By schedule, the number of its last runs that failed.
    #[serde(default)]
    pub(super) failed_runs: BTreeMap<ScheduleId, u32>,
    /// The end of the quota's day for which the user was warned.
    #[serde(default)]
    pub(super) quota_warned_for: Option<Timestamp>,
    /// The outages of platforms.
    #[serde(default)]
    pub(super) incidents: Incidents,
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
            reminded_on: None,
            failed_runs: BTreeMap::new(),
            quota_warned_for: None,
            incidents: Incidents::default(),
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
        let others = others.chain(&mut self.quota_warned_for);
        sweeps.chain(others).chain(self.incidents.deadlines_mut()).chain(self.quota.deadlines_mut())
    }
}

impl Engine {
    /// The state to save.
    pub fn saved(&self) -> &SavedState {
        &self.saved
    }

    /// The state to save at the end, when no more requests are sent. It releases the reserved quota.
    pub fn final_state(&mut self) -> &SavedState {
        self.saved.quota.release_reserve();
        &self.saved
    }

    /// Saves the quota before requests exceed the saved reserve.
    pub(super) fn save_quota_ahead(&mut self, now: Timestamp) {
        if self.saved.quota.needs_save() {
            self.save_state(now);
        }
    }

    pub(super) fn save_state(&mut self, now: Timestamp) {
        self.saved.quota.reserve();
        self.saved_at = Some(now);
        self.effects.push(Effect::Store(Ticket::State, StoreTask::SaveState));
    }

    /// Reports a failed save once, and retries it.
    pub(super) fn on_state_stored(&mut self, outcome: Result<StoreReply, String>) {
        let failed_before = self.is_unsaved;
        self.is_unsaved = outcome.is_err();
        let Err(message) = outcome else { return };
        self.saved.quota.on_save_error();
        if !failed_before {
            self.notice(Severity::Error, message);
        }
    }

    pub(super) fn save_is_due(&self, now: Timestamp) -> bool {
        self.saved_at.is_none_or(|at| now.duration_since(at) >= SAVE_INTERVAL)
    }
}
