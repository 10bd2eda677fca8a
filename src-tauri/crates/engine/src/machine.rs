//! The engine: its state, and the handling of each event. The submodules implement the handlers by subject.

mod acts;
mod alerts;
mod clock_rollback;
mod expiry;
mod health;
mod notices;
mod policy;
mod quota_report;
mod reminders;
mod run_changes;
mod run_results;
mod runs;
mod saved_state;
mod schedules;
mod sending;
mod sweeps;

pub use saved_state::SavedState;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use codat::{CompanyId, Failure, FailureKind, client::Meta};
use domain::{Attention, Health, PendingDelete, Priority, SafeMode, Severity};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    acts::{ActError, Settled},
    alerts::{Alerts, alert_delivery::AlertDelivery, alert_times::AlertTimes},
    backoff::Jitter,
    call::{Outcome, Reply},
    config::Config,
    connectivity::Connectivity,
    effect::{Effect, Signal, StoreTask},
    event::{Event, StoreReply},
    expiry::Expiry,
    ids::{ActId, RequestId, Ticket},
    notification::KEY_TOPIC,
    pending_act::PendingAct,
    policy::Policy,
    request_queue::{RequestKind, RequestQueue},
    runs::Runs,
    schedule::Schedules,
    surroundings::{Surroundings, Window},
    sweep::Sweep,
    time::after,
    tray::{TrayState, tray},
    watch::Watch,
};

/// Consecutive sweeps that the store could not save.
#[derive(Debug)]
struct SweepStoreError {
    /// The error of the store.
    message: String,
    /// How many.
    sweeps: u32,
}

/// A request in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestInfo {
    /// The priority of the request.
    pub priority: Priority,
    /// How many attempts came before it.
    pub retry: u32,
}

/// The state machine. See the [crate documentation](crate).
#[derive(Debug)]
pub struct Engine {
    config: Config,
    saved: SavedState,
    jitter: Jitter,
    connectivity: Connectivity,
    queue: RequestQueue,
    in_flight: BTreeMap<RequestId, (RequestKind, Timestamp)>,
    sweep: Option<Sweep>,
    next_sweep: Timestamp,
    /// When the next status sweep starts, unless a full sweep starts first.
    next_status: Option<Timestamp>,
    last_sweep_start: Option<Timestamp>,
    sweeps_begun: u64,
    /// Consecutive sweeps whose pages had no end.
    endless_sweeps: u32,
    /// Consecutive sweeps that reached the end while the number of companies changed.
    sweeps_with_changing_total: u32,
    /// The largest page size that worked recently; none if no page failed.
    page_cap: Option<u32>,
    surroundings: Surroundings,
    /// The user requested a sweep that has not started yet. It starts now, or after the running one.
    sweep_requested: bool,
    pending_acts: BTreeMap<ActId, PendingAct>,
    /// Acts that wait for the next response, to learn whether the key is still rejected.
    key_check_acts: Vec<ActId>,
    /// [`Act::ReserveRequest`](crate::Act::ReserveRequest)s that wait for quota.
    permits: VecDeque<(ActId, SafeMode)>,
    /// Companies and connections that acts created since the start. A check must not attribute them to
    /// another act.
    made: BTreeSet<Uuid>,
    deletes: BTreeMap<CompanyId, (ActId, PendingDelete)>,
    watches: Vec<Watch>,
    /// The company that a window shows, whether or not the window is visible.
    shown: Option<CompanyId>,
    runs: Runs,
    schedules: Schedules,
    /// When the last complete full sweep since the start began.
    last_full_sweep_start: Option<Timestamp>,
    /// Set while the store cannot save sweeps.
    sweep_store_error: Option<SweepStoreError>,
    /// The version of the lists that the windows know. A new store has version 1.
    version: u64,
    alerts: Alerts,
    delivery: AlertDelivery,
    expiry: Expiry,
    /// When the user's pause ends.
    pause_end: Option<Timestamp>,
    /// None until the start.
    alert_times: Option<AlertTimes>,
    /// When the next snooze ends.
    snooze_end: Option<Timestamp>,
    attention: Option<Attention>,
    policy: Policy,
    /// When the share of background work resets.
    share_spent_until: Option<Timestamp>,
    /// When the quota admits the next queued request.
    quota_opens_at: Option<Timestamp>,
    saved_at: Option<Timestamp>,
    /// Whether the last save of the engine's state failed.
    is_unsaved: bool,
    last_health: Option<Health>,
    last_tray: Option<TrayState>,
    next_request: u64,
    effects: Vec<Effect>,
    /// Effects that can wait until the requests of this event are sent.
    deferred_effects: Vec<Effect>,
}

