//! Sweeps, and what they lack.

use codat::{CompanyId, ConnectionId, FailureKind, Item, Listed, page::PageRequest};
use jiff::{SignedDuration, Timestamp};

use super::{Engine, NotSaved};
use crate::{
    act::ActError,
    class::Class,
    effect::{Call, Effect, Notification, Signal, StoreTask, Ticket, Tone},
    event::{Applied, Cause, Outcome, Reply},
    outbox::Purpose,
    quota::Leave,
    rhythm::{self, Cost, Rhythm},
    sweep::{Kind, Next, Sweep},
};

/// A sweep whose next page did not come for so long begins anew: its first pages are no longer the truth. That the
/// server asked for quiet does not count.
const TOO_OLD: SignedDuration = SignedDuration::from_mins(10);
/// How often the catalogue of integrations is read.
const CATALOGUE_AGE: SignedDuration = SignedDuration::from_hours(24);

impl Engine {
    pub(super) fn begin_due_sweep(&mut self, now: Timestamp) {
        if self.sweep.as_ref().is_some_and(|sweep| now.duration_since(sweep.progressed) > TOO_OLD)
            && !self.in_flight.values().any(|(purpose, _)| matches!(purpose, Purpose::SweepPage(..)))
        {
            self.outbox.drop_sweep();
            self.sweep = None;
            self.next_sweep = now;
        }
        if self.sweep.is_some() {
            return;
        }
        if core::mem::take(&mut self.sweep_asked) {
            return self.begin_sweep(Kind::Full, Class::Click, now);
        }
        if self.policy.paused || self.reach.holds(now) {
            return;
        }
        // A sweep that cannot go is not begun: what was found before it is still looked at and told.
        if let Leave::Spent(until) = self.saved.quota.leave(Class::Sweep, &self.config, now) {
            self.next_sweep = self.next_sweep.max(until);
            self.next_status = None;
            return;
        }
        if now >= self.next_sweep {
            self.begin_sweep(Kind::Full, Class::Sweep, now);
        } else if self.next_status.is_some_and(|at| now >= at) {
            self.begin_sweep(Kind::Status, Class::Sweep, now);
        }
    }

    fn begin_sweep(&mut self, kind: Kind, class: Class, now: Timestamp) {
        match kind {
            Kind::Full => {
                self.read_catalogue(now);
                self.last_started = Some(now);
            }
            Kind::Status => {}
        }
        self.sweeps_begun += 1;
        let quota = &self.saved.quota;
        let size = rhythm::page_size(&self.config, quota, self.saved.companies, self.page_cap);
        self.go_on(Sweep::new(self.sweeps_begun, kind, class, size, now));
    }

    /// Asks for the next page of the sweep, or for the same one again.
    pub(super) fn go_on(&mut self, sweep: Sweep) {
        self.outbox.push(Purpose::SweepPage(sweep.number, sweep.class), Call::Companies(sweep.request()));
        self.sweep = Some(sweep);
    }

    /// The sweep that reads every company, while it runs.
    pub(super) fn full_sweep(&self) -> Option<&Sweep> {
        self.sweep.as_ref().filter(|sweep| sweep.kind == Kind::Full)
    }

    /// When the next sweep begins, of whichever kind.
    pub(super) fn next_sweep_of_any(&self) -> Timestamp {
        self.next_status.map_or(self.next_sweep, |status| status.min(self.next_sweep))
    }

    /// How often sweeps go, as things are.
    pub(super) fn rhythm(&self, now: Timestamp) -> Rhythm {
        let saved = &self.saved;
        let is_refused = saved.no_status_until.is_some_and(|until| now < until);
        // Before the first one it is not known what it takes: one page, so that it is tried.
        let status = saved.status_cost.unwrap_or(Cost { requests: 1, bytes: 0 });
        let status = (!is_refused).then_some(status);
        Rhythm::new(&self.config, &saved.quota, self.surroundings, saved.full_cost, status)
    }

    /// Somebody looks on again, or the computer is plugged in: what was put off for that comes sooner.
    pub(super) fn sweep_sooner(&mut self, now: Timestamp) {
        let Some(started) = self.last_started else { return };
        let rhythm = self.rhythm(now);
        let after = |wait| started.saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.next_sweep = self.next_sweep.min(after(rhythm.full));
        if let (Some(next), Some(wait)) = (self.next_status, rhythm.status) {
            self.next_status = Some(next.min(after(wait)));
        }
    }

