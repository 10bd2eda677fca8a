//! Runs against a store and a server of paper: crashes, lost answers, refusals, and what comes of every item.

use std::collections::{BTreeMap, VecDeque};

use codat::{CompanyId, Failure, FailureKind, Topic, client::Meta, error::RateLimit, model::DatasetStatus};
use engine::{
    Act, ActId, Call, Config, Effect, Engine, Event, How, ItemId, OpenRun, QueuedItem, Read, Reply,
    RequestId, RunCause, RunCounts, RunEnded, RunId, RunMoved, RunState, SentItem, Signal, StoreTask, Stored,
    Why,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use crate::bench::{at, failure, id, limited, page, said};

const RUN: RunId = RunId(1);

/// What becomes of a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    /// Done, and the answer is lost.
    Lost,
    /// Cut off before the server had it.
    Dropped,
    /// The server cannot be reached.
    Unreachable,
    /// Refused for the rate.
    Limited,
    /// An error of the server, which had done it.
    FailedAfter,
    /// An error of the server, which had not.
    FailedBefore,
    /// The app dies while the request is under way; it arrives.
    CrashAfter,
    /// The app dies, and it does not arrive.
    CrashBefore,
}

/// An item as the store has it.
#[derive(Debug, Clone)]
struct Item {
    read: Read,
    state: State,
    key: Option<Uuid>,
    sent_at: Timestamp,
    tries: u32,
    not_before: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Sent,
    Queued,
    Running,
    Read,
    Failed,
    Cancelled,
}

/// The machine with its store and its server.
struct World {
    engine: Engine,
    now: Timestamp,
    state: RunState,
    cause: RunCause,
    starts_at: Timestamp,
    spread: SignedDuration,
    items: BTreeMap<ItemId, Item>,
    ended: Option<RunEnded>,
    /// Reads that the server queued, each with its time.
    queued: BTreeMap<CompanyId, Vec<Timestamp>>,
    /// What the server keeps under each key.
    keys: BTreeMap<Uuid, (Timestamp, Result<(), Box<Failure>>)>,
    /// Requests, each with when its answer is here.
    under_way: VecDeque<(Timestamp, RequestId, Call)>,
    fates: VecDeque<Fate>,
    /// When each request for an item went.
    sent: Vec<Timestamp>,
    /// Steps of the store.
    steps: usize,
    outage: bool,
    /// Why the last item failed.
    why: Option<Why>,
    /// Histories that were looked at.
    looks: usize,
    /// Reads are complete so long after they were asked for; none: as soon as they were.
    reads_take: Option<SignedDuration>,
    /// Items whose history was looked at last, and when.
    looked: BTreeMap<ItemId, Timestamp>,
}

impl World {
    fn new(companies: u128, cause: RunCause, fates: Vec<Fate>) -> Self {
        Self::spread(companies, cause, fates, [SignedDuration::ZERO; 2])
    }

    /// The same with a run that begins after a while and is spread over another.
    fn spread(
        companies: u128,
        cause: RunCause,
        fates: Vec<Fate>,
        [after, spread]: [SignedDuration; 2],
    ) -> Self {
        let now = at("2026-11-23T10:00:00Z");
        let items = (1..=companies).map(|n| {
            let read = Read { company: id(n), data_type: None, connection: None };
            let item =
                Item { read, state: State::Waiting, key: None, sent_at: now, tries: 0, not_before: None };
            (ItemId(n as i64), item)
        });
        let mut world = Self {
            engine: engine_at(now),
            now,
            state: RunState::Running,
            cause,
            starts_at: now + after,
            spread,
            items: items.collect(),
            ended: None,
            queued: BTreeMap::new(),
            keys: BTreeMap::new(),
            under_way: VecDeque::new(),
            fates: fates.into(),
            sent: Vec::new(),
            steps: 0,
            outage: false,
            why: None,
            looks: 0,
            reads_take: None,
            looked: BTreeMap::new(),
        };
        world.give(Event::Started { undecided: Vec::new() });
        world
    }

