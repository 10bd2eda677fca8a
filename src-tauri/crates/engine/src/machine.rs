//! The machine itself: its state, what wakes it, and one arm for each event.

mod acting;
mod alerting;
mod following;
mod running;
mod sending;
mod sweeping;

use std::collections::BTreeMap;

use codat::{CompanyId, Failure, client::Meta};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    act::{ActId, PendingDelete},
    alerts::Alerts,
    attempt::Attempt,
    backoff::Jitter,
    config::Config,
    effect::{Effect, RequestId, Signal, StoreTask, Ticket, Tone},
    event::{Event, Outcome, Reply, Stored},
    health::{Health, HealthState},
    outbox::{Outbox, Purpose},
    quota::Quota,
    reach::Reach,
    runs::Runs,
    sweep::Sweep,
    tray::{Attention, TrayMenu, tray},
    watch::Watch,
};

/// How seldom the engine's own state is kept while nothing asks for it sooner.
const SAVE_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// What outlives a restart. Acts and pending deletes do not: quitting cancels what was not sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    quota: Quota,
    last_sweep: Option<Timestamp>,
    baseline: bool,
    sweep_requests: u64,
    sweep_bytes: u64,
    integrations_at: Option<Timestamp>,
}

/// The state machine. See the crate's documentation.
#[derive(Debug)]
pub struct Engine {
    config: Config,
    saved: Saved,
    jitter: Jitter,
    reach: Reach,
    outbox: Outbox,
    in_flight: BTreeMap<RequestId, (Purpose, Timestamp)>,
    sweep: Option<Sweep>,
    next_sweep: Timestamp,
    /// A sweep was asked for while one ran: another follows.
    sweep_again: bool,
    attempts: BTreeMap<ActId, Attempt>,
    deletes: BTreeMap<CompanyId, (ActId, PendingDelete)>,
    watches: Vec<Watch>,
    /// The company that a window shows.
    on_screen: Option<CompanyId>,
    runs: Runs,
    alerts: Alerts,
    attention: Option<Attention>,
    paused: bool,
    /// Background work has used up its share until then.
    spent_until: Option<Timestamp>,
    /// The quota opens again then.
    opens_at: Option<Timestamp>,
    saved_at: Option<Timestamp>,
    shown_health: Option<Health>,
    shown_tray: Option<TrayMenu>,
    next_request: u64,
    effects: Vec<Effect>,
}

impl Engine {
    /// An engine with what it kept from last time, if anything.
    pub fn new(config: Config, saved: Option<Saved>, now: Timestamp) -> Self {
        let jitter = Jitter::new(config.seed);
        let saved = saved.unwrap_or_else(|| Saved {
            quota: Quota::new(),
            last_sweep: None,
            baseline: false,
            sweep_requests: 1,
            sweep_bytes: 0,
            integrations_at: None,
        });
        Self {
            config,
            saved,
            jitter,
            reach: Reach::default(),
            outbox: Outbox::default(),
            in_flight: BTreeMap::new(),
            sweep: None,
            next_sweep: now,
            sweep_again: false,
            attempts: BTreeMap::new(),
            deletes: BTreeMap::new(),
            watches: Vec::new(),
            on_screen: None,
            runs: Runs::default(),
            alerts: Alerts::default(),
            attention: None,
            paused: false,
            spent_until: None,
            opens_at: None,
            saved_at: None,
            shown_health: None,
            shown_tray: None,
            next_request: 0,
            effects: Vec::new(),
        }
    }

    /// Takes an event in, and says what to do, in order.
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Effect> {
        match event {
            Event::Started { undecided } => {
                self.alerts.note(undecided, self.saved.baseline, self.second_look_wait());
                self.read_runs();
            }
            Event::RunsChanged => self.read_runs(),
            Event::Due => {}
            Event::Act(id, act) => self.act(id, act, now),
            Event::Answer(id, outcome) => self.answer(id, outcome, now),
            Event::Stored(ticket, outcome) => self.stored(ticket, outcome, now),
            Event::Attention(attention) => self.attention = Some(attention),
            Event::KeyReplaced => {
                self.reach.forget();
                self.next_sweep = now;
            }
            Event::NetworkChanged => self.reach.try_again(),
            Event::Paused(paused) => self.paused = paused,
            Event::OnScreen(company) => self.on_screen(company, now),
            Event::Share(percent) => self.config.background_percent = percent.clamp(1, 50),
        }
        self.due(now);
        self.pump(now);
        self.show(now);
        core::mem::take(&mut self.effects)
    }