impl Engine {
    /// Creates an engine with the state of its last run, if there is one.
    pub fn new(config: Config, saved: Option<SavedState>, now: Timestamp) -> Self {
        let jitter = Jitter::new(config.seed);
        let mut saved = saved.unwrap_or_else(|| SavedState::new(now));
        saved.adjust_for_clock_rollback(now);
        let bytes_a_request = saved.full_cost.bytes / saved.full_cost.requests.max(1);
        saved.quota.restore(bytes_a_request, now);
        Self {
            config,
            saved,
            jitter,
            connectivity: Connectivity::default(),
            queue: RequestQueue::default(),
            in_flight: BTreeMap::new(),
            sweep: None,
            next_sweep: now,
            next_status: None,
            last_sweep_start: None,
            sweeps_begun: 0,
            endless_sweeps: 0,
            sweeps_with_changing_total: 0,
            page_cap: None,
            surroundings: Surroundings::default(),
            sweep_requested: false,
            pending_acts: BTreeMap::new(),
            key_check_acts: Vec::new(),
            permits: VecDeque::new(),
            deletes: BTreeMap::new(),
            watches: Vec::new(),
            shown: None,
            runs: Runs::default(),
            schedules: Schedules::default(),
            last_full_sweep_start: None,
            sweep_store_error: None,
            version: 1,
            alerts: Alerts::default(),
            delivery: AlertDelivery::default(),
            expiry: Expiry::default(),
            pause_end: None,
            alert_times: None,
            snooze_end: None,
            attention: None,
            policy: Policy::default(),
            made: BTreeSet::new(),
            share_spent_until: None,
            quota_opens_at: None,
            saved_at: None,
            is_unsaved: false,
            last_health: None,
            last_tray: None,
            next_request: 0,
            effects: Vec::new(),
            deferred_effects: Vec::new(),
        }
    }

    /// Handles an event. Returns the effects to carry out, in order.
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Effect> {
        self.adjust_for_clock_rollback(now);
        match event {
            Event::Started(recovery) => self.on_started(recovery, now),
            Event::RunsChanged => self.load_open_runs(),
            Event::Schedules { here, zone, schedules } => {
                self.on_schedules(here, zone, schedules, now);
            }
            Event::Zone(zone) => self.schedules.zone = zone,
            Event::Timeout => {}
            Event::Act(id, act) => self.on_act(id, act, now),
            Event::Answer(id, outcome) => self.on_answer(id, outcome, now),
            Event::StoreResult(ticket, outcome) => self.on_store_result(ticket, outcome, now),
            Event::NotificationShown(numbers) => self.delivery.on_shown(&numbers),
            Event::NotificationFailed(notification) => self.on_notification_failed(notification, now),
            Event::Attention(attention) => self.attention = Some(attention),
            Event::KeyReplaced => {
                self.connectivity.reset();
                self.end_notice(KEY_TOPIC.to_owned());
                self.next_sweep = now;
                self.expiry.check_now();
            }
            Event::NetworkChanged => self.connectivity.retry_now(),
            Event::Policy(policy) => self.set_policy(policy, now),
            Event::OnScreen(company) => self.set_shown(company, now),
            Event::BackgroundShare(percent) => {
                self.config.background_percent = percent.clamp(1, 50);
                self.bring_sweeps_forward(now);
            }
            Event::Surroundings(surroundings) => {
                let seen = self.on_screen();
                self.surroundings = surroundings;
                if self.on_screen() != seen {
                    self.watch_shown(now);
                }
                self.bring_sweeps_forward(now);
            }
            Event::Resumed => self.on_resumed(now),
            Event::DirectAnswer(Ok(meta)) => {
                self.saved.quota.on_answer(now);
                self.on_response_headers(&meta, now);
            }
            Event::DirectAnswer(Err(failure)) => {
                self.on_failure_headers(&failure, now);
                if failure.kind == FailureKind::Unauthorized {
                    self.on_connectivity_failure(&failure, now);
                }
            }
            Event::RaiseUserQuota(percent) => self.saved.quota.raise_user_limit(percent, now),
            Event::KeepAlive(mode) => self.set_keep_alive(mode),
            Event::PauseEnd(end) => self.pause_end = end,
            Event::AlertTimes(times) => self.set_alert_times(times, now),
            Event::SnoozeEnd(end) => self.snooze_end = end,
        }
        self.run_due(now);
        self.send_queued(now);
        self.effects.append(&mut self.deferred_effects);
        self.signal_changes(now);
        core::mem::take(&mut self.effects)
    }

