//! The machine itself: its state, what wakes it, and one arm for each event.

mod acting;
mod alerting;
mod counting;
mod following;
mod holding;
mod keeping_alive;
mod running;
mod saved;
mod scheduling;
mod sending;
mod status;
mod sweeping;
mod turning_back;

pub use saved::Saved;
pub(crate) use sending::PATIENCE;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use codat::{CompanyId, Failure, FailureKind, client::Meta};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    act::{ActError, ActId, PendingDelete, Settled},
    alerts::Alerts,
    attempt::Attempt,
    backoff::Jitter,
    class::Class,
    config::Config,
    effect::{Effect, RequestId, Signal, StoreTask, Ticket, Tone},
    event::{Event, Outcome, Reply, Stored},
    health::Health,
    outbox::{Outbox, Purpose},
    policy::{Policy, SafeMode},
    reach::Reach,
    rhythm::{Surroundings, Window},
    runs::Runs,
    scheduling::Scheduling,
    sweep::Sweep,
    telling::Telling,
    tray::{Attention, TrayState, tray},
    watch::Watch,
};

use keeping_alive::Expiry;

/// How seldom the engine's own state is kept while nothing asks for it sooner.
const SAVE_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Sweeps that could not be kept.
#[derive(Debug)]
struct NotSaved {
    /// Why, in the store's words.
    message: String,
    /// How many, one after the other.
    sweeps: u32,
}

/// A request under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// What it is for.
    pub class: Class,
    /// How often it was tried before.
    pub retry: u32,
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
    /// When the next status sweep begins, unless a full one comes before it.
    next_status: Option<Timestamp>,
    last_started: Option<Timestamp>,
    sweeps_begun: u64,
    /// Sweeps in a row whose pages had no end.
    endless_sweeps: u32,
    /// How many sweeps in a row read to the end while the number of companies changed.
    sweeps_with_changing_total: u32,
    /// The largest page that got through lately, where some did not.
    page_cap: Option<u32>,
    surroundings: Surroundings,
    /// A person asked for a sweep that has yet to begin: it goes at once, or follows the one that runs.
    sweep_asked: bool,
    attempts: BTreeMap<ActId, Attempt>,
    /// Acts that ask whether a refused key still is: they end with the next answer.
    ask_about_key: Vec<ActId>,
    /// Acts that wait for leave to ask the server by themselves.
    passes: VecDeque<(ActId, SafeMode)>,
    /// Companies and connections that acts of this start made: no other act made them.
    made: BTreeSet<Uuid>,
    deletes: BTreeMap<CompanyId, (ActId, PendingDelete)>,
    watches: Vec<Watch>,
    /// The company that a window shows, whether or not somebody sees that window.
    shown: Option<CompanyId>,
    runs: Runs,
    scheduling: Scheduling,
    /// When the last sweep that read to the end began; none since this start.
    swept_from: Option<Timestamp>,
    /// Why the last sweep could not be kept, until one is.
    not_saved: Option<NotSaved>,
    /// The version of the lists that the windows know; a store begins with 1.
    version: u64,
    alerts: Alerts,
    telling: Telling,
    expiry: Expiry,
    attention: Option<Attention>,
    policy: Policy,
    /// Background work has used up its share until then.
    spent_until: Option<Timestamp>,
    /// The quota opens again then.
    opens_at: Option<Timestamp>,
    saved_at: Option<Timestamp>,
    /// The engine's own state could not be kept last time.
    is_unsaved: bool,
    shown_health: Option<Health>,
    shown_tray: Option<TrayState>,
    next_request: u64,
    effects: Vec<Effect>,
    /// What goes on beside the requests of this event: it follows them.
    beside: Vec<Effect>,
}

