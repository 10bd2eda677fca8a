//! Carrying the engine's effects out: what the app's runner and the simulation share. Time is passed in, and
//! what takes its own time is left to whoever drives.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, PoisonError, RwLock},
};

use codat::{Client, ConnectionId};
use engine::{
    ActError, ActId, Asked, Call, Effect, Engine, Event, Notification, Outcome, RequestId, Saved, Settled,
    Signal, StoreTask, Stored, Ticket, Unfinished,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use store::{Store, StoreError};

use crate::{
    convert::{self, alerts::Untold},
    desk::Damage,
    error::{Code, WireError},
    presenter::Presenter,
    schedules, send, wire,
};

/// Where the engine's own state is kept in the workspace's database.
const SAVED: &str = "engine";
/// Changes of the journal that are read at once on start.
const UNDECIDED: u32 = 2_000;
/// An alert that was recorded and not shown is shown on start, unless it is older. So long it is remembered, too,
/// what was told of a connection.
const UNTOLD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Companies that the tray is told of.
const ATTENTION: u32 = 10;
/// What the intent to unlink a connection is called; its detail is the connection.
pub(crate) const UNLINK: &str = "unlink";

/// Who drives an engine: the app by its clock, the simulation by its own.
pub trait Driver {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// What the request that goes next is for.
    fn is_for(&mut self, _: Asked) {}

    /// A request is to go, by [`Carrier::send`]; its end is to be handled as [`Event::Answer`].
    fn send(&mut self, id: RequestId, call: Call);

    /// An act has come to its end.
    fn settle(&mut self, id: ActId, result: Result<Settled, ActError>);

    /// A notification is to be shown, by [`Carrier::notify`]; what came of it is to be handled.
    fn notify(&mut self, notification: Notification);

    /// What anybody may look at without asking the engine may differ.
    fn show(&mut self, engine: &Engine, now: Timestamp);
}

/// What effects are carried out on: a workspace's store, its client, and what people see of it.
pub struct Carrier {
    store: Arc<Store>,
    client: Arc<RwLock<Client>>,
    presenter: Arc<dyn Presenter>,
    damage: Damage,
}

impl Carrier {
    /// Carries out on these. Another client may be put in place while it is at work.
    pub fn new(store: Arc<Store>, client: Arc<RwLock<Client>>, presenter: Arc<dyn Presenter>) -> Self {
        Self { store, client, presenter, damage: Damage::default() }
    }

    /// Notes damage of the database here.
    #[must_use]
    pub(crate) fn noting_damage(self, damage: Damage) -> Self {
        Self { damage, ..self }
    }

    /// The engine with what it kept from last time, and what it is to handle first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn engine(
        &self,
        config: engine::Config,
        now: Timestamp,
    ) -> Result<(Engine, Vec<Event>), StoreError> {
        let kept = self.store.load(SAVED).await?;
        let saved = kept.and_then(|text| serde_json::from_str::<Saved>(&text).ok());
        let first = [Some(Event::Started(self.unfinished(now).await?)), self.attention().await];
        Ok((Engine::new(config, saved, now), first.into_iter().flatten().collect()))
    }

    /// What was left over when the engine ended last.
    async fn unfinished(&self, now: Timestamp) -> Result<Unfinished, StoreError> {
        let since = now.checked_sub(UNTOLD).unwrap_or(Timestamp::MIN);
        let recent = self.store.recent_alerts(since).await?;
        let healed: BTreeSet<i64> = recent.iter().filter(|it| it.is_healed).map(|it| it.alert.id).collect();
        let untold = self.store.unclaimed_alerts().await?.into_iter();
        let mut untold = Untold::of(untold.filter(|alert| alert.at >= since));
        untold.turned.retain(|(number, alert)| alert.repeats || !healed.contains(number));
        Ok(Unfinished {
            undecided: self.undecided().await?,
            told: recent.iter().map(convert::alerts::past).collect(),
            unlinking: self.unlinking(now).await?,
            untold: untold.turned,
            unwarned: untold.ending,
        })
    }

    /// Of the changes that are not decided, those that turned a connection; and the last, which says up to where the
    /// journal goes. What was before a decided change of the same connection is over.
    async fn undecided(&self) -> Result<Vec<engine::Change>, StoreError> {
        let decided: BTreeSet<i64> = self.store.alert_decisions().await?.into_iter().collect();
        let (mut after, mut undecided) = (self.store.alert_cursor().await?, Vec::<engine::Change>::new());
        loop {
            let changes = self.store.journal_after(after, UNDECIDED).await?;
            let Some(last) = changes.last() else {
                let decided = undecided.iter().filter(|change| decided.contains(&change.seq));
                let over: BTreeMap<_, _> =
                    decided.filter_map(|change| Some((change.turned?.0, change.seq))).collect();
                let mut undecided = convert::later_counts(undecided);
                for change in &mut undecided {
                    let is_open =
                        |(id, _): &(ConnectionId, _)| over.get(id).is_none_or(|seq| change.seq > *seq);
                    change.turned = change.turned.filter(is_open);
                }
                undecided.retain(|change| change.turned.is_some() || change.seq == after);
                return Ok(undecided);
            };
            after = last.seq;
            let changes = changes.into_iter().map(convert::change);
            undecided.extend(changes.filter(|change| change.turned.is_some() || change.seq == after));
        }
    }

    /// Connections whose unlinking was begun here, and of which it is not known what came of it. Each is of interest
    /// once: after the next complete sweep nothing that turns is of its making.
    async fn unlinking(&self, now: Timestamp) -> Result<Vec<(ConnectionId, Timestamp)>, StoreError> {
        let begun = self.store.take_open_intents(UNLINK, now).await?.into_iter();
        Ok(begun.filter_map(|intent| Some((intent.detail.parse().ok()?, intent.at))).collect())
    }

    /// What the engine is told of the schedules, on a computer that runs them in this zone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn schedules(&self, zone: TimeZone) -> Result<Event, StoreError> {
        schedules::told(&self.store, true, zone).await
    }

    /// Gives the engine an event, and then whatever follows from its effects, until nothing does.
    pub async fn handle(&self, engine: &mut Engine, event: Event, driver: &mut (impl Driver + Send)) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in engine.handle(driver.now(), event) {
                match effect {
                    Effect::Send(id, call) => {
                        if let Some(asked) = engine.asked(id) {
                            driver.is_for(asked);
                        }
                        driver.send(id, call);
                    }
                    Effect::Store(ticket, task) => {
                        events.push_back(self.keep(ticket, task, engine.saved(), driver.now()).await);
                    }
                    Effect::Settle(id, result) => driver.settle(id, result),
                    Effect::Notify(notification) => driver.notify(notification),
                    Effect::Tray(state) => self.presenter.set_tray(state),
                    Effect::Signal(signal) => {
                        if matches!(signal, Signal::Changed { .. }) {
                            events.extend(self.attention().await);
                        }
                        driver.show(engine, driver.now());
                        self.presenter.tell(convert::event(signal));
                    }
                }
            }
        }
    }

    /// Makes the call: one attempt, and what came of it.
    pub async fn send(&self, call: Call) -> Outcome {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        send::send(&client, call).await
    }

    /// Claims the alerts, shows the notification, and marks them shown: at most once, whatever happens between. Where
    /// it is not shown the claim is given back. What the engine is to hear of it.
    pub async fn notify(&self, notification: Notification, now: Timestamp) -> Event {
        let alerts = notification.alerts.clone();
        if !alerts.is_empty() {
            match self.store.claim_alerts(&alerts, now).await {
                Ok(0) => return Event::Shown(alerts),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "alerts could not be claimed, and are shown later");
                    return Event::NotShown(notification);
                }
            }
        }
        if let Err(reason) = self.presenter.notify(notification.clone()).await {
            tracing::warn!(reason, "a notification could not be shown, and is shown later");
            if let Err(error) = self.store.release_alerts(&alerts).await {
                tracing::warn!(%error, "alerts that were not shown could not be given back");
            }
            return Event::NotShown(notification);
        }
        tracing::info!(?alerts, "a notification was shown");
        if let Err(error) = self.store.mark_shown(&alerts).await {
            tracing::warn!(%error, "shown alerts could not be marked");
        }
        Event::Shown(alerts)
    }

    /// Keeps the engine's own state.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn save(&self, saved: &Saved) -> Result<(), StoreError> {
        self.store.save(SAVED, &serde_json::to_string(saved).map_err(std::io::Error::from)?).await
    }

    async fn keep(&self, ticket: Ticket, task: StoreTask, saved: &Saved, now: Timestamp) -> Event {
        let result = self.carry(task, saved, now).await;
        if let Err(error) = &result {
            tracing::error!(%error, "the store refused");
            self.note_damage(error);
        }
        Event::Stored(ticket, result.map_err(|error| error.to_string()))
    }

    fn note_damage(&self, error: &StoreError) {
        if let StoreError::Corrupt { .. } = error
            && self.damage.set(WireError::new(Code::DatabaseCorrupt, error.to_string())).is_ok()
        {
            self.presenter.tell(wire::Event::Session);
        }
    }

    async fn carry(&self, task: StoreTask, saved: &Saved, now: Timestamp) -> Result<Stored, StoreError> {
        let store = &self.store;
        match task {
            StoreTask::Apply { companies, cause, known } => {
                let applied = store.apply(&companies, convert::cause(cause), known, now).await?;
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
                    self.presenter.tell(wire::Event::Company { id });
                }
                Ok(Stored::Done)
            }
            StoreTask::Integrations(integrations) => {
                let version = store.put_integrations(&integrations, now).await?;
                Ok(Stored::Applied(engine::Applied { version, ..engine::Applied::default() }))
            }
            StoreTask::Alerts { cursor, passed, alerts } => {
                let alerts: Vec<_> = alerts.into_iter().map(convert::alerts::new).collect();
                let recorded = store.record_alerts(cursor, &passed, &alerts, now).await?;
                Ok(Stored::Alerts(recorded.into_iter().map(|alert| (alert.first_seq, alert.id)).collect()))
            }
            StoreTask::PassOverAlerts(alerts) => {
                store.claim_alerts(&alerts, now).await?;
                Ok(Stored::Done)
            }
            StoreTask::Standings(schedule, target, data_type) => {
                let wanted = schedules::wanted(&target);
                let standings = store.standings(schedule.0, wanted, data_type.as_deref(), now).await?;
                Ok(Stored::Standings(standings.into_iter().map(schedules::standing).collect()))
            }
            StoreTask::Schedule(decided, run) => {
                let run = run.map(convert::runs::new);
                let open = store.decide(&convert::decision(&decided), run.as_ref(), now).await?;
                Ok(open.map_or(Stored::Done, |open| Stored::Run(convert::runs::open(open))))
            }
            StoreTask::OpenRuns => {
                let open = store.open_runs().await?;
                Ok(Stored::Runs(open.into_iter().map(convert::runs::open).collect()))
            }
            StoreTask::MoveRun { id, ends, take } => {
                let ends: Vec<_> = ends.into_iter().map(convert::runs::end).collect();
                let take = take.map(convert::runs::take);
                let moved = store.move_run(id.0, &ends, take.as_ref(), now).await?;
                Ok(Stored::RunMoved(convert::runs::moved(moved)))
            }
            StoreTask::SettleQueued { most } => {
                let looks = store::Looks { now: most, of_a_run: engine::LOOKED_AT };
                Ok(convert::runs::settled(store.settle_queued(looks, now).await?))
            }
            StoreTask::EndRun { id, cause } => {
                let counts = convert::runs::counts(store.end_run(id.0, now).await?);
                Ok(Stored::RunEnded(engine::RunEnded { id, cause, counts }))
            }
            StoreTask::ConsentsDue { limit } => {
                let due = store.consents_due(now, limit).await?;
                Ok(Stored::Consents(due.into_iter().map(convert::consent).collect()))
            }
            StoreTask::Warn(warnings) => {
                let warnings: Vec<_> = warnings.into_iter().map(convert::alerts::new_warning).collect();
                Ok(Stored::Warned(store.record_warnings(&warnings, now).await?))
            }
            StoreTask::PassOverConsents => {
                store.pass_over_consents(now).await?;
                Ok(Stored::Done)
            }
            StoreTask::IdleDue { limit } => {
                store.settle_keep_alive(now).await?;
                let (due, total) = store.idle_due(now, limit).await?;
                // What can be read of a connection is of interest where one is due.
                let integrations = if due.is_empty() { Vec::new() } else { store.integrations().await? };
                Ok(Stored::Idle { idle: convert::idle(due, &integrations), total })
            }
            StoreTask::KeepAlive(reads, run) => {
                let notes: Vec<_> = reads.into_iter().map(convert::keep_alive_note).collect();
                let run = run.map(convert::runs::new);
                let open = store.keep_alive(&notes, run.as_ref(), now).await?;
                Ok(open.map_or(Stored::Done, |open| Stored::Run(convert::runs::open(open))))
            }
            StoreTask::Save => {
                self.save(saved).await?;
                Ok(Stored::Done)
            }
        }
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
}
