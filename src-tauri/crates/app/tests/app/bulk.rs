//! Runs over many companies: engine, client, store and the sandbox with Codat's rate limits in one
//! process, on a simulated clock.

mod changes;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, RwLock},
};

use app::{Driver, EffectExecutor, Notification};
use codat::{Client, CompanyId, client::ApiKey, model::Phase, page::PageRequest};
use domain::{NewRun, ReadRequest, ReadSelection, RunAct, RunCause, RunCounts};
use engine::{ActError, ActId, Call, Engine, Event, RequestId, Settled};
use jiff::{SignedDuration, Timestamp};
use sandbox::{Endpoint, Limits, Options};
use store::{ItemState, Store};
use tempfile::TempDir;

use crate::test_app::FakeDesktop;

/// The latency of a response.
const LATENCY: SignedDuration = SignedDuration::from_millis(180);
/// The number of companies to refresh.
const MANY: usize = 1_000;

/// A clock that only moves when the test moves it.
#[derive(Clone)]
struct Clock(Arc<Mutex<Timestamp>>);

impl Clock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Effects of the engine whose results are pending.
struct Steps {
    clock: Clock,
    under_way: BTreeMap<(Timestamp, RequestId), Call>,
    /// The times of all requests that change something.
    sent: Vec<Timestamp>,
}

impl Driver for Steps {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn send(&mut self, id: RequestId, call: Call) {
        if matches!(call, Call::Write(..)) {
            self.sent.push(self.now());
        }
        self.under_way.insert((self.now() + LATENCY, id), call);
    }

    fn settle(&mut self, _: ActId, _: Result<Settled, ActError>) {}

    fn notify(&mut self, _: Notification) {}

    fn show(&mut self, _: &Engine, _: Timestamp) {}
}

/// The server and the folder of the workspace's database.
struct World {
    clock: Clock,
    endpoint: Endpoint,
    folder: TempDir,
}

/// The engine, client and store that work on it.
struct Core {
    executor: EffectExecutor,
    store: Arc<Store>,
    engine: Engine,
    steps: Steps,
}

impl World {
    async fn new() -> Self {
        let clock = Clock(Arc::new(Mutex::new("2026-11-23T10:00:00Z".parse().unwrap())));
        let options = Options { companies: Some(1_500), limits: Limits::REAL, ..Options::default() };
        let told = clock.clone();
        let endpoint = Endpoint::in_process(&options, Arc::new(move || told.now())).await.unwrap();
        Self { clock, endpoint, folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("workspace.db")
    }

    fn client(&self) -> Client {
        Client::new("http://127.0.0.1:8787", ApiKey::new("sandbox").unwrap(), self.endpoint.transport())
    }

    async fn core(&self, seed: u64) -> Core {
        let store = Arc::new(Store::open(&self.path(), self.clock.now()).await.unwrap());
        let client = Arc::new(RwLock::new(self.client()));
        let executor = EffectExecutor::new(store.clone(), client, Arc::new(FakeDesktop::default()));
        let config = engine::Config { seed, ..engine::Config::default() };
        let (engine, first) = executor.engine(config, self.clock.now()).await.unwrap();
        let steps = Steps { clock: self.clock.clone(), under_way: BTreeMap::new(), sent: Vec::new() };
        let mut core = Core { executor, store, engine, steps };
        for event in first {
            core.give(event).await;
        }
        core
    }

    /// Reads of a company since then, each with its data type and connection.
    async fn reads_since(&self, company: CompanyId, since: Timestamp) -> Vec<(String, String)> {
        let page = PageRequest { page: 1, page_size: 60, query: None, order_by: Some("-requested".into()) };
        let reads = self.client().data_history(company, &page).await.unwrap().value.results;
        let reads = reads.into_iter().map(|read| read.value).filter(|read| read.requested >= since);
        reads.map(|read| (read.data_type, read.connection_id.to_string())).collect()
    }

    /// Whether the server still reads data of a company, for example of an offline connector that is off.
    async fn is_reading(&self, company: CompanyId) -> bool {
        let page = PageRequest { page: 1, page_size: 60, query: None, order_by: Some("-requested".into()) };
        let reads = self.client().data_history(company, &page).await.unwrap().value.results;
        reads.iter().any(|read| read.value.status.phase() == Phase::Running)
    }

    /// Checks that every company was queued, and each of its data types once.
    async fn each_was_queued_once(&self, companies: &[CompanyId], since: Timestamp) {
        for (at, company) in companies.iter().enumerate() {
            if at % 500 == 0 {
                // The rate limit per minute is the server's.
                self.step(SignedDuration::from_mins(1));
            }
            let reads = self.reads_since(*company, since).await;
            let once: BTreeSet<_> = reads.iter().collect();
            assert!(!reads.is_empty(), "{company} was not queued");
            assert_eq!(once.len(), reads.len(), "{company} was queued twice: {reads:?}");
        }
    }

    fn step(&self, by: SignedDuration) {
        *self.clock.0.lock().unwrap() += by;
    }
}

impl Core {
    async fn give(&mut self, event: Event) {
        self.executor.handle(&mut self.engine, event, &mut self.steps).await;
    }

