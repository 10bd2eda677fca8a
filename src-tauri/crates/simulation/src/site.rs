//! The app's side: a store and an engine, carried out by the app's own executor, on a computer that can be
//! switched off at any moment.

use std::{
    path::PathBuf,
    sync::{Arc, RwLock},
};

use app::{EffectExecutor, Driver};
use codat::Client;
use engine::{
    ActError, ActId, Call, Config, Engine, Event, KeepAliveMode, Notification, Outcome, Priority, RequestId,
    RequestInfo, Settled,
};
use jiff::{Timestamp, civil, tz::TimeZone};
use store::{Alert, SimulationOptions, Store};

use crate::{clock::Clock, nobody::Nobody, schedule, trouble::Trouble};

/// The app's side.
pub(crate) struct Site {
    folder: PathBuf,
    config: Config,
    clock: Clock,
    client: Client,
    desktop: Nobody,
    rehearsal: SimulationOptions,
    /// Where the computer is.
    zone: TimeZone,
    running: Option<Running>,
    /// Which start of the app this is: answers to an earlier one come to nobody.
    life: u64,
}

struct Running {
    store: Arc<Store>,
    executor: EffectExecutor,
    engine: Engine,
}

/// What an event led to.
#[derive(Debug, Default)]
pub(crate) struct Led {
    pub(crate) sent: Vec<(RequestId, Call, Option<Priority>)>,
    /// What notifications told of, as it is written down.
    pub(crate) alerts: Vec<Alert>,
    pub(crate) settled: Vec<(ActId, Result<Settled, ActError>)>,
    notifications: Vec<Notification>,
}

impl Site {
    /// A computer with the app on it, switched off.
    pub(crate) fn new(
        folder: PathBuf,
        config: Config,
        clock: Clock,
        client: Client,
        desktop: Nobody,
    ) -> Self {
        let rehearsal = SimulationOptions::default();
        Self {
            folder,
            config,
            clock,
            client,
            desktop,
            rehearsal,
            zone: TimeZone::UTC,
            running: None,
            life: 0,
        }
    }

    /// Starts the app.
    pub(crate) async fn start(&mut self) -> Result<Led, Trouble> {
        let now = self.clock.now();
        let store = Arc::new(
            Store::open_for_simulation(&self.folder.join("workspace.db"), now, &self.rehearsal).await?,
        );
        let client = Arc::new(RwLock::new(self.client.clone()));
        let executor = EffectExecutor::new(Arc::clone(&store), client, Arc::new(self.desktop.clone()));
        let (engine, first) = executor.engine(self.config.clone(), now).await?;
        self.running = Some(Running { store, executor, engine });
        self.life += 1;
        let mut led = Led::default();
        for event in first {
            led.add(self.give(event).await?);
        }
        led.add(self.give(Event::KeepAlive(KeepAliveMode::On)).await?);
        led.add(self.tell_schedules().await?);
        Ok(led)
    }

    /// The computer is somewhere else.
    pub(crate) async fn travel(&mut self, zone: TimeZone) -> Result<Led, Trouble> {
        self.zone = zone;
        self.tell_schedules().await
    }

    /// What the clock on its wall shows.
    pub(crate) fn wall(&self) -> civil::DateTime {
        self.zone.to_datetime(self.clock.now())
    }

    async fn tell_schedules(&mut self) -> Result<Led, Trouble> {
        let wall = self.wall();
        let Some(running) = &self.running else { return Ok(Led::default()) };
        schedule::keep(&running.store, self.config.seed, wall).await?;
        let told = running.executor.schedules(self.zone.clone()).await?;
        self.give(told).await
    }

    /// Ends the app: in good order, or as a power cut would.
    pub(crate) async fn end(&mut self, in_good_order: bool) {
        let Some(Running { store, executor, mut engine }) = self.running.take() else { return };
        if in_good_order {
            if let Err(error) = executor.save(engine.final_state()).await {
                tracing::warn!(%error, "the engine's state could not be kept");
            }
            drop(executor);
            if let Some(store) = Arc::into_inner(store) {
                store.close().await;
            }
        }
    }

    /// Gives the engine an event; nothing comes of it while the app is not there.
    pub(crate) async fn give(&mut self, event: Event) -> Result<Led, Trouble> {
        let Some(Running { executor, engine, store }) = &mut self.running else { return Ok(Led::default()) };
        let mut hands = Hands { clock: self.clock.clone(), led: Led::default(), priority: None };
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            Box::pin(executor.handle(engine, event, &mut hands)).await;
            for notification in core::mem::take(&mut hands.led.notifications) {
                if !notification.alerts.is_empty() {
                    let new = store.unclaimed_alerts().await?;
                    hands
                        .led
                        .alerts
                        .extend(new.into_iter().filter(|it| notification.alerts.contains(&it.id)));
                }
                events.push(executor.notify(notification, self.clock.now()).await);
            }
        }
        Ok(hands.led)
    }

    /// Makes a call, as the app does.
    pub(crate) async fn call(&self, call: Call) -> Option<Outcome> {
        let running = self.running.as_ref()?;
        Some(Box::pin(running.executor.send(call)).await)
    }

    /// When the engine wants to be woken.
    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.running.as_ref()?.engine.poll_timeout(self.clock.now())
    }

    /// The engine's health, while the app runs.
    #[cfg(test)]
    pub(crate) fn health(&self) -> Option<engine::Health> {
        self.running.as_ref().map(|running| running.engine.health(self.clock.now()))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(crate) fn life(&self) -> u64 {
        self.life
    }

    pub(crate) fn store(&self) -> Option<&Store> {
        self.running.as_ref().map(|running| &*running.store)
    }

    /// Transactions that wrote something, in all lives.
    pub(crate) fn transactions(&self) -> u64 {
        self.rehearsal.transactions.load(std::sync::atomic::Ordering::Acquire)
    }
}

impl Led {
    pub(crate) fn add(&mut self, more: Self) {
        self.sent.extend(more.sent);
        self.settled.extend(more.settled);
        self.alerts.extend(more.alerts);
        self.notifications.extend(more.notifications);
    }
}

/// What the engine leaves to whoever drives: taken down, and done one after another.
struct Hands {
    clock: Clock,
    led: Led,
    /// What the request that goes next is for.
    priority: Option<Priority>,
}

impl Driver for Hands {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn set_next_request(&mut self, info: RequestInfo) {
        self.priority = Some(info.priority);
    }

    fn send(&mut self, id: RequestId, call: Call) {
        self.led.sent.push((id, call, self.priority.take()));
    }

    fn settle(&mut self, id: ActId, result: Result<Settled, ActError>) {
        self.led.settled.push((id, result));
    }

    fn notify(&mut self, notification: Notification) {
        self.led.notifications.push(notification);
    }

    fn show(&mut self, _: &Engine, _: Timestamp) {}
}