    /// The computer slept: what was under way is lost, and what is known is as old as the sleep was long.
    pub(super) fn woke(&mut self, now: Timestamp) {
        self.reach.try_again();
        self.alerts.woke(now);
        self.outbox.drop_sweep();
        self.sweep = None;
        let floor = SignedDuration::from_secs(self.config.sweep_floor_secs);
        let allowed = self.last_started.map_or(now, |at| at.saturating_add(floor).unwrap_or(now));
        self.next_sweep = allowed.max(now);
    }

    fn read_catalogue(&mut self, now: Timestamp) {
        let fresh = self.saved.integrations_at.is_some_and(|at| now.duration_since(at) < CATALOGUE_AGE);
        if !fresh && !self.outbox.has(&Purpose::Integrations) {
            let all = PageRequest { page: 1, page_size: 500, query: None, order_by: None };
            self.outbox.push(Purpose::Integrations, Call::Integrations(all));
        }
    }

    /// A person wants a sweep at once. It spends of what is the person's: neither the share of background work
    /// nor a pause is in its way. The one that runs goes on in the person's name, and another follows: what it
    /// read before may have changed since. Where it cannot go, why.
    pub(super) fn sweep_now(&mut self, now: Timestamp) -> Option<ActError> {
        let leave = self.saved.quota.leave(Class::Click, &self.config, now);
        let why = self.refusal(leave, now);
        if why.is_some() {
            return why;
        }
        if self.reach.refused.is_none() {
            self.reach.try_again();
        }
        self.sweep_asked = true;
        self.next_sweep = now;
        self.sweep_goes_on_as(Class::Click);
        None
    }

    /// The sweep that runs goes on in another's name.
    fn sweep_goes_on_as(&mut self, class: Class) {
        let Some(mut sweep) = self.sweep.take() else { return };
        sweep.class = class;
        if self.outbox.drop_pages() {
            self.go_on(sweep);
        } else {
            self.sweep = Some(sweep);
        }
    }

    pub(super) fn sweep_page(&mut self, number: u64, outcome: Outcome, asked: Timestamp, now: Timestamp) {
        let Some(mut sweep) = self.sweep.take_if(|sweep| sweep.number == number) else { return };
        match outcome {
            Ok((Reply::Companies(page), meta)) => {
                self.saved.quota.read_bytes(meta.bytes);
                sweep.progressed = now;
                let next = sweep.read(&page, meta.bytes);
                self.alerts.seen_again(&page.results, asked, now);
                let keep = self.keeping(page.results, Cause::Sweep);
                match next {
                    // Kept while the next one is on its way. Where that fails, the sweep begins anew.
                    Next::Page => {
                        self.beside.push(Effect::Store(Ticket::SweepPage, keep));
                        self.go_on(sweep);
                    }
                    // A sweep that cannot be kept is none.
                    Next::Complete | Next::Unsure => {
                        self.effects.push(Effect::Store(Ticket::LastPage, keep));
                        sweep.end = Some(next);
                        self.sweep = Some(sweep);
                    }
                    Next::Endless => {
                        self.effects.push(Effect::Store(Ticket::SweepPage, keep));
                        self.swept_in_a_circle(now);
                    }
                }
            }
            Ok(_) => {}
            Err(failure) if failure.kind == FailureKind::RateLimited => {
                sweep.progressed = self.saved.quota.blocked_until(now).unwrap_or(now).max(now);
                self.go_on(sweep);
            }
            Err(failure) if sweep.kind == Kind::Status && failure.kind == FailureKind::Invalid => {
                // The server does not take the query: not this day again.
                self.saved.no_status_until = Some(self.saved.quota.day_ends(now));
                self.next_status = None;
            }
            Err(failure) => {
                self.reach_failed(&failure, now);
                if self.reach.refused.is_some() {
                    self.outbox.drop_sweep();
                    return;
                }
                let is_too_large = matches!(
                    failure.kind,
                    FailureKind::NoAnswer | FailureKind::Unreadable | FailureKind::Server
                );
                if is_too_large && self.reach.failures > 1 {
                    self.page_cap = sweep.halve_pages().or(self.page_cap);
                }
                // What goes again by itself is the background's, and waits like it.
                sweep.class = Class::Sweep;
                self.go_on(sweep);
            }
        }
    }

