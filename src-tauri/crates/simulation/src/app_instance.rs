//! The app under test: a store and an engine, driven by the app's own executor, on a computer that can be
//! switched off at any moment.

use std::{
    path::PathBuf,
    sync::{Arc, RwLock},
};

use app::{Driver, EffectExecutor};
use codat::Client;
use domain::{KeepAliveMode, Priority};
use engine::{
    ActError, ActId, Call, Config, Engine, Event, Notification, Outcome, RequestId, RequestInfo, Settled,
};
use jiff::{Timestamp, civil, tz::TimeZone};
use store::{Alert, SimulationOptions, Store};

use crate::{clock::Clock, error::SimulationError, headless_desktop::HeadlessDesktop, weekly_schedule};

pub(crate) struct AppInstance {
    folder: PathBuf,
    config: Config,
    clock: Clock,
    client: Client,
    desktop: HeadlessDesktop,
    rehearsal: SimulationOptions,
    /// The time zone of the computer.
    zone: TimeZone,
    running: Option<Running>,
    /// The number of starts. Answers to requests of an earlier start are dropped.
    start_count: u64,
}

struct Running {
    store: Arc<Store>,
    executor: EffectExecutor,
    engine: Engine,
}

/// The output of an event.
#[derive(Debug, Default)]
pub(crate) struct StepOutput {
    pub(crate) sent: Vec<(RequestId, Call, Option<Priority>)>,
    /// The alerts in shown notifications, from the store.
    pub(crate) alerts: Vec<Alert>,
    pub(crate) settled: Vec<(ActId, Result<Settled, ActError>)>,
    notifications: Vec<Notification>,
}

impl AppInstance {
    /// Creates a computer that is switched off.
    pub(crate) fn new(
        folder: PathBuf,
        config: Config,
        clock: Clock,
        client: Client,
        desktop: HeadlessDesktop,
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
            start_count: 0,
        }
    }

    pub(crate) async fn start(&mut self) -> Result<StepOutput, SimulationError> {
        let now = self.clock.now();
        let store = Arc::new(
            Store::open_for_simulation(&self.folder.join("workspace.db"), now, &self.rehearsal).await?,
        );
        let client = Arc::new(RwLock::new(self.client.clone()));
        let executor = EffectExecutor::new(Arc::clone(&store), client, Arc::new(self.desktop.clone()));
        let (engine, first) = executor.engine(self.config.clone(), now).await?;
        self.running = Some(Running { store, executor, engine });
        self.start_count += 1;
        let mut output = StepOutput::default();
        for event in first {
            output.add(self.handle(event).await?);
        }
        output.add(self.handle(Event::KeepAlive(KeepAliveMode::On)).await?);
        output.add(self.send_schedules().await?);
        Ok(output)
    }

    /// The computer moves to another time zone.
    pub(crate) async fn travel(&mut self, zone: TimeZone) -> Result<StepOutput, SimulationError> {
        self.zone = zone;
        self.send_schedules().await
    }

    /// The local time.
    pub(crate) fn wall(&self) -> civil::DateTime {
        self.zone.to_datetime(self.clock.now())
    }

    async fn send_schedules(&mut self) -> Result<StepOutput, SimulationError> {
        let wall = self.wall();
        let Some(running) = &self.running else { return Ok(StepOutput::default()) };
        weekly_schedule::keep(&running.store, self.config.seed, wall).await?;
        let event = running.executor.schedules(self.zone.clone(), self.clock.now()).await?;
        self.handle(event).await
    }

    /// Ends the app: with a clean shutdown, or like a power failure.
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

    /// Passes an event to the engine. Has no effect while the app is not running.
    pub(crate) async fn handle(&mut self, event: Event) -> Result<StepOutput, SimulationError> {
        let Some(Running { executor, engine, store }) = &mut self.running else {
            return Ok(StepOutput::default());
        };
        let mut collector =
            OutputCollector { clock: self.clock.clone(), output: StepOutput::default(), priority: None };
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            Box::pin(executor.handle(engine, event, &mut collector)).await;
            for notification in core::mem::take(&mut collector.output.notifications) {
                if !notification.alerts.is_empty() {
                    let new = store.unclaimed_alerts().await?;
                    collector
                        .output
                        .alerts
                        .extend(new.into_iter().filter(|it| notification.alerts.contains(&it.id)));
                }
                events.push(executor.notify(notification, self.clock.now()).await);
            }
        }
        Ok(collector.output)
    }

    pub(crate) async fn call(&self, call: Call) -> Option<Outcome> {
        let running = self.running.as_ref()?;
        Some(Box::pin(running.executor.send(call)).await)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.running.as_ref()?.engine.poll_timeout(self.clock.now())
    }

    /// None while the app is not running.
    #[cfg(test)]
    pub(crate) fn health(&self) -> Option<domain::Health> {
        self.running.as_ref().map(|running| running.engine.health(self.clock.now()))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(crate) fn start_count(&self) -> u64 {
        self.start_count
    }

    pub(crate) fn store(&self) -> Option<&Store> {
        self.running.as_ref().map(|running| &*running.store)
    }

    /// Write transactions since the first start.
    pub(crate) fn transactions(&self) -> u64 {
        self.rehearsal.transactions.load(std::sync::atomic::Ordering::Acquire)
    }
}

impl StepOutput {
    pub(crate) fn add(&mut self, more: Self) {
        self.sent.extend(more.sent);
        self.settled.extend(more.settled);
        self.alerts.extend(more.alerts);
        self.notifications.extend(more.notifications);
    }
}

/// Collects the output of the engine.
struct OutputCollector {
    clock: Clock,
    output: StepOutput,
    /// The priority of the next request.
    priority: Option<Priority>,
}

impl Driver for OutputCollector {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn set_next_request(&mut self, info: RequestInfo) {
        self.priority = Some(info.priority);
    }

    fn send(&mut self, id: RequestId, call: Call) {
        self.output.sent.push((id, call, self.priority.take()));
    }

    fn settle(&mut self, id: ActId, result: Result<Settled, ActError>) {
        self.output.settled.push((id, result));
    }

    fn notify(&mut self, notification: Notification) {
        self.output.notifications.push(notification);
    }

    fn show(&mut self, _: &Engine, _: Timestamp) {}
}
