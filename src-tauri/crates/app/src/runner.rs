//! The runner: one task that owns the engine, gives it events as they come, and has its effects carried out
//! in their order.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use codat::{Client, Failure, client::Meta};
use engine::{
    Act, ActError, ActId, Asked, Call, Class, Engine, Event, Notification, RequestId, Settled,
    schedule::{Held, ScheduleId},
};
use jiff::{Timestamp, tz::TimeZone};
use store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    carrier::{Carrier, Driver},
    clock,
    desk::Damage,
    presenter::Presenter,
    requests::{Log, Origin},
    wake::Wake,
};

/// The longest sleep: a computer that slept, or a clock that was set, is noticed after this at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);

/// What anybody may look at without asking the engine.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) health: engine::Health,
    pub(crate) pending_deletes: Vec<engine::PendingDelete>,
    pub(crate) held_schedules: Vec<(ScheduleId, Held)>,
}

impl Shown {
    fn of(engine: &Engine, now: Timestamp) -> Self {
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
    Look(Look),
}

/// A look at the engine that changes nothing.
type Look = Box<dyn FnOnce(&Engine, Timestamp) + Send>;

/// A running engine.
pub(crate) struct Runner {
    inputs: mpsc::UnboundedSender<Input>,
    shown: watch::Receiver<Shown>,
    client: Arc<RwLock<Client>>,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

impl Runner {
    /// Starts the engine of a workspace with what it kept from last time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn start(
        config: engine::Config,
        store: Arc<Store>,
        client: Client,
        log: Arc<Log>,
        presenter: Arc<dyn Presenter>,
        policy: engine::Policy,
        damage: Damage,
    ) -> Result<Self, StoreError> {
        let now = clock::now();
        let client = Arc::new(RwLock::new(client));
        let carrier = Arc::new(Carrier::new(store, client.clone(), presenter).noting_damage(damage));
        let (engine, first) = carrier.engine(config, now).await?;
        let (inputs, receiver) = mpsc::unbounded_channel();
        let (show, shown) = watch::channel(Shown::of(&engine, now));
        let (cancel, tasks) = (CancellationToken::new(), TaskTracker::new());
        let outside = Outside {
            carrier: carrier.clone(),
            log,
            next: Asked { class: Class::Click, retry: 0 },
            show,
            inputs: inputs.clone(),
            waiting: HashMap::new(),
            cancel: cancel.clone(),
            tasks: tasks.clone(),
        };
        let work = Work { engine, carrier, outside, receiver, next_act: 0 };
        // Before anything else: what the safe mode forbids is not sent.
        let first = [Event::Policy(policy)].into_iter().chain(first).collect();
        tasks.spawn(work.run(first));
        Ok(Self { inputs, shown, client, cancel, tasks })
    }

    /// Has an act carried out, and says what came of it. Dropping the future does not take the act back.
    pub(crate) async fn act(&self, act: Act) -> Result<Settled, ActError> {
        let (sender, receiver) = oneshot::channel();
        self.inputs.send(Input::Act(act, sender)).map_err(|_| stopped())?;
        receiver.await.map_err(|_| stopped())?
    }

    /// Asks the engine for something that changes nothing.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Engine, Timestamp) -> T + Send + 'static,
    ) -> Result<T, ActError> {
        let (sender, receiver) = oneshot::channel();
        let look: Look = Box::new(move |engine, now| {
            // Whoever asked may have gone meanwhile.
            let _ = sender.send(look(engine, now));
        });
        self.inputs.send(Input::Look(look)).map_err(|_| stopped())?;
        receiver.await.map_err(|_| stopped())
    }

    /// Tells the engine of something.
    pub(crate) fn tell(&self, event: Event) {
        // A runner that has stopped has nothing to be told.
        let _ = self.inputs.send(Input::Event(event));
    }

    /// Tells the engine what it may do from now on; after that nothing goes that is forbidden.
    pub(crate) async fn set_policy(&self, policy: engine::Policy) {
        self.tell(Event::Policy(policy));
        // One that has stopped sends nothing.
        let _ = self.look(|_, _| ()).await;
    }

