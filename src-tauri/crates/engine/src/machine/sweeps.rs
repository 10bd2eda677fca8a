//! Sweeps, and the companies that they did not return.

use codat::{CompanyId, ConnectionId, FailureKind, Item, Listed, page::PageRequest};
use domain::{Cause, Place, Priority, Severity};
use jiff::{SignedDuration, Timestamp};

use super::{Engine, SweepStoreError};
use crate::{
    acts::ActError,
    call::{Call, Outcome, Reply},
    effect::{Effect, Signal, StoreTask},
    event::Applied,
    ids::Ticket,
    notification::{KEY_TOPIC, Notification},
    quota::Admission,
    request_queue::RequestKind,
    sweep::{PageResult, Sweep, SweepCost, SweepKind},
    sweep_intervals::{self, SweepIntervals},
    time::after,
};

/// A sweep without a new page for this time restarts, because its first pages are outdated. Time that the
/// server asked to wait does not count.
const SWEEP_TIMEOUT: SignedDuration = SignedDuration::from_mins(10);
const INTEGRATIONS_MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

impl Engine {
    pub(super) fn begin_due_sweep(&mut self, now: Timestamp) {
        if self.sweep.as_ref().is_some_and(|sweep| now.duration_since(sweep.progressed) > SWEEP_TIMEOUT)
            && !self.in_flight.values().any(|(kind, _)| matches!(kind, RequestKind::SweepPage(..)))
        {
            self.queue.drop_sweep();
            self.sweep = None;
            self.next_sweep = now;
        }
        if self.sweep.is_some() {
            return;
        }
        if core::mem::take(&mut self.sweep_requested) {
            return self.begin_sweep(SweepKind::Full, Priority::Click, now);
        }
        if self.policy.paused || self.connectivity.blocks_background(now) {
            return;
        }
        // A sweep that cannot be sent must not start, because it would delay second reads and alerts.
        if let Admission::Exhausted(until) = self.saved.quota.admit(Priority::Sweep, &self.config, now) {
            self.next_sweep = self.next_sweep.max(until);
            self.next_status = None;
            return;
        }
        if now >= self.next_sweep {
            self.begin_sweep(SweepKind::Full, Priority::Sweep, now);
        } else if self.next_status.is_some_and(|at| now >= at) {
            self.begin_sweep(SweepKind::Status, Priority::Sweep, now);
        }
    }

    fn begin_sweep(&mut self, kind: SweepKind, priority: Priority, now: Timestamp) {
        match kind {
            SweepKind::Full => {
                self.load_integrations(now);
                self.last_sweep_start = Some(now);
            }
            SweepKind::Status => {}
        }
        self.sweeps_begun += 1;
        let quota = &self.saved.quota;
        let size = sweep_intervals::page_size(&self.config, quota, self.saved.companies, self.page_cap);
        self.request_page(Sweep::new(self.sweeps_begun, kind, priority, size, now));
    }

    /// Requests the next page of the sweep, or the same one again.
    pub(super) fn request_page(&mut self, sweep: Sweep) {
        self.queue
            .push(RequestKind::SweepPage(sweep.number, sweep.priority), Call::Companies(sweep.request()));
        self.sweep = Some(sweep);
    }

    pub(super) fn full_sweep(&self) -> Option<&Sweep> {
        self.sweep.as_ref().filter(|sweep| sweep.kind == SweepKind::Full)
    }

    /// When the next sweep starts, of either kind.
    pub(super) fn next_sweep_time(&self) -> Timestamp {
        self.next_status.map_or(self.next_sweep, |status| status.min(self.next_sweep))
    }

    pub(super) fn sweep_intervals(&self, now: Timestamp) -> SweepIntervals {
        let saved = &self.saved;
        let is_refused = saved.no_status_until.is_some_and(|until| now < until);
        // Before the first status sweep its cost is assumed to be one page.
        let status = saved.status_cost.unwrap_or(SweepCost { requests: 1, bytes: 0 });
        let status = (!is_refused).then_some(status);
        SweepIntervals::new(&self.config, &saved.quota, self.surroundings, saved.full_cost, status)
    }

