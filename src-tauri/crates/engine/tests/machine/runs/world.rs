//! The engine with a store and a server in memory. Each request has a chosen fate.

use std::collections::{BTreeMap, VecDeque};

use codat::{CompanyId, Failure, FailureKind, Topic, client::Meta, error::RateLimit};
use domain::{ItemId, ReadHistory, ReadRequest, RunAct, RunCause, RunId, RunState};
use engine::{
    Call, Config, Effect, Engine, Event, FailureReason, RefreshCompany, Reply, RequestId, RunEnded, Signal,
    StoreTask, WriteAct,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::bench::{at, failure, id, page};

mod companies;
mod server;
mod store;

pub(crate) use store::{Item, State};

const RUN: RunId = RunId(1);

/// The fate of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// Done, but the response is lost.
    Lost,
    /// Lost before it reached the server.
    Dropped,
    /// The server cannot be reached.
    Unreachable,
    /// Rejected with a 429.
    Limited,
    /// A 5xx after the act was done.
    FailedAfter,
    /// A 5xx without effect.
    FailedBefore,
    /// The app crashes while the request is in flight; it arrives.
    CrashAfter,
    /// The app crashes, and the request does not arrive.
    CrashBefore,
}

/// The engine with its store and its server.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) state: RunState,
    pub(crate) cause: RunCause,
    pub(crate) act: RunAct,
    pub(crate) starts_at: Timestamp,
    pub(crate) spread: SignedDuration,
    pub(crate) items: BTreeMap<ItemId, Item>,
    pub(crate) ended: Option<RunEnded>,
    /// Reads that the server queued, with their times.
    pub(crate) queued: BTreeMap<CompanyId, Vec<Timestamp>>,
    /// The stored response of each idempotency key.
    pub(crate) keys: BTreeMap<Uuid, (Timestamp, Result<(), Box<Failure>>)>,
    /// The tags of each company at the server.
    pub(crate) companies: BTreeMap<CompanyId, BTreeMap<String, String>>,
    /// The changes that took effect at the server, by company.
    pub(crate) changes: Vec<CompanyId>,
    /// How reads of single companies fail.
    pub(crate) company_failure: Option<FailureKind>,
    /// Companies that the store was to remove.
    pub(crate) removed: Vec<CompanyId>,
    /// Requests in flight, with the time of their response.
    pub(crate) under_way: VecDeque<(Timestamp, RequestId, Call)>,
    pub(crate) fates: VecDeque<Fate>,
    /// When each request of an item was sent.
    pub(crate) sent: Vec<Timestamp>,
    /// The number of store tasks.
    pub(crate) steps: usize,
    pub(crate) outage: bool,
    /// The store tasks that fail.
    pub(crate) refuses: fn(&StoreTask) -> bool,
    /// Why the last item failed.
    pub(crate) why: Option<FailureReason>,
    /// Histories that were read.
    pub(crate) looks: usize,
    /// The duration of reads; none: they end at once.
    pub(crate) reads_take: Option<SignedDuration>,
    /// The number of reads of another type after a company's own.
    pub(crate) others: usize,
    /// Items whose history was read, and when.
    pub(crate) looked: BTreeMap<ItemId, Timestamp>,
    /// The status of the failed reads of the third company.
    pub(crate) fails_with: &'static str,
    /// The read history of each company, for any schedule.
    pub(crate) standings: Vec<ReadHistory>,
    /// When the histories were loaded.
    pub(crate) standings_asked: Vec<Timestamp>,
}

impl World {
    pub(crate) fn new(companies: u128, cause: RunCause, fates: Vec<Fate>) -> Self {
        Self::spread(companies, cause, fates, [SignedDuration::ZERO; 2])
    }

    /// With a run that starts after a delay and is spread over a time.
    pub(crate) fn spread(
        companies: u128,
        cause: RunCause,
        fates: Vec<Fate>,
        times: [SignedDuration; 2],
    ) -> Self {
        Self::start(companies, RunAct::Read, cause, fates, times)
    }

    /// With a run that changes companies, after a delay.
    pub(crate) fn changing(companies: u128, act: RunAct, fates: Vec<Fate>, after: SignedDuration) -> Self {
        Self::start(companies, act, RunCause::Person, fates, [after, SignedDuration::ZERO])
    }

    fn start(
        companies: u128,
        act: RunAct,
        cause: RunCause,
        fates: Vec<Fate>,
        [after, spread]: [SignedDuration; 2],
    ) -> Self {
        let now = at("2026-11-23T10:00:00Z");
        let items = (1..=companies).map(|n| {
            let read = ReadRequest { company: id(n), data_type: None, connection: None };
            let item =
                Item { read, state: State::Waiting, key: None, sent_at: now, tries: 0, not_before: None };
            (ItemId(n as i64), item)
        });
        let mut world = Self {
            engine: engine_at(now),
            now,
            state: RunState::Running,
            cause,
            act,
            starts_at: now + after,
            spread,
            items: items.collect(),
            ended: None,
            queued: BTreeMap::new(),
            keys: BTreeMap::new(),
            companies: companies_at_server(companies),
            changes: Vec::new(),
            company_failure: None,
            removed: Vec::new(),
            under_way: VecDeque::new(),
            fates: fates.into(),
            sent: Vec::new(),
            steps: 0,
            outage: false,
            refuses: |_| false,
            why: None,
            looks: 0,
            reads_take: None,
            others: 0,
            looked: BTreeMap::new(),
            fails_with: "AuthError",
            standings: Vec::new(),
            standings_asked: Vec::new(),
        };
        world.give(Event::Started(engine::RecoveryState::default()));
        world
    }

