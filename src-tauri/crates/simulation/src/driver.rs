//! The driver: handles one event at a time, in order of time.
//!
//! This is the app without its clock. The driver advances the clock to the next event, and passes the
//! engine's effects to the app's own carrier. Answers arrive later, as events in the same queue.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use codat::{Failure, FailureKind};
use engine::{Act, ActId, Config, Event, Outcome, RequestId};
use jiff::{SignedDuration, Timestamp, civil};
use serde_json::Value;
use store::{ExpiryFilter, view::ClockKind};

use crate::{
    account::Account,
    app_instance::{AppInstance, StepOutput},
    check::{self, Companies, ExpiryCheck, FORECAST_RANGE, ScheduleResults, ShownAlerts},
    clock::{Clock, after},
    disturbance::{Disturbance, Impact},
    error::SimulationError,
    headless_desktop::HeadlessDesktop,
    network::Network,
    person::Person,
    random::RandomStream,
    report::{Report, SIMPLIFIED},
    scenario::Scenario,
    weekly_schedule,
    world::{World, connections_of, text},
};

/// One full sweep a day.
const FULL_SWEEP_SECS: i64 = 86_400;
/// One status sweep every six hours.
const STATUS_SWEEP_SECS: i64 = 21_600;
/// The time after which a request without a response fails.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The minimum time between two wakes, as in the app.
const MIN_WAKE_DELAY: SignedDuration = SignedDuration::from_millis(50);
/// The time without disturbances at the end, so that the app can read everything.
pub(crate) const SETTLE_TIME: SignedDuration = SignedDuration::from_hours(50);
/// The maximum duration of a sweep.
const SWEEP_TIME: SignedDuration = SignedDuration::from_mins(15);

/// Something that happens at a time.
enum TimedEvent {
    /// A response arrives, for this start of the app.
    Answer {
        start_count: u64,
        id: RequestId,
        outcome: Outcome,
    },
    Disturbance(Disturbance),
    /// A customer links a connection again.
    Relink(String),
    /// The user acts.
    Person,
    Week,
    NetworkRestored,
    Start,
    /// The app is killed, and starts again at this time.
    Kill(Timestamp),
    Wake,
}

/// An app instance in its world, with all events.
pub(crate) struct Simulation {
    pub(crate) scenario: Scenario,
    pub(crate) clock: Clock,
    world: World,
    network: Network,
    desktop: HeadlessDesktop,
    instance: AppInstance,
    person: Person,
    pub(crate) shown_alerts: ShownAlerts,
    /// Companies and connections of another workspace that notifications mentioned.
    pub(crate) foreign_news: Vec<String>,
    expiry_check: ExpiryCheck,
    schedule_results: ScheduleResults,
    /// The latest local time in any zone.
    latest_wall_time: civil::DateTime,
    /// Decides whether customers link again.
    customers: RandomStream,
    latency: RandomStream,
    chance: BTreeMap<Disturbance, RandomStream>,
    due: BTreeMap<(Timestamp, u64), TimedEvent>,
    order: u64,
    asleep: bool,
    /// The last wake; none after another event.
    last_wake: Option<Timestamp>,
    steps: u64,
    starts: u64,
}

impl Simulation {
    pub(crate) async fn new(
        scenario: Scenario,
        account: Account,
        folder: &Path,
    ) -> Result<Self, SimulationError> {
        let clock = Clock::new(Scenario::start());
        let world = World::new(scenario.connections, scenario.seed, account.clone(), &clock).await?;
        let network = Network::new(clock.clone(), account.clone());
        let desktop = HeadlessDesktop::default();
        let config = Config {
            seed: scenario.seed,
            sweep_floor_secs: FULL_SWEEP_SECS,
            status_floor_secs: STATUS_SWEEP_SECS,
            ..Config::default()
        };
        let client = account.client(network.to(world.transport()))?;
        let instance = AppInstance::new(folder.to_owned(), config, clock.clone(), client, desktop.clone());
        let random = |kind: &Disturbance| (*kind, RandomStream::new(scenario.seed, &format!("{kind:?}")));
        Ok(Self {
            clock,
            world,
            network,
            desktop,
            instance,
            person: Person::new(scenario.seed),
            shown_alerts: ShownAlerts::default(),
            foreign_news: Vec::new(),
            expiry_check: ExpiryCheck::default(),
            schedule_results: ScheduleResults::default(),
            latest_wall_time: civil::DateTime::MIN,
            customers: RandomStream::new(scenario.seed, "customers"),
            latency: RandomStream::new(scenario.seed, "latency"),
            chance: Disturbance::all(scenario.is_rough).iter().map(random).collect(),
            scenario,
            due: BTreeMap::new(),
            order: 0,
            asleep: false,
            last_wake: None,
            steps: 0,
            starts: 0,
        })
    }