    /// The latest time to call [`handle`](Self::handle) with [`Event::Timeout`].
    pub fn poll_timeout(&self, now: Timestamp) -> Option<Timestamp> {
        let background = !self.policy.paused && self.connectivity.rejection.is_none();
        let sweep = (background && self.sweep.is_none()).then(|| {
            let held = self.connectivity.retry_at.filter(|at| *at > now).unwrap_or(now);
            self.next_sweep_time().max(held)
        });
        [
            sweep,
            self.connectivity.retry_at.filter(|at| !self.policy.paused && *at > now),
            self.quota_opens_at.filter(|at| *at > now),
            self.share_spent_until.filter(|at| *at > now),
            self.pause_end,
            self.next_alert(now),
            self.next_reminder(now),
            self.pending_acts
                .values()
                .filter_map(|pending_act| pending_act.scheduled.map(|(_, at)| at))
                .min(),
            self.next_delete(),
            self.watches.iter().map(|watch| watch.next_poll).min(),
            self.runs.next_wake,
            self.schedules.next_wake,
            self.next_expiry_check(now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The deletes that can still be undone, ordered by time.
    pub fn pending_deletes(&self) -> Vec<PendingDelete> {
        let is_held = !self.policy.allows(SafeMode::Administer);
        let shown = |delete: &PendingDelete| PendingDelete { is_held, ..delete.clone() };
        let mut pending: Vec<_> = self.deletes.values().map(|(_, delete)| shown(delete)).collect();
        pending.sort_by_key(|delete| delete.sends_at);
        pending
    }

    /// Why user requests cannot be sent today, if so. The caller can then ask the user before it prepares a
    /// large request.
    pub fn user_quota_error(&self, now: Timestamp) -> Option<ActError> {
        let (quota, resets) = (&self.saved.quota, self.saved.quota.day_ends(now));
        if quota.is_exhausted(now) {
            Some(ActError::QuotaExhausted { resets })
        } else {
            quota.user_limit_reached(&self.config, now).then_some(ActError::UserQuotaReached { resets })
        }
    }

    /// The company that the user can see now. Its refreshes are polled often.
    pub fn on_screen(&self) -> Option<CompanyId> {
        self.shown.filter(|_| self.surroundings.window != Some(Window::Hidden))
    }

    /// The priority and the number of earlier attempts of a request in flight.
    pub fn request_info(&self, id: RequestId) -> Option<RequestInfo> {
        let (kind, _) = self.in_flight.get(&id)?;
        let retry = match kind {
            RequestKind::Act(act, ..) => {
                self.pending_acts.get(act).map_or(0, |pending_act| pending_act.tries)
            }
            RequestKind::SweepPage(..)
            | RequestKind::MissingCompany(_)
            | RequestKind::MissingConnection(..)
            | RequestKind::SecondRead(_)
            | RequestKind::AfterRefresh
            | RequestKind::RefreshProgress(_)
            | RequestKind::ItemHistory { .. }
            | RequestKind::DataStatus(..)
            | RequestKind::KeyCheck
            | RequestKind::Integrations => self.connectivity.failures,
            RequestKind::Item { run, item, .. } => self.runs.tries(*run, *item),
        };
        Some(RequestInfo { priority: kind.priority(), retry })
    }

    /// Does everything that is due at `now`.
    fn run_due(&mut self, now: Timestamp) {
        self.end_due_pause(now);
        self.send_due_deletes(now);
        self.resume_due_acts(now);
        self.poll_due_watches(now);
        self.begin_due_sweep(now);
        self.begin_due_second_reads(now);
        self.begin_due_schedules(now);
        self.advance_runs(now);
        self.record_alerts(now);
        self.begin_due_reminders(now);
        self.show_due_notifications(now);
        self.check_expiry(now);
    }

    fn on_answer(&mut self, id: RequestId, outcome: Outcome, now: Timestamp) {
        let Some((kind, sent_at)) = self.in_flight.remove(&id) else { return };
        match &outcome {
            Ok((_, meta)) => {
                self.saved.quota.on_answer(sent_at);
                self.on_response_headers(meta, now);
            }
            Err(failure) => self.on_failure_headers(failure, now),
        }
        if matches!(kind, RequestKind::SweepPage(..) | RequestKind::KeyCheck) {
            self.settle_key_checks(&outcome);
        }
        match kind {
            RequestKind::SweepPage(number, _) => self.on_sweep_page(number, outcome, sent_at, now),
            RequestKind::MissingCompany(company) => self.on_missing_company(company, outcome, now),
            RequestKind::MissingConnection(company, connection) => {
                self.on_missing_connection(company, connection, outcome, now);
            }
            RequestKind::SecondRead(company) => self.on_second_read(company, outcome, sent_at, now),
            RequestKind::AfterRefresh => self.on_after_refresh(outcome, sent_at, now),
            RequestKind::RefreshProgress(company) => self.on_refresh_progress(company, outcome, now),
            RequestKind::Item { run, item, step, .. } => self.on_item_answer(run, item, step, outcome, now),
            RequestKind::ItemHistory { item, .. } => self.on_item_history(item, outcome, now),
            RequestKind::Act(act, step, _) => self.on_act_answer(act, step, outcome, now),
            RequestKind::DataStatus(schedule, company) => {
                self.on_data_status(schedule, company, outcome, now)
            }
            RequestKind::Integrations => self.on_integrations(outcome, now),
            RequestKind::KeyCheck => {
                if let Err(failure) = outcome {
                    self.on_connectivity_failure(&failure, now);
                }
            }
        }
    }

    fn on_response_headers(&mut self, meta: &Meta, now: Timestamp) {
        self.saved.quota.on_rate_limit_headers(meta.rate_limit, now);
        self.check_quota(now);
        if self.connectivity.on_answer() {
            self.end_notice(KEY_TOPIC.to_owned());
            self.expiry.check_now();
        }
    }

    /// Settles the acts that asked whether the key is still rejected.
    fn settle_key_checks(&mut self, outcome: &Outcome) {
        let result = match outcome {
            Ok(_) => Ok(Settled::Accepted),
            Err(failure) => Err(ActError::Failed(failure.clone())),
        };
        for id in core::mem::take(&mut self.key_check_acts) {
            self.settle(id, result.clone());
        }
    }

    /// Background work failed, or an act failed because of the key.
    fn on_connectivity_failure(&mut self, failure: &Failure, now: Timestamp) {
        let has_quota = self.saved.quota.has_remaining();
        if self.connectivity.on_failure(failure, has_quota, &mut self.jitter, now) {
            self.notify_key_rejected();
        }
    }

    fn on_failure_headers(&mut self, failure: &Failure, now: Timestamp) {
        self.saved.quota.on_rate_limit_headers(failure.rate_limit, now);
        if failure.kind == FailureKind::RateLimited {
            let wait = self.jitter.wait(4);
            let own = after(now, wait);
            let until = failure.retry_after.map_or(own, |after| after.instant(now));
            self.saved.quota.on_rate_limited(until, &self.config, now);
        }
    }

    fn on_store_result(&mut self, ticket: Ticket, outcome: Result<StoreReply, String>, now: Timestamp) {
        match (ticket, outcome) {
            (Ticket::Act(act), outcome) => self.on_act_stored(act, outcome, now),
            (
                Ticket::SweepPage | Ticket::Read | Ticket::ItemChange | Ticket::Untracked,
                Ok(StoreReply::Applied(applied)),
            ) => self.on_applied(applied, now),
            (Ticket::LastPage, Ok(StoreReply::Applied(applied))) => {
                self.on_applied(applied, now);
                self.on_last_page_stored(now);
            }
            (Ticket::SweepPage | Ticket::LastPage, Err(message)) => self.on_sweep_store_error(message, now),
            (Ticket::Missing, Ok(StoreReply::Missing(companies))) => {
                self.on_missing_companies(companies, now)
            }
            (Ticket::Alerts, Ok(StoreReply::Alerts { numbers, integration_sizes, troubles })) => {
                self.on_alerts_recorded(&numbers, &integration_sizes, &troubles, now);
            }
            (Ticket::Alerts, Err(_)) => self.alerts.on_record_error(now),
            (Ticket::Run(id), outcome) => self.on_run_stored(id, outcome, now),
            (Ticket::Runs, outcome) => self.on_runs_stored(outcome, now),
            (Ticket::Schedule(id), outcome) => self.on_schedule_stored(id, outcome, now),
            (Ticket::Consents, Ok(StoreReply::Consents(due))) => self.on_consents_due(due, now),
            (Ticket::Warnings, Ok(StoreReply::Warned(numbers))) => self.on_warnings_stored(numbers, now),
            (Ticket::Warnings, Err(_)) => self.on_warnings_error(),
            (Ticket::KeepAlive, Ok(StoreReply::Idle { idle, total })) => self.on_idle_due(idle, total, now),
            (Ticket::KeepAlive, Ok(outcome)) => self.on_keep_alive_stored(outcome, now),
            (Ticket::KeepAlive, Err(message)) => self.on_keep_alive_error(message),
            (Ticket::Snoozes, Ok(StoreReply::SnoozesEnded(ended))) => self.on_snoozes_ended(ended, now),
            (Ticket::Snoozes, Err(_)) => self.on_snoozes_error(now),
            (Ticket::Reminder, Ok(StoreReply::OpenAlerts(open))) => self.remind(&open),
            (Ticket::State, outcome) => self.on_state_stored(outcome),
            // The server completed the change. A sweep shows it.
            (Ticket::ItemChange, Err(message)) => {
                self.next_sweep = now;
                self.notice(Severity::Error, message);
            }
            (_, Err(message)) => self.notice(Severity::Error, message),
            (_, Ok(_)) => {}
        }
    }

    fn notice(&mut self, severity: Severity, message: String) {
        self.effects.push(Effect::Signal(Signal::Notice { severity, message }));
    }

    /// Signals a changed health or tray state.
    fn signal_changes(&mut self, now: Timestamp) {
        let health = self.health(now);
        if let Some(attention) = &self.attention {
            let state = tray(attention, &health);
            if self.last_tray.as_ref() != Some(&state) {
                self.last_tray = Some(state.clone());
                self.effects.push(Effect::Tray(state));
            }
        }
        if self.last_health.as_ref() != Some(&health) {
            self.last_health = Some(health.clone());
            self.effects.push(Effect::Signal(Signal::Health(health)));
        }
    }

    fn on_integrations(&mut self, outcome: Outcome, now: Timestamp) {
        // A failure is ignored: names also come from the connections.
        if let Ok((Reply::Integrations(page), _)) = outcome {
            self.saved.integrations_at = Some(now);
            self.effects.push(Effect::Store(Ticket::Untracked, StoreTask::Integrations(page.results)));
        }
    }
}
