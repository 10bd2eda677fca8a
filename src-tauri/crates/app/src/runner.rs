//! The runner: a task that owns the engine. It handles events in order and executes the effects of each before
//! the next.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
    time::Duration,
};

use codat::{Client, Failure, client::Meta};
use domain::{Health, PendingDelete, Priority, SafeMode, ScheduleId};
use engine::{
    Act, ActError, ActId, Call, Engine, Event, Notification, RequestId, RequestInfo, Settled,
    schedule::HoldReason,
};
use jiff::{Timestamp, tz::TimeZone};
use store::StoreError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::{self, Clock},
    effect_executor::{Driver, EffectExecutor},
    requests::{Log, Origin},
    sync,
    wake::Wake,
    wire,
};

/// A larger difference between two offsets of the sandbox's clock means that it was moved. A smaller one comes from
/// corrections of the computer's clock.
const MAX_CLOCK_DRIFT_MS: u64 = 1_000;
/// The longest sleep in the loop. A suspend or a changed clock is detected after this time at the latest.
const MAX_SLEEP: Duration = Duration::from_secs(15);

/// The part of the engine's state that can be read without asking the engine.
#[derive(Debug, Clone)]
pub(crate) struct EngineSnapshot {
    pub(crate) health: Health,
    pub(crate) pending_deletes: Vec<PendingDelete>,
    pub(crate) held_schedules: Vec<(ScheduleId, HoldReason)>,
}

impl EngineSnapshot {
    fn new(engine: &Engine, now: Timestamp) -> Self {
        Self {
            health: engine.health(now),
            pending_deletes: engine.pending_deletes(),
            held_schedules: engine.held_schedules(),
        }
    }
}

enum Input {
    Event(Event),
    Act(Act, oneshot::Sender<Result<Settled, ActError>>),
    Query(EngineQuery),
}

/// A read-only query of the engine.
type EngineQuery = Box<dyn FnOnce(&Engine, Timestamp) + Send>;

pub(crate) struct Runner {
    inputs: mpsc::UnboundedSender<Input>,
    snapshot: watch::Receiver<EngineSnapshot>,
    client: Arc<RwLock<Client>>,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

impl Runner {
    /// Starts the engine of a workspace with its saved state. `client` is the one that the effects use.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) async fn start(
        config: engine::Config,
        effect_executor: EffectExecutor,
        client: Arc<RwLock<Client>>,
        log: Arc<Log>,
        policy: engine::Policy,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let now = clock.now();
        let effect_executor = Arc::new(effect_executor);
        let (engine, startup_events) = effect_executor.engine(config, now).await?;
        let (inputs, receiver) = mpsc::unbounded_channel();
        let (snapshot_sender, snapshot) = watch::channel(EngineSnapshot::new(&engine, now));
        let (cancel, tasks) = (CancellationToken::new(), TaskTracker::new());
        let driver = RunnerDriver {
            effect_executor: effect_executor.clone(),
            log,
            clock,
            next_request: RequestInfo { priority: Priority::Click, retry: 0 },
            snapshot_sender,
            inputs: inputs.clone(),
            waiting_acts: HashMap::new(),
            cancel: cancel.clone(),
            tasks: tasks.clone(),
        };
        let engine_loop = EngineLoop { engine, effect_executor, driver, receiver, next_act: 0 };
        // The policy comes first, so that nothing is sent that the safe mode forbids.
        let startup_events = [Event::Policy(policy)].into_iter().chain(startup_events).collect();
        tasks.spawn(engine_loop.run(startup_events));
        Ok(Self { inputs, snapshot, client, cancel, tasks })
    }

    /// Runs an act and returns its result. Dropping the future does not cancel the act.
    pub(crate) async fn act(&self, act: impl Into<Act>) -> Result<Settled, ActError> {
        let (sender, receiver) = oneshot::channel();
        self.inputs.send(Input::Act(act.into(), sender)).map_err(|_| runner_stopped())?;
        receiver.await.map_err(|_| runner_stopped())?
    }

