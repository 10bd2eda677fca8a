//! Runs the app in a world while a script changes that world. The computer's clock can differ from the world's.

use std::{collections::BTreeMap, path::Path, time::Duration};

use codat::{Color, ConnectionId, ConnectionStatus, FailureKind};
use engine::{Act, ActId, Config, Event, Outcome, Reply, RequestId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::ChangeKind;

use super::unreadable::Unreadable;
use crate::{
    account::Account,
    app_instance::{AppInstance, StepOutput},
    clock::Clock,
    error::SimulationError,
    headless_desktop::HeadlessDesktop,
    random::RandomStream,
    scenario::Scenario,
    world::{World, text},
};

/// The minimum time between two wakes, as in the app.
const MIN_WAKE_DELAY: SignedDuration = SignedDuration::from_millis(50);
/// The time after which a request without a response fails.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// An alert in a notification.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) at: Timestamp,
    pub(super) alert: i64,
    pub(super) connection: ConnectionId,
    /// The name of the cause; none without a second read.
    pub(super) cause: Option<String>,
    /// Whether it combines several losses.
    pub(super) repeats: bool,
}

/// What happened in the app, on the world's time.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) told: Vec<Told>,
    /// The times of the notifications.
    pub(super) notifications: Vec<Timestamp>,
    /// When the store first had a loss.
    pub(super) seen: BTreeMap<ConnectionId, Vec<Timestamp>>,
    /// When the app was not running.
    pub(super) absences: Vec<(Timestamp, Timestamp)>,
}

struct Answer {
    start_count: u64,
    id: RequestId,
    outcome: Outcome,
}

pub(super) struct AppRun {
    /// The world's time.
    pub(super) clock: Clock,
    /// The computer's time.
    computer: Clock,
    /// How far the computer's clock is ahead, in milliseconds.
    ahead: i64,
    pub(super) world: World,
    pub(super) unreadable: Unreadable,
    pub(super) record: Record,
    /// Answered requests for a list of companies.
    pub(super) lists: u64,
    desktop: HeadlessDesktop,
    instance: AppInstance,
    latency: RandomStream,
    answers: BTreeMap<(Timestamp, u64), Answer>,
    order: u64,
    acts: u64,
    last_wake: Option<Timestamp>,
    journal_end: i64,
}