    fn give(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.engine.handle(self.now, event) {
                match effect {
                    Effect::Send(request, call) => {
                        let here = self.now + SignedDuration::from_millis(150);
                        self.under_way.push_back((here, request, call));
                    }
                    Effect::Store(ticket, task) => {
                        let stored = self.carry(task);
                        events.push_back(Event::Stored(ticket, Ok(stored)));
                    }
                    Effect::Signal(Signal::RunEnded(ended)) => self.ended = Some(ended),
                    Effect::Settle(..) | Effect::Notify(_) | Effect::Tray(_) | Effect::Signal(_) => {}
                }
            }
        }
    }

    /// Until the run has ended, or so much time is over.
    fn run(&mut self, hours: i64) {
        let end = self.now + SignedDuration::from_hours(hours);
        while self.ended.is_none() && self.now < end {
            self.run_once();
        }
    }

    /// Until the next answer, or until the machine wants to be woken.
    fn run_once(&mut self) {
        let wake = self.engine.next_wake(self.now);
        let here = self.under_way.front().map(|(here, ..)| *here);
        // Where nothing is to come, time passes all the same.
        let later = self.now + SignedDuration::from_mins(1);
        let next = wake.into_iter().chain(here).min().unwrap_or(later);
        self.now = next.max(self.now + SignedDuration::from_millis(1));
        if here.is_some_and(|here| here <= self.now) {
            if let Some((_, request, call)) = self.under_way.pop_front() {
                self.answer(request, call);
            }
        } else {
            self.give(Event::Due);
        }
    }

    fn answer(&mut self, request: RequestId, call: Call) {
        let outcome = match call {
            _ if self.outage => Err(failure(FailureKind::Server)),
            Call::Refresh { company, key } => {
                self.sent.push(self.now);
                let fate = self.fates.pop_front().unwrap_or(Fate::Answered);
                match self.refresh(company, key, fate) {
                    Some(outcome) => outcome.map(|()| Reply::Done).map_err(|failure| *failure),
                    None => return self.crash(),
                }
            }
            Call::Topic(Topic::Reads(company, _)) => {
                self.looks += 1;
                Ok(self.history(company))
            }
            Call::Companies(asked) => Ok(page(Vec::new(), asked.page, asked.page_size, 0)),
            Call::Integrations(_)
            | Call::Company(_)
            | Call::Connection(..)
            | Call::Create { .. }
            | Call::Update { .. }
            | Call::Delete(_)
            | Call::RefreshType { .. }
            | Call::AddConnection { .. }
            | Call::Unlink { .. }
            | Call::DeleteConnection(..)
            | Call::SetSyncSettings { .. }
            | Call::Topic(_) => Err(failure(FailureKind::NotFound)),
        };
        self.answered(request, outcome);
    }

    fn answered(&mut self, request: RequestId, outcome: Result<Reply, Failure>) {
        let rate_limit = Some(RateLimit { limit: 1_000_000, remaining: 900_000, reset: None });
        let meta = Meta { status: 200, rate_limit, correlation_id: None, bytes: 1_000 };
        self.give(Event::Answer(request, outcome.map(|reply| (reply, meta))));
    }

    /// The server has a request for its key, or never gets it. Nothing where the app died of it.
    fn refresh(&mut self, company: CompanyId, key: Uuid, fate: Fate) -> Option<Result<(), Box<Failure>>> {
        let silence = || Err(Box::new(failure(FailureKind::NoAnswer)));
        match fate {
            Fate::Answered => Some(self.served(company, key, Ok(()), true)),
            Fate::Lost => {
                let _ = self.served(company, key, Ok(()), true);
                Some(silence())
            }
            Fate::Dropped => Some(silence()),
            Fate::Unreachable => Some(Err(Box::new(failure(FailureKind::Unreachable)))),
            Fate::Limited => Some(Err(Box::new(limited(20)))),
            Fate::FailedAfter => {
                Some(self.served(company, key, Err(Box::new(failure(FailureKind::Server))), true))
            }
            Fate::FailedBefore => {
                Some(self.served(company, key, Err(Box::new(failure(FailureKind::Server))), false))
            }
            Fate::CrashAfter => {
                let _ = self.served(company, key, Ok(()), true);
                None
            }
            Fate::CrashBefore => None,
        }
    }

    /// The first answer under a key is kept for 90 minutes and given again, errors included (§2.1).
    fn served(
        &mut self,
        company: CompanyId,
        key: Uuid,
        answer: Result<(), Box<Failure>>,
        done: bool,
    ) -> Result<(), Box<Failure>> {
        let kept = self
            .keys
            .get(&key)
            .filter(|(at, _)| self.now.duration_since(*at) < SignedDuration::from_mins(90));
        if let Some((_, kept)) = kept {
            return kept.clone();
        }
        if done {
            self.queued.entry(company).or_default().push(self.now);
        }
        self.keys.insert(key, (self.now, answer.clone()));
        answer
    }

    fn history(&self, company: CompanyId) -> Reply {
        let reads: Vec<_> = self
            .queued
            .get(&company)
            .into_iter()
            .flatten()
            .map(|requested| {
                serde_json::json!({
                    "id": Uuid::nil(), "companyId": company, "connectionId": Uuid::nil(), "dataType": "invoices",
                    "status": self.status(company, *requested), "requested": requested.to_string(), "progress": 10
                })
            })
            .collect();
        said(&serde_json::json!({ "results": reads, "pageNumber": 1, "pageSize": 100 }))
    }

    /// The reads of the third company fail.
    fn status(&self, company: CompanyId, requested: Timestamp) -> &'static str {
        match self.reads_take {
            Some(take) if self.now.duration_since(requested) < take => "Fetching",
            _ if company == id(3) => "AuthError",
            _ => "Complete",
        }
    }

    /// What was under way may arrive or not; the new machine knows what the store knows.
    fn crash(&mut self) {
        for (at, (.., call)) in core::mem::take(&mut self.under_way).into_iter().enumerate() {
            if let (Call::Refresh { company, key }, true) = (call, at % 2 == 0) {
                let _ = self.served(company, key, Ok(()), true);
            }
        }
        // Some restarts come after the keys' time.
        let away = if self.sent.len().is_multiple_of(3) { 120 } else { 1 };
        self.now += SignedDuration::from_mins(away);
        self.engine = engine_at(self.now);
        self.give(Event::Started { undecided: Vec::new() });
    }

    fn carry(&mut self, task: StoreTask) -> Stored {
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
                Stored::RunMoved(RunMoved { id: RUN, taken, counts: self.counts(), next_at })
            }
            StoreTask::SettleQueued { most, .. } => {
                Stored::QueuedSettled { moved: Vec::new(), look: self.due_looks(most), next: Some(self.now) }
            }
            StoreTask::EndRun { id, cause } => {
                Stored::RunEnded(RunEnded { id, cause, counts: self.counts() })
            }
            StoreTask::Missing(_) => Stored::Missing(Vec::new()),
            StoreTask::Alerts { alerts, .. } => Stored::Alerts((1..).take(alerts.len()).collect()),
            StoreTask::Apply { .. } => Stored::Applied(engine::Applied::default()),
            StoreTask::RemoveCompany(..)
            | StoreTask::RemoveConnection(..)
            | StoreTask::Keep(..)
            | StoreTask::Integrations(_)
            | StoreTask::BeginRun(_)
            | StoreTask::Standings(..)
            | StoreTask::Schedule(..)
            | StoreTask::PassOverConsents
            | StoreTask::NoteKeepAlive(_)
            | StoreTask::Save => Stored::Done,
            StoreTask::ConsentsDue { .. } => Stored::Consents(Vec::new()),
            StoreTask::IdleDue { .. } => Stored::Idle { idle: Vec::new(), total: 0 },
            StoreTask::Warn(_) => Stored::Alerts(Vec::new()),
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

    fn open(&self) -> OpenRun {
        let sent = self.items.iter().filter(|(_, item)| item.state == State::Sent);
        OpenRun {
            id: RUN,
            cause: self.cause,
            state: self.state,
            starts_at: self.starts_at,
            spread: self.spread,
            counts: self.counts(),
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

    fn counts(&self) -> RunCounts {
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
        }
    }

    fn change(&mut self, state: RunState) {
        self.state = state;
        if state == RunState::Cancelled {
            for item in self.items.values_mut().filter(|item| item.state == State::Waiting) {
                item.state = State::Cancelled;
            }
        }
        self.give(Event::RunsChanged);
    }
}

