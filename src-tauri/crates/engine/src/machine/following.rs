//! Reads of runs that the server took: whether they completed. A sweep shows most; the history of the others is
//! looked at, a few at a time. A sweep shows that a company was read, not that each of its data types was: of
//! those that read all of them, so many of a run are looked at for that, too.

use codat::FailureKind;
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    effect::{Call, Effect, Signal, StoreTask, Ticket},
    event::{Outcome, Reply},
    look::Look,
    outbox::Purpose,
    run::{How, ItemId, QueuedItem, RunCounts, RunId, Why},
};

/// Histories that are looked at in one go.
const LOOKS: u32 = 8;
/// So few are followed closely.
const FEW: u32 = 20;
/// How soon is looked again at few.
const SOON: SignedDuration = SignedDuration::from_secs(5);
/// And at many: the sweeps do most of it.
const LATER: SignedDuration = SignedDuration::from_secs(20);
/// And where nobody waits.
const SELDOM: SignedDuration = SignedDuration::from_mins(5);

impl Engine {
    /// Has the store say what is known of reads that were taken, when it is time.
    pub(super) fn follow_runs(&mut self, now: Timestamp) {
        let (queued, waiting) = self.runs.under_way();
        if queued == 0 {
            self.runs.settle_at = None;
            return;
        }
        let again = if !self.runs.follows_closely() {
            SELDOM
        } else if queued > FEW {
            LATER
        } else {
            SOON
        };
        let first = now.saturating_add(again).unwrap_or(Timestamp::MAX);
        // Where a person's reads come to those that nobody waits for, it is sooner.
        let at = self.runs.settle_at.map_or(first, |at| at.min(first));
        self.runs.settle_at = Some(at);
        if at > now {
            return self.runs.wake_at(at);
        }
        self.runs.settle_at = now.checked_add(again).ok();
        // While many are still to be asked for, the allowance is theirs.
        let busy = queued > FEW && waiting > 0;
        let is_too_soon = self.runs.next_history_reads.is_some_and(|at| at > now);
        let most = if busy || is_too_soon || !self.is_free(now) { 0 } else { LOOKS };
        if most > 0 {
            self.runs.next_history_reads = now.checked_add(SOON).ok();
        }
        self.effects.push(Effect::Store(Ticket::Runs, StoreTask::SettleQueued { most }));
    }

    /// A sweep has ended: it may have shown what became of reads.
    pub(super) fn settle_soon(&mut self, now: Timestamp) {
        self.runs.settle_at = self.runs.settle_at.map(|_| now);
    }

    pub(super) fn settled(&mut self, moved: Vec<(RunId, RunCounts)>, look: Vec<QueuedItem>) {
        for (id, counts) in moved {
            if let Some(live) = self.runs.get_mut(id) {
                live.run.counts = counts;
            }
            self.effects.push(Effect::Signal(Signal::Run(id)));
        }
        for item in look {
            self.look(Look::at(item));
        }
    }

    fn look(&mut self, look: Look) {
        let (id, run) = (look.item.id, look.item.run);
        let Some(live) = self.runs.get_mut(run) else { return };
        let purpose = Purpose::Outcome { item: id, class: live.run.cause.class() };
        let call = Call::Topic(look.topic());
        if self.runs.looking.insert(id, look).is_none() {
            self.outbox.push(purpose, call);
        }
    }

    pub(super) fn outcome_seen(&mut self, id: ItemId, outcome: Outcome, now: Timestamp) {
        let Some(look) = self.runs.looking.remove(&id) else { return };
        let how = match outcome {
            Ok((Reply::Said(said), _)) => {
                let how = look.became(&said);
                let keep = StoreTask::Keep(look.topic(), Ok(said));
                self.effects.push(Effect::Store(Ticket::Aside, keep));
                match how {
                    Some(how) => how,
                    None => return self.look(look.further()),
                }
            }
            Ok(_) => return,
            Err(failure) if failure.kind == FailureKind::NotFound => {
                How::Failed(Why::Refused(Box::new(failure)))
            }
            Err(failure) => return self.look_failed(&failure, now),
        };
        let item = look.item;
        let Some(live) = self.runs.get_mut(item.run) else { return };
        let is_small = live.run.counts.total() <= FEW && !live.run.cause.is_background();
        if how == How::Read && is_small {
            self.outbox.push(Purpose::AfterRefresh, Call::Company(item.read.company));
        }
        self.item_ended(item.run, id, how, now);
    }
}
