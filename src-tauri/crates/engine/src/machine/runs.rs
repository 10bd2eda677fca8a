//! Advances runs: takes their next items, sends requests within the rate limit, and stores the results.

use codat::{Failure, FailureKind};
use domain::{ItemId, OpenRun, Priority, RunCause, RunId, RunProgress, RunState, Severity, TakeRequest};
use jiff::{SignedDuration, Timestamp};

use super::{Engine, sending::RESERVED_CONNECTIONS};
use crate::{
    backoff::STORE_RETRY,
    call::{Outcome, Reply},
    effect::{Effect, Signal, StoreTask},
    event::StoreReply,
    ids::Ticket,
    pending_act::{NextStep, Step},
    quota::Admission,
    request_queue::RequestKind,
    runs::{FailureReason, ItemEnd, ItemOutcome, Readiness, RunEnded, StartedItem},
    time::{after, before},
};

/// How often an item is marked as sent before it fails.
const MAX_TAKES: u32 = 3;
/// How many requests of an item may stay unanswered before its history is checked.
const MAX_SILENCES: u32 = 4;
/// The longest wait for quota while items are marked as sent. After a longer wait they are returned.
const MAX_HELD_WAIT: SignedDuration = SignedDuration::from_mins(5);

enum Gate {
    Open,
    /// None: the time is not known.
    Closed(Option<Timestamp>),
}

impl Engine {
    fn signal_run_ended(&mut self, ended: RunEnded) {
        self.effects.push(Effect::Signal(Signal::RunEnded(ended)));
    }

    pub(super) fn load_open_runs(&mut self) {
        self.effects.push(Effect::Store(Ticket::Runs, StoreTask::OpenRuns));
    }

    pub(super) fn on_runs_stored(&mut self, outcome: Result<StoreReply, String>, now: Timestamp) {
        match outcome {
            Ok(StoreReply::Runs(open)) => self.runs.sync_from_store(open, now),
            Ok(StoreReply::QueuedChecked { moved, probe }) => self.on_results_checked(moved, probe),
            Ok(_) => {}
            Err(message) => {
                self.runs.retry_at = now.checked_add(STORE_RETRY).ok();
                self.notice(Severity::Error, message);
            }
        }
    }

    pub(super) fn on_run_begun(&mut self, run: OpenRun, now: Timestamp) {
        self.effects.push(Effect::Signal(Signal::Run(run.id)));
        self.runs.insert(run, now);
    }

    /// The progress of a run is stored, or the store failed.
    pub(super) fn on_run_stored(&mut self, id: RunId, outcome: Result<StoreReply, String>, now: Timestamp) {
        match outcome {
            Ok(StoreReply::RunMoved(moved)) => self.on_run_advanced(moved),
            Ok(StoreReply::RunEnded(ended)) => {
                self.runs.remove(ended.id);
                self.on_scheduled_run_ended(&ended, now);
                self.signal_run_ended(ended);
            }
            Ok(_) => {}
            Err(message) => {
                if let Some(active) = self.runs.get_mut(id) {
                    active.on_store_error(now);
                }
                self.notice(Severity::Error, message);
            }
        }
    }

    fn on_run_advanced(&mut self, moved: RunProgress) {
        let Some(active) = self.runs.get_mut(moved.id) else { return };
        active.on_stored(moved.next_at);
        active.run.counts = moved.counts;
        active.run.pending_reads = moved.pending_reads;
        active.taken.extend(moved.taken);
        self.effects.push(Effect::Signal(Signal::Run(moved.id)));
    }

    pub(super) fn advance_runs(&mut self, now: Timestamp) {
        self.runs.next_wake = None;
        match self.runs.retry_at {
            Some(at) if at <= now => {
                self.runs.retry_at = None;
                self.load_open_runs();
            }
            Some(at) => self.runs.wake_at(at),
            None => {}
        }
        for id in self.runs.in_order() {
            self.release(id, now);
            self.send_items(id, now);
            self.save_run_progress(id, now);
            self.end_run(id, now);
        }
        self.poll_run_results(now);
    }

    /// Returns the unsent items of a run that is paused, cancelled or held.
    fn release(&mut self, id: RunId, now: Timestamp) {
        if !self.may_run(id)
            || self.runs.get_mut(id).is_some_and(|active| active.run.state != RunState::Running)
        {
            self.return_unsent(id, now);
        }
    }

