//! Reads of runs that the server took: whether they completed. A sweep shows most; the history of the others is
//! looked at, a few at a time. A sweep shows that a company was read, not that each of its data types was: of
//! those that read all of them, so many of a run are looked at for that, too.

use std::collections::BTreeSet;

use codat::{
    FailureKind, Item, Topic,
    model::{Phase, PullOperation},
    page::PageRequest,
};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    attempt::{Attempt, reads_of},
    effect::{Call, Effect, Signal, StoreTask, Ticket},
    event::{Outcome, Reply},
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
        let most = if busy || !self.is_free(now) { 0 } else { LOOKS };
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
            let Some(live) = self.runs.get_mut(item.run) else { continue };
            let class = live.run.cause.class();
            let purpose = Purpose::Outcome { item: item.id, class };
            let call = Call::Topic(Topic::Reads(item.read.company, newest()));
            if self.runs.looking.insert(item.id, item).is_none() {
                self.outbox.push(purpose, call);
            }
        }
    }

    pub(super) fn outcome_seen(&mut self, id: ItemId, outcome: Outcome, now: Timestamp) {
        let Some(item) = self.runs.looking.remove(&id) else { return };
        let how = match outcome {
            Ok((Reply::Said(said), _)) => {
                let how = became(&item, reads_of(&said));
                let keep = StoreTask::Keep(Topic::Reads(item.read.company, newest()), Ok(said));
                self.effects.push(Effect::Store(Ticket::Aside, keep));
                how
            }
            Ok(_) => return,
            Err(failure) if failure.kind == FailureKind::NotFound => {
                How::Failed(Why::Refused(Box::new(failure)))
            }
            Err(failure) => return self.look_failed(&failure, now),
        };
        let Some(live) = self.runs.get_mut(item.run) else { return };
        let is_small = live.run.counts.total() <= FEW && !live.run.cause.is_background();
        if how == How::Read && is_small {
            self.outbox.push(Purpose::AfterRefresh, Call::Company(item.read.company));
        }
        self.item_ended(item.run, id, how, now);
    }
}

/// What became of an item by the newest reads of its company. One that has yet to end stays queued.
fn became(item: &QueuedItem, reads: Vec<Item<PullOperation>>) -> How {
    let since = Attempt::since_sent(item.sent_at);
    let mut seen = BTreeSet::new();
    let own: Vec<_> = reads
        .into_iter()
        .map(|read| read.value)
        .filter(|read| read.requested >= since)
        .filter(|read| item.read.data_type.as_ref().is_none_or(|wanted| read.data_type == *wanted))
        .filter(|read| item.read.connection.is_none_or(|wanted| read.connection_id == wanted))
        // Newest first: an older read of the same is another matter.
        .filter(|read| seen.insert((read.data_type.clone(), read.connection_id)))
        .collect();
    if own.is_empty() || own.iter().any(|read| read.status.phase() == Phase::Running) {
        return How::Queued;
    }
    let failed: Vec<_> = own.iter().filter(|read| read.status.phase() == Phase::Failed).collect();
    match failed.first() {
        None => How::Read,
        Some(first) => How::Failed(Why::Read {
            data_type: first.data_type.clone(),
            status: first.status.clone(),
            message: first.error_message.clone().filter(|text| !text.is_empty()),
            failed: count(failed.len()),
            of: count(own.len()),
        }),
    }
}

fn newest() -> PageRequest {
    PageRequest { page: 1, page_size: 100, query: None, order_by: Some("-requested".to_owned()) }
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
