//! Sweeps, and what they lack.

use codat::{CompanyId, ConnectionId, FailureKind, page::PageRequest};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    effect::{Call, Effect, Notification, Signal, StoreTask, Ticket, Tone},
    event::{Applied, Cause, Outcome, Reply},
    outbox::Purpose,
    sweep::{Next, Sweep},
};

/// A sweep that was held up this long begins anew: its first pages are no longer the truth.
const TOO_OLD: SignedDuration = SignedDuration::from_mins(10);
/// How often the catalogue of integrations is read.
const CATALOGUE_AGE: SignedDuration = SignedDuration::from_hours(24);

impl Engine {
    pub(super) fn begin_due_sweep(&mut self, now: Timestamp) {
        if self.sweep.as_ref().is_some_and(|sweep| now.duration_since(sweep.started) > TOO_OLD)
            && !self.in_flight.values().any(|(purpose, _)| *purpose == Purpose::SweepPage)
        {
            self.outbox.drop_background();
            self.sweep = None;
            self.next_sweep = now;
        }
        // A clock set back must not put the next sweep off for longer than a sweep was ever due in.
        let furthest = now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        self.next_sweep = self.next_sweep.min(furthest);
        let held = self.paused || self.reach.holds(now);
        if self.sweep.is_some() || held || now < self.next_sweep {
            return;
        }
        self.read_catalogue(now);
        let sweep = Sweep::new(self.config.page_size, now);
        self.outbox.push(Purpose::SweepPage, Call::Companies(sweep.request()));
        self.sweep = Some(sweep);
    }

    fn read_catalogue(&mut self, now: Timestamp) {
        let fresh = self.saved.integrations_at.is_some_and(|at| now.duration_since(at) < CATALOGUE_AGE);
        if !fresh && !self.outbox.has(&Purpose::Integrations) {
            let all = PageRequest { page: 1, page_size: 500, query: None, order_by: None };
            self.outbox.push(Purpose::Integrations, Call::Integrations(all));
        }
    }

    /// A person wants a sweep at once.
    pub(super) fn sweep_now(&mut self, now: Timestamp) {
        self.reach.try_again();
        self.sweep_again = self.sweep.is_some();
        self.next_sweep = now;
    }

    pub(super) fn sweep_page(&mut self, outcome: Outcome, asked: Timestamp, now: Timestamp) {
        let Some(mut sweep) = self.sweep.take() else { return };
        match outcome {
            Ok((Reply::Companies(page), meta)) => {
                self.saved.quota.read_bytes(meta.bytes);
                let next = sweep.read(&page, meta.bytes);
                for item in &page.results {
                    self.alerts.seen_again(&item.value, asked);
                }
                let apply = StoreTask::Apply { companies: page.results, cause: Cause::Sweep };
                self.effects.push(Effect::Store(Ticket::SweepPage, apply));
                match next {
                    Next::Page => {
                        self.outbox.push(Purpose::SweepPage, Call::Companies(sweep.request()));
                        self.sweep = Some(sweep);
                    }
                    Next::Complete => self.swept(sweep, true, now),
                    Next::Unsure => self.swept(sweep, false, now),
                }
            }
            Ok(_) => {}
            Err(failure) if failure.kind == FailureKind::RateLimited => {
                self.outbox.push(Purpose::SweepPage, Call::Companies(sweep.request()));
                self.sweep = Some(sweep);
            }
            Err(failure) => {
                let refused = self.reach.failed(&failure, &mut self.jitter, now);
                if refused {
                    self.tell_refused();
                }
                if self.reach.refused.is_some() {
                    self.outbox.drop_background();
                    return;
                }
                self.outbox.push(Purpose::SweepPage, Call::Companies(sweep.request()));
                self.sweep = Some(sweep);
            }
        }
    }

    /// A sweep has read to the end. Only a sure one says anything about what it lacks.
    fn swept(&mut self, sweep: Sweep, sure: bool, now: Timestamp) {
        self.saved.last_sweep = Some(now);
        self.saved.sweep_requests = sweep.requests;
        self.saved.sweep_bytes = sweep.bytes;
        let interval = self.saved.quota.sweep_interval(&self.config, sweep.requests, sweep.bytes);
        let next = sweep.started.saturating_add(interval).unwrap_or(Timestamp::MAX);
        self.next_sweep = if core::mem::take(&mut self.sweep_again) { now } else { next.max(now) };
        self.settle_soon(now);
        if sure {
            self.effects.push(Effect::Store(Ticket::Missing, StoreTask::Missing(sweep.seen)));
        }
        if self.save_is_due(now) {
            self.save(now);
        }
    }

    /// A page could not be kept: it is read again later, nothing is lost but time.
    pub(super) fn sweep_not_kept(&mut self, message: String, now: Timestamp) {
        self.outbox.drop_background();
        self.sweep = None;
        self.next_sweep = now.saturating_add(self.jitter.wait(5)).unwrap_or(Timestamp::MAX);
        self.say(Tone::Error, message);
    }

    /// What a complete sweep lacks, asked of the store after its last page was kept: with the first such
    /// answer the baseline stands. The end of its journal is recorded before that is, so that a crash between
    /// the two cannot turn the baseline into news.
    pub(super) fn missing(&mut self, companies: Vec<CompanyId>, now: Timestamp) {
        if !self.saved.baseline {
            self.saved.baseline = true;
            self.record_alerts();
            self.save(now);
        }
        for company in companies {
            let purpose = Purpose::Gone(company);
            if !self.outbox.has(&purpose) {
                self.outbox.push(purpose, Call::Company(company));
            }
        }
    }

    /// A sweep lacked this company: 404 says that it is gone, anything else that it is not known to be.
    pub(super) fn gone(&mut self, company: CompanyId, outcome: Outcome, now: Timestamp) {
        match outcome {
            Ok((Reply::Company(item), _)) => self.apply_aside(*item),
            Err(failure) if failure.kind == FailureKind::NotFound => {
                self.alerts.forget(company);
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
                let remove = StoreTask::RemoveConnection(company, connection, Cause::Sweep);
                self.effects.push(Effect::Store(Ticket::Look, remove));
            }
            Err(failure) => self.look_failed(&failure, now),
            Ok(_) => {}
        }
    }

    /// What an applied answer changed: the windows are told, alerts decided, missing connections asked about.
    pub(super) fn applied(&mut self, applied: Applied) {
        for (company, connection) in applied.missing_connections {
            let purpose = Purpose::ConnectionGone(company, connection);
            if !self.outbox.has(&purpose) {
                self.outbox.push(purpose, Call::Connection(company, connection));
            }
        }
        if !applied.changes.is_empty() {
            self.effects.push(Effect::Signal(Signal::Changed { version: applied.version }));
        }
        let wait = self.second_look_wait();
        self.alerts.note(applied.changes, self.saved.baseline, wait);
    }

    pub(super) fn apply_aside(&mut self, item: codat::Item<codat::Company>) {
        let apply = StoreTask::Apply { companies: vec![item], cause: Cause::Look };
        self.effects.push(Effect::Store(Ticket::Look, apply));
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
        );
        if background && self.reach.failed(failure, &mut self.jitter, now) {
            self.tell_refused();
        }
    }

    /// Told once, until the key is replaced.
    pub(super) fn tell_refused(&mut self) {
        self.effects.push(Effect::Notify(Notification {
            alerts: Vec::new(),
            title: "Codat refuses the API key".to_owned(),
            body: "Nothing new is read until the key is replaced in Settings. What is known stays readable."
                .to_owned(),
            company: None,
            connection: None,
            search: None,
        }));
    }
}
