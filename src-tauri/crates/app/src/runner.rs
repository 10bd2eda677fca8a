//! The runner: one task that owns the engine, gives it events, and carries its effects out in their order.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use codat::Client;
use engine::{
    Act, ActError, ActId, Call, Effect, Engine, Event, Notification, RequestId, Saved, Settled, Signal,
    StoreTask, Stored, Ticket,
};
use store::{Store, StoreError};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{clock, convert, desktop::Desktop, send::send, wire};

/// Where the engine's own state is kept in the workspace's database.
const SAVED: &str = "engine";
/// Changes of the journal that are looked at on start; older ones were decided long ago.
const UNDECIDED: u32 = 10_000;
/// Companies that the tray is told of.
const ATTENTION: u32 = 10;
/// The longest sleep: a computer that slept, or a clock that was set, is noticed after this at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);

/// What anybody may look at without asking the engine.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) health: engine::Health,
    pub(crate) pending_deletes: Vec<engine::PendingDelete>,
}

enum Input {
    Event(Event),
    Act(Act, oneshot::Sender<Result<Settled, ActError>>),
}

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
        desktop: Arc<dyn Desktop>,
        events: broadcast::Sender<wire::Event>,
    ) -> Result<Self, StoreError> {
        let now = clock::now();
        let saved = store.load(SAVED).await?.and_then(|text| serde_json::from_str::<Saved>(&text).ok());
        let cursor = store.alert_cursor().await?;
        let undecided = store.journal_after(cursor, UNDECIDED).await?;
        let engine = Engine::new(config, saved, now);
        let (inputs, receiver) = mpsc::unbounded_channel();
        let (show, shown) =
            watch::channel(Shown { health: engine.health(now), pending_deletes: engine.pending_deletes() });
        let client = Arc::new(RwLock::new(client));
        let (cancel, tasks) = (CancellationToken::new(), TaskTracker::new());
        let work = Work {
            engine,
            store,
            client: client.clone(),
            desktop,
            events,
            show,
            inputs: inputs.clone(),
            receiver,
            waiting: HashMap::new(),
            next_act: 0,
            cancel: cancel.clone(),
            tasks: tasks.clone(),
        };
        let started = Event::Started { undecided: undecided.into_iter().map(convert::change).collect() };
        tasks.spawn(work.run(started));
        Ok(Self { inputs, shown, client, cancel, tasks })
    }

    /// Has an act carried out, and says what came of it. Dropping the future does not take the act back.
    pub(crate) async fn act(&self, act: Act) -> Result<Settled, ActError> {
        let (sender, receiver) = oneshot::channel();
        let stopped = || {
            ActError::Failed(codat::Failure::without_answer(
                codat::FailureKind::NoAnswer,
                "the workspace was closed meanwhile",
            ))
        };
        self.inputs.send(Input::Act(act, sender)).map_err(|_| stopped())?;
        receiver.await.map_err(|_| stopped())?
    }

    /// Tells the engine of something.
    pub(crate) fn tell(&self, event: Event) {
        // A runner that has stopped has nothing to be told.
        let _ = self.inputs.send(Input::Event(event));
    }

    /// Speaks with another key from now on.
    pub(crate) fn replace_client(&self, client: Client) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client;
        self.tell(Event::KeyReplaced);
    }

    /// The client, for what is too long to go through the engine: files piece by piece.
    pub(crate) fn client(&self) -> Client {
        self.client.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Stops: requests under way are dropped, the engine's state is kept.
    pub(crate) async fn stop(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// The task's own side.
struct Work {
    engine: Engine,
    store: Arc<Store>,
    client: Arc<RwLock<Client>>,
    desktop: Arc<dyn Desktop>,
    events: broadcast::Sender<wire::Event>,
    show: watch::Sender<Shown>,
    inputs: mpsc::UnboundedSender<Input>,
    receiver: mpsc::UnboundedReceiver<Input>,
    waiting: HashMap<ActId, oneshot::Sender<Result<Settled, ActError>>>,
    next_act: u64,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

impl Work {
    async fn run(mut self, started: Event) {
        self.handle(started).await;
        self.tell_attention().await;
        loop {
            let sleep = self.sleep();
            let event = tokio::select! {
                biased;
                () = self.cancel.cancelled() => break,
                input = self.receiver.recv() => match input {
                    Some(input) => self.admit(input),
                    None => break,
                },
                () = tokio::time::sleep(sleep) => Event::Due,
            };
            self.handle(event).await;
        }
        self.save().await;
    }

    fn admit(&mut self, input: Input) -> Event {
        match input {
            Input::Event(event) => event,
            Input::Act(act, sender) => {
                self.next_act += 1;
                let id = ActId(self.next_act);
                self.waiting.insert(id, sender);
                Event::Act(id, act)
            }
        }
    }

    fn sleep(&self) -> Duration {
        let now = clock::now();
        let wake = self.engine.next_wake(now);
        let wait = wake.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO));
        // A wake that lies in the past was just handled: whatever holds it lifts by an event or shortly.
        wait.unwrap_or(LONGEST_SLEEP).clamp(Duration::from_millis(50), LONGEST_SLEEP)
    }

    /// Gives the engine an event, and then whatever follows from its effects, until nothing does.
    async fn handle(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.engine.handle(clock::now(), event) {
                match effect {
                    Effect::Send(id, call) => self.send(id, call),
                    Effect::Store(ticket, task) => events.push_back(self.store(ticket, task).await),
                    Effect::Settle(id, result) => self.settle(id, result),
                    Effect::Notify(notification) => self.notify(notification),
                    Effect::Tray(menu) => self.desktop.set_tray(menu),
                    Effect::Signal(signal) => {
                        if matches!(signal, Signal::Changed { .. }) {
                            events.extend(self.attention().await);
                        }
                        self.signal(signal);
                    }
                }
            }
        }
    }

    fn send(&self, id: RequestId, call: Call) {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (inputs, cancel) = (self.inputs.clone(), self.cancel.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                outcome = Box::pin(send(&client, call)) => {
                    // Nobody listens any more once the runner has stopped.
                    let _ = inputs.send(Input::Event(Event::Answer(id, outcome)));
                }
            }
        });
    }

    async fn store(&self, ticket: Ticket, task: StoreTask) -> Event {
        let result = self.carry(task).await;
        if let Err(error) = &result {
            tracing::error!(%error, "the store refused");
        }
        Event::Stored(ticket, result.map_err(|error| error.to_string()))
    }

    async fn carry(&self, task: StoreTask) -> Result<Stored, StoreError> {
        let (store, now) = (&self.store, clock::now());
        match task {
            StoreTask::Apply { companies, cause } => {
                let applied = store.apply(&companies, convert::cause(cause), now).await?;
                Ok(Stored::Applied(convert::applied(applied)))
            }
            StoreTask::RemoveCompany(company, cause) => {
                let applied = store.remove_company(company, convert::cause(cause), now).await?;
                Ok(Stored::Applied(convert::applied(applied)))
            }
            StoreTask::RemoveConnection(company, connection, cause) => {
                let applied =
                    store.remove_connection(company, connection, convert::cause(cause), now).await?;
                Ok(Stored::Applied(convert::applied(applied)))
            }
            StoreTask::Missing(seen) => Ok(Stored::Missing(store.missing(&seen).await?)),
            StoreTask::Keep(topic, said) => {
                let differs = store.keep(&topic, said.as_deref().map_err(AsRef::as_ref), now).await?;
                if let Some(id) = topic.company().filter(|_| differs) {
                    // Without a window nobody listens.
                    let _ = self.events.send(crate::wire::Event::Company { id });
                }
                Ok(Stored::Done)
            }
            StoreTask::Integrations(integrations) => {
                store.put_integrations(&integrations, now).await?;
                Ok(Stored::Done)
            }
            StoreTask::Alerts { cursor, alerts } => {
                let alerts: Vec<_> = alerts.into_iter().map(convert::new_alert).collect();
                let recorded = store.record_alerts(cursor, &alerts, now).await?;
                Ok(Stored::Alerts(recorded.into_iter().map(|alert| alert.id).collect()))
            }
            StoreTask::Save => {
                self.save().await;
                Ok(Stored::Done)
            }
        }
    }

    fn settle(&mut self, id: ActId, result: Result<Settled, ActError>) {
        if let Some(sender) = self.waiting.remove(&id) {
            // Whoever asked may have gone meanwhile; the act stands.
            let _ = sender.send(result);
        }
    }

    /// Claims the alerts, shows the notification, and marks them shown: at most once, whatever happens between.
    fn notify(&self, notification: Notification) {
        let (store, desktop) = (self.store.clone(), self.desktop.clone());
        self.tasks.spawn(async move {
            let mut claimed = notification.alerts.is_empty();
            for alert in &notification.alerts {
                claimed |= store.claim_alert(*alert, clock::now()).await.unwrap_or(false);
            }
            if !claimed {
                return;
            }
            let alerts = notification.alerts.clone();
            if let Err(reason) = desktop.notify(notification).await {
                return tracing::warn!(reason, "a notification could not be shown");
            }
            for alert in alerts {
                if let Err(error) = store.mark_shown(alert).await {
                    tracing::warn!(%error, "a shown alert could not be marked");
                }
            }
        });
    }

    fn signal(&self, signal: Signal) {
        let now = clock::now();
        let shown = Shown { health: self.engine.health(now), pending_deletes: self.engine.pending_deletes() };
        self.show.send_replace(shown);
        // Without a window nobody listens.
        let _ = self.events.send(convert::event(signal));
    }

    async fn attention(&self) -> Option<Event> {
        match self.store.attention(ATTENTION).await {
            Ok(attention) => Some(Event::Attention(convert::attention(attention))),
            Err(error) => {
                tracing::warn!(%error, "what needs attention could not be read");
                None
            }
        }
    }

    async fn tell_attention(&mut self) {
        if let Some(event) = self.attention().await {
            self.handle(event).await;
        }
    }

    async fn save(&self) {
        let saved = serde_json::to_string(self.engine.saved());
        let Ok(text) = saved else { return };
        if let Err(error) = self.store.save(SAVED, &text).await {
            tracing::warn!(%error, "the engine's state could not be kept");
        }
    }
}
