//! The store: the items of the run with their state.

use std::collections::BTreeMap;

use domain::{ItemId, OpenRun, QueuedItem, ReadRequest, RunCounts, RunProgress, RunState, SentItem};
use engine::{ItemOutcome, RunEnded, StoreReply, StoreTask};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{RUN, World};

/// A stored item.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) read: ReadRequest,
    pub(crate) state: State,
    pub(crate) key: Option<Uuid>,
    pub(crate) sent_at: Timestamp,
    pub(crate) tries: u32,
    pub(crate) not_before: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Sent,
    Queued,
    Running,
    Read,
    Failed,
    Cancelled,
}

impl World {
    pub(super) fn carry(&mut self, task: StoreTask) -> StoreReply {
        match task {
            StoreTask::OpenRuns if self.ended.is_some() => StoreReply::Runs(Vec::new()),
            StoreTask::OpenRuns => StoreReply::Runs(vec![self.open()]),
            StoreTask::AdvanceRun { ends, take, .. } => {
                self.steps += 1;
                for end in ends {
                    self.end(end.item, end.outcome);
                }
                let mut taken = Vec::new();
                for key in take.into_iter().flat_map(|take| take.keys) {
                    taken.extend(self.take(key));
                }
                let waiting = self.items.values().filter(|item| item.state == State::Waiting);
                let next_at = waiting.filter_map(|item| item.not_before).min();
                let next_at = next_at.filter(|_| taken.is_empty());
                StoreReply::RunMoved(RunProgress {
                    id: RUN,
                    taken,
                    counts: self.counts(),
                    pending_reads: 0,
                    next_at,
                })
            }
            StoreTask::CheckQueued { most } => {
                StoreReply::QueuedChecked { moved: Vec::new(), probe: self.due_looks(most) }
            }
            StoreTask::EndRun { id, cause } => {
                let counts = self.counts();
                let counts = RunCounts { queued: 0, unseen: counts.queued, ..counts };
                StoreReply::RunEnded(RunEnded { id, cause, counts })
            }
            StoreTask::ReadHistories(..) => {
                self.standings_asked.push(self.now);
                StoreReply::ReadHistories(self.standings.clone())
            }
            StoreTask::FindMissing(_) => StoreReply::Missing(Vec::new()),
            StoreTask::RecordAlerts { alerts, .. } => StoreReply::Alerts {
                numbers: alerts.iter().map(|alert| alert.seq).zip(1..).collect(),
                integration_sizes: BTreeMap::new(),
                troubles: BTreeMap::new(),
            },
            StoreTask::Apply { .. } => StoreReply::Applied(engine::Applied::default()),
            StoreTask::RemoveCompany(company, _) => {
                self.removed.push(company);
                StoreReply::Applied(engine::Applied::default())
            }
            StoreTask::RemoveConnection(..)
            | StoreTask::SaveTopic(..)
            | StoreTask::Integrations(_)
            | StoreTask::Schedule(..)
            | StoreTask::SkipConsentWarnings
            | StoreTask::SkipAlerts(_)
            | StoreTask::EndSnoozes
            | StoreTask::OpenAlerts
            | StoreTask::KeepAlive(..)
            | StoreTask::SaveState => StoreReply::Done,
            StoreTask::ConsentsDue { .. } => StoreReply::Consents(Vec::new()),
            StoreTask::IdleDue { .. } => StoreReply::Idle { idle: Vec::new(), total: 0 },
            StoreTask::Warn(_) => StoreReply::Warned(Vec::new()),
        }
    }

    /// Each is checked every ten seconds, the longest unchecked first.
    fn due_looks(&mut self, most: u32) -> Vec<QueuedItem> {
        let due = self.now - SignedDuration::from_secs(10);
        let queued = self.items.iter().filter(|(_, item)| item.state == State::Queued);
        let seen = |number: &ItemId, item: &Item| self.looked.get(number).copied().unwrap_or(item.sent_at);
        let mut found: Vec<_> = queued
            .filter(|(number, item)| seen(number, item) <= due)
            .map(|(number, item)| (seen(number, item), *number, item.read.clone(), item.sent_at))
            .collect();
        found.sort_by_key(|(seen, number, ..)| (*seen, *number));
        found.truncate(most as usize);
        for (_, number, ..) in &found {
            self.looked.insert(*number, self.now);
        }
        let item = |(_, id, read, sent_at)| QueuedItem { id, run: RUN, read, sent_at };
        found.into_iter().map(item).collect()
    }

    pub(super) fn open(&self) -> OpenRun {
        let sent = self.items.iter().filter(|(_, item)| item.state == State::Sent);
        OpenRun {
            id: RUN,
            cause: self.cause,
            act: self.act.clone(),
            state: self.state,
            starts_at: self.starts_at,
            spread: self.spread,
            counts: self.counts(),
            pending_reads: 0,
            sent: sent.filter_map(|(number, item)| sent_item(*number, item)).collect(),
        }
    }

    fn end(&mut self, number: ItemId, outcome: ItemOutcome) {
        let cancelled = self.state == RunState::Cancelled;
        let item = self.items.get_mut(&number).expect("an item");
        assert!(matches!(item.state, State::Sent | State::Queued), "{number:?} had ended: {item:?}");
        let back = if cancelled { State::Cancelled } else { State::Waiting };
        match outcome {
            // Reads without a duration are complete at once.
            ItemOutcome::Queued if self.reads_take.is_some() => item.state = State::Queued,
            ItemOutcome::Queued | ItemOutcome::Read => item.state = State::Read,
            ItemOutcome::Running => item.state = State::Running,
            ItemOutcome::Failed(why) => {
                item.state = State::Failed;
                self.why = Some(why);
            }
            ItemOutcome::Retry(at) => {
                item.state = back;
                item.tries += 1;
                item.not_before = Some(at);
            }
            ItemOutcome::Unsent => item.state = back,
        }
    }

    fn take(&mut self, key: Uuid) -> Option<SentItem> {
        let now = self.now;
        let due = |item: &Item| item.state == State::Waiting && item.not_before.is_none_or(|at| at <= now);
        let (number, item) = self.items.iter_mut().find(|(_, item)| due(item))?;
        item.state = State::Sent;
        item.key = Some(key);
        item.sent_at = now;
        sent_item(*number, item)
    }

    pub(crate) fn counts(&self) -> RunCounts {
        let count = |state| self.items.values().filter(|item| item.state == state).count() as u32;
        RunCounts {
            waiting: count(State::Waiting),
            sent: count(State::Sent),
            queued: count(State::Queued),
            running: count(State::Running),
            read: count(State::Read),
            failed: count(State::Failed),
            skipped: 0,
            cancelled: count(State::Cancelled),
            ..RunCounts::default()
        }
    }
}

fn sent_item(number: ItemId, item: &Item) -> Option<SentItem> {
    let (read, sent_at, tries) = (item.read.clone(), item.sent_at, item.tries);
    item.key.map(|key| SentItem { id: number, read, key, sent_at, tries })
}