fn sent_item(number: ItemId, item: &Item) -> Option<SentItem> {
    let (read, sent_at, tries) = (item.read.clone(), item.sent_at, item.tries);
    item.key.map(|key| SentItem { id: number, read, key, sent_at, tries })
}

fn engine_at(now: Timestamp) -> Engine {
    // Each start draws from another seed, as the application does.
    let seed = now.as_second() as u64;
    Engine::new(Config { seed, sweep_floor_secs: 60, ..Config::default() }, None, now)
}

#[test]
fn a_thousand_companies_are_queued_once_each_within_the_minutes_six_hundred() {
    let mut world = World::new(1_000, RunCause::Person, Vec::new());
    let began = world.now;
    world.run(2);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(1_000));
    assert!(world.queued.values().all(|reads| reads.len() == 1));
    let took = world.now.duration_since(began);
    assert!(took <= SignedDuration::from_secs(110), "{took}: more than a tenth over 100 s");
    for window in world.sent.windows(601) {
        assert!(window[600].duration_since(window[0]) >= SignedDuration::from_secs(59), "600 a minute");
    }
    assert!(world.steps < 150, "{} transactions for 1,000 items", world.steps);
}

#[test]
fn a_run_that_is_spread_begins_when_it_may_and_takes_its_time() {
    let times = [SignedDuration::from_hours(1), SignedDuration::from_mins(30)];
    let mut world = World::spread(60, RunCause::Person, Vec::new(), times);
    let due = world.starts_at;
    world.run(4);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(60));
    assert!(world.sent[0] >= due, "not before its time");
    let took = world.now.duration_since(due);
    assert!(took > SignedDuration::from_mins(28) && took < SignedDuration::from_mins(32), "{took}");
}

