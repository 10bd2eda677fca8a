//! Runs that have not ended.

mod active_run;
pub(crate) mod history_probe;
mod run;

pub(crate) use active_run::{ActiveRun, Readiness, StartedItem};
pub use run::{FailureReason, ItemEnd, ItemOutcome, MAX_PROBES_PER_RUN, RunEnded};

use std::collections::BTreeMap;

use domain::{ItemId, OpenRun, Priority, RunAct, RunCause, RunId, RunState};
use jiff::{SignedDuration, Timestamp};

use crate::time::after;
use history_probe::HistoryProbe;

#[derive(Debug, Default)]
pub(crate) struct Runs {
    active: BTreeMap<RunId, ActiveRun>,
    /// The next request of any run is not sent before this time.
    pub(crate) next_request_at: Option<Timestamp>,
    /// When the engine has to advance the runs.
    pub(crate) next_wake: Option<Timestamp>,
    /// When the store checks the results of queued items next.
    pub(crate) check_results_at: Option<Timestamp>,
    /// When histories may be read next. The end of a sweep brings the check forward, but not these requests.
    pub(crate) next_history_reads: Option<Timestamp>,
    pub(crate) probes: BTreeMap<ItemId, HistoryProbe>,
    /// When to load the open runs again after a store error.
    pub(crate) retry_at: Option<Timestamp>,
}

impl Runs {
    pub(crate) fn get_mut(&mut self, id: RunId) -> Option<&mut ActiveRun> {
        self.active.get_mut(&id)
    }

    pub(crate) fn tries(&self, run: RunId, item: ItemId) -> u32 {
        let started = self.active.get(&run).and_then(|active| active.started.get(&item));
        started.map_or(0, |item| item.pending_act.tries)
    }

    /// Whether a run of this cause still has items to send.
    pub(crate) fn has_work(&self, cause: RunCause) -> bool {
        let has_requests = |active: &ActiveRun| active.run.counts.waiting + active.run.counts.sent > 0;
        self.active.values().any(|active| active.run.cause == cause && has_requests(active))
    }

    pub(crate) fn insert(&mut self, run: OpenRun, now: Timestamp) {
        self.active.insert(run.id, ActiveRun::new(run, now));
    }

    pub(crate) fn remove(&mut self, id: RunId) {
        self.active.remove(&id);
    }

    /// The runs of the user first, then those of background work; each by ID.
    pub(crate) fn in_order(&self) -> Vec<RunId> {
        let mut ids: Vec<_> =
            self.active.values().map(|active| (active.run.cause.is_background(), active.run.id)).collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// Updates the runs from the store: adds new ones, and updates or cancels known ones.
    pub(crate) fn sync_from_store(&mut self, open: Vec<OpenRun>, now: Timestamp) {
        for active in self.active.values_mut() {
            if !open.iter().any(|run| run.id == active.run.id) {
                active.run.state = RunState::Cancelled;
            }
        }
        for run in open {
            match self.active.get_mut(&run.id) {
                Some(active) => {
                    active.held_until = None;
                    // Keeps the start in memory, since the clock may have been set back since it was stored.
                    active.run = OpenRun { sent: Vec::new(), starts_at: active.run.starts_at, ..run };
                }
                None => self.insert(run, now),
            }
        }
    }

    /// The number of items without a known result, and of waiting items.
    pub(crate) fn item_counts(&self) -> (u32, u32) {
        let counts = || self.active.values().map(|active| active.run.counts);
        let followed = counts().map(|counts| counts.queued + counts.looking).sum();
        (followed, counts().map(|counts| counts.waiting).sum())
    }

    pub(crate) fn has_user_run_in_progress(&self) -> bool {
        let user_runs = self.active.values().filter(|active| !active.run.cause.is_background());
        user_runs.map(|active| active.run.counts).any(|counts| counts.queued + counts.looking > 0)
    }

    /// Requests that active runs of this priority have yet to send.
    pub(crate) fn remaining_requests(&self, priority: Priority) -> u64 {
        let own = self.active.values().filter(|active| active.run.cause.priority() == priority);
        own.map(|active| u64::from(active.run.counts.waiting) * u64::from(active.run.act.requests_per_item()))
            .sum()
    }

    /// Restarts the countdown of deletes that became due while they were held.
    pub(crate) fn restart_countdowns(&mut self, undo_time: SignedDuration, now: Timestamp) {
        let deletes = self.active.values_mut().filter(|active| active.run.act == RunAct::DeleteCompany);
        for active in
            deletes.filter(|active| active.run.counts.processed() == 0 && active.run.starts_at <= now)
        {
            active.run.starts_at = after(now, undo_time);
        }
    }

    /// All times, for the clock rollback.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let own = self
            .next_request_at
            .iter_mut()
            .chain(&mut self.check_results_at)
            .chain(&mut self.next_history_reads)
            .chain(&mut self.retry_at);
        own.chain(self.active.values_mut().flat_map(ActiveRun::deadlines_mut))
    }

    pub(crate) fn wake_at(&mut self, at: Timestamp) {
        self.next_wake = Some(self.next_wake.map_or(at, |known| known.min(at)));
    }
}