    pub(crate) fn give(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        let mut handled = 0;
        while let Some(event) = events.pop_front() {
            handled += 1;
            assert!(handled < 10_000, "it comes to rest: {event:?}");
            for effect in self.engine.handle(self.now, event) {
                match effect {
                    Effect::Send(request, call) => {
                        let here = self.now + SignedDuration::from_millis(150);
                        self.under_way.push_back((here, request, call));
                    }
                    Effect::Store(ticket, task) => {
                        let is_refused = (self.refuses)(&task);
                        let stored = if is_refused { Err("full".to_owned()) } else { Ok(self.carry(task)) };
                        events.push_back(Event::StoreResult(ticket, stored));
                    }
                    Effect::Signal(Signal::RunEnded(ended)) => self.ended = Some(ended),
                    Effect::Settle(..)
                    | Effect::Notify(_)
                    | Effect::CloseNotification(_)
                    | Effect::CloseNotice(_)
                    | Effect::Tray(_)
                    | Effect::Signal(_) => {}
                }
            }
        }
    }

    /// Until the run has ended, or for this time.
    pub(crate) fn run(&mut self, hours: i64) {
        let end = self.now + SignedDuration::from_hours(hours);
        while self.ended.is_none() && self.now < end {
            self.run_once();
        }
    }

    /// Until the next response or timeout.
    pub(crate) fn run_once(&mut self) {
        let wake = self.engine.poll_timeout(self.now);
        let here = self.under_way.front().map(|(here, ..)| *here);
        // Advances the time even if nothing is due.
        let later = self.now + SignedDuration::from_mins(1);
        let next = wake.into_iter().chain(here).min().unwrap_or(later);
        self.now = next.max(self.now + SignedDuration::from_millis(1));
        if here.is_some_and(|here| here <= self.now) {
            if let Some((_, request, call)) = self.under_way.pop_front() {
                self.answer(request, call);
            }
        } else {
            self.give(Event::Timeout);
        }
    }

    fn answer(&mut self, request: RequestId, call: Call) {
        let outcome = match call {
            _ if self.outage => Err(failure(FailureKind::Server)),
            Call::Write(WriteAct::RefreshCompany(RefreshCompany { company }), key) => {
                self.sent.push(self.now);
                let fate = self.fates.pop_front().unwrap_or(Fate::Answered);
                match self.refresh(company, key, fate) {
                    Some(outcome) => outcome.map(|()| Reply::Done).map_err(|failure| *failure),
                    None => return self.crash(),
                }
            }
            Call::Write(act @ (WriteAct::UpdateCompany(_) | WriteAct::DeleteCompany(_)), key) => {
                self.sent.push(self.now);
                let fate = self.fates.pop_front().unwrap_or(Fate::Answered);
                match self.change_company(&act, key, fate) {
                    Some(outcome) => outcome.map_err(|failure| *failure),
                    None => return self.crash(),
                }
            }
            Call::Company(company) if self.act != RunAct::Read => {
                self.company(company).map_err(|failure| *failure)
            }
            Call::Topic(Topic::Reads(company, asked)) => {
                self.looks += 1;
                Ok(self.history(company, &asked))
            }
            Call::Companies(asked) => Ok(page(Vec::new(), asked.page, asked.page_size, 0)),
            Call::Integrations(_)
            | Call::Company(_)
            | Call::Connection(..)
            | Call::Write(..)
            | Call::Topic(_) => Err(failure(FailureKind::NotFound)),
        };
        self.answered(request, outcome);
    }

    fn answered(&mut self, request: RequestId, outcome: Result<Reply, Failure>) {
        let rate_limit = Some(RateLimit { limit: 1_000_000, remaining: 900_000, reset: None });
        let meta = Meta { status: 200, rate_limit, correlation_id: None, bytes: 1_000, date: None };
        self.give(Event::Answer(request, outcome.map(|reply| (reply, meta))));
    }

    /// Requests in flight may arrive or not. The new engine knows what the store knows.
    fn crash(&mut self) {
        for (at, (.., call)) in core::mem::take(&mut self.under_way).into_iter().enumerate() {
            let is_arriving = at % 2 == 0;
            if let (Call::Write(WriteAct::RefreshCompany(RefreshCompany { company }), key), true) =
                (call.clone(), is_arriving)
            {
                let _ = self.served(company, key, Ok(()), true);
            } else if let (Call::Write(act, key), true) = (call, is_arriving) {
                let _ = self.perform(&act, key, Ok(()));
            }
        }
        // Some restarts are after the lifetime of the keys.
        let away = if self.sent.len().is_multiple_of(3) { 120 } else { 1 };
        self.now += SignedDuration::from_mins(away);
        self.engine = engine_at(self.now);
        self.give(Event::Started(engine::RecoveryState::default()));
    }

    pub(crate) fn change(&mut self, state: RunState) {
        self.state = state;
        if state == RunState::Cancelled {
            for item in self.items.values_mut().filter(|item| item.state == State::Waiting) {
                item.state = State::Cancelled;
            }
        }
        self.give(Event::RunsChanged);
    }
}

/// Companies with a tag of their own.
fn companies_at_server(many: u128) -> BTreeMap<CompanyId, BTreeMap<String, String>> {
    let tags = |n: u128| BTreeMap::from([("number".to_owned(), n.to_string())]);
    (1..=many).map(|n| (id(n), tags(n))).collect()
}

fn engine_at(now: Timestamp) -> Engine {
    // Each start has another seed, as in the app.
    let seed = now.as_second() as u64;
    Engine::new(Config { seed, sweep_floor_secs: 60, ..Config::default() }, None, now)
}