    fn return_unsent(&mut self, id: RunId, now: Timestamp) {
        let Some(active) = self.runs.get_mut(id) else { return };
        for item in core::mem::take(&mut active.taken) {
            active.add_end(ItemEnd { item: item.id, outcome: ItemOutcome::Unsent }, now);
        }
    }

    fn send_items(&mut self, id: RunId, now: Timestamp) {
        while let Some(priority) = self.next_item_priority(id, now) {
            match self.gate(priority, now) {
                Gate::Open => self.send_item(id, now),
                Gate::Closed(at) => {
                    if at.is_some_and(|at| at.duration_since(now) > MAX_HELD_WAIT) {
                        self.return_unsent(id, now);
                    }
                    if let Some(at) = at {
                        self.runs.wake_at(at);
                    }
                    return;
                }
            }
        }
    }

    /// The priority of the next item; none if the run has nothing to send now.
    fn next_item_priority(&mut self, id: RunId, now: Timestamp) -> Option<Priority> {
        let is_held = !self.may_run(id);
        let active = self.runs.get_mut(id)?;
        let priority = active.run.cause.priority();
        if !active.may_send(now) {
            let at = active.run.starts_at;
            if active.run.state == RunState::Running {
                self.runs.wake_at(at);
            }
            return None;
        }
        let waits = active
            .started
            .values()
            .filter_map(|started| started.scheduled_step(is_held))
            .map(|(_, at)| at)
            .min();
        if !active.taken.is_empty() || waits.is_some_and(|at| at <= now) {
            return Some(priority);
        }
        if let Some(at) = waits {
            self.runs.wake_at(at);
        }
        None
    }

    pub(super) fn may_probe(&mut self, now: Timestamp) -> bool {
        !self.connectivity.has_problem() && matches!(self.gate(Priority::Run, now), Gate::Open)
    }

    /// Whether the next request of a run may be sent: the server is reachable, the rate limit allows it, a
    /// connection is free, and quota is left.
    fn gate(&mut self, priority: Priority, now: Timestamp) -> Gate {
        if self.connectivity.blocks_background(now) || (!priority.is_user_requested() && self.policy.paused) {
            return Gate::Closed(self.connectivity.retry_at.filter(|at| *at > now));
        }
        if let Some(at) = self.runs.next_request_at.filter(|at| *at > now) {
            return Gate::Closed(Some(at));
        }
        let is_item = |kind: &RequestKind| matches!(kind, RequestKind::Item { .. });
        let under_way = self.in_flight.values().filter(|(kind, _)| is_item(kind)).count();
        // A server with problems gets one request at a time.
        let most = if self.connectivity.has_problem() {
            1
        } else {
            self.config.concurrency.saturating_sub(RESERVED_CONNECTIONS)
        };
        if under_way + self.queue.count(is_item) >= most.max(1) {
            return Gate::Closed(None);
        }
        match self.saved.quota.admit(priority, &self.config, now) {
            Admission::Now => Gate::Open,
            Admission::At(at) => Gate::Closed(Some(at)),
            Admission::AskUser(until) | Admission::Exhausted(until) => Gate::Closed(Some(until)),
        }
    }

    /// Sends the next item, retries first.
    fn send_item(&mut self, id: RunId, now: Timestamp) {
        self.runs.next_request_at = Some(self.next_paced_time(now));
        let is_held = !self.may_run(id);
        let Some(active) = self.runs.get_mut(id) else { return };
        let again = active.started.values().find_map(|started| {
            started
                .scheduled_step(is_held)
                .filter(|(_, at)| *at <= now)
                .map(|(step, _)| (started.item.id, step))
        });
        let (item, step) = match again {
            Some(again) => again,
            None => {
                let Some(item) = active.taken.pop_front() else { return };
                let number = item.id;
                active.started.insert(number, StartedItem::new(item, &active.run.act));
                (number, StartedItem::first_step(&active.run.act))
            }
        };
        let Some(started) = active.started.get_mut(&item) else { return };
        started.pending_act.scheduled = None;
        // The key has expired, so the history is checked first.
        let step = if started.pending_act.key_is_valid(now) { step } else { Step::Check };
        started.may_have_arrived |= step == Step::Send;
        let priority = active.run.cause.priority();
        if let Some(call) = started.pending_act.call(step) {
            self.queue.push(RequestKind::Item { run: id, item, step, priority }, call);
        }
    }

