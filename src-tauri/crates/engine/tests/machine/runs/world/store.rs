//! The store: the run's items, and what is written down of them.

use engine::{
    How, ItemId, OpenRun, QueuedItem, Read, RunCounts, RunEnded, RunMoved, RunState, SentItem, StoreTask,
    Stored,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{RUN, World};

/// An item as the store has it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) read: Read,
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
    pub(super) fn carry(&mut self, task: StoreTask) -> Stored {
        match task {
            StoreTask::OpenRuns if self.ended.is_some() => Stored::Runs(Vec::new()),
            StoreTask::OpenRuns => Stored::Runs(vec![self.open()]),
            StoreTask::MoveRun { ends, take, .. } => {
                self.steps += 1;
                for end in ends {
                    self.end(end.item, end.how);
                }
                let mut taken = Vec::new();
                for key in take.into_iter().flat_map(|take| take.keys) {
                    taken.extend(self.take(key));
                }
                let waiting = self.items.values().filter(|item| item.state == State::Waiting);
                let next_at = waiting.filter_map(|item| item.not_before).min();
                let next_at = next_at.filter(|_| taken.is_empty());
                Stored::RunMoved(RunMoved { id: RUN, taken, counts: self.counts(), rest: 0, next_at })
            }
            StoreTask::SettleQueued { most } => {
                Stored::QueuedSettled { moved: Vec::new(), look: self.due_looks(most) }
            }
            StoreTask::EndRun { id, cause } => {
                let counts = self.counts();
                let counts = RunCounts { queued: 0, unseen: counts.queued, ..counts };
                Stored::RunEnded(RunEnded { id, cause, counts })
            }
            StoreTask::Standings(..) => {
                self.standings_asked.push(self.now);
                Stored::Standings(self.standings.clone())
            }
            StoreTask::Missing(_) => Stored::Missing(Vec::new()),
            StoreTask::Alerts { alerts, .. } => {
                Stored::Alerts(alerts.iter().map(|alert| alert.seq).zip(1..).collect())
            }
            StoreTask::Apply { .. } => Stored::Applied(engine::Applied::default()),
            StoreTask::RemoveCompany(..)
            | StoreTask::RemoveConnection(..)
            | StoreTask::Keep(..)
            | StoreTask::Integrations(_)
            | StoreTask::Schedule(..)
            | StoreTask::PassOverConsents
            | StoreTask::PassOverAlerts(_)
            | StoreTask::KeepAlive(..)
            | StoreTask::Save => Stored::Done,
            StoreTask::ConsentsDue { .. } => Stored::Consents(Vec::new()),
            StoreTask::IdleDue { .. } => Stored::Idle { idle: Vec::new(), total: 0 },
            StoreTask::Warn(_) => Stored::Warned(Vec::new()),
        }
    }

    /// Each is looked at every ten seconds, the longest unseen first.
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
            state: self.state,
            starts_at: self.starts_at,
            spread: self.spread,
            counts: self.counts(),
            rest: 0,
            sent: sent.filter_map(|(number, item)| sent_item(*number, item)).collect(),
        }
    }

    fn end(&mut self, number: ItemId, how: How) {
        let cancelled = self.state == RunState::Cancelled;
        let item = self.items.get_mut(&number).expect("an item");
        assert!(matches!(item.state, State::Sent | State::Queued), "{number:?} had ended: {item:?}");
        let back = if cancelled { State::Cancelled } else { State::Waiting };
        match how {
            // Where reads take no time they are complete at once.
            How::Queued if self.reads_take.is_some() => item.state = State::Queued,
            How::Queued | How::Read => item.state = State::Read,
            How::Running => item.state = State::Running,
            How::Failed(why) => {
                item.state = State::Failed;
                self.why = Some(why);
            }
            How::Again(at) => {
                item.state = back;
                item.tries += 1;
                item.not_before = Some(at);
            }
            How::Unsent => item.state = back,
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
