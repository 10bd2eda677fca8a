//! The runs that have not ended: what of each is in hand, and when its next item is due.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::{
    attempt::{Attempt, Step},
    class::Class,
    look::Look,
    run::{ItemEnd, ItemId, OpenRun, RunCause, RunId, RunState, SentItem},
};

/// Items that are written down at one time, at most: at full speed the requests of six seconds.
pub(crate) const BATCH: usize = 60;
/// A run that is spread thin takes what is due so soon at one time.
const AHEAD: SignedDuration = SignedDuration::from_secs(30);
/// What became of items is written down so soon, where somebody may look on.
const FLUSH: SignedDuration = SignedDuration::from_secs(1);
/// And else so soon, or with the next that are taken: after a crash they are asked for again under their keys.
const FLUSH_UNSEEN: SignedDuration = SignedDuration::from_secs(30);
/// A store that refused is asked again after this.
pub(crate) const STORE_AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// The store writes the next part of a long run down after this: whoever clicks goes between.
const NEXT_PART: SignedDuration = SignedDuration::from_millis(50);
/// How long the end of reads is waited for, after the last request.
const GIVE_UP: SignedDuration = SignedDuration::from_mins(60);

/// All runs that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    live: BTreeMap<RunId, Live>,
    /// The next request of any run goes no sooner.
    pub(crate) pace: Option<Timestamp>,
    /// When the engine has to look at them again.
    pub(crate) wake: Option<Timestamp>,
    /// When the store is next asked what became of reads that were taken.
    pub(crate) settle_at: Option<Timestamp>,
    /// When histories may be read again at the earliest: a sweep that ends brings the next settling forward, and no
    /// more requests.
    pub(crate) next_history_reads: Option<Timestamp>,
    /// Items whose history is being looked at.
    pub(crate) looking: BTreeMap<ItemId, Look>,
    /// The store could not say which runs there are; it is asked again then.
    pub(crate) again_at: Option<Timestamp>,
}

/// A run that has not ended.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) run: OpenRun,
    /// Written down as sent; no request went.
    pub(crate) fresh: VecDeque<SentItem>,
    /// Asked for, or to be asked for again.
    pub(crate) asked: BTreeMap<ItemId, Asked>,
    /// What became of items, to be written down.
    pub(crate) ends: Vec<ItemEnd>,
    /// The same, while the store has them.
    writing: Vec<ItemEnd>,
    /// Since when the first of them waits.
    ends_since: Option<Timestamp>,
    /// The store has a step of it in hand.
    pub(crate) moving: bool,
    /// The store refused, or none of those that wait may go yet.
    held_until: Option<Timestamp>,
    /// When the last request was answered.
    pub(crate) asked_last: Timestamp,
    /// When the store last wrote a part of its reads down.
    part_at: Option<Timestamp>,
}

/// An item that was asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) item: SentItem,
    pub(crate) attempt: Attempt,
}

impl Asked {
    fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        core::iter::once(&mut self.item.sent_at).chain(self.attempt.times())
    }

    /// The step that waits, and until when; of items that are held, only a look at what happened goes on.
    pub(crate) fn waits(&self, is_held: bool) -> Option<(Step, Timestamp)> {
        self.attempt.waits.filter(|(step, _)| !is_held || *step != Step::Do)
    }
}

impl Runs {
    pub(crate) fn get_mut(&mut self, id: RunId) -> Option<&mut Live> {
        self.live.get_mut(&id)
    }

    /// How often an item's request was tried before.
    pub(crate) fn tries(&self, run: RunId, item: ItemId) -> u32 {
        let asked = self.live.get(&run).and_then(|live| live.asked.get(&item));
        asked.map_or(0, |asked| asked.attempt.tries)
    }

    /// Whether a run for this cause has something left to ask for.
    pub(crate) fn has(&self, cause: RunCause) -> bool {
        let asks = |live: &Live| live.run.counts.waiting + live.run.counts.sent > 0;
        self.live.values().any(|live| live.run.cause == cause && asks(live))
    }

    pub(crate) fn insert(&mut self, run: OpenRun, now: Timestamp) {
        self.live.insert(run.id, Live::new(run, now));
    }