#[test]
fn paused_it_asks_for_nothing_more_and_resumed_it_asks_for_the_rest() {
    let mut world = World::new(300, RunCause::Person, Vec::new());
    while world.sent.len() < 100 {
        world.run_once();
    }
    world.change(RunState::Paused);
    world.run(1);
    let asked = world.sent.len();
    assert!(asked < 110, "{asked}: only what was under way");
    assert_eq!(world.counts().sent, 0, "nothing is in hand meanwhile");
    world.change(RunState::Running);
    world.run(1);
    assert_eq!(world.sent.len(), 300);
    assert_eq!(world.ended.map(|ended| ended.counts.read), Some(300));
}

#[test]
fn taken_back_nothing_more_goes_and_it_ends() {
    let mut world = World::new(300, RunCause::Person, Vec::new());
    while world.sent.len() < 100 {
        world.run_once();
    }
    world.change(RunState::Cancelled);
    world.run(1);
    let ended = world.ended.expect("it ends");
    assert_eq!(ended.counts.read as usize, world.sent.len());
    assert_eq!(ended.counts.read + ended.counts.cancelled, 300);
    assert!(world.queued.values().all(|reads| reads.len() == 1));
}

#[test]
fn an_outage_of_an_hour_costs_no_more_than_a_few_items() {
    let mut world = World::new(200, RunCause::Person, Vec::new());
    while world.sent.len() < 50 {
        world.run_once();
    }
    world.outage = true;
    world.run(1);
    world.outage = false;
    world.run(3);
    let ended = world.ended.expect("it ends");
    assert!(ended.counts.failed <= 3, "{ended:?}");
    assert_eq!(ended.counts.read + ended.counts.failed, 200);
    assert!(world.queued.values().all(|reads| reads.len() == 1));
}