    pub(crate) async fn begin(&mut self) -> Result<(), SimulationError> {
        for kind in Disturbance::all(self.scenario.is_rough) {
            self.schedule_disturbance(*kind);
        }
        let wait = self.person.wait();
        self.schedule(after(self.clock.now(), wait), TimedEvent::Person);
        self.schedule(self.clock.now() + FORECAST_RANGE, TimedEvent::Week);
        self.start().await
    }

    /// Handles the next event. Returns false if there is none before `end`.
    pub(crate) async fn step(&mut self, end: Timestamp) -> Result<bool, SimulationError> {
        let (wake, next) = (self.poll_timeout(), self.next_due());
        let is_wake = wake.is_some_and(|wake| next.is_none_or(|next| wake < next));
        let Some(at) = (if is_wake { wake } else { next }).filter(|at| *at < end) else {
            self.clock.advance_to(end);
            return Ok(false);
        };
        self.clock.advance_to(at);
        if is_wake {
            self.last_wake = Some(self.clock.now());
            self.handle(Event::Timeout).await?;
        } else if let Some((_, due)) = self.due.pop_first() {
            self.last_wake = None;
            self.run_event(due).await?;
        }
        Ok(true)
    }

    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.poll_timeout().into_iter().chain(self.next_due()).min()
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        let wake = self.instance.poll_timeout().filter(|_| !self.asleep)?;
        Some(self.last_wake.map_or(wake, |last_wake| wake.max(last_wake + MIN_WAKE_DELAY)))
    }

    async fn run_event(&mut self, due: TimedEvent) -> Result<(), SimulationError> {
        let now = self.clock.now();
        match due {
            TimedEvent::Answer { start_count, id, outcome } => {
                if start_count == self.instance.start_count() && self.instance.is_running() {
                    self.handle(Event::Answer(id, outcome)).await?;
                }
            }
            TimedEvent::Disturbance(kind) => {
                self.schedule_disturbance(kind);
                let Some(random) = self.chance.get_mut(&kind) else { return Ok(()) };
                let impact = kind.happen(&self.world, &self.network, random, now).await?;
                self.apply_impact(impact).await?;
            }
            // It may be linked already or removed.
            TimedEvent::Relink(target) => drop(self.world.try_ask("POST", &target, &Value::Null).await?),
            TimedEvent::Person => {
                let wait = self.person.wait();
                self.schedule(after(now, wait), TimedEvent::Person);
                if self.instance.is_running() && !self.asleep {
                    self.act().await?;
                }
            }
            TimedEvent::Week => {
                self.schedule(now + FORECAST_RANGE, TimedEvent::Week);
                self.record_forecast().await?;
                self.schedule_relinks().await?;
                if let Some(store) = self.instance.store() {
                    self.schedule_results.update(store, now).await?;
                }
            }
            TimedEvent::NetworkRestored => {
                self.network.set_offline(false);
                self.handle(Event::NetworkChanged).await?;
            }
            TimedEvent::Start => {
                if !self.instance.is_running() {
                    self.start().await?;
                }
            }
            TimedEvent::Kill(back) => self.end(false, back).await,
            TimedEvent::Wake => {
                self.asleep = false;
                self.handle(Event::Resumed).await?;
            }
        }
        Ok(())
    }

    async fn apply_impact(&mut self, impact: Impact) -> Result<(), SimulationError> {
        match impact {
            Impact::None => {}
            Impact::Dead(until) => {
                self.expiry_check.add_absence(self.clock.now(), until);
                self.schedule(until, TimedEvent::NetworkRestored);
            }
            Impact::Restart(in_good_order, back) => self.end(in_good_order, back).await,
            Impact::Sleep(until) => {
                if !self.asleep {
                    self.sleep(until);
                }
            }
            Impact::Travel(zone) => {
                self.note_wall_clock();
                let output = self.instance.travel(zone).await?;
                self.process_output(output).await;
                self.note_wall_clock();
            }
            Impact::Death(connection, again) => {
                self.expiry_check.add_external_loss(connection);
                if let Some((at, target)) = again {
                    self.schedule(at, TimedEvent::Relink(target));
                }
            }
        }
        Ok(())
    }

    fn note_wall_clock(&mut self) {
        self.latest_wall_time = self.latest_wall_time.max(self.instance.wall());
    }

    /// The computer sleeps: responses in flight are lost.
    fn sleep(&mut self, until: Timestamp) {
        self.asleep = true;
        self.expiry_check.add_absence(self.clock.now(), until);
        let waiting = core::mem::take(&mut self.due);
        for ((at, order), due) in waiting {
            if let TimedEvent::Answer { start_count, id, .. } = due
                && at < until
            {
                let lost = Failure::without_answer(FailureKind::NoAnswer, "the connection was closed");
                self.due.insert((until, order), TimedEvent::Answer { start_count, id, outcome: Err(lost) });
            } else {
                self.due.insert((at, order), due);
            }
        }
        self.schedule(until, TimedEvent::Wake);
    }

    async fn act(&mut self) -> Result<(), SimulationError> {
        let (id, act) = self.person.act(&self.world).await?;
        if self.scenario.is_rough && self.person.kills_app() {
            let now = self.clock.now();
            self.schedule(after(now, 40), TimedEvent::Kill(after(now, 60_000)));
        }
        self.handle(Event::Act(id, act)).await
    }

    async fn start(&mut self) -> Result<(), SimulationError> {
        self.starts += 1;
        let output = self.instance.start().await?;
        self.process_output(output).await;
        Ok(())
    }

    async fn end(&mut self, in_good_order: bool, back: Timestamp) {
        if self.instance.is_running() && !self.asleep {
            self.instance.end(in_good_order).await;
            self.person.forget_open_acts();
            self.expiry_check.add_absence(self.clock.now(), back);
            self.schedule(back, TimedEvent::Start);
        }
    }

    pub(crate) async fn handle(&mut self, event: Event) -> Result<(), SimulationError> {
        self.steps += 1;
        let output = self.instance.handle(event).await?;
        self.process_output(output).await;
        Ok(())
    }

    /// Records which consents the app expects to end within a week.
    async fn record_forecast(&mut self) -> Result<(), SimulationError> {
        let now = self.clock.now();
        let Some(store) = self.instance.store().filter(|_| !self.asleep) else { return Ok(()) };
        let filter = ExpiryFilter {
            clock: Some(ClockKind::Consent),
            from: Some(now.as_millisecond()),
            until: Some((now + FORECAST_RANGE).as_millisecond()),
        };
        let rows = store.expiring(&filter, 0, u32::MAX).await?;
        self.expiry_check.add_forecast(now, rows.iter().map(|row| row.connection.id.to_string()).collect());
        Ok(())
    }

    /// Some connections that lost their access are linked again within the week.
    async fn schedule_relinks(&mut self) -> Result<(), SimulationError> {
        let now = self.clock.now();
        let week = FORECAST_RANGE.as_millis().unsigned_abs();
        for company in self.world.list(Some("dataConnections.status%3DDeauthorized")).await? {
            for connection in connections_of(&company) {
                if text(connection, "status") == "Deauthorized" && self.customers.percent(40) {
                    let at = after(now, self.customers.below(u64::try_from(week).unwrap_or(1)));
                    let target = format!("/_sandbox/connections/{}/link", text(connection, "id"));
                    self.schedule(at, TimedEvent::Relink(target));
                }
            }
        }
        Ok(())
    }

    /// Sends the requests. The responses arrive later.
    async fn process_output(&mut self, output: StepOutput) {
        for (id, result) in &output.settled {
            self.person.settled(*id, result);
        }
        self.shown_alerts.add_notifications(self.desktop.take_shown());
        self.shown_alerts.add_alerts(&output.alerts);
        self.expiry_check.add_warnings(&output.alerts);
        for (id, call, priority) in output.sent {
            self.network.set_cause(check::name(priority));
            let Some(outcome) = self.instance.call(call).await else { continue };
            let at = self.clock.now() + self.latency(&outcome);
            let start_count = self.instance.start_count();
            self.schedule(at, TimedEvent::Answer { start_count, id, outcome });
        }
    }

    fn latency(&mut self, outcome: &Outcome) -> Duration {
        let usual = Duration::from_millis(self.latency.between(60, 900));
        let late = self.network.take_delay();
        match outcome {
            Err(failure) if failure.kind == FailureKind::NoAnswer => REQUEST_TIMEOUT,
            Err(failure) if failure.kind == FailureKind::Unreachable => Duration::from_millis(5),
            _ => usual + late,
        }
    }

    fn schedule(&mut self, at: Timestamp, due: TimedEvent) {
        self.order += 1;
        self.due.insert((at, self.order), due);
    }

    fn schedule_disturbance(&mut self, kind: Disturbance) {
        let Some(random) = self.chance.get_mut(&kind) else { return };
        let wait = kind.wait(random, self.scenario.connections);
        self.schedule(after(self.clock.now(), wait), TimedEvent::Disturbance(kind));
    }

    /// Ends all disturbances, and starts the app if it is not running.
    pub(crate) async fn end_disturbances(&mut self) -> Result<(), SimulationError> {
        self.due
            .retain(|_, due| matches!(due, TimedEvent::Answer { .. } | TimedEvent::Wake | TimedEvent::Start));
        self.world.ask("DELETE", "/_sandbox/faults", &Value::Null).await?;
        self.network.set_offline(false);
        self.asleep = false;
        if !self.instance.is_running() {
            self.start().await?;
        }
        self.handle(Event::NetworkChanged).await
    }

    /// Lets the app sweep once more. Returns the world before it.
    pub(crate) async fn final_sweep(&mut self) -> Result<Companies, SimulationError> {
        let before = check::companies(&self.world).await?;
        self.handle(Event::Act(ActId(u64::MAX), Act::Sweep)).await?;
        let end = self.clock.now() + SWEEP_TIME;
        while self.step(end).await? {}
        Ok(before)
    }

    /// Whether nothing is in progress.
    pub(crate) fn is_idle(&self) -> bool {
        self.due.is_empty()
            && self.poll_timeout().is_none_or(|wake| wake > self.clock.now() + SignedDuration::from_hours(1))
    }

    /// The IDs of all companies and connections of its world.
    pub(crate) async fn ids(&self) -> Result<BTreeSet<String>, SimulationError> {
        let companies = self.world.list(None).await?;
        let connections = companies.iter().flat_map(connections_of);
        Ok(connections.chain(&companies).map(|it| text(it, "id").to_owned()).collect())
    }

    pub(crate) async fn report(
        mut self,
        before: &Companies,
        statements: u64,
        took: Duration,
    ) -> Result<Report, SimulationError> {
        let disagreements = match self.instance.store() {
            Some(store) => check::disagreements(store, &self.world, before).await?,
            None => vec!["the app does not run".to_owned()],
        };
        self.note_wall_clock();
        if let Some(store) = self.instance.store() {
            self.schedule_results.update(store, Timestamp::MAX).await?;
        }
        self.schedule_results.check_count(weekly_schedule::passed(self.latest_wall_time));
        let reads = self.network.traffic(|traffic| core::mem::take(&mut traffic.keep_alive_reads));
        let saved = match self.instance.store() {
            Some(store) => check::saved(store, &reads, self.clock.now()).await?,
            None => 0,
        };
        let (companies, schedule_results) = (self.world.list(None).await?, self.schedule_results);
        let double_acts = self.person.created_twice(&companies);
        let result = self.expiry_check.evaluate(&companies, Scenario::start(), self.clock.now());
        let (transactions, shown_alerts) = (self.instance.transactions(), self.shown_alerts);
        Ok(self.network.traffic(|traffic| Report {
            replay: self.scenario.command(),
            seed: self.scenario.seed,
            companies: self.world.companies(),
            scenario: self.scenario,
            steps: self.steps,
            requests: traffic.requests.clone(),
            answers: traffic.answers.clone(),
            unreachable: traffic.unreachable,
            bytes: traffic.bytes,
            transactions,
            statements,
            busiest_day: traffic.busiest,
            budget_breaches: core::mem::take(&mut traffic.breaches),
            double_queues: core::mem::take(&mut traffic.queued_twice),
            double_acts,
            foreign_requests: core::mem::take(&mut traffic.foreign_requests),
            foreign_news: self.foreign_news,
            schedule_times: schedule_results.decided,
            schedule_times_met: schedule_results.in_time,
            schedule_times_late: schedule_results.late,
            schedule_times_missed: schedule_results.missed,
            schedule_reads: schedule_results.reads,
            schedule_reads_explained: schedule_results.not_read,
            schedules_unexplained: schedule_results.unexplained,
            consent_endings: result.consents,
            shortest_consent_warning_days: result.shortest,
            consents_unwarned: result.unwarned,
            consents_unwarned_while_away: result.unwarned_away,
            idle_reads: reads.values().map(|times| times.len() as u64).sum(),
            idle_deaths_saved: saved,
            idle_deaths_lost: result.lost,
            idle_deaths_while_away: result.lost_away,
            forecast_precision: result.precision,
            forecast_recall: result.recall,
            double_alerts: shown_alerts.twice,
            acts_never_settled: self.person.waiting(),
            acts: self.person.outcomes,
            notifications: shown_alerts.notifications,
            alerts: shown_alerts.alerts.len() as u64,
            starts: self.starts,
            disagreements,
            digest: format!("{:016x}", traffic.digest()),
            wall_seconds: (took.as_secs_f64() * 1_000.0).round() / 1_000.0,
            simplified: SIMPLIFIED.to_vec(),
        }))
    }
}