    /// Runs a read-only query of the engine.
    pub(crate) async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Engine, Timestamp) -> T + Send + 'static,
    ) -> Result<T, ActError> {
        let (sender, receiver) = oneshot::channel();
        let query: EngineQuery = Box::new(move |engine, now| {
            // The caller may be gone.
            let _ = sender.send(query(engine, now));
        });
        self.inputs.send(Input::Query(query)).map_err(|_| runner_stopped())?;
        receiver.await.map_err(|_| runner_stopped())
    }

    /// Sends an event to the engine.
    pub(crate) fn send_event(&self, event: Event) {
        // A stopped runner ignores events.
        let _ = self.inputs.send(Input::Event(event));
    }

    /// Changes the policy. When this returns, the engine has applied it.
    pub(crate) async fn set_policy(&self, policy: engine::Policy) {
        self.send_event(Event::Policy(policy));
        // A stopped runner sends nothing, so the policy does not matter.
        let _ = self.query(|_, _| ()).await;
    }

    /// Replaces the client, for example after the key was changed.
    pub(crate) fn replace_client(&self, client: Client) {
        *sync::write(&self.client) = client;
        self.send_event(Event::KeyReplaced);
    }

    /// Sends one request outside of the engine, such as a streamed file. The engine first grants the request
    /// and then counts it and its result. `needs` is the required safe mode; `meta` extracts the response
    /// metadata.
    ///
    /// # Errors
    /// The outer error: why the engine refused. The inner one: why the request failed.
    pub(crate) async fn send_direct<T>(
        &self,
        needs: SafeMode,
        request: impl AsyncFnOnce(Client) -> Result<T, Failure>,
        meta: impl FnOnce(&T) -> Meta,
    ) -> Result<Result<T, Failure>, ActError> {
        self.act(Act::ReserveRequest(needs)).await?;
        let client = sync::read(&self.client).clone();
        let answer = request(client).await;
        self.send_event(Event::DirectAnswer(
            answer.as_ref().map(meta).map_err(|failure| Box::new(failure.clone())),
        ));
        Ok(answer)
    }

    pub(crate) fn snapshot(&self) -> EngineSnapshot {
        self.snapshot.borrow().clone()
    }

    /// Whether the runner was stopped. Acts in progress may have been carried out.
    pub(crate) fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Checks the user's quota before an act is prepared.
    ///
    /// # Errors
    /// If the requests of the day are used up, or the part that the app uses without asking.
    pub(crate) async fn check_quota(&self) -> Result<(), ActError> {
        self.query(|engine, now| engine.user_quota_error(now)).await?.map_or(Ok(()), Err)
    }

    /// Stops the runner: drops requests in progress and saves the state of the engine.
    pub(crate) async fn stop(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn runner_stopped() -> ActError {
    ActError::Failed(codat::Failure::without_answer(
        codat::FailureKind::NoAnswer,
        "the workspace closed in the meantime",
    ))
}

struct EngineLoop {
    engine: Engine,
    effect_executor: Arc<EffectExecutor>,
    driver: RunnerDriver,
    receiver: mpsc::UnboundedReceiver<Input>,
    next_act: u64,
}

impl EngineLoop {
    async fn run(mut self, startup_events: Vec<Event>) {
        for event in startup_events {
            self.handle(event).await;
        }
        let mut wake = Wake::new(self.driver.now());
        let mut offset = self.driver.clock.offset_ms();
        let mut zone = clock::zone();
        loop {
            let sleep = self.sleep();
            let event = tokio::select! {
                biased;
                () = self.driver.cancel.cancelled() => break,
                input = self.receiver.recv() => match input {
                    Some(Input::Query(query)) => {
                        query(&self.engine, self.driver.now());
                        continue;
                    }
                    Some(Input::Event(event)) => event,
                    Some(Input::Act(act, sender)) => self.register_act(act, sender),
                    None => break,
                },
                () = tokio::time::sleep(sleep) => Event::Timeout,
            };
            let reported_by_system = matches!(event, Event::Resumed);
            self.check_clock_offset(&mut offset);
            if wake.check(self.driver.now(), reported_by_system) {
                self.handle(Event::Resumed).await;
            }
            self.check_time_zone(&mut zone).await;
            if !reported_by_system {
                self.handle(event).await;
            }
        }
        if let Err(error) = self.effect_executor.save(self.engine.final_state()).await {
            tracing::warn!(%error, "the engine's state could not be kept");
        }
    }

    /// Detects that the sandbox's clock was moved. Windows show ages and times left by this clock.
    fn check_clock_offset(&self, known: &mut i64) {
        let offset = self.driver.clock.offset_ms();
        if known.abs_diff(offset) > MAX_CLOCK_DRIFT_MS {
            *known = offset;
            self.effect_executor.send_event(wire::Event::Session);
        }
    }

    /// Detects a changed system time zone.
    async fn check_time_zone(&mut self, known: &mut TimeZone) {
        let zone = clock::zone();
        if zone != *known {
            *known = zone.clone();
            self.handle(Event::Zone(zone)).await;
        }
    }

    fn register_act(&mut self, act: Act, sender: oneshot::Sender<Result<Settled, ActError>>) -> Event {
        self.next_act += 1;
        let id = ActId(self.next_act);
        self.driver.waiting_acts.insert(id, sender);
        Event::Act(id, act)
    }

    fn sleep(&self) -> Duration {
        let now = self.driver.now();
        let wake = self.engine.poll_timeout(now);
        let wait = wake.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO));
        // A deadline in the past was handled just now. What delays it ends with an event, or soon.
        wait.unwrap_or(MAX_SLEEP).clamp(Duration::from_millis(50), MAX_SLEEP)
    }

    async fn handle(&mut self, event: Event) {
        self.effect_executor.handle(&mut self.engine, event, &mut self.driver).await;
    }
}