#[test]
fn what_becomes_of_each_is_looked_at_and_one_that_failed_says_why() {
    let mut world = World::new(12, RunCause::Person, Vec::new());
    world.reads_take = Some(SignedDuration::from_secs(45));
    world.run(1);
    let ended = world.ended.expect("it ends").counts;
    assert_eq!((ended.read, ended.failed, ended.queued), (11, 1, 0));
    let Some(Why::Read { status, of, .. }) = &world.why else { panic!("{:?}", world.why) };
    assert_eq!((status, *of), (&DatasetStatus::AuthError, 1));
    assert!(!world.why.as_ref().is_some_and(Why::can_retry), "the customer has to connect again");
}

#[test]
fn of_many_the_looks_are_few_and_what_is_never_seen_does_not_hold_the_run_for_ever() {
    let mut world = World::new(200, RunCause::Person, Vec::new());
    world.reads_take = Some(SignedDuration::from_hours(24 * 30));
    world.run(3);
    let ended = world.ended.expect("it ends").counts;
    assert_eq!(ended.queued, 200, "they stay as they are");
    let most = 60 * 60 / 20 * 8 + 100;
    assert!(world.looks <= most, "{} looks, not more than {most}", world.looks);
}

#[test]
fn a_click_goes_at_once_while_a_run_takes_the_minute() {
    let mut world = World::new(1_000, RunCause::Person, Vec::new());
    for nth in 0..15 {
        while world.sent.len() < 40 + nth * 50 {
            world.run_once();
        }
        let before = world.under_way.len();
        world.give(Event::Act(ActId(nth as u64), Act::Look(id(7))));
        let went = world.under_way.iter().skip(before).any(|(.., call)| *call == Call::Company(id(7)));
        assert!(went, "click {nth} waits");
    }
}

#[test]
fn paused_background_work_holds_what_nobody_waits_for_and_not_a_person() {
    for (cause, goes) in
        [(RunCause::Person, true), (RunCause::Schedule(7), false), (RunCause::KeepAlive, false)]
    {
        let mut world = World::new(5, cause, Vec::new());
        let before = world.sent.len();
        world.give(Event::Paused(true));
        world.run(1);
        assert_eq!(world.ended.is_some(), goes, "{cause:?}");
        assert!(goes || world.sent.len() <= before + 5);
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Answered),
        2 => Just(Fate::Lost),
        1 => Just(Fate::Dropped),
        1 => Just(Fate::Unreachable),
        1 => Just(Fate::Limited),
        1 => Just(Fate::FailedAfter),
        1 => Just(Fate::FailedBefore),
        1 => Just(Fate::CrashAfter),
        1 => Just(Fate::CrashBefore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_happens_each_company_is_queued_once_and_each_item_ends(
        companies in 1_u128..40,
        fates in prop::collection::vec(fate(), 0..120),
    ) {
        let mut world = World::new(companies, RunCause::Person, fates);
        world.run(24 * 14);
        prop_assert!(world.ended.is_some(), "it ends: {:?}", world.counts());
        for item in world.items.values() {
            let queued = world.queued.get(&item.read.company).map_or(0, Vec::len);
            match item.state {
                State::Read => prop_assert_eq!(queued, 1, "{:?}", item),
                State::Failed => prop_assert!(queued <= 1, "{:?}", item),
                State::Waiting | State::Sent | State::Queued | State::Running | State::Cancelled => {
                    prop_assert!(false, "it did not end: {:?}", item);
                }
            }
        }
    }
}