impl Engine {
    /// An engine with what it kept from last time, if anything.
    pub fn new(config: Config, saved: Option<Saved>, now: Timestamp) -> Self {
        let jitter = Jitter::new(config.seed);
        let mut saved = saved.unwrap_or_else(|| Saved::new(now));
        saved.follow_the_clock(now);
        let bytes_a_request = saved.full_cost.bytes / saved.full_cost.requests.max(1);
        saved.quota.found(bytes_a_request, now);
        Self {
            config,
            saved,
            jitter,
            reach: Reach::default(),
            outbox: Outbox::default(),
            in_flight: BTreeMap::new(),
            sweep: None,
            next_sweep: now,
            next_status: None,
            last_started: None,
            sweeps_begun: 0,
            endless_sweeps: 0,
            sweeps_with_changing_total: 0,
            page_cap: None,
            surroundings: Surroundings::default(),
            sweep_asked: false,
            attempts: BTreeMap::new(),
            ask_about_key: Vec::new(),
            passes: VecDeque::new(),
            deletes: BTreeMap::new(),
            watches: Vec::new(),
            shown: None,
            runs: Runs::default(),
            scheduling: Scheduling::default(),
            swept_from: None,
            not_saved: None,
            version: 1,
            alerts: Alerts::default(),
            telling: Telling::default(),
            expiry: Expiry::default(),
            attention: None,
            policy: Policy::default(),
            made: BTreeSet::new(),
            spent_until: None,
            opens_at: None,
            saved_at: None,
            is_unsaved: false,
            shown_health: None,
            shown_tray: None,
            next_request: 0,
            effects: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// Takes an event in, and says what to do, in order.
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Effect> {
        self.follow_the_clock(now);
        match event {
            Event::Started(unfinished) => self.started(unfinished, now),
            Event::RunsChanged => self.read_runs(),
            Event::Schedules { here, zone, schedules } => {
                self.schedules_told(here, zone, schedules, now);
            }
            Event::Zone(zone) => self.scheduling.zone = zone,
            Event::Due => {}
            Event::Act(id, act) => self.act(id, act, now),
            Event::Answer(id, outcome) => self.answer(id, outcome, now),
            Event::Stored(ticket, outcome) => self.stored(ticket, outcome, now),
            Event::Shown(numbers) => self.telling.shown(&numbers),
            Event::NotShown(notification) => self.not_shown(notification, now),
            Event::Attention(attention) => self.attention = Some(attention),
            Event::KeyReplaced => {
                self.reach.forget();
                self.telling.drop_unshown();
                self.next_sweep = now;
                self.expiry.look_at_once();
            }
            Event::NetworkChanged => self.reach.try_again(),
            Event::Policy(policy) => self.set_policy(policy, now),
            Event::OnScreen(company) => self.set_shown(company, now),
            Event::Share(percent) => {
                self.config.background_percent = percent.clamp(1, 50);
                self.sweep_sooner(now);
            }
            Event::Surroundings(surroundings) => {
                let seen = self.on_screen();
                self.surroundings = surroundings;
                if self.on_screen() != seen {
                    self.follow_shown(now);
                }
                self.sweep_sooner(now);
            }
            Event::Woke => self.woke(now),
            Event::Passed(Ok(meta)) => {
                self.saved.quota.answered(now);
                self.heard(&meta, now);
            }
            Event::Passed(Err(failure)) => {
                self.heard_failure(&failure, now);
                if failure.kind == FailureKind::Unauthorized {
                    self.reach_failed(&failure, now);
                }
            }
            Event::Raise(percent) => self.saved.quota.raise(percent, now),
            Event::KeepAlive(mode) => self.set_keep_alive(mode),
        }
        self.due(now);
        self.pump(now);
        self.effects.append(&mut self.beside);
        self.show(now);
        core::mem::take(&mut self.effects)
    }

    /// When to call [`handle`](Self::handle) with [`Event::Due`] at the latest.
    pub fn next_wake(&self, now: Timestamp) -> Option<Timestamp> {
        let background = !self.policy.paused && self.reach.refused.is_none();
        let sweep = (background && self.sweep.is_none()).then(|| {
            let held = self.reach.retry_at.filter(|at| *at > now).unwrap_or(now);
            self.next_sweep_of_any().max(held)
        });
        [
            sweep,
            self.reach.retry_at.filter(|at| !self.policy.paused && *at > now),
            self.opens_at.filter(|at| *at > now),
            self.spent_until.filter(|at| *at > now),
            self.next_alert(),
            self.attempts.values().filter_map(|attempt| attempt.waits.map(|(_, at)| at)).min(),
            self.next_delete(),
            self.watches.iter().map(|watch| watch.look_at).min(),
            self.runs.wake,
            self.scheduling.wake,
            self.next_look_at_expiry(now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What to keep for next time.
    pub fn saved(&self) -> &Saved {
        &self.saved
    }

    /// The same for the last time: no request goes any more.
    pub fn saved_at_the_end(&mut self) -> &Saved {
        self.saved.quota.give_back();
        &self.saved
    }

    /// The deletes that can still be undone, soonest first.
    pub fn pending_deletes(&self) -> Vec<PendingDelete> {
        let is_held = !self.policy.allows(SafeMode::Administer);
        let shown = |delete: &PendingDelete| PendingDelete { is_held, ..delete.clone() };
        let mut pending: Vec<_> = self.deletes.values().map(|(_, delete)| shown(delete)).collect();
        pending.sort_by_key(|delete| delete.sends_at);
        pending
    }

    /// Why a person's requests cannot go for the rest of the day, where they cannot: so that somebody is asked before
    /// much is prepared for them.
    pub fn persons_stop(&self, now: Timestamp) -> Option<ActError> {
        let (quota, resets) = (&self.saved.quota, self.saved.quota.day_ends(now));
        if quota.is_exhausted(now) {
            Some(ActError::QuotaSpent { resets })
        } else {
            quota.stops(&self.config, now).then_some(ActError::QuotaAsks { resets })
        }
    }

    /// The company that somebody sees now, if any: its reads are followed closely.
    pub fn on_screen(&self) -> Option<CompanyId> {
        self.shown.filter(|_| self.surroundings.window != Some(Window::Hidden))
    }

    /// What a request under way is for, and how often it was tried before.
    pub fn asked(&self, id: RequestId) -> Option<Asked> {
        let (purpose, _) = self.in_flight.get(&id)?;
        let retry = match purpose {
            Purpose::Act(act, ..) => self.attempts.get(act).map_or(0, |attempt| attempt.tries),
            Purpose::SweepPage(..)
            | Purpose::Gone(_)
            | Purpose::ConnectionGone(..)
            | Purpose::SecondLook(_)
            | Purpose::AfterRefresh
            | Purpose::Reads(_)
            | Purpose::Outcome { .. }
            | Purpose::Standing(..)
            | Purpose::KeyCheck
            | Purpose::Integrations => self.reach.failures,
            Purpose::Item { run, item, .. } => self.runs.tries(*run, *item),
        };
        Some(Asked { class: purpose.class(), retry })
    }

    /// What is due by now, whatever the event was.
    fn due(&mut self, now: Timestamp) {
        self.send_due_deletes(now);
        self.resume_due_attempts(now);
        self.look_at_due_reads(now);
        self.begin_due_sweep(now);
        self.look_again_at_what_turned(now);
        self.begin_due_schedules(now);
        self.move_runs(now);
        self.record_alerts(now);
        self.tell(now);
        self.look_at_expiry(now);
    }

    fn answer(&mut self, id: RequestId, outcome: Outcome, now: Timestamp) {
        let Some((purpose, asked)) = self.in_flight.remove(&id) else { return };
        match &outcome {
            Ok((_, meta)) => {
                self.saved.quota.answered(asked);
                self.heard(meta, now);
            }
            Err(failure) => self.heard_failure(failure, now),
        }
        if matches!(purpose, Purpose::SweepPage(..) | Purpose::KeyCheck) {
            self.tell_about_key(&outcome);
        }
        match purpose {
            Purpose::SweepPage(number, _) => self.sweep_page(number, outcome, asked, now),
            Purpose::Gone(company) => self.gone(company, outcome, now),
            Purpose::ConnectionGone(company, connection) => {
                self.connection_gone(company, connection, outcome, now);
            }
            Purpose::SecondLook(company) => self.second_look(company, outcome, asked, now),
            Purpose::AfterRefresh => self.after_refresh(outcome, asked, now),
            Purpose::Reads(company) => self.reads(company, outcome, now),
            Purpose::Item { run, item, step, .. } => self.item_answer(run, item, step, outcome, now),
            Purpose::Outcome { item, .. } => self.outcome_seen(item, outcome, now),
            Purpose::Act(act, step, _) => self.act_answer(act, step, outcome, now),
            Purpose::Standing(schedule, company) => self.schedule_answer(schedule, company, outcome, now),
            Purpose::Integrations => self.integrations(outcome, now),
            Purpose::KeyCheck => {
                if let Err(failure) = outcome {
                    self.reach_failed(&failure, now);
                }
            }
        }
    }

    fn heard(&mut self, meta: &Meta, now: Timestamp) {
        self.saved.quota.heard(meta.rate_limit, now);
        if self.reach.answered() {
            self.expiry.look_at_once();
        }
    }

    /// Those who asked whether the key is still refused are told what the server said.
    fn tell_about_key(&mut self, outcome: &Outcome) {
        let result = match outcome {
            Ok(_) => Ok(Settled::Accepted),
            Err(failure) => Err(ActError::Failed(failure.clone())),
        };
        for id in core::mem::take(&mut self.ask_about_key) {
            self.settle(id, result.clone());
        }
    }

    /// Background work, or an act whose key was refused, met this failure.
    fn reach_failed(&mut self, failure: &Failure, now: Timestamp) {
        let has_quota = self.saved.quota.has_some_left();
        if self.reach.failed(failure, has_quota, &mut self.jitter, now) {
            self.tell_refused();
        }
    }

    fn heard_failure(&mut self, failure: &Failure, now: Timestamp) {
        self.saved.quota.heard(failure.rate_limit, now);
        if failure.kind == FailureKind::RateLimited {
            let wait = self.jitter.wait(4);
            let own = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
            let until = failure.retry_after.map_or(own, |after| after.instant(now));
            self.saved.quota.refused(until, &self.config, now);
        }
    }

    fn stored(&mut self, ticket: Ticket, outcome: Result<Stored, String>, now: Timestamp) {
        match (ticket, outcome) {
            (Ticket::Act(act), outcome) => self.act_stored(act, outcome, now),
            (Ticket::SweepPage | Ticket::Look | Ticket::Aside, Ok(Stored::Applied(applied))) => {
                self.applied(applied, now)
            }
            (Ticket::LastPage, Ok(Stored::Applied(applied))) => {
                self.applied(applied, now);
                self.sweep_ends(now);
            }
            (Ticket::SweepPage | Ticket::LastPage, Err(message)) => self.sweep_not_kept(message, now),
            (Ticket::Missing, Ok(Stored::Missing(companies))) => self.missing(companies, now),
            (Ticket::Alerts, Ok(Stored::Alerts(numbers))) => self.recorded(&numbers, now),
            (Ticket::Alerts, Err(_)) => self.alerts.not_recorded(now),
            (Ticket::Run(id), outcome) => self.run_stored(id, outcome, now),
            (Ticket::Runs, outcome) => self.runs_stored(outcome, now),
            (Ticket::Schedule(id), outcome) => self.schedule_stored(id, outcome, now),
            (Ticket::Consents, Ok(Stored::Consents(due))) => self.consents_due(due, now),
            (Ticket::Warnings, Ok(Stored::Warned(numbers))) => self.warned(numbers, now),
            (Ticket::Warnings, Err(_)) => self.not_warned(),
            (Ticket::KeepAlive, Ok(Stored::Idle { idle, total })) => self.idle_due(idle, total, now),
            (Ticket::KeepAlive, Ok(outcome)) => self.kept_alive(outcome, now),
            (Ticket::KeepAlive, Err(message)) => self.not_kept_alive(message),
            (Ticket::Saved, outcome) => self.state_stored(outcome),
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
            let state = tray(attention, &health);
            if self.shown_tray.as_ref() != Some(&state) {
                self.shown_tray = Some(state.clone());
                self.effects.push(Effect::Tray(state));
            }
        }
        if self.shown_health.as_ref() != Some(&health) {
            self.shown_health = Some(health.clone());
            self.effects.push(Effect::Signal(Signal::Health(health)));
        }
    }

    /// Before more requests go than are written down as allowed, it is written down what was spent.
    fn write_quota_ahead(&mut self, now: Timestamp) {
        if self.saved.quota.has_to_be_written() {
            self.save(now);
        }
    }

    fn save(&mut self, now: Timestamp) {
        self.saved.quota.reserve();
        self.saved_at = Some(now);
        self.effects.push(Effect::Store(Ticket::Saved, StoreTask::Save));
    }

    /// What was spent is written down, or could not be: then that is told once, and tried again.
    fn state_stored(&mut self, outcome: Result<Stored, String>) {
        let failed_before = self.is_unsaved;
        self.is_unsaved = outcome.is_err();
        let Err(message) = outcome else { return };
        self.saved.quota.not_written();
        if !failed_before {
            self.say(Tone::Error, message);
        }
    }

    fn save_is_due(&self, now: Timestamp) -> bool {
        self.saved_at.is_none_or(|at| now.duration_since(at) >= SAVE_EVERY)
    }

    fn integrations(&mut self, outcome: Outcome, now: Timestamp) {
        // The catalogue is a convenience: without it names come from the connections themselves.
        if let Ok((Reply::Integrations(page), _)) = outcome {
            self.saved.integrations_at = Some(now);
            self.effects.push(Effect::Store(Ticket::Aside, StoreTask::Integrations(page.results)));
        }
    }
}
