//! The part of the state that outlives a restart.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{quota::Quota, rhythm::Cost};

/// What outlives a restart. Acts and pending deletes do not: quitting cancels what was not sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub(super) quota: Quota,
    pub(super) last_sweep: Option<Timestamp>,
    /// When the last sweep that read to the end began.
    #[serde(default)]
    pub(super) last_sweep_began: Option<Timestamp>,
    pub(super) baseline: bool,
    /// What the last sweep of each kind took, and how many companies there were.
    pub(super) full_cost: Cost,
    pub(super) status_cost: Option<Cost>,
    pub(super) companies: Option<u64>,
    /// The server takes no status sweeps until then.
    pub(super) no_status_until: Option<Timestamp>,
    pub(super) integrations_at: Option<Timestamp>,
    /// When a person was asked last about idle clocks.
    #[serde(default)]
    pub(super) asked_at: Option<Timestamp>,
    /// The time of the last event. A later start that finds it in the future knows that the clock was set back.
    #[serde(default)]
    pub(super) clock: Timestamp,
}

impl Saved {
    /// The state before the first start.
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            quota: Quota::default(),
            last_sweep: None,
            last_sweep_began: None,
            baseline: false,
            full_cost: Cost { requests: 1, bytes: 0 },
            status_cost: None,
            companies: None,
            no_status_until: None,
            integrations_at: None,
            asked_at: None,
            clock: now,
        }
    }

    /// An event comes at this time. Returns by how much the clock was set back since the last one, if it was, and
    /// moves every time in it.
    pub(super) fn follow_the_clock(&mut self, now: Timestamp) -> Option<SignedDuration> {
        let back = self.clock.duration_since(now);
        self.clock = now;
        back.is_positive().then(|| {
            self.times().for_each(|at| *at = at.saturating_sub(back).unwrap_or(Timestamp::MIN));
            back
        })
    }

    /// Every time in it but those of the clock and of the day.
    fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let sweeps = self.last_sweep.iter_mut().chain(&mut self.last_sweep_began);
        let others =
            self.no_status_until.iter_mut().chain(&mut self.integrations_at).chain(&mut self.asked_at);
        sweeps.chain(others).chain(self.quota.times())
    }
}