    /// When to call [`handle`](Self::handle) with [`Event::Due`] at the latest.
    pub fn next_wake(&self, now: Timestamp) -> Option<Timestamp> {
        let background = !self.paused && self.reach.refused.is_none();
        let sweep = (background && self.sweep.is_none()).then(|| {
            let held = self.reach.retry_at.filter(|at| *at > now).unwrap_or(now);
            self.next_sweep.max(held)
        });
        [
            sweep,
            self.reach.retry_at.filter(|at| background && *at > now),
            self.opens_at.filter(|at| *at > now),
            self.spent_until.filter(|at| *at > now),
            self.alerts.look_at.filter(|_| background && self.sweep.is_none()),
            self.attempts.values().filter_map(|attempt| attempt.waits.map(|(_, at)| at)).min(),
            self.deletes.values().map(|(_, delete)| delete.sends_at).min(),
            self.watches.iter().map(|watch| watch.look_at).min(),
            self.runs.wake,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What to keep for next time.
    pub fn saved(&self) -> &Saved {
        &self.saved
    }

    /// The deletes that can still be undone, soonest first.
    pub fn pending_deletes(&self) -> Vec<PendingDelete> {
        let mut pending: Vec<_> = self.deletes.values().map(|(_, delete)| delete.clone()).collect();
        pending.sort_by_key(|delete| delete.sends_at);
        pending
    }

    /// The state of things.
    pub fn health(&self, now: Timestamp) -> Health {
        let quota = &self.saved.quota;
        let retry = [self.reach.retry_at, quota.blocked_until(), self.spent_until].into_iter().flatten();
        Health {
            state: self.health_state(now),
            last_sweep: self.saved.last_sweep,
            next_sweep: (self.sweep.is_none() && !self.paused).then_some(self.next_sweep),
            offline_since: self.reach.offline_since,
            retry_at: retry.filter(|at| *at > now).max(),
            reads_running: self.watches.iter().map(|watch| watch.running).sum(),
            quota_limit: quota.limit(),
            quota_remaining: quota.remaining(),
            used_today: quota.used_today(),
            left_for_person: quota.left_for_person(&self.config),
            message: self.reach.refused.clone().or_else(|| self.reach.failing.clone()),
            first_sweep_done: self.saved.baseline,
            sweep_done: self.sweep.as_ref().map(|sweep| sweep.seen.len() as u64),
            sweep_total: self.sweep.as_ref().and_then(|sweep| sweep.total),
        }
    }

    fn health_state(&self, now: Timestamp) -> HealthState {
        let limited = [self.saved.quota.blocked_until(), self.spent_until];
        if self.reach.refused.is_some() {
            HealthState::Refused
        } else if self.reach.offline_since.is_some() {
            HealthState::Offline
        } else if self.reach.failing.is_some() {
            HealthState::Failing
        } else if self.paused {
            HealthState::Paused
        } else if limited.into_iter().flatten().any(|until| until > now) {
            HealthState::Limited
        } else if self.sweep.is_some() {
            HealthState::Sweeping
        } else if self.saved.baseline {
            HealthState::Current
        } else {
            HealthState::Starting
        }
    }

    /// What is due by now, whatever the event was.
    fn due(&mut self, now: Timestamp) {
        self.send_due_deletes(now);
        self.resume_due_attempts(now);
        self.look_at_due_reads(now);
        self.begin_due_sweep(now);
        self.look_again_at_what_turned(now);
        self.move_runs(now);
        self.record_alerts();
    }

    fn answer(&mut self, id: RequestId, outcome: Outcome, now: Timestamp) {
        let Some((purpose, asked)) = self.in_flight.remove(&id) else { return };
        match &outcome {
            Ok((_, meta)) => self.heard(meta),
            Err(failure) => self.heard_failure(failure, now),
        }
        match purpose {
            Purpose::SweepPage => self.sweep_page(outcome, asked, now),
            Purpose::Gone(company) => self.gone(company, outcome, now),
            Purpose::ConnectionGone(company, connection) => {
                self.connection_gone(company, connection, outcome, now);
            }
            Purpose::SecondLook(company) => self.second_look(company, outcome, asked, now),
            Purpose::AfterRefresh => self.after_refresh(outcome, asked),
            Purpose::Reads(company) => self.reads(company, outcome, now),
            Purpose::Act(act, step) => self.act_answer(act, step, outcome, now),
            Purpose::Item { run, item, step, .. } => self.item_answer(run, item, step, outcome, now),
            Purpose::Outcome { item, .. } => self.outcome_seen(item, outcome, now),
            Purpose::Integrations => self.integrations(outcome, now),
        }
    }

    fn heard(&mut self, meta: &Meta) {
        self.saved.quota.heard(meta.rate_limit);
        self.reach.answered();
    }

    fn heard_failure(&mut self, failure: &Failure, now: Timestamp) {
        self.saved.quota.heard(failure.rate_limit);
        if failure.kind == codat::FailureKind::RateLimited {
            let wait = self.jitter.wait(4);
            let own = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
            self.saved.quota.block(failure.retry_after.map_or(own, |after| after.instant(now)));
        }
    }

    fn stored(&mut self, ticket: Ticket, outcome: Result<Stored, String>, now: Timestamp) {
        match (ticket, outcome) {
            (Ticket::Act(act), outcome) => self.act_stored(act, outcome),
            (Ticket::SweepPage | Ticket::Look | Ticket::Aside, Ok(Stored::Applied(applied))) => {
                self.applied(applied)
            }
            (Ticket::SweepPage, Err(message)) => self.sweep_not_kept(message, now),
            (Ticket::Missing, Ok(Stored::Missing(companies))) => self.missing(companies, now),
            (Ticket::Alerts, Ok(Stored::Alerts(numbers))) => {
                let told = self.alerts.recorded(numbers);
                self.effects.extend(told.map(Effect::Notify));
            }
            (Ticket::Alerts, Err(_)) => self.alerts.not_recorded(),
            (Ticket::Run(id), outcome) => self.run_stored(id, outcome, now),
            (Ticket::Runs, outcome) => self.runs_stored(outcome, now),
            (_, Err(message)) => self.say(Tone::Error, message),
            (_, Ok(_)) => {}
        }
    }

    fn say(&mut self, tone: Tone, message: String) {
        self.effects.push(Effect::Signal(Signal::Notice { tone, message }));
    }

    /// Tells the windows and the tray what differs from what they show.
    fn show(&mut self, now: Timestamp) {
        let health = self.health(now);
        if let Some(attention) = &self.attention {
            let menu = tray(attention, &health);
            if self.shown_tray.as_ref() != Some(&menu) {
                self.shown_tray = Some(menu.clone());
                self.effects.push(Effect::Tray(menu));
            }
        }
        if self.shown_health.as_ref() != Some(&health) {
            self.shown_health = Some(health.clone());
            self.effects.push(Effect::Signal(Signal::Health(health)));
        }
    }

    fn save(&mut self, now: Timestamp) {
        self.saved_at = Some(now);
        self.effects.push(Effect::Store(Ticket::Aside, StoreTask::Save));
    }

    fn save_is_due(&self, now: Timestamp) -> bool {
        self.saved_at.is_none_or(|at| now.duration_since(at) >= SAVE_EVERY)
    }

    fn second_look_wait(&self) -> SignedDuration {
        SignedDuration::from_secs(self.config.second_look_secs)
    }

    fn integrations(&mut self, outcome: Outcome, now: Timestamp) {
        // The catalogue is a convenience: without it names come from the connections themselves.
        if let Ok((Reply::Integrations(page), _)) = outcome {
            self.saved.integrations_at = Some(now);
            self.effects.push(Effect::Store(Ticket::Aside, StoreTask::Integrations(page.results)));
        }
    }
}