    /// The window is visible again or the computer is plugged in: sweeps that were slowed down start sooner.
    pub(super) fn bring_sweeps_forward(&mut self, now: Timestamp) {
        let Some(started) = self.last_sweep_start else { return };
        let intervals = self.sweep_intervals(now);
        let after = |wait| after(started, wait);
        self.next_sweep = self.next_sweep.min(after(intervals.full));
        if let (Some(next), Some(wait)) = (self.next_status, intervals.status) {
            self.next_status = Some(next.min(after(wait)));
        }
    }

    /// The computer resumed from sleep: responses in flight are lost, and the data is old.
    pub(super) fn on_resumed(&mut self, now: Timestamp) {
        self.connectivity.retry_now();
        self.alerts.on_resumed(now);
        self.queue.drop_sweep();
        self.sweep = None;
        let floor = SignedDuration::from_secs(self.config.sweep_floor_secs);
        let allowed = self.last_sweep_start.map_or(now, |at| at.saturating_add(floor).unwrap_or(now));
        self.next_sweep = allowed.max(now);
    }

    fn load_integrations(&mut self, now: Timestamp) {
        let fresh =
            self.saved.integrations_at.is_some_and(|at| now.duration_since(at) < INTEGRATIONS_MAX_AGE);
        if !fresh && !self.queue.contains(&RequestKind::Integrations) {
            let all = PageRequest { page: 1, page_size: 500, query: None, order_by: None };
            self.queue.push(RequestKind::Integrations, Call::Integrations(all));
        }
    }

    /// The user requests a sweep. It counts as a user request, so neither the share of background work nor a
    /// pause prevents it. A running sweep continues with that priority, and another one follows, because data
    /// may have changed since its first pages. Returns why it cannot be sent, if so.
    pub(super) fn sweep_for_user(&mut self, now: Timestamp) -> Option<ActError> {
        let admission = self.saved.quota.admit(Priority::Click, &self.config, now);
        let error = self.user_error(admission, now);
        if error.is_some() {
            return error;
        }
        if self.connectivity.rejection.is_none() {
            self.connectivity.retry_now();
        }
        self.sweep_requested = true;
        self.next_sweep = now;
        self.set_sweep_priority(Priority::Click);
        None
    }

    fn set_sweep_priority(&mut self, priority: Priority) {
        let Some(mut sweep) = self.sweep.take() else { return };
        sweep.priority = priority;
        if self.queue.drop_pages() {
            self.request_page(sweep);
        } else {
            self.sweep = Some(sweep);
        }
    }

    pub(super) fn on_sweep_page(
        &mut self,
        number: u64,
        outcome: Outcome,
        sent_at: Timestamp,
        now: Timestamp,
    ) {
        let Some(mut sweep) = self.sweep.take_if(|sweep| sweep.number == number) else { return };
        match outcome {
            Ok((Reply::Companies(page), meta)) => {
                self.saved.quota.add_sweep_bytes(meta.bytes);
                sweep.progressed = now;
                let next = sweep.add_page(&page, meta.bytes);
                self.alerts.on_second_read(&page.results, sent_at, now);
                let keep = self.apply_task(page.results, Cause::Sweep);
                match next {
                    // Stored while the next page is requested. If that fails, the sweep restarts.
                    PageResult::Page => {
                        self.deferred_effects.push(Effect::Store(Ticket::SweepPage, keep));
                        self.request_page(sweep);
                    }
                    // The sweep is complete only when its last page is stored.
                    PageResult::Complete | PageResult::Inconsistent => {
                        self.effects.push(Effect::Store(Ticket::LastPage, keep));
                        sweep.end = Some(next);
                        self.sweep = Some(sweep);
                    }
                    PageResult::Endless => {
                        self.effects.push(Effect::Store(Ticket::SweepPage, keep));
                        self.on_endless_sweep(now);
                    }
                }
            }
            Ok(_) => {}
            Err(failure) if failure.kind == FailureKind::RateLimited => {
                sweep.progressed = self.saved.quota.blocked_until(now).unwrap_or(now).max(now);
                self.request_page(sweep);
            }
            Err(failure) if sweep.kind == SweepKind::Status && failure.kind == FailureKind::Invalid => {
                // The server rejects the query. It is tried again tomorrow.
                self.saved.no_status_until = Some(self.saved.quota.day_ends(now));
                self.next_status = None;
            }
            Err(failure) => {
                self.on_connectivity_failure(&failure, now);
                if self.connectivity.rejection.is_some() {
                    self.queue.drop_sweep();
                    return;
                }
                let is_too_large = matches!(
                    failure.kind,
                    FailureKind::NoAnswer | FailureKind::Unreadable | FailureKind::Server
                );
                if is_too_large && self.connectivity.failures > 1 {
                    self.page_cap = sweep.halve_pages().or(self.page_cap);
                }
                // A retry counts as background work.
                sweep.priority = Priority::Sweep;
                self.request_page(sweep);
            }
        }
    }

