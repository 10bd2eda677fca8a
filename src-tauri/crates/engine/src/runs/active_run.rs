//! A run that has not ended.

use std::collections::{BTreeMap, VecDeque};

use codat::model::CompanyPatch;
use domain::{ItemId, OpenRun, RunAct, RunState, SentItem};
use jiff::{SignedDuration, Timestamp};

use super::ItemEnd;
use crate::{
    acts::{DeleteCompany, RefreshCompany, RefreshDataType, UpdateCompany, WriteAct},
    backoff::STORE_RETRY,
    pending_act::{PendingAct, SentAct, Step},
    time::after,
};

/// Items that are taken at a time: the requests of six seconds at full speed.
pub(crate) const BATCH: usize = 60;
/// A spread run takes the items that are due within this time.
const TAKE_AHEAD: SignedDuration = SignedDuration::from_secs(30);
/// How long results wait to be stored in a run of the user.
const FLUSH_INTERVAL: SignedDuration = SignedDuration::from_secs(1);
/// How long results wait to be stored in background work, unless the next items are taken first. After a
/// crash the requests are repeated with their keys.
const FLUSH_BACKGROUND: SignedDuration = SignedDuration::from_secs(30);
/// The pause between two parts of a long run that the store adds, so that other writes are not blocked.
const PART_INTERVAL: SignedDuration = SignedDuration::from_millis(50);
/// How long results are awaited after the last response.
const RESULT_TIMEOUT: SignedDuration = SignedDuration::from_mins(60);

/// Whether a step of a run can be done. A step that is [`Blocked`](Self::Blocked) waits for another event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness<T = ()> {
    Ready(T),
    At(Timestamp),
    Blocked,
}

impl<T> Readiness<T> {
    /// Ready, unless this time is in the future.
    fn unless_held(value: T, until: Option<Timestamp>, now: Timestamp) -> Self {
        until.filter(|until| *until > now).map_or(Self::Ready(value), Self::At)
    }

    pub(crate) fn ready(self) -> Option<T> {
        if let Self::Ready(value) = self { Some(value) } else { None }
    }

    /// When to check again.
    pub(crate) fn wake_at(&self) -> Option<Timestamp> {
        if let Self::At(at) = self { Some(*at) } else { None }
    }
}

#[derive(Debug)]
pub(crate) struct ActiveRun {
    pub(crate) run: OpenRun,
    /// Marked as sent in the store, but not sent yet.
    pub(crate) taken: VecDeque<SentItem>,
    /// Sent, or to be sent again.
    pub(crate) started: BTreeMap<ItemId, StartedItem>,
    /// Results to store.
    pub(crate) ends: Vec<ItemEnd>,
    /// Results that the store is saving.
    writing: Vec<ItemEnd>,
    first_end_at: Option<Timestamp>,
    /// Whether the store is saving a step of the run.
    pub(crate) is_storing: bool,
    /// After a store error, or while no waiting item is due.
    pub(super) held_until: Option<Timestamp>,
    pub(crate) last_answer_at: Timestamp,
    /// When the store last added a part of the run.
    last_part_at: Option<Timestamp>,
}

/// An item whose request was sent.
#[derive(Debug)]
pub(crate) struct StartedItem {
    pub(crate) item: SentItem,
    pub(crate) pending_act: PendingAct,
    /// Whether its change may have reached the server.
    pub(crate) may_have_arrived: bool,
}

impl StartedItem {
    pub(crate) fn new(item: SentItem, run_act: &RunAct) -> Self {
        let read = item.read.clone();
        let (company, connection) = (read.company, read.connection);
        let act: WriteAct = match (run_act, read.data_type) {
            (RunAct::Read, None) => RefreshCompany { company }.into(),
            (RunAct::Read, Some(data_type)) => RefreshDataType { company, data_type, connection }.into(),
            // The patch follows from the company's present tags, which the first step reads.
            (RunAct::ChangeTags(_), _) => UpdateCompany { company, patch: CompanyPatch::default() }.into(),
            (RunAct::DeleteCompany, _) => DeleteCompany { company, name: String::new() }.into(),
        };
        let pending_act = PendingAct::new(SentAct::Write(act), item.key, item.sent_at);
        Self { item, pending_act, may_have_arrived: false }
    }

