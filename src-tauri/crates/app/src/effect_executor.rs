//! Executes the effects of the engine. The app's runner and the simulation share this code: the time is an
//! argument, and asynchronous work is left to the [`Driver`].

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, RwLock},
};

use codat::{Client, ConnectionId};
use engine::{
    ActError, ActId, Call, Effect, EndedSnoozes, Engine, Event, Notification, Outcome, RecoveryState,
    RequestId, RequestInfo, SavedState, Settled, Signal, StoreReply, StoreTask, Ticket,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use store::{AlertState, NewNotice, Store, StoreError};

use crate::{
    alert_changes,
    alert_data::{self, UndeliveredAlerts},
    alert_rules,
    damage::Damage,
    error::{Code, WireError},
    inbox_entry,
    presenter::Presenter,
    schedules, send, sync, wire,
};

/// The database key of the engine's saved state.
const STATE_KEY: &str = "engine";
/// The number of journal entries that are read at a time on start.
const JOURNAL_PAGE: u32 = 2_000;
/// The maximum age of a recorded alert that is still shown after a restart, and of the past alerts that the
/// engine remembers.
const MAX_ALERT_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The maximum number of companies that the tray gets.
const MAX_TRAY_COMPANIES: u32 = 10;
/// The action name of an intent to unlink a connection. The detail is the connection ID.
pub(crate) const UNLINK: &str = "unlink";

/// The environment of an engine: the app with the system clock, or the simulation with its own.
pub trait Driver {
    /// The current time.
    fn now(&self) -> Timestamp;

    /// Sets the purpose of the next request.
    fn set_next_request(&mut self, _: RequestInfo) {}

    /// Starts a request with [`EffectExecutor::send`]. Its result must be handled as [`Event::Answer`].
    fn send(&mut self, id: RequestId, call: Call);

    /// Delivers the result of an act.
    fn settle(&mut self, id: ActId, result: Result<Settled, ActError>);

    /// Shows a notification with [`EffectExecutor::notify`]. The returned event must be handled.
    fn notify(&mut self, notification: Notification);

    /// Called when the readable state of the engine may have changed.
    fn show(&mut self, engine: &Engine, now: Timestamp);
}

/// Executes effects with the store, the API client and the presenter of a workspace.
pub struct EffectExecutor {
    store: Arc<Store>,
    client: Arc<RwLock<Client>>,
    presenter: Arc<dyn Presenter>,
    damage: Damage,
}

impl EffectExecutor {
    /// Creates an executor. The client can be replaced while it is in use.
    pub fn new(store: Arc<Store>, client: Arc<RwLock<Client>>, presenter: Arc<dyn Presenter>) -> Self {
        Self { store, client, presenter, damage: Damage::default() }
    }

    /// Records damage of the database here.
    #[must_use]
    pub(crate) fn with_damage(self, damage: Damage) -> Self {
        Self { damage, ..self }
    }

    /// Loads the engine with its saved state, and the events that it must handle first.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn engine(
        &self,
        config: engine::Config,
        now: Timestamp,
    ) -> Result<(Engine, Vec<Event>), StoreError> {
        self.store.cancel_unbegun_deletes(now).await?;
        let stored = self.store.load(STATE_KEY).await?;
        let saved = stored.and_then(|text| serde_json::from_str::<SavedState>(&text).ok());
        let first = [Some(Event::Started(self.recovery_state(now).await?)), self.attention().await];
        Ok((Engine::new(config, saved, now), first.into_iter().flatten().collect()))
    }

    /// What the previous run left unfinished.
    async fn recovery_state(&self, now: Timestamp) -> Result<RecoveryState, StoreError> {
        let since = now.checked_sub(MAX_ALERT_AGE).unwrap_or(Timestamp::MIN);
        let recent = self.store.recent_alerts(since).await?;
        let healed: BTreeSet<i64> = recent.iter().filter(|it| it.is_healed).map(|it| it.alert.id).collect();
        let undelivered = self.store.unclaimed_alerts().await?.into_iter();
        let mut undelivered = UndeliveredAlerts::parse(undelivered.filter(|alert| alert.at >= since));
        undelivered.status_changes.retain(|(number, alert)| alert.repeats || !healed.contains(number));
        Ok(RecoveryState {
            undecided: self.undecided().await?,
            recent_alerts: recent.iter().map(alert_data::past_alert).collect(),
            unlinking: self.unlinking(now).await?,
            alert_times: alert_rules::times(&self.store).await,
            undelivered: undelivered.status_changes,
            undelivered_warnings: undelivered.ending_consents,
        })
    }

    /// Journal entries after the alert cursor that changed the state of a connection, plus the newest entry,
    /// which carries the new cursor. Entries before a decided change of the same connection are left out.
    async fn undecided(&self) -> Result<Vec<engine::Change>, StoreError> {
        let decided: BTreeSet<i64> = self.store.alert_decisions().await?.into_iter().collect();
        let (mut after, mut undecided) = (self.store.alert_cursor().await?, Vec::<engine::Change>::new());
        loop {
            let changes = self.store.journal_after(after, JOURNAL_PAGE).await?;
            let Some(last) = changes.last() else {
                let decided = undecided.iter().filter(|change| decided.contains(&change.seq));
                let decided_up_to: BTreeMap<_, _> =
                    decided.filter_map(|change| Some((change.turned?.0, change.seq))).collect();
                let mut undecided = alert_changes::keep_last_of_consecutive(undecided);
                for change in &mut undecided {
                    let is_open = |(id, _): &(ConnectionId, _)| {
                        decided_up_to.get(id).is_none_or(|seq| change.seq > *seq)
                    };
                    change.turned = change.turned.filter(is_open);
                }
                undecided.retain(|change| change.turned.is_some() || change.seq == after);
                return Ok(undecided);
            };
            after = last.seq;
            let changes = changes.into_iter().map(alert_changes::change);
            undecided.extend(changes.filter(|change| change.turned.is_some() || change.seq == after));
        }
    }

    /// Connections whose unlink was started by the app and has no known result. Returned once: after the next
    /// full sweep, later disconnects are not caused by it.
    async fn unlinking(&self, now: Timestamp) -> Result<Vec<(ConnectionId, Timestamp)>, StoreError> {
        let unlinks = self.store.take_open_intents(UNLINK, now).await?.into_iter();
        Ok(unlinks.filter_map(|intent| Some((intent.detail.parse().ok()?, intent.at))).collect())
    }

    /// Sends an event to the windows that show the workspace.
    pub(crate) fn send_event(&self, event: wire::Event) {
        self.presenter.send_event(event);
    }

    /// The event that gives the engine its schedules, for a computer in this time zone.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn schedules(&self, zone: TimeZone, now: Timestamp) -> Result<Event, StoreError> {
        schedules::engine_event_in_zone(&self.store, true, zone, now).await
    }

    /// Handles an event, and then all events that follow from its effects.
    pub async fn handle(&self, engine: &mut Engine, event: Event, driver: &mut (impl Driver + Send)) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in engine.handle(driver.now(), event) {
                match effect {
                    Effect::Send(id, call) => {
                        if let Some(info) = engine.request_info(id) {
                            driver.set_next_request(info);
                        }
                        driver.send(id, call);
                    }
                    Effect::Store(ticket, task) => {
                        events
                            .push_back(self.run_store_task(ticket, task, engine.saved(), driver.now()).await);
                    }
                    Effect::Settle(id, result) => driver.settle(id, result),
                    Effect::Notify(notification) => driver.notify(notification),
                    Effect::CloseNotice(topic) => self.close_notice(&topic, driver.now()).await,
                    Effect::CloseNotification(connection) => self.presenter.close_notification(connection),
                    Effect::Tray(state) => self.presenter.set_tray(state),
                    Effect::Signal(signal) => {
                        if matches!(signal, Signal::Changed { .. }) {
                            events.extend(self.attention().await);
                        }
                        driver.show(engine, driver.now());
                        self.presenter.send_event(signal.into());
                    }
                }
            }
        }
    }

    /// Sends one request, without a retry.
    pub async fn send(&self, call: Call) -> Outcome {
        let client = sync::read(&self.client).clone();
        send::send(&client, call).await
    }

    /// Claims the alerts, shows the notification, and marks the alerts as shown. Because of the claim, an
    /// alert is shown at most once even if the app crashes. If showing fails, the claim is released. Returns
    /// the event for the engine.
    pub async fn notify(&self, mut notification: Notification, now: Timestamp) -> Event {
        let alerts = notification.alerts.clone();
        if !alerts.is_empty() {
            match self.store.claim_alerts(&alerts, notification.claim_number(), now).await {
                Ok(0) => return Event::NotificationShown(alerts),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "alerts could not be claimed, and are shown later");
                    return Event::NotificationFailed(notification);
                }
            }
        }
        if !notification.is_recorded {
            notification.is_recorded = self.record_notice(&notification, now).await;
        }
        if let Err(reason) = self.presenter.notify(notification.clone()).await {
            tracing::warn!(reason, "a notification could not be shown, and is shown later");
            if let Err(error) = self.store.release_alerts(&alerts).await {
                tracing::warn!(%error, "alerts that were not shown could not be given back");
            }
            return Event::NotificationFailed(notification);
        }
        tracing::info!(?alerts, "a notification was shown");
        if let Err(error) = self.store.mark_shown(&alerts).await {
            tracing::warn!(%error, "shown alerts could not be marked");
        }
        Event::NotificationShown(alerts)
    }

    /// Stores a notification with a topic in the inbox. If that fails, it is shown anyway. Returns whether it is
    /// stored.
    async fn record_notice(&self, notification: &Notification, now: Timestamp) -> bool {
        let Some(topic) = &notification.topic else { return false };
        let data = inbox_entry::notice_data(notification);
        let notice =
            NewNotice { topic, data: &data, is_end: notification.is_end, parts: &notification.alerts };
        match self.store.record_notice(&notice, now).await {
            Ok(()) => self.presenter.send_event(wire::Event::Inbox),
            Err(error) => {
                tracing::warn!(%error, topic, "a notice is missing in the inbox");
                return false;
            }
        }
        true
    }

    async fn close_notice(&self, topic: &str, now: Timestamp) {
        self.presenter.close_notice(topic);
        match self.store.close_notice(topic, now).await {
            Ok(true) => self.presenter.send_event(wire::Event::Inbox),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, topic, "a notice stays open in the inbox"),
        }
    }

    /// Saves the engine's state.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn save(&self, saved: &SavedState) -> Result<(), StoreError> {
        self.store.save(STATE_KEY, &serde_json::to_string(saved).map_err(std::io::Error::from)?).await
    }

    async fn run_store_task(
        &self,
        ticket: Ticket,
        task: StoreTask,
        saved: &SavedState,
        now: Timestamp,
    ) -> Event {
        let result = self.execute_store_task(task, saved, now).await;
        if let Err(error) = &result {
            tracing::error!(%error, "the store refused");
            self.note_damage(error);
        }
        Event::StoreResult(ticket, result.map_err(|error| error.to_string()))
    }

    fn note_damage(&self, error: &StoreError) {
        if let StoreError::Corrupt { .. } = error
            && self.damage.set(WireError::new(Code::DatabaseCorrupt, error.to_string())).is_ok()
        {
            self.presenter.send_event(wire::Event::Session);
        }
    }

    async fn execute_store_task(
        &self,
        task: StoreTask,
        saved: &SavedState,
        now: Timestamp,
    ) -> Result<StoreReply, StoreError> {
        let store = &self.store;
        match task {
            StoreTask::Apply { companies, cause, known } => {
                let applied = store.apply(&companies, cause, known, now).await?;
                Ok(StoreReply::Applied(alert_changes::applied(applied)))
            }
            StoreTask::RemoveCompany(company, cause) => {
                let applied = store.remove_company(company, cause, now).await?;
                Ok(StoreReply::Applied(alert_changes::applied(applied)))
            }
            StoreTask::RemoveConnection(company, connection, cause) => {
                let applied = store.remove_connection(company, connection, cause, now).await?;
                Ok(StoreReply::Applied(alert_changes::applied(applied)))
            }
            StoreTask::FindMissing(seen) => Ok(StoreReply::Missing(store.missing_companies(&seen).await?)),
            StoreTask::SaveTopic(topic, answer) => {
                let differs =
                    store.save_answer(&topic, answer.as_deref().map_err(AsRef::as_ref), now).await?;
                if let Some(id) = topic.company().filter(|_| differs) {
                    self.presenter.send_event(wire::Event::Company { id });
                }
                Ok(StoreReply::Done)
            }
            StoreTask::Integrations(integrations) => {
                let version = store.put_integrations(&integrations, now).await?;
                Ok(StoreReply::Applied(engine::Applied { version, ..engine::Applied::default() }))
            }
            StoreTask::RecordAlerts { cursor, skipped, mut alerts } => {
                let troubles = alert_data::refine_troubles(store, &mut alerts).await?;
                let connections: Vec<_> = alerts.iter().map(|alert| alert.connection).collect();
                let muted = alert_rules::muted(store, &alerts, now).await;
                let is_muted = |alert: &engine::NewAlert| muted.contains(&alert.seq);
                let alerts: Vec<_> =
                    alerts.into_iter().map(|alert| alert_data::new_alert(is_muted(&alert), alert)).collect();
                let recorded = store.record_alerts(cursor, &skipped, &alerts, now).await?;
                if !recorded.is_empty() {
                    self.presenter.send_event(wire::Event::Inbox);
                }
                let to_show = recorded.into_iter().filter(|alert| alert.state == AlertState::New);
                Ok(StoreReply::Alerts {
                    numbers: to_show.map(|alert| (alert.first_seq, alert.id)).collect(),
                    integration_sizes: store.integration_sizes(&connections).await?,
                    troubles,
                })
            }
            StoreTask::EndSnoozes => {
                let next = store.next_snooze_end(now).await?;
                let ended = UndeliveredAlerts::parse(store.end_snoozes(now).await?);
                self.presenter.send_event(wire::Event::Inbox);
                Ok(StoreReply::SnoozesEnded(EndedSnoozes {
                    losses: ended.status_changes,
                    warnings: ended.ending_consents,
                    next,
                }))
            }
            StoreTask::OpenAlerts => Ok(StoreReply::OpenAlerts(inbox_entry::open_alerts(store, now).await?)),
            StoreTask::SkipAlerts(alerts) => {
                store.claim_alerts(&alerts, None, now).await?;
                Ok(StoreReply::Done)
            }
            StoreTask::ReadHistories(schedule, target, data_types) => {
                let wanted = schedules::company_filter(&target);
                let histories = store.standings(schedule.0, wanted, &data_types, now).await?;
                Ok(StoreReply::ReadHistories(histories))
            }
            StoreTask::Schedule(decision, run) => {
                let open = store.record_decision(&schedules::decision(&decision), run.as_ref(), now).await?;
                Ok(open.map_or(StoreReply::Done, StoreReply::Run))
            }
            StoreTask::OpenRuns => Ok(StoreReply::Runs(store.open_runs().await?)),
            StoreTask::AdvanceRun { id, ends, take } => {
                let ends: Vec<_> = ends.into_iter().map(item_result).collect();
                Ok(StoreReply::RunMoved(store.advance_run(id, &ends, take.as_ref(), now).await?))
            }
            StoreTask::CheckQueued { most } => {
                let looks = store::HistoryCheckLimits { now: most, per_run: engine::MAX_PROBES_PER_RUN };
                let update = store.update_queued_items(looks, now).await?;
                Ok(StoreReply::QueuedChecked { moved: update.updated_runs, probe: update.to_check })
            }
            StoreTask::EndRun { id, cause } => {
                let counts = store.end_run(id, now).await?;
                Ok(StoreReply::RunEnded(engine::RunEnded { id, cause, counts }))
            }
            StoreTask::ConsentsDue { limit } => {
                Ok(StoreReply::Consents(store.due_consents(now, limit).await?))
            }
            StoreTask::Warn(warnings) => {
                let warnings: Vec<_> = warnings.into_iter().map(alert_data::new_warning).collect();
                let recorded = store.record_warnings(&warnings, now).await?;
                if !recorded.is_empty() {
                    self.presenter.send_event(wire::Event::Inbox);
                }
                Ok(StoreReply::Warned(recorded))
            }
            StoreTask::SkipConsentWarnings => {
                store.skip_due_consents(now).await?;
                Ok(StoreReply::Done)
            }
            StoreTask::IdleDue { limit } => {
                store.update_keep_alive_outcomes(now).await?;
                let (idle, total) = store.due_idle_connections(now, limit).await?;
                Ok(StoreReply::Idle { idle, total })
            }
            StoreTask::KeepAlive(reads, run) => {
                let open = store.record_keep_alive(&reads, run.as_ref(), now).await?;
                Ok(open.map_or(StoreReply::Done, StoreReply::Run))
            }
            StoreTask::SaveState => {
                self.save(saved).await?;
                Ok(StoreReply::Done)
            }
        }
    }

    async fn attention(&self) -> Option<Event> {
        match self.store.attention(MAX_TRAY_COMPANIES).await {
            Ok(attention) => Some(Event::Attention(attention)),
            Err(error) => {
                tracing::warn!(%error, "what needs attention could not be read");
                None
            }
        }
    }
}

/// The result of an item in the store's type. The reason of a failure is stored as JSON.
fn item_result(end: engine::ItemEnd) -> store::ItemResult {
    let bare = |state| store::ItemResult {
        id: end.item,
        state,
        tried: false,
        not_before: None,
        why: None,
        can_retry: false,
    };
    match end.outcome {
        engine::ItemOutcome::Queued => bare(store::ItemState::Queued),
        engine::ItemOutcome::Running => bare(store::ItemState::Running),
        engine::ItemOutcome::Read => bare(store::ItemState::Read),
        engine::ItemOutcome::Failed(why) => store::ItemResult {
            can_retry: why.can_retry(),
            why: serde_json::to_string(&why).ok(),
            ..bare(store::ItemState::Failed)
        },
        engine::ItemOutcome::Retry(at) => {
            store::ItemResult { tried: true, not_before: Some(at), ..bare(store::ItemState::Waiting) }
        }
        engine::ItemOutcome::Unsent => bare(store::ItemState::Waiting),
    }
}