    /// All pages of the sweep are stored.
    pub(super) fn on_last_page_stored(&mut self, now: Timestamp) {
        let Some(sweep) = self.sweep.take_if(|sweep| sweep.end.is_some()) else { return };
        let is_sure = sweep.end == Some(PageResult::Complete);
        match sweep.kind {
            SweepKind::Status => self.on_status_sweep(&sweep, now),
            SweepKind::Full => self.on_full_sweep(sweep, is_sure, now),
        }
    }

    /// A full sweep is complete. Only a consistent one tells which companies are missing.
    fn on_full_sweep(&mut self, sweep: Sweep, sure: bool, now: Timestamp) {
        self.sweep_store_error = None;
        self.last_full_sweep_start = Some(sweep.started);
        self.saved.last_sweep = Some(now);
        self.saved.last_sweep_began = Some(sweep.started);
        self.connectivity.on_full_sweep();
        self.endless_sweeps = 0;
        self.saved.full_cost = sweep.cost;
        self.saved.companies = sweep.total;
        // Larger pages may work again.
        self.page_cap =
            self.page_cap.and_then(|cap| cap.checked_mul(2)).filter(|cap| *cap < self.config.page_size);
        let intervals = self.sweep_intervals(now);
        let next = after(sweep.started, intervals.full);
        self.next_sweep = next.max(now);
        self.poll_run_results_soon(now);
        self.plan_status_sweep(intervals, sweep.started, now);
        let has_expected_count = sweep.has_expected_count();
        self.sweeps_with_changing_total =
            if sure || !has_expected_count { 0 } else { self.sweeps_with_changing_total.saturating_add(1) };
        if sure {
            self.effects.push(Effect::Store(Ticket::Missing, StoreTask::FindMissing(sweep.seen)));
        } else if has_expected_count && self.sweeps_with_changing_total > 1 {
            // If companies change all the time, no sweep is consistent. The second one likely has what the
            // first one missed.
            self.set_baseline(now);
        }
        if self.save_is_due(now) {
            self.save_state(now);
        }
    }

    /// The pages repeat without end. What was read is stored, but no company counts as missing. The delay of
    /// the next sweep doubles each time.
    fn on_endless_sweep(&mut self, now: Timestamp) {
        self.endless_sweeps += 1;
        let minutes = 2_i64.pow(self.endless_sweeps.min(6)).min(60);
        let wait = SignedDuration::from_mins(minutes);
        self.next_sweep = after(now, wait);
        self.next_status = None;
        self.poll_run_results_soon(now);
    }

    /// A status sweep is complete. It never tells which companies are missing.
    fn on_status_sweep(&mut self, sweep: &Sweep, now: Timestamp) {
        self.saved.status_cost = Some(sweep.cost);
        let intervals = self.sweep_intervals(now);
        self.plan_status_sweep(intervals, sweep.started, now);
    }

    fn plan_status_sweep(&mut self, intervals: SweepIntervals, started: Timestamp, now: Timestamp) {
        let after = |wait| after(started, wait).max(now);
        self.next_status = intervals.status.map(after);
    }

    /// A page could not be stored, so the sweep restarts later. The error is reported once, and the health
    /// shows it.
    pub(super) fn on_sweep_store_error(&mut self, message: String, now: Timestamp) {
        self.queue.drop_sweep();
        self.sweep = None;
        let before = self.sweep_store_error.take();
        if before.is_none() {
            self.notice(Severity::Error, message.clone());
        }
        let sweeps = before.map_or(1, |before| before.sweeps.saturating_add(1));
        self.sweep_store_error = Some(SweepStoreError { message, sweeps });
        self.next_sweep = after(now, self.jitter.wait(4 + sweeps));
        self.next_status = None;
    }