/// Executes the asynchronous effects: requests, notifications, the results of acts, and the snapshot.
struct RunnerDriver {
    effect_executor: Arc<EffectExecutor>,
    log: Arc<Log>,
    clock: Clock,
    next_request: RequestInfo,
    snapshot_sender: watch::Sender<EngineSnapshot>,
    inputs: mpsc::UnboundedSender<Input>,
    waiting_acts: HashMap<ActId, oneshot::Sender<Result<Settled, ActError>>>,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

impl Driver for RunnerDriver {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn set_next_request(&mut self, info: RequestInfo) {
        self.next_request = info;
    }

    fn send(&mut self, id: RequestId, call: Call) {
        let (effect_executor, inputs, cancel) =
            (self.effect_executor.clone(), self.inputs.clone(), self.cancel.clone());
        let (log, origin) =
            (self.log.clone(), Origin::new(self.next_request.priority.into(), self.next_request.retry));
        self.tasks.spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                outcome = origin.clone().scope(Box::pin(effect_executor.send(call))) => {
                    log.record_outcome(&origin, &outcome);
                    // A stopped runner does not receive it.
                    let _ = inputs.send(Input::Event(Event::Answer(id, outcome)));
                }
            }
        });
    }

    fn settle(&mut self, id: ActId, result: Result<Settled, ActError>) {
        if let Some(sender) = self.waiting_acts.remove(&id) {
            // The caller may be gone; the act is done anyway.
            let _ = sender.send(result);
        }
    }

    fn notify(&mut self, notification: Notification) {
        let (effect_executor, inputs) = (self.effect_executor.clone(), self.inputs.clone());
        let clock = self.clock.clone();
        self.tasks.spawn(async move {
            let event = effect_executor.notify(notification, clock.now()).await;
            // A stopped runner does not receive it.
            let _ = inputs.send(Input::Event(event));
        });
    }

    fn show(&mut self, engine: &Engine, now: Timestamp) {
        self.snapshot_sender.send_replace(EngineSnapshot::new(engine, now));
    }
}