    /// The first step of an item that was not sent before.
    pub(crate) fn first_step(run_act: &RunAct) -> Step {
        match run_act {
            RunAct::Read | RunAct::DeleteCompany => Step::Send,
            RunAct::ChangeTags(_) => Step::Check,
        }
    }

    /// The first step of an item that an earlier engine may have sent. A read is repeated with its key; of a
    /// change, the company shows whether it was done.
    fn step_after_restart(run: &OpenRun) -> Step {
        match (&run.act, run.state) {
            (RunAct::Read, RunState::Running | RunState::Paused | RunState::Done) => Step::Send,
            (RunAct::Read, RunState::Cancelled) | (RunAct::ChangeTags(_) | RunAct::DeleteCompany, _) => {
                Step::Check
            }
        }
    }

    /// Schedules the request that sets these tags.
    pub(crate) fn send_tags(&mut self, tags: BTreeMap<String, String>, now: Timestamp) {
        let patch = CompanyPatch { tags: Some(tags), ..CompanyPatch::default() };
        let act = UpdateCompany { company: self.item.read.company, patch };
        self.pending_act = PendingAct::new(SentAct::Write(act.into()), self.item.key, self.item.sent_at);
        self.pending_act.schedule(Step::Send, now);
    }

    fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        core::iter::once(&mut self.item.sent_at).chain(self.pending_act.deadlines_mut())
    }

    /// The next step, and when it is due. While items are held, only checks continue.
    pub(crate) fn scheduled_step(&self, is_held: bool) -> Option<(Step, Timestamp)> {
        self.pending_act.scheduled.filter(|(step, _)| !is_held || *step != Step::Send)
    }
}

impl ActiveRun {
    /// Items that were sent before a restart, without a known result, come first.
    pub(super) fn new(mut run: OpenRun, now: Timestamp) -> Self {
        let started = core::mem::take(&mut run.sent)
            .into_iter()
            .map(|item| {
                let mut started = StartedItem::new(item, &run.act);
                started.may_have_arrived = true;
                started.pending_act.scheduled = Some((StartedItem::step_after_restart(&run), now));
                (started.item.id, started)
            })
            .collect();
        Self {
            run,
            taken: VecDeque::new(),
            started,
            ends: Vec::new(),
            writing: Vec::new(),
            first_end_at: None,
            is_storing: false,
            held_until: None,
            last_answer_at: now,
            last_part_at: None,
        }
    }