    /// When the next request of a run may be sent: spread evenly over the minute, with a short burst after a
    /// delay.
    fn next_paced_time(&self, now: Timestamp) -> Timestamp {
        let a_minute = i64::from(self.saved.quota.run_requests_per_minute(&self.config, now));
        let gap = SignedDuration::from_millis(60_000 / a_minute);
        let behind = before(now, SignedDuration::from_secs(1));
        let last = self.runs.next_request_at.map_or(now, |at| at.max(behind));
        after(last, gap)
    }

    /// Stores the results of items, and takes the next items.
    fn save_run_progress(&mut self, id: RunId, now: Timestamp) {
        let is_closed = self.cannot_send_soon(id, now);
        let Some(active) = self.runs.get_mut(id) else { return };
        let items = if is_closed { Readiness::Blocked } else { active.items_to_take(now) };
        let (flush, part) = (active.flush_readiness(now), active.part_readiness(now));
        if items.ready().is_none() && flush.ready().is_none() && part.ready().is_none() {
            for at in [items.wake_at(), flush.wake_at(), part.wake_at()].into_iter().flatten() {
                self.runs.wake_at(at);
            }
            return;
        }
        let ends = active.take_ends(now);
        let take = items.ready().map(|count| self.take_items(count));
        self.effects.push(Effect::Store(Ticket::Run(id), StoreTask::AdvanceRun { id, ends, take }));
    }

    fn cannot_send_soon(&mut self, id: RunId, now: Timestamp) -> bool {
        if !self.may_run(id) {
            return true;
        }
        let Some(active) = self.runs.get_mut(id) else { return true };
        if !active.may_send(now) || active.run.counts.waiting == 0 {
            return true;
        }
        let priority = active.run.cause.priority();
        match self.gate(priority, now) {
            Gate::Open => false,
            Gate::Closed(Some(at)) => {
                self.runs.wake_at(at);
                at.duration_since(now) > MAX_HELD_WAIT
            }
            Gate::Closed(None) => {
                self.connectivity.blocks_background(now)
                    || (!priority.is_user_requested() && self.policy.paused)
            }
        }
    }

    fn take_items(&mut self, count: usize) -> TakeRequest {
        let keys = (0..count).map(|_| self.jitter.key()).collect();
        let reading = self.watches.iter().filter(|watch| watch.is_reading()).map(|watch| watch.company);
        TakeRequest { keys, reading: reading.collect() }
    }

    fn end_run(&mut self, id: RunId, now: Timestamp) {
        let Some(active) = self.runs.get_mut(id) else { return };
        match active.end_readiness(now) {
            Readiness::Ready(()) => {
                active.is_storing = true;
                let cause = active.run.cause;
                self.effects.push(Effect::Store(Ticket::Run(id), StoreTask::EndRun { id, cause }));
            }
            Readiness::At(at) => self.runs.wake_at(at),
            Readiness::Blocked => {}
        }
    }

    pub(super) fn on_item_answer(
        &mut self,
        run: RunId,
        item: ItemId,
        step: Step,
        outcome: Outcome,
        now: Timestamp,
    ) {
        let item_outcome = match (step, outcome) {
            (Step::Send | Step::ReadBack, Ok((reply, _))) => Some(self.on_item_done(run, item, reply)),
            (Step::Check, Ok((Reply::Company(company), _))) => self.on_item_company(run, item, *company, now),
            (Step::Check, Ok((reply, meta))) => Some(self.on_item_checked(run, item, &reply, meta.date, now)),
            (step, Err(failure)) => self.on_item_failed(run, item, step, failure, now),
        };
        let Some(active) = self.runs.get_mut(run) else { return };
        active.last_answer_at = now;
        if let Some(item_outcome) = item_outcome {
            self.on_item_ended(run, item, item_outcome, now);
        }
    }

