//! Starts the runs of schedules.
//!
//! A due schedule goes through four steps:
//!
//! 1. It is held while background work cannot be sent.
//! 2. The store loads the read history of each company.
//! 3. If a history is not sufficient, the engine queries the data status of the company, with one request.
//! 4. The run starts. The decision and the run are stored in one transaction.

use std::collections::BTreeMap;

use codat::{CompanyId, Failure, FailureKind, Topic, model::DataStatus};
use domain::{
    KnownRead, NewRun, Priority, ReadHistory, ReadRequest, ReadSelection, RunAct, RunCause, ScheduleId,
    Severity,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::Engine;
use crate::{
    acts::{ActError, Settled},
    call::{Call, Outcome, Reply},
    effect::{Effect, Signal, StoreTask},
    event::StoreReply,
    ids::{ActId, Ticket},
    quota::Admission,
    request_queue::RequestKind,
    schedule::{
        Basis, Due, DueState, HoldReason, LATE_AFTER, PendingRun, RecordedDecision, Schedule,
        ScheduleDecision, StatusDecision, Timing, check_interval,
    },
    time::after,
};

/// Data status queries of a schedule that are queued or in flight at a time.
const MAX_QUERIES: usize = 20;
const STORE_RETRY: SignedDuration = SignedDuration::from_mins(1);
/// The longest wait for a sweep that shows recent reads by others.
const SWEEP_PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// The maximum time between two checks of an every-N-hours schedule, since companies and reads change.
const MAX_CHECK_INTERVAL: SignedDuration = SignedDuration::from_hours(1);

/// The result of checking a schedule.
enum DueCheck {
    /// Nothing is due before this time.
    Later(Option<Timestamp>),
    /// It is due and has to wait; until this time, if only time is in the way.
    Held(HoldReason, Option<Timestamp>),
    Begin(Basis, Option<Due>),
    /// The clock was far ahead. Later decisions are discarded.
    ClockSetBack(jiff::civil::DateTime),
    /// It is due, but its last run has not ended, so this time is skipped.
    Skipped(Due),
}

impl Engine {
    pub(super) fn begin_due_schedules(&mut self, now: Timestamp) {
        self.schedules.next_wake = None;
        for at in 0..self.schedules.list.len() {
            let state = &self.schedules.list[at];
            let id = state.schedule.id;
            if state.pending.is_some() {
                self.query_or_begin(id, now);
            } else if self.schedules.here && state.schedule.on {
                let check = self.check_schedule(at, now);
                self.apply_check(at, check, now);
            }
        }
    }

    pub(super) fn on_schedules(
        &mut self,
        here: bool,
        zone: TimeZone,
        schedules: Vec<Schedule>,
        now: Timestamp,
    ) {
        for act in self.schedules.sync_from_store(here, zone, schedules, now) {
            self.settle(act, Err(ActError::NoSchedule));
        }
        self.forget_removed_schedules();
    }

    /// The user runs a schedule now.
    pub(super) fn run_schedule(&mut self, id: ActId, schedule: ScheduleId) {
        if !self.may_refresh() {
            return self.settle(id, Err(ActError::SafeMode));
        }
        let Some(state) = self.schedules.get_mut(schedule) else {
            return self.settle(id, Err(ActError::NoSchedule));
        };
        if state.pending.is_some() {
            return self.settle(id, Ok(Settled::Accepted));
        }
        state.pending = Some(PendingRun::new(Basis::UserRequest, None, Some(id), None));
        let task = read_histories_task(&state.schedule);
        self.effects.push(Effect::Store(Ticket::Schedule(schedule), task));
    }

    fn check_schedule(&mut self, at: usize, now: Timestamp) -> DueCheck {
        let state = &self.schedules.list[at];
        let next_check = state.next_check;
        let plan = &state.schedule.plan;
        let Some(zone) = plan.time_zone(&self.schedules.zone) else {
            return DueCheck::Held(HoldReason::NoZone, None);
        };
        let due = match &plan.timing {
            Timing::Every { .. } if next_check > now => return DueCheck::Later(Some(next_check)),
            Timing::Every { .. } => None,
            Timing::Clock(_) if next_check > now => return DueCheck::Later(Some(next_check)),
            Timing::Clock(clock) => {
                let decided = state.schedule.decided.unwrap_or_else(|| zone.to_datetime(now));
                match clock.due_state(decided, &zone, now) {
                    DueState::NotDue => {
                        return DueCheck::Later(
                            clock.after(decided.max(zone.to_datetime(now)), &zone).map(|it| it.1),
                        );
                    }
                    DueState::ClockSetBack(label) => return DueCheck::ClockSetBack(label),
                    DueState::Due(due) => Some(due),
                }
            }
        };
        match plan.free_from(&zone, now) {
            Some(free) if free <= now => {}
            free => return DueCheck::Held(HoldReason::Blackout, free),
        }
        let since = due.map_or(next_check, |due| due.at);
        let age = state.age();
        if self.runs.has_work(RunCause::Schedule(state.schedule.id)) {
            return match due {
                Some(due) => DueCheck::Skipped(due),
                None => DueCheck::Later(Some(after(now, check_interval(age.unwrap_or(MAX_CHECK_INTERVAL))))),
            };
        }
        if let Some(held) = self.background_hold(now) {
            return DueCheck::Held(held, None);
        }
        // Late, or not since this start: recent reads by others are not known yet.
        let is_late = now.duration_since(since) > LATE_AFTER;
        if self.last_full_sweep_start.is_none_or(|swept| is_late && swept < since) {
            let state = &mut self.schedules.list[at];
            let patience = after(*state.waiting_since.get_or_insert(now), SWEEP_PATIENCE);
            // If sweeps are rare, the known reads are used. At worst a company is read twice.
            if patience > now {
                return DueCheck::Held(HoldReason::CheckingReads, Some(patience));
            }
        }
        let basis = match (due, age) {
            (Some(due), _) => Basis::Label(due.at),
            (None, Some(age)) => Basis::Age(age),
            (None, None) => return DueCheck::Later(None),
        };
        DueCheck::Begin(basis, due)
    }

    /// Why background work cannot be sent now, if so.
    fn background_hold(&mut self, now: Timestamp) -> Option<HoldReason> {
        if self.connectivity.rejection.is_some() {
            Some(HoldReason::KeyRejected)
        } else if !self.may_refresh() {
            Some(HoldReason::SafeMode)
        } else if self.policy.paused {
            Some(HoldReason::Paused)
        } else if self.connectivity.offline_since.is_some() {
            Some(HoldReason::Offline)
        } else if self.connectivity.blocks_background(now) {
            Some(HoldReason::Failing)
        } else {
            match self.saved.quota.admit(Priority::Schedule, &self.config, now) {
                Admission::Exhausted(_) => Some(HoldReason::Quota),
                Admission::Now | Admission::At(_) | Admission::AskUser(_) => None,
            }
        }
    }

    fn apply_check(&mut self, at: usize, check: DueCheck, now: Timestamp) {
        let state = &mut self.schedules.list[at];
        let id = state.schedule.id;
        match check {
            DueCheck::Later(at) => {
                let was = state.held.take();
                if let Some(at) = at {
                    self.schedules.wake_at(at);
                }
                self.signal_hold_change(was, None);
            }
            DueCheck::Held(held, until) => {
                let was = state.held;
                // The first reason is kept. Waiting for a sweep does not replace it.
                state.held = Some(if held == HoldReason::CheckingReads { was.unwrap_or(held) } else { held });
                let is = state.held;
                if let Some(at) = until {
                    self.schedules.wake_at(at);
                }
                self.signal_hold_change(was, is);
            }
            DueCheck::Begin(basis, due) => {
                state.waiting_since = None;
                let held = state.held.take();
                let is_late =
                    due.is_some_and(|due| due.earlier > 0 || now.duration_since(due.at) > LATE_AFTER);
                let hold_reason = held
                    .filter(|held| *held != HoldReason::CheckingReads)
                    .or(is_late.then_some(HoldReason::Asleep));
                state.pending = Some(PendingRun::new(basis, due, None, hold_reason));
                let task = read_histories_task(&state.schedule);
                self.effects.push(Effect::Store(Ticket::Schedule(id), task));
                self.signal_hold_change(held, None);
            }
            DueCheck::ClockSetBack(label) => {
                state.schedule.decided = Some(label);
                let decision = RecordedDecision {
                    label: Some(label),
                    held: Some(HoldReason::ClockSetBack),
                    ..RecordedDecision::new(id)
                };
                self.record_decision(decision, now);
            }
            DueCheck::Skipped(due) => {
                state.schedule.decided = Some(due.label);
                let held = Some(HoldReason::StillRunning);
                let decision = RecordedDecision {
                    label: Some(due.label),
                    due: Some(due),
                    held,
                    ..RecordedDecision::new(id)
                };
                self.record_decision(decision, now);
            }
        }
    }

    fn signal_hold_change(&mut self, was: Option<HoldReason>, is: Option<HoldReason>) {
        if was != is {
            self.effects.push(Effect::Signal(Signal::Schedules));
        }
    }

    /// Stores a decision without a run.
    fn record_decision(&mut self, decision: RecordedDecision, now: Timestamp) {
        let decision = RecordedDecision { at: now, notify: true, ..decision };
        self.effects.push(Effect::Store(Ticket::Untracked, StoreTask::Schedule(Box::new(decision), None)));
        self.effects.push(Effect::Signal(Signal::Schedules));
    }

    /// The read histories are loaded, the run has started, or the store failed.
    pub(super) fn on_schedule_stored(
        &mut self,
        id: ScheduleId,
        outcome: Result<StoreReply, String>,
        now: Timestamp,
    ) {
        match outcome {
            Ok(StoreReply::ReadHistories(histories)) => self.decide_schedule(id, &histories, now),
            Ok(StoreReply::Run(run)) => {
                self.on_run_begun(run, now);
                self.on_schedule_begun(id, now);
            }
            Ok(_) => self.on_schedule_begun(id, now),
            Err(message) => {
                let Some(state) = self.schedules.get_mut(id) else { return };
                state.next_check = after(now, STORE_RETRY);
                let act = state.pending.take().and_then(|pending| pending.act);
                match act {
                    Some(act) => self.settle(act, Err(ActError::Store(message))),
                    None => self.notice(Severity::Error, message),
                }
            }
        }
    }

    fn decide_schedule(&mut self, id: ScheduleId, histories: &[ReadHistory], now: Timestamp) {
        let Some(state) = self.schedules.get_mut(id) else { return };
        let data_types = state.schedule.plan.data_types.clone();
        let Some(pending) = &mut state.pending else { return };
        let decision = ScheduleDecision::new(histories, pending.basis, now);
        pending.already_read = decision.already_read;
        pending.unreadable = decision.unreadable;
        pending.next = decision.next;
        let last_reads = histories.iter().map(|history| (history.company, history.last_read));
        pending.last_reads = Some(last_reads.collect());
        pending.reads = decision.read.iter().flat_map(|company| reads_of(*company, &data_types)).collect();
        pending.to_query = decision.query.into();
        self.query_or_begin(id, now);
    }

    /// Sends the queries, and starts the run when all are answered.
    fn query_or_begin(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(state) = self.schedules.get_mut(id) else { return };
        let Some(pending) = &mut state.pending else { return };
        if pending.is_ready() {
            return self.begin_schedule_run(id, now);
        }
        let mut queries = Vec::new();
        while pending.querying.len() < MAX_QUERIES {
            let Some(company) = pending.to_query.pop_front() else { break };
            pending.querying.insert(company);
            queries.push(company);
        }
        // Queries that were dropped with other background work are sent again.
        let dropped: Vec<_> =
            pending.querying.iter().copied().filter(|company| !queries.contains(company)).collect();
        queries.extend(dropped);
        for company in queries {
            let kind = RequestKind::DataStatus(id, company);
            let under_way = self.in_flight.values().any(|(other, _)| *other == kind);
            if !under_way && !self.queue.contains(&kind) {
                self.queue.push(kind, Call::Topic(Topic::DataStatus(company)));
            }
        }
    }

    /// The data status of a company.
    pub(super) fn on_data_status(
        &mut self,
        id: ScheduleId,
        company: CompanyId,
        outcome: Outcome,
        now: Timestamp,
    ) {
        let status = match outcome {
            Ok((Reply::Topic(raw), _)) => DataStatus::all_from_raw(&raw).ok(),
            Ok(_) => None,
            Err(failure) => match self.on_data_status_failed(id, failure, now) {
                Some(status) => Some(status),
                None => return,
            },
        };
        let Some(state) = self.schedules.get_mut(id) else { return };
        let data_types = state.schedule.plan.data_types.clone();
        let Some(pending) = &mut state.pending else { return };
        pending.querying.remove(&company);
        match status {
            Some(status) => {
                let status = StatusDecision::new(&status, &data_types, pending.basis, now);
                let last_read =
                    pending.last_reads.as_ref().and_then(|last| last.get(&company).copied()).flatten();
                pending.known_reads.push(KnownRead {
                    company,
                    read_at: status.known_read,
                    last_read,
                    is_done: status.read.is_empty(),
                });
                if status.read.is_empty() {
                    pending.already_read += 1;
                    if let (Basis::Age(age), Some(read)) = (pending.basis, status.known_read) {
                        pending.note_next_due(after(read, age));
                    }
                }
                pending.reads.extend(status.read.into_iter().map(|data_type| read_of(company, data_type)));
            }
            // An unreadable response does not prevent a read.
            None => pending.reads.extend(reads_of(company, &data_types)),
        }
        self.query_or_begin(id, now);
    }

    /// A query failed. A refusal means that the company has no such data. Any other failure postpones the
    /// schedule.
    fn on_data_status_failed(
        &mut self,
        id: ScheduleId,
        failure: Failure,
        now: Timestamp,
    ) -> Option<BTreeMap<String, DataStatus>> {
        if failure.kind.is_transient() {
            if let Some(state) = self.schedules.get_mut(id) {
                state.pending = None;
            }
            self.on_background_failure(&failure, now);
            return None;
        }
        // A query that was rate-limited is sent again later.
        (failure.kind != FailureKind::RateLimited).then(BTreeMap::new)
    }

    fn begin_schedule_run(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(state) = self.schedules.get_mut(id) else { return };
        let is_every = state.age().is_some();
        let (name, spread) = (state.schedule.name.clone(), state.schedule.plan.spread_mins);
        let Some(pending) = &mut state.pending else { return };
        // A run requested by the user is not spread.
        let spread = if pending.act.is_some() { 0 } else { spread };
        pending.is_storing = true;
        let reads = core::mem::take(&mut pending.reads);
        // Clock times do not depend on earlier requests.
        let mut requested: Vec<_> = reads.iter().filter(|_| is_every).map(|read| read.company).collect();
        requested.dedup();
        let notify = !is_every || pending.act.is_some() || !reads.is_empty();
        let cause = if pending.act.is_some() { RunCause::Person } else { RunCause::Schedule(id) };
        let decision = RecordedDecision {
            label: pending.due.map(|due| due.label),
            due: pending.due,
            at: now,
            held: pending.held,
            known: core::mem::take(&mut pending.known_reads),
            requested,
            queued: u32::try_from(reads.len()).unwrap_or(u32::MAX),
            already_read: pending.already_read,
            unreadable: pending.unreadable,
            notify,
            ..RecordedDecision::new(id)
        };
        let run = (!reads.is_empty()).then(|| NewRun {
            cause,
            act: RunAct::Read,
            label: name,
            reads: ReadSelection::List(reads),
            starts_at: now,
            spread: SignedDuration::from_mins(i64::from(spread)),
        });
        if !notify && decision.known.is_empty() {
            return self.on_schedule_begun(id, now);
        }
        self.effects.push(Effect::Store(Ticket::Schedule(id), StoreTask::Schedule(Box::new(decision), run)));
    }

    /// The due schedule is decided.
    fn on_schedule_begun(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(state) = self.schedules.get_mut(id) else { return };
        let age = state.age();
        let Some(pending) = state.pending.take() else { return };
        if let Some(due) = pending.due {
            state.schedule.decided = Some(due.label);
        }
        if let Some(age) = age {
            let after = |wait: SignedDuration| after(now, wait);
            let next = pending.next.unwrap_or(Timestamp::MAX);
            state.next_check = next
                .clamp(after(check_interval(age)), after(MAX_CHECK_INTERVAL).max(after(check_interval(age))));
        }
        if let Some(act) = pending.act {
            self.settle(act, Ok(Settled::Accepted));
        }
        self.effects.push(Effect::Signal(Signal::Schedules));
    }

    /// The schedules that are due and held, with the reason.
    pub fn held_schedules(&self) -> Vec<(ScheduleId, HoldReason)> {
        self.schedules.held()
    }
}

fn read_histories_task(schedule: &Schedule) -> StoreTask {
    StoreTask::ReadHistories(schedule.id, schedule.plan.target.clone(), schedule.plan.data_types.clone())
}

/// One read for each data type, or one of all types.
fn reads_of(company: CompanyId, data_types: &[String]) -> Vec<ReadRequest> {
    if data_types.is_empty() {
        return vec![read_of(company, None)];
    }
    data_types.iter().map(|data_type| read_of(company, Some(data_type.clone()))).collect()
}

fn read_of(company: CompanyId, data_type: Option<String>) -> ReadRequest {
    ReadRequest { company, data_type, connection: None }
}
