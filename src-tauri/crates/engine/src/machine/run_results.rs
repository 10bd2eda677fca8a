//! Finds the results of queued items.
//!
//! Sweeps show most results. For the others the engine reads the history, a few at a time. A sweep shows that
//! a company was read, but not each data type. So the histories of a limited number of items that read all
//! data types are also read.

use codat::FailureKind;
use domain::{ItemId, QueuedItem, RunCounts, RunId};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    call::{Call, Outcome, Reply},
    effect::{Effect, Signal, StoreTask},
    ids::Ticket,
    request_queue::RequestKind,
    runs::{FailureReason, ItemOutcome, history_probe::HistoryProbe},
    time::after,
};

/// Histories per check.
const MAX_PROBES: u32 = 8;
/// Up to this number, items are checked often.
const FEW_ITEMS: u32 = 20;
/// The time between checks for few items.
const SHORT_INTERVAL: SignedDuration = SignedDuration::from_secs(5);
/// The time between checks for many items, which the sweeps show.
const MEDIUM_INTERVAL: SignedDuration = SignedDuration::from_secs(20);
/// The time between checks without a run of the user.
const LONG_INTERVAL: SignedDuration = SignedDuration::from_mins(5);

impl Engine {
    /// Lets the store check the results of queued items, when it is time.
    pub(super) fn poll_run_results(&mut self, now: Timestamp) {
        let (queued, waiting) = self.runs.item_counts();
        if queued == 0 {
            self.runs.check_results_at = None;
            return;
        }
        let again = if !self.runs.has_user_run_in_progress() {
            LONG_INTERVAL
        } else if queued > FEW_ITEMS {
            MEDIUM_INTERVAL
        } else {
            SHORT_INTERVAL
        };
        let first = after(now, again);
        // Brings the next check forward when items of the user are added.
        let at = self.runs.check_results_at.map_or(first, |at| at.min(first));
        self.runs.check_results_at = Some(at);
        if at > now {
            return self.runs.wake_at(at);
        }
        self.runs.check_results_at = now.checked_add(again).ok();
        // While many items wait, they have precedence over histories.
        let busy = queued > FEW_ITEMS && waiting > 0;
        let is_too_soon = self.runs.next_history_reads.is_some_and(|at| at > now);
        let most = if busy || is_too_soon || !self.may_probe(now) { 0 } else { MAX_PROBES };
        if most > 0 {
            self.runs.next_history_reads = now.checked_add(SHORT_INTERVAL).ok();
        }
        self.effects.push(Effect::Store(Ticket::Runs, StoreTask::CheckQueued { most }));
    }

    /// A sweep ended and may show results.
    pub(super) fn poll_run_results_soon(&mut self, now: Timestamp) {
        self.runs.check_results_at = self.runs.check_results_at.map(|_| now);
    }

    pub(super) fn on_results_checked(&mut self, moved: Vec<(RunId, RunCounts)>, probe: Vec<QueuedItem>) {
        for (id, counts) in moved {
            if let Some(active) = self.runs.get_mut(id) {
                active.run.counts = counts;
            }
            self.effects.push(Effect::Signal(Signal::Run(id)));
        }
        for item in probe {
            self.probe_history(HistoryProbe::new(item));
        }
    }

    fn probe_history(&mut self, probe: HistoryProbe) {
        let (id, run) = (probe.item.id, probe.item.run);
        let Some(active) = self.runs.get_mut(run) else { return };
        let kind = RequestKind::ItemHistory { item: id, priority: active.run.cause.priority() };
        let call = Call::Topic(probe.topic());
        if self.runs.probes.insert(id, probe).is_none() {
            self.queue.push(kind, call);
        }
    }

    pub(super) fn on_item_history(&mut self, id: ItemId, outcome: Outcome, now: Timestamp) {
        let Some(probe) = self.runs.probes.remove(&id) else { return };
        let item_outcome = match outcome {
            Ok((Reply::Topic(raw), _)) => {
                let item_outcome = probe.outcome(&raw);
                let keep = StoreTask::SaveTopic(probe.topic(), Ok(raw));
                self.effects.push(Effect::Store(Ticket::Untracked, keep));
                match item_outcome {
                    Some(item_outcome) => item_outcome,
                    None => return self.probe_history(probe.enlarged()),
                }
            }
            Ok(_) => return,
            Err(failure) if failure.kind == FailureKind::NotFound => {
                ItemOutcome::Failed(FailureReason::Refused(Box::new(failure)))
            }
            Err(failure) => return self.on_background_failure(&failure, now),
        };
        let item = probe.item;
        let Some(active) = self.runs.get_mut(item.run) else { return };
        let is_small = active.run.counts.total() <= FEW_ITEMS && !active.run.cause.is_background();
        if item_outcome == ItemOutcome::Read && is_small {
            self.queue.push(RequestKind::AfterRefresh, Call::Company(item.read.company));
        }
        self.on_item_ended(item.run, id, item_outcome, now);
    }
}