    pub(crate) fn remove(&mut self, id: RunId) {
        self.live.remove(&id);
    }

    /// Persons' runs first, then those of the background, each in their order.
    pub(crate) fn in_order(&self) -> Vec<RunId> {
        let mut ids: Vec<_> =
            self.live.values().map(|live| (live.run.cause.is_background(), live.run.id)).collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// The store's runs as they are now: new ones begin, known ones go on, pause or stop.
    pub(crate) fn told(&mut self, open: Vec<OpenRun>, now: Timestamp) {
        for live in self.live.values_mut() {
            if !open.iter().any(|run| run.id == live.run.id) {
                live.run.state = RunState::Cancelled;
            }
        }
        for run in open {
            match self.live.get_mut(&run.id) {
                Some(live) => {
                    live.held_until = None;
                    // When it began is in hand: the clock may have been set back since it was written down.
                    live.run = OpenRun { sent: Vec::new(), starts_at: live.run.starts_at, ..run };
                }
                None => self.insert(run, now),
            }
        }
    }

    /// Items that the server took and of which not all is known, and items that wait.
    pub(crate) fn under_way(&self) -> (u32, u32) {
        let counts = || self.live.values().map(|live| live.run.counts);
        let followed = counts().map(|counts| counts.queued + counts.looking).sum();
        (followed, counts().map(|counts| counts.waiting).sum())
    }

    /// Whether somebody waits for how a read ends.
    pub(crate) fn follows_closely(&self) -> bool {
        let persons = self.live.values().filter(|live| !live.run.cause.is_background());
        persons.map(|live| live.run.counts).any(|counts| counts.queued + counts.looking > 0)
    }

    /// Requests that runs of this class have in hand and have yet to send, as far as it is known.
    pub(crate) fn to_come(&self, class: Class) -> u64 {
        let own = self.live.values().filter(|live| live.run.cause.class() == class);
        own.map(|live| u64::from(live.run.counts.waiting)).sum()
    }

    /// Every time that is in mind.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let own = self
            .pace
            .iter_mut()
            .chain(&mut self.settle_at)
            .chain(&mut self.next_history_reads)
            .chain(&mut self.again_at);
        own.chain(self.live.values_mut().flat_map(Live::times))
    }

    pub(crate) fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |known| known.min(at)));
    }
}

impl Live {
    /// What was sent before a restart, and of which nothing is known, goes first.
    fn new(mut run: OpenRun, now: Timestamp) -> Self {
        let asked = core::mem::take(&mut run.sent)
            .into_iter()
            .map(|item| {
                let step = if run.state == RunState::Cancelled { Step::Check } else { Step::Do };
                let mut attempt = Attempt::of_item(&item);
                attempt.waits = Some((step, now));
                (item.id, Asked { item, attempt })
            })
            .collect();
        Self {
            run,
            fresh: VecDeque::new(),
            asked,
            ends: Vec::new(),
            writing: Vec::new(),
            ends_since: None,
            moving: false,
            held_until: None,
            asked_last: now,
            part_at: None,
        }
    }