    /// The last page of the sweep is kept, and all before it were.
    pub(super) fn sweep_ends(&mut self, now: Timestamp) {
        let Some(sweep) = self.sweep.take_if(|sweep| sweep.end.is_some()) else { return };
        let is_sure = sweep.end == Some(Next::Complete);
        match sweep.kind {
            Kind::Status => self.status_swept(&sweep, now),
            Kind::Full => self.swept(sweep, is_sure, now),
        }
    }

    /// A sweep has read to the end. Only a sure one says anything about what it lacks.
    fn swept(&mut self, sweep: Sweep, sure: bool, now: Timestamp) {
        self.not_saved = None;
        self.swept_from = Some(sweep.started);
        self.saved.last_sweep = Some(now);
        self.saved.last_sweep_began = Some(sweep.started);
        self.reach.swept();
        self.endless_sweeps = 0;
        self.saved.full_cost = sweep.cost;
        self.saved.companies = sweep.total;
        // What got through may be dared again, twice as large.
        self.page_cap =
            self.page_cap.and_then(|cap| cap.checked_mul(2)).filter(|cap| *cap < self.config.page_size);
        let rhythm = self.rhythm(now);
        let next = sweep.started.saturating_add(rhythm.full).unwrap_or(Timestamp::MAX);
        self.next_sweep = next.max(now);
        self.settle_soon(now);
        self.plan_status(rhythm, sweep.started, now);
        let has_enough = sweep.has_enough();
        self.sweeps_with_changing_total =
            if sure || !has_enough { 0 } else { self.sweeps_with_changing_total.saturating_add(1) };
        if sure {
            self.effects.push(Effect::Store(Ticket::Missing, StoreTask::Missing(sweep.seen)));
        } else if has_enough && self.sweeps_with_changing_total > 1 {
            // Where companies come and go all the time, no sweep is sure. Of two, the other is likely to have what one missed.
            self.set_baseline(now);
        }
        if self.save_is_due(now) {
            self.save(now);
        }
    }

    /// The pages of a sweep have no end: what it read is kept and says nothing about what it lacks. The next one
    /// waits twice as long each time.
    fn swept_in_a_circle(&mut self, now: Timestamp) {
        self.endless_sweeps += 1;
        let minutes = 2_i64.pow(self.endless_sweeps.min(6)).min(60);
        let wait = SignedDuration::from_mins(minutes);
        self.next_sweep = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.next_status = None;
        self.settle_soon(now);
    }

    /// A status sweep has read to the end. It says what is broken, and nothing about what it lacks.
    fn status_swept(&mut self, sweep: &Sweep, now: Timestamp) {
        self.saved.status_cost = Some(sweep.cost);
        let rhythm = self.rhythm(now);
        self.plan_status(rhythm, sweep.started, now);
    }

    fn plan_status(&mut self, rhythm: Rhythm, started: Timestamp, now: Timestamp) {
        let after = |wait| started.saturating_add(wait).unwrap_or(Timestamp::MAX).max(now);
        self.next_status = rhythm.status.map(after);
    }

    /// A page could not be kept: it is read again later, nothing is lost but time. It is said once, and the
    /// health says it for as long as it lasts.
    pub(super) fn sweep_not_kept(&mut self, message: String, now: Timestamp) {
        self.outbox.drop_sweep();
        self.sweep = None;
        let before = self.not_saved.take();
        if before.is_none() {
            self.say(Tone::Error, message.clone());
        }
        let sweeps = before.map_or(1, |before| before.sweeps.saturating_add(1));
        self.not_saved = Some(NotSaved { message, sweeps });
        self.next_sweep = now.saturating_add(self.jitter.wait(4 + sweeps)).unwrap_or(Timestamp::MAX);
        self.next_status = None;
    }

    /// The first sweep is kept: what was broken then is no news. The end of its journal is recorded before that is, so
    /// that a crash between the two cannot turn the baseline into news.
    fn set_baseline(&mut self, now: Timestamp) {
        if !self.saved.baseline {
            self.saved.baseline = true;
            self.record_alerts(now);
            self.effects.push(Effect::Store(Ticket::Aside, StoreTask::PassOverConsents));
            self.save(now);
        }
    }