    /// Speaks with another key from now on.
    pub(crate) fn replace_client(&self, client: Client) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client;
        self.tell(Event::KeyReplaced);
    }

    /// Makes one attempt at what is too long to go through the engine, files piece by piece: when the engine lets
    /// it, which counts it and hears what it was answered. It needs this safe mode; `meta` finds what came with the
    /// answer.
    ///
    /// # Errors
    /// Why it may not go; within, why it failed.
    pub(crate) async fn past<T>(
        &self,
        needs: engine::SafeMode,
        request: impl AsyncFnOnce(Client) -> Result<T, Failure>,
        meta: impl FnOnce(&T) -> Meta,
    ) -> Result<Result<T, Failure>, ActError> {
        self.act(Act::Pass(needs)).await?;
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = request(client).await;
        self.tell(Event::Passed(answer.as_ref().map(meta).map_err(|failure| Box::new(failure.clone()))));
        Ok(answer)
    }

    pub(crate) fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Whether it was stopped: what was asked of it may have happened.
    pub(crate) fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Says why what a person is about to send would not go, before it is prepared.
    ///
    /// # Errors
    /// That the day's requests are used up, or the part of them that the app takes without asking.
    pub(crate) async fn admits(&self) -> Result<(), ActError> {
        self.look(|engine, now| engine.persons_stop(now)).await?.map_or(Ok(()), Err)
    }

    /// Stops: requests under way are dropped, the engine's state is kept.
    pub(crate) async fn stop(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn stopped() -> ActError {
    ActError::Failed(codat::Failure::without_answer(
        codat::FailureKind::NoAnswer,
        "the workspace was closed meanwhile",
    ))
}

/// The task's own side.
struct Work {
    engine: Engine,
    carrier: Arc<Carrier>,
    outside: Outside,
    receiver: mpsc::UnboundedReceiver<Input>,
    next_act: u64,
}

impl Work {
    async fn run(mut self, first: Vec<Event>) {
        for event in first {
            self.handle(event).await;
        }
        let mut wake = Wake::new(clock::now());
        let mut zone = clock::zone();
        loop {
            let sleep = self.sleep();
            let event = tokio::select! {
                biased;
                () = self.outside.cancel.cancelled() => break,
                input = self.receiver.recv() => match input {
                    Some(Input::Look(look)) => {
                        look(&self.engine, clock::now());
                        continue;
                    }
                    Some(Input::Event(event)) => event,
                    Some(Input::Act(act, sender)) => self.admit(act, sender),
                    None => break,
                },
                () = tokio::time::sleep(sleep) => Event::Due,
            };
            let is_told = matches!(event, Event::Woke);
            if wake.look(clock::now(), is_told) {
                self.handle(Event::Woke).await;
            }
            self.notice_travel(&mut zone).await;
            if !is_told {
                self.handle(event).await;
            }
        }
        if let Err(error) = self.carrier.save(self.engine.saved_at_the_end()).await {
            tracing::warn!(%error, "the engine's state could not be kept");
        }
    }

    /// The computer may have been carried into another zone.
    async fn notice_travel(&mut self, known: &mut TimeZone) {
        let zone = clock::zone();
        if zone != *known {
            *known = zone.clone();
            self.handle(Event::Zone(zone)).await;
        }
    }

    fn admit(&mut self, act: Act, sender: oneshot::Sender<Result<Settled, ActError>>) -> Event {
        self.next_act += 1;
        let id = ActId(self.next_act);
        self.outside.waiting.insert(id, sender);
        Event::Act(id, act)
    }

    fn sleep(&self) -> Duration {
        let now = clock::now();
        let wake = self.engine.next_wake(now);
        let wait = wake.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO));
        // A wake that lies in the past was just handled: whatever holds it lifts by an event or shortly.
        wait.unwrap_or(LONGEST_SLEEP).clamp(Duration::from_millis(50), LONGEST_SLEEP)
    }

    async fn handle(&mut self, event: Event) {
        self.carrier.handle(&mut self.engine, event, &mut self.outside).await;
    }
}

/// What goes on beside the task: requests under way, who waits for an act, and what is shown.
struct Outside {
    carrier: Arc<Carrier>,
    log: Arc<Log>,
    /// What the next request is for.
    next: Asked,
    show: watch::Sender<Shown>,
    inputs: mpsc::UnboundedSender<Input>,
    waiting: HashMap<ActId, oneshot::Sender<Result<Settled, ActError>>>,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

impl Driver for Outside {
    fn now(&self) -> Timestamp {
        clock::now()
    }

    fn is_for(&mut self, asked: Asked) {
        self.next = asked;
    }

    fn send(&mut self, id: RequestId, call: Call) {
        let (carrier, inputs, cancel) = (self.carrier.clone(), self.inputs.clone(), self.cancel.clone());
        let (log, origin) = (self.log.clone(), Origin::new(self.next.class.into(), self.next.retry));
        self.tasks.spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                outcome = origin.clone().of(Box::pin(carrier.send(call))) => {
                    log.explain(&origin, &outcome);
                    // Nobody listens any more once the runner has stopped.
                    let _ = inputs.send(Input::Event(Event::Answer(id, outcome)));
                }
            }
        });
    }

    fn settle(&mut self, id: ActId, result: Result<Settled, ActError>) {
        if let Some(sender) = self.waiting.remove(&id) {
            // Whoever asked may have gone meanwhile; the act stands.
            let _ = sender.send(result);
        }
    }

    fn notify(&mut self, notification: Notification) {
        let (carrier, inputs) = (self.carrier.clone(), self.inputs.clone());
        self.tasks.spawn(async move {
            let event = carrier.notify(notification, clock::now()).await;
            // Nobody listens any more once the runner has stopped.
            let _ = inputs.send(Input::Event(event));
        });
    }

    fn show(&mut self, engine: &Engine, now: Timestamp) {
        self.show.send_replace(Shown::of(engine, now));
    }
}