    /// Every time that it has in mind.
    fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        [&mut self.run.starts_at, &mut self.asked_last]
            .into_iter()
            .chain(&mut self.ends_since)
            .chain(&mut self.held_until)
            .chain(&mut self.part_at)
            .chain(self.fresh.iter_mut().map(|item| &mut item.sent_at))
            .chain(self.ends.iter_mut().filter_map(ItemEnd::time))
            .chain(self.asked.values_mut().flat_map(Asked::times))
    }

    /// Whether requests of it may go.
    pub(crate) fn goes(&self, now: Timestamp) -> bool {
        match self.run.state {
            RunState::Running => self.run.starts_at <= now,
            // What was asked for before it was taken back is followed to its end.
            RunState::Cancelled => true,
            RunState::Paused | RunState::Done => false,
        }
    }

    /// How many items to take now; or when to look again.
    pub(crate) fn wants(&self, now: Timestamp) -> Result<usize, Option<Timestamp>> {
        if self.run.state != RunState::Running || self.moving || self.run.counts.waiting == 0 {
            return Err(None);
        }
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Err(Some(until));
        }
        if !self.fresh.is_empty() {
            return Err(None);
        }
        let next = self.due(self.run.counts.asked());
        if next > now {
            return Err(Some(next));
        }
        let horizon = now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let most = BATCH.min(self.run.counts.waiting as usize);
        let first = self.run.counts.asked();
        Ok((first..).take(most).take_while(|place| self.due(*place) <= horizon).count().max(1))
    }

    /// When the item at this place is due.
    fn due(&self, place: u32) -> Timestamp {
        let total = i64::from(self.run.counts.total().max(1));
        let millis = i64::try_from(self.run.spread.as_millis()).unwrap_or(i64::MAX);
        let wait = SignedDuration::from_millis(millis.saturating_mul(i64::from(place)) / total);
        self.run.starts_at.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn end(&mut self, end: ItemEnd, now: Timestamp) {
        self.asked.remove(&end.item);
        self.ends_since.get_or_insert(now);
        self.ends.push(end);
    }

    /// What became of items, if it is time to write it down; or when it is.
    pub(crate) fn flushes(&self, now: Timestamp) -> Result<(), Option<Timestamp>> {
        let Some(since) = self.ends_since.filter(|_| !self.moving) else { return Err(None) };
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Err(Some(until));
        }
        let unseen = self.run.cause.is_background();
        let wait = if unseen { FLUSH_UNSEEN } else { FLUSH };
        let at = since.saturating_add(wait).unwrap_or(Timestamp::MAX);
        let last = self.asked.is_empty() && self.fresh.is_empty() && !(unseen && self.run.counts.waiting > 0);
        if last || self.ends.len() >= BATCH || at <= now { Ok(()) } else { Err(Some(at)) }
    }

    /// Whether the store is to write the next part of its reads down; or when.
    pub(crate) fn parts(&self, now: Timestamp) -> Result<(), Option<Timestamp>> {
        if self.run.rest == 0 || self.moving {
            return Err(None);
        }
        let after = |at: Timestamp| at.saturating_add(NEXT_PART).unwrap_or(Timestamp::MAX);
        let at = self.part_at.map(after).max(self.held_until);
        at.filter(|at| *at > now).map_or(Ok(()), |at| Err(Some(at)))
    }

    pub(crate) fn take_ends(&mut self, now: Timestamp) -> Vec<ItemEnd> {
        self.moving = true;
        self.part_at = Some(now);
        self.ends_since = None;
        self.writing = core::mem::take(&mut self.ends);
        self.writing.clone()
    }

    pub(crate) fn written(&mut self, next_at: Option<Timestamp>) {
        self.moving = false;
        self.writing.clear();
        self.held_until = next_at;
    }

    /// The store refused: what it was to write is written later.
    pub(crate) fn not_written(&mut self, now: Timestamp) {
        self.moving = false;
        let later = core::mem::take(&mut self.ends);
        self.ends = core::mem::take(&mut self.writing);
        self.ends.extend(later);
        self.ends_since = (!self.ends.is_empty()).then_some(now);
        self.held_until = now.checked_add(STORE_AGAIN).ok();
    }

    /// Whether nothing more comes of it; or until when the end of its reads is waited for.
    pub(crate) fn is_over(&self, now: Timestamp) -> Result<(), Option<Timestamp>> {
        let counts = self.run.counts;
        let busy = self.moving || !self.asked.is_empty() || !self.fresh.is_empty() || !self.ends.is_empty();
        if busy || counts.sent > 0 || self.run.rest > 0 || self.run.state == RunState::Paused {
            return Err(None);
        }
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Err(Some(until));
        }
        if self.run.state == RunState::Cancelled {
            return Ok(());
        }
        if counts.waiting > 0 {
            return Err(None);
        }
        let patience = self.asked_last.saturating_add(GIVE_UP).unwrap_or(Timestamp::MAX);
        let all_is_known = counts.queued + counts.looking == 0;
        if all_is_known || patience <= now { Ok(()) } else { Err(Some(patience)) }
    }
}