    /// Advances the clock to the next response or to the engine's next wake-up.
    async fn step(&mut self) {
        let now = self.steps.now();
        let answer = self.steps.under_way.first_key_value().map(|((at, _), _)| *at);
        let wake = self.engine.poll_timeout(now);
        let next = answer.into_iter().chain(wake).min().expect("something is to come");
        *self.steps.clock.0.lock().unwrap() = next.max(now + SignedDuration::from_millis(1));
        let due = answer.is_some_and(|at| at <= self.steps.now());
        match self.steps.under_way.pop_first() {
            Some(((_, id), call)) if due => {
                let outcome = self.executor.send(call).await;
                self.give(Event::Answer(id, outcome)).await;
            }
            Some((at, call)) => {
                self.steps.under_way.insert(at, call);
                self.give(Event::Timeout).await;
            }
            None => self.give(Event::Timeout).await,
        }
    }

    /// The first 1,000 linked companies, after the first sweep.
    async fn linked(&mut self) -> Vec<CompanyId> {
        while !self.engine.health(self.steps.now()).first_sweep_done {
            self.step().await;
        }
        let mut found = self.store.matching_companies("is:green", self.steps.now()).await.unwrap();
        found.truncate(MANY);
        assert_eq!(found.len(), MANY, "the world has that many");
        found
    }

    async fn begin(&mut self, companies: &[CompanyId]) -> Timestamp {
        self.begin_act(RunAct::Read, companies, self.steps.now()).await
    }

    async fn begin_act(&mut self, act: RunAct, companies: &[CompanyId], starts_at: Timestamp) -> Timestamp {
        let now = self.steps.now();
        let read = |company: &CompanyId| ReadRequest { company: *company, data_type: None, connection: None };
        let run = NewRun {
            cause: RunCause::Person,
            act,
            label: "A thousand".into(),
            reads: ReadSelection::List(companies.iter().map(read).collect()),
            starts_at,
            spread: SignedDuration::ZERO,
        };
        self.store.begin_run(&run, now).await.unwrap();
        self.give(Event::RunsChanged).await;
        now
    }

    async fn counts(&self) -> RunCounts {
        self.store.runs().await.unwrap()[0].counts
    }

    /// Advances until the run has no requests left.
    async fn ask_all(&mut self) -> Timestamp {
        while self.counts().await.waiting + self.counts().await.sent > 0 {
            for _ in 0..50 {
                self.step().await;
            }
        }
        *self.steps.sent.last().expect("something was sent")
    }

    /// Ends the process. Every second pending request still reaches the server.
    async fn killed(self) {
        for (at, (_, call)) in self.steps.under_way.into_iter().enumerate() {
            if at % 2 == 0 {
                drop(self.executor.send(call).await);
            }
        }
        drop(self.executor);
        Arc::into_inner(self.store).expect("nobody else has it").close().await;
    }
}

#[tokio::test]
async fn a_thousand_companies_are_queued_once_each_within_a_tenth_of_what_the_minute_allows() {
    let world = World::new().await;
    let mut core = world.core(1).await;
    let companies = core.linked().await;
    let began = core.begin(&companies).await;
    let last = core.ask_all().await;
    assert_eq!(core.steps.sent.len(), MANY, "one request each");
    let took = last.duration_since(began);
    assert!(took <= SignedDuration::from_secs(110), "{took} for what 600 a minute do in 100 s");
    let counts = core.counts().await;
    assert_eq!(counts.queued + counts.read + counts.failed, 1_000, "{counts:?}");
    let until = core.steps.now() + SignedDuration::from_mins(10);
    while core.steps.now() < until {
        core.step().await;
    }
    let run = core.store.runs().await.unwrap()[0].id;
    let open = core.store.run_items(run, &[ItemState::Queued], 0, 1_000).await.unwrap().rows;
    assert!(open.len() < 50, "{} of 1,000 are not followed to their end", open.len());
    for item in open {
        assert!(
            world.is_reading(item.company).await,
            "{} has been read, and is not known to be",
            item.company
        );
    }
    core.killed().await;
    world.each_was_queued_once(&companies, began).await;
}

#[tokio::test]
async fn killed_midway_and_started_again_none_is_doubled_and_none_is_lost() {
    let world = World::new().await;
    let mut core = world.core(1).await;
    let companies = core.linked().await;
    let began = core.begin(&companies).await;
    // The second restart is later than the lifetime of idempotency keys.
    for (sent, away) in [(300, 1), (250, 120), (1, 1)] {
        while core.steps.sent.len() < sent {
            core.step().await;
        }
        core.killed().await;
        world.step(SignedDuration::from_mins(away));
        core = world.core(u64::from(away.unsigned_abs() as u32) + 7).await;
    }
    core.ask_all().await;
    let counts = core.counts().await;
    assert_eq!(counts.queued + counts.read + counts.failed, 1_000, "{counts:?}");
    core.killed().await;
    world.each_was_queued_once(&companies, began).await;
}