    /// All times, for the clock rollback.
    pub(super) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        [&mut self.run.starts_at, &mut self.last_answer_at]
            .into_iter()
            .chain(&mut self.first_end_at)
            .chain(&mut self.held_until)
            .chain(&mut self.last_part_at)
            .chain(self.taken.iter_mut().map(|item| &mut item.sent_at))
            .chain(self.ends.iter_mut().filter_map(ItemEnd::deadline_mut))
            .chain(self.started.values_mut().flat_map(StartedItem::deadlines_mut))
    }

    pub(crate) fn may_send(&self, now: Timestamp) -> bool {
        match self.run.state {
            RunState::Running => self.run.starts_at <= now,
            // Items that were sent before the cancellation are followed to their end.
            RunState::Cancelled => true,
            RunState::Paused | RunState::Done => false,
        }
    }

    /// How many items to take.
    pub(crate) fn items_to_take(&self, now: Timestamp) -> Readiness<usize> {
        if self.run.state != RunState::Running || self.is_storing || self.run.counts.waiting == 0 {
            return Readiness::Blocked;
        }
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Readiness::At(until);
        }
        if !self.taken.is_empty() {
            return Readiness::Blocked;
        }
        let first = self.run.counts.processed();
        let horizon = after(now, TAKE_AHEAD);
        let most = BATCH.min(self.run.counts.waiting as usize);
        let due = (first..).take(most).take_while(|position| self.due_at(*position) <= horizon).count();
        Readiness::unless_held(due.max(1), Some(self.due_at(first)), now)
    }

    /// When the item at this position is due.
    fn due_at(&self, position: u32) -> Timestamp {
        let total = i64::from(self.run.counts.total().max(1));
        let millis = i64::try_from(self.run.spread.as_millis()).unwrap_or(i64::MAX);
        let wait = SignedDuration::from_millis(millis.saturating_mul(i64::from(position)) / total);
        after(self.run.starts_at, wait)
    }

    pub(crate) fn add_end(&mut self, end: ItemEnd, now: Timestamp) {
        self.started.remove(&end.item);
        self.first_end_at.get_or_insert(now);
        self.ends.push(end);
    }

    /// Whether to store results.
    pub(crate) fn flush_readiness(&self, now: Timestamp) -> Readiness {
        let Some(since) = self.first_end_at.filter(|_| !self.is_storing) else { return Readiness::Blocked };
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Readiness::At(until);
        }
        let is_background = self.run.cause.is_background();
        let is_last = self.started.is_empty()
            && self.taken.is_empty()
            && !(is_background && self.run.counts.waiting > 0);
        let wait = if is_background { FLUSH_BACKGROUND } else { FLUSH_INTERVAL };
        let is_due = is_last || self.ends.len() >= BATCH;
        Readiness::unless_held((), (!is_due).then(|| after(since, wait)), now)
    }

    /// Whether the store adds the next part of the run.
    pub(crate) fn part_readiness(&self, now: Timestamp) -> Readiness {
        if self.run.pending_reads == 0 || self.is_storing {
            return Readiness::Blocked;
        }
        let after_last = self.last_part_at.map(|at| after(at, PART_INTERVAL));
        Readiness::unless_held((), after_last.max(self.held_until), now)
    }

    pub(crate) fn take_ends(&mut self, now: Timestamp) -> Vec<ItemEnd> {
        self.is_storing = true;
        self.last_part_at = Some(now);
        self.first_end_at = None;
        self.writing = core::mem::take(&mut self.ends);
        self.writing.clone()
    }

    pub(crate) fn on_stored(&mut self, next_at: Option<Timestamp>) {
        self.is_storing = false;
        self.writing.clear();
        self.held_until = next_at;
    }

    /// The results are stored later.
    pub(crate) fn on_store_error(&mut self, now: Timestamp) {
        self.is_storing = false;
        let later = core::mem::take(&mut self.ends);
        self.ends = core::mem::take(&mut self.writing);
        self.ends.extend(later);
        self.first_end_at = (!self.ends.is_empty()).then_some(now);
        self.held_until = now.checked_add(STORE_RETRY).ok();
    }

    /// Whether the run has ended. It may wait for results.
    pub(crate) fn end_readiness(&self, now: Timestamp) -> Readiness {
        let counts = self.run.counts;
        let busy =
            self.is_storing || !self.started.is_empty() || !self.taken.is_empty() || !self.ends.is_empty();
        if busy || counts.sent > 0 || self.run.pending_reads > 0 || self.run.state == RunState::Paused {
            return Readiness::Blocked;
        }
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Readiness::At(until);
        }
        if self.run.state == RunState::Cancelled {
            return Readiness::Ready(());
        }
        if counts.waiting > 0 {
            return Readiness::Blocked;
        }
        let are_results_missing = counts.queued + counts.looking > 0;
        let deadline = are_results_missing.then(|| after(self.last_answer_at, RESULT_TIMEOUT));
        Readiness::unless_held((), deadline, now)
    }
}