    /// The companies that a complete sweep lacks, asked of the store after its last page was kept.
    pub(super) fn missing(&mut self, companies: Vec<CompanyId>, now: Timestamp) {
        self.set_baseline(now);
        if let Some(since) = self.swept_from {
            self.alerts.all_seen(since);
        }
        let waiting = self.outbox.gone();
        for company in companies.into_iter().filter(|company| !waiting.contains(company)) {
            self.outbox.push(Purpose::Gone(company), Call::Company(company));
        }
    }

    /// A sweep lacked this company: 404 says that it is gone, anything else that it is not known to be.
    pub(super) fn gone(&mut self, company: CompanyId, outcome: Outcome, now: Timestamp) {
        match outcome {
            Ok((Reply::Company(item), _)) => self.apply_aside(*item),
            Err(failure) if failure.kind == FailureKind::NotFound => {
                self.forget_alerts(company);
                let remove = StoreTask::RemoveCompany(company, Cause::Sweep);
                self.effects.push(Effect::Store(Ticket::Look, remove));
            }
            Err(failure) => self.look_failed(&failure, now),
            Ok(_) => {}
        }
    }

    pub(super) fn connection_gone(
        &mut self,
        company: CompanyId,
        connection: ConnectionId,
        outcome: Outcome,
        now: Timestamp,
    ) {
        match outcome {
            Err(failure) if failure.kind == FailureKind::NotFound => {
                self.alerts.heal(connection);
                self.healed(connection);
                let remove = StoreTask::RemoveConnection(company, connection, Cause::Sweep);
                self.effects.push(Effect::Store(Ticket::Look, remove));
            }
            Err(failure) => self.look_failed(&failure, now),
            Ok(_) => {}
        }
    }

    /// What an applied answer changed: the windows are told, alerts decided, missing connections asked about.
    pub(super) fn applied(&mut self, applied: Applied, now: Timestamp) {
        for (company, connection) in applied.missing_connections {
            let purpose = Purpose::ConnectionGone(company, connection);
            if !self.outbox.has(&purpose) {
                self.outbox.push(purpose, Call::Connection(company, connection));
            }
        }
        // Reads alone change what a list shows, and are no change of the journal.
        if applied.version > self.version {
            self.version = applied.version;
            self.effects.push(Effect::Signal(Signal::Changed { version: applied.version }));
        }
        self.note(applied.changes, now);
    }

    pub(super) fn apply_aside(&mut self, item: impl Into<Item<Listed>>) {
        self.apply(Ticket::Look, vec![item.into()], Cause::Look);
    }

    /// Has the store keep what the server said of companies.
    pub(super) fn apply(&mut self, ticket: Ticket, companies: Vec<Item<Listed>>, cause: Cause) {
        let keep = self.keeping(companies, cause);
        self.effects.push(Effect::Store(ticket, keep));
    }

    fn keeping(&self, companies: Vec<Item<Listed>>, cause: Cause) -> StoreTask {
        // What its first page said was so when it began.
        let ended = self.saved.last_sweep.and_then(|ended| ended.checked_sub(TOO_OLD).ok());
        let known = self.saved.last_sweep_began.or(ended);
        StoreTask::Apply { companies, cause, known }
    }

    /// A look of the background failed: it waits like a sweep does. The next sweep asks again.
    pub(super) fn look_failed(&mut self, failure: &codat::Failure, now: Timestamp) {
        let background = matches!(
            failure.kind,
            FailureKind::Unauthorized
                | FailureKind::Unreachable
                | FailureKind::NoAnswer
                | FailureKind::Server
                | FailureKind::Unreadable
                | FailureKind::Intercepted
        );
        if background {
            self.reach_failed(failure, now);
        }
    }

    /// Told once, until a whole sweep was read again.
    pub(super) fn tell_refused(&mut self) {
        self.effects.push(Effect::Notify(Notification {
            alerts: Vec::new(),
            title: "Codat refuses the API key".to_owned(),
            body: "The app asks again from time to time. If the key was withdrawn, replace it in Settings."
                .to_owned(),
            company: None,
            connection: None,
            search: None,
            place: None,
        }));
    }
}