impl AppRun {
    pub(super) async fn new(connections: u32, seed: u64, folder: &Path) -> Result<Self, SimulationError> {
        let (clock, computer) = (Clock::new(Scenario::start()), Clock::new(Scenario::start()));
        let world = World::new(connections, seed, Account::FIRST, &clock).await?;
        let (desktop, unreadable) = (HeadlessDesktop::default(), Unreadable::default());
        let client = Account::FIRST.client(unreadable.before(world.transport()))?;
        let config = Config { seed, ..Config::default() };
        let instance = AppInstance::new(folder.to_owned(), config, computer.clone(), client, desktop.clone());
        Ok(Self {
            clock,
            computer,
            ahead: 0,
            world,
            unreadable,
            record: Record::default(),
            lists: 0,
            desktop,
            instance,
            latency: RandomStream::new(seed, "alert latency"),
            answers: BTreeMap::new(),
            order: 0,
            acts: 0,
            last_wake: None,
            journal_end: 0,
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) async fn start(&mut self) -> Result<(), SimulationError> {
        if let Some((_, until)) = self.record.absences.last_mut() {
            *until = self.clock.now();
        }
        let output = self.instance.start().await?;
        self.process(output).await
    }

    /// Ends the app: with a clean shutdown, or like a power failure.
    pub(super) async fn end(&mut self, in_good_order: bool) {
        let now = self.now();
        self.record.absences.push((now, Timestamp::MAX));
        self.instance.end(in_good_order).await;
    }

    /// Sets the computer's clock forward or back. It notices it at its next event.
    pub(super) fn jump(&mut self, by: SignedDuration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(0);
        self.ahead += millis;
        self.computer.jump(millis);
    }

    pub(super) async fn act(&mut self, act: impl Into<Act>) -> Result<(), SimulationError> {
        self.acts += 1;
        self.handle(Event::Act(ActId(self.acts), act.into())).await
    }

    /// Runs until this time of the world.
    pub(super) async fn run_until(&mut self, end: Timestamp) -> Result<(), SimulationError> {
        loop {
            let (wake, answer) = (self.next_wake(), self.answers.keys().next().map(|(at, _)| *at));
            let is_wake = wake.is_some_and(|wake| answer.is_none_or(|answer| wake < answer));
            let Some(at) = (if is_wake { wake } else { answer }).filter(|at| *at < end) else {
                self.advance_to(end);
                return Ok(());
            };
            self.advance_to(at);
            if is_wake {
                self.last_wake = Some(self.now());
                self.handle(Event::Timeout).await?;
            } else if let Some((_, answer)) = self.answers.pop_first() {
                self.last_wake = None;
                self.lists += u64::from(matches!(answer.outcome, Ok((Reply::Companies(_), _))));
                if answer.start_count == self.instance.start_count() && self.instance.is_running() {
                    self.handle(Event::Answer(answer.id, answer.outcome)).await?;
                }
            }
        }
    }

    fn advance_to(&self, at: Timestamp) {
        self.clock.advance_to(at);
        self.computer.advance_to(shifted(self.clock.now(), self.ahead));
    }

    fn next_wake(&self) -> Option<Timestamp> {
        let wake = shifted(self.instance.poll_timeout()?, -self.ahead).max(self.now());
        Some(self.last_wake.map_or(wake, |last| wake.max(last + MIN_WAKE_DELAY)))
    }

    async fn handle(&mut self, event: Event) -> Result<(), SimulationError> {
        let output = self.instance.handle(event).await?;
        self.process(output).await
    }

    async fn process(&mut self, output: StepOutput) -> Result<(), SimulationError> {
        let now = self.now();
        self.note_seen().await?;
        self.record.notifications.extend(self.desktop.take_shown().iter().map(|_| now));
        for alert in &output.alerts {
            let data: Value = serde_json::from_str(&alert.data).unwrap_or_default();
            let Ok(connection) = text(&data, "connection").parse() else { continue };
            let is_loss = data.get("unconfirmed").is_some();
            let cause = data.get("trouble").and_then(Value::as_str).map(str::to_owned);
            let repeats = data.get("repeats").and_then(Value::as_bool).unwrap_or(false);
            if is_loss {
                self.record.told.push(Told { at: now, alert: alert.id, connection, cause, repeats });
            }
        }
        for (id, call, _) in output.sent {
            let Some(outcome) = self.instance.call(call).await else { continue };
            let latency = match &outcome {
                Err(failure) if failure.kind == FailureKind::NoAnswer => REQUEST_TIMEOUT,
                Ok(_) | Err(_) => Duration::from_millis(self.latency.between(60, 900)),
            };
            self.order += 1;
            let answer = Answer { start_count: self.instance.start_count(), id, outcome };
            self.answers.insert((now + latency, self.order), answer);
        }
        Ok(())
    }

    async fn note_seen(&mut self) -> Result<(), SimulationError> {
        let Some(store) = self.instance.store() else { return Ok(()) };
        let now = self.clock.now();
        for change in store.journal_after(self.journal_end, u32::MAX).await? {
            self.journal_end = change.seq;
            let is_loss = match &change.kind {
                ChangeKind::ColorChanged { to: color, .. } | ChangeKind::ConnectionAppeared { color, .. } => {
                    matches!(color, Color::Red | Color::Grey)
                }
                ChangeKind::StatusChanged { to, .. } => *to == ConnectionStatus::Deauthorized,
                ChangeKind::ConnectionRemoved => true,
                ChangeKind::CompanyAppeared | ChangeKind::CompanyChanged | ChangeKind::CompanyRemoved => {
                    false
                }
            };
            if let Some(connection) = change.connection.filter(|_| is_loss) {
                self.record.seen.entry(connection).or_default().push(now);
            }
        }
        Ok(())
    }
}

fn shifted(at: Timestamp, millis: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_millis(millis)).unwrap_or(at)
}