    /// The first sweep is stored: losses from before it send no alert. The end of the journal is recorded
    /// first, so that a crash in between sends none either.
    fn set_baseline(&mut self, now: Timestamp) {
        if !self.saved.baseline {
            self.saved.baseline = true;
            self.record_alerts(now);
            self.effects.push(Effect::Store(Ticket::Untracked, StoreTask::SkipConsentWarnings));
            self.save_state(now);
        }
    }

    /// The companies that a complete sweep did not return, from the store.
    pub(super) fn on_missing_companies(&mut self, companies: Vec<CompanyId>, now: Timestamp) {
        self.set_baseline(now);
        if let Some(since) = self.last_full_sweep_start {
            self.alerts.on_full_sweep(since);
        }
        let waiting = self.queue.missing_companies();
        for company in companies.into_iter().filter(|company| !waiting.contains(company)) {
            self.queue.push(RequestKind::MissingCompany(company), Call::Company(company));
        }
    }

    /// A company that a sweep did not return was read: only a 404 removes it.
    pub(super) fn on_missing_company(&mut self, company: CompanyId, outcome: Outcome, now: Timestamp) {
        match outcome {
            Ok((Reply::Company(item), _)) => self.apply_read(*item),
            Err(failure) if failure.kind == FailureKind::NotFound => {
                self.drop_company_alerts(company);
                let remove = StoreTask::RemoveCompany(company, Cause::Sweep);
                self.effects.push(Effect::Store(Ticket::Read, remove));
            }
            Err(failure) => self.on_background_failure(&failure, now),
            Ok(_) => {}
        }
    }

    pub(super) fn on_missing_connection(
        &mut self,
        company: CompanyId,
        connection: ConnectionId,
        outcome: Outcome,
        now: Timestamp,
    ) {
        match outcome {
            Err(failure) if failure.kind == FailureKind::NotFound => {
                self.alerts.mark_healed(connection);
                self.on_healed(connection, now);
                let remove = StoreTask::RemoveConnection(company, connection, Cause::Sweep);
                self.effects.push(Effect::Store(Ticket::Read, remove));
            }
            Err(failure) => self.on_background_failure(&failure, now),
            Ok(_) => {}
        }
    }

    /// Handles the changes of an applied response: signals, alerts, and missing connections.
    pub(super) fn on_applied(&mut self, applied: Applied, now: Timestamp) {
        for (company, connection) in applied.missing_connections {
            let kind = RequestKind::MissingConnection(company, connection);
            if !self.queue.contains(&kind) {
                self.queue.push(kind, Call::Connection(company, connection));
            }
        }
        // Last-read times change a list without a change in the journal.
        if applied.version > self.version {
            self.version = applied.version;
            self.effects.push(Effect::Signal(Signal::Changed { version: applied.version }));
        }
        self.add_changes(applied.changes, now);
    }

    pub(super) fn apply_read(&mut self, item: impl Into<Item<Listed>>) {
        self.apply(Ticket::Read, vec![item.into()], Cause::Read);
    }

    pub(super) fn apply(&mut self, ticket: Ticket, companies: Vec<Item<Listed>>, cause: Cause) {
        let keep = self.apply_task(companies, cause);
        self.effects.push(Effect::Store(ticket, keep));
    }

    fn apply_task(&self, companies: Vec<Item<Listed>>, cause: Cause) -> StoreTask {
        // The first page of a sweep shows the state at its start.
        let ended = self.saved.last_sweep.and_then(|ended| ended.checked_sub(SWEEP_TIMEOUT).ok());
        let known = self.saved.last_sweep_began.or(ended);
        StoreTask::Apply { companies, cause, known }
    }

    /// A read of background work failed. The next sweep reads it again.
    pub(super) fn on_background_failure(&mut self, failure: &codat::Failure, now: Timestamp) {
        if failure.kind.is_transient() {
            self.on_connectivity_failure(failure, now);
        }
    }

    /// Notifies once until the next full sweep.
    pub(super) fn notify_key_rejected(&mut self) {
        self.delivery.add_notice(Notification {
            title: "Codat rejected the API key".to_owned(),
            body: "Updates are paused, and we try again from time to time. If the key was revoked, replace \
                   it in Settings."
                .to_owned(),
            place: Some(Place::Workspaces),
            topic: Some(KEY_TOPIC.to_owned()),
            ..Notification::default()
        });
    }
}