    /// The result of an item is known.
    pub(super) fn on_item_ended(
        &mut self,
        run: RunId,
        item: ItemId,
        item_outcome: ItemOutcome,
        now: Timestamp,
    ) {
        let Some(active) = self.runs.get_mut(run) else { return };
        let cause = active.run.cause;
        let may_retry = matches!(&item_outcome, ItemOutcome::Failed(reason) if reason.can_retry());
        active.add_end(ItemEnd { item, outcome: item_outcome }, now);
        match cause {
            RunCause::Schedule(schedule) if may_retry => self.schedules.check_sooner(schedule, now),
            RunCause::Schedule(_) | RunCause::Person | RunCause::KeepAlive => {}
        }
    }

    /// The history was read: the item was queued, or it is sent again with a new key.
    fn on_item_checked(
        &mut self,
        run: RunId,
        item: ItemId,
        reply: &Reply,
        date: Option<Timestamp>,
        now: Timestamp,
    ) -> ItemOutcome {
        let started = self.runs.get_mut(run).and_then(|active| active.started.get(&item));
        let Some(started) = started else { return ItemOutcome::Unsent };
        if started.pending_act.history_contains(reply, started.pending_act.sent_since(date, now)) {
            return ItemOutcome::Queued;
        }
        self.retry_item(run, item, now)
    }

    /// An item that was certainly not done is sent again with a new key, or fails after some attempts.
    pub(super) fn retry_item(&mut self, run: RunId, item: ItemId, now: Timestamp) -> ItemOutcome {
        let started = self.runs.get_mut(run).and_then(|active| active.started.get(&item));
        let Some(started) = started else { return ItemOutcome::Unsent };
        let tries = started.item.tries + 1;
        match started.pending_act.failure() {
            Some(failure) if tries >= MAX_TAKES => {
                ItemOutcome::Failed(FailureReason::Refused(Box::new(failure.clone())))
            }
            Some(_) => {
                let wait = self.jitter.wait(tries);
                ItemOutcome::Retry(after(now, wait))
            }
            // No failure is known. Only the key had expired.
            None => ItemOutcome::Retry(now),
        }
    }

    /// The result of a failed item; none if it is sent again.
    fn on_item_failed(
        &mut self,
        run: RunId,
        item: ItemId,
        step: Step,
        failure: Failure,
        now: Timestamp,
    ) -> Option<ItemOutcome> {
        if failure.is_already_running() {
            return Some(ItemOutcome::Running);
        }
        let opens = self.saved.quota.blocked_until(now);
        let had_problem = self.connectivity.has_problem();
        if failure.kind.is_transient() {
            self.on_connectivity_failure(&failure, now);
        }
        let started = self.runs.get_mut(run).and_then(|active| active.started.get_mut(&item))?;
        let (kind, is_send) = (failure.kind, step == Step::Send);
        let is_unknown =
            matches!(kind, FailureKind::NoAnswer | FailureKind::Server | FailureKind::Unreadable);
        // Certainly not accepted. The server may replay this response for the key, so the item gets a new key.
        if kind == FailureKind::Unauthorized && is_send {
            return Some(ItemOutcome::Unsent);
        }
        let next = if kind == FailureKind::RateLimited {
            Some((step, opens.unwrap_or(now)))
        } else if kind.is_transient() && !is_unknown {
            // Certainly not sent or not accepted. The failure does not concern this item.
            Some((step, now))
        } else if kind == FailureKind::NoAnswer && is_send {
            let gives_up = started.pending_act.record_no_answer(&failure, !had_problem) >= MAX_SILENCES;
            Some((if gives_up { Step::Check } else { Step::Send }, now))
        } else if is_unknown && is_send {
            // The item may have been queued.
            started.pending_act.record_no_answer(&failure, false);
            Some((Step::Check, now))
        } else {
            // While the server has problems, the failure does not count against this item.
            (is_unknown && had_problem).then_some((step, now))
        };
        if let Some((step, at)) = next {
            started.pending_act.schedule(step, at);
            return None;
        }
        match started.pending_act.on_failure(step, failure, &mut self.jitter, now) {
            NextStep::Wait(..) => None,
            NextStep::Fail(failure) => Some(ItemOutcome::Failed(self.item_failure(run, item, failure))),
            NextStep::Done => Some(self.on_item_done(run, item, Reply::Done)),
        }
    }
}
