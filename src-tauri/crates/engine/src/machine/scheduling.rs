//! Schedules: seeing what is due, finding out of whom, and beginning the runs.
//!
//! A due schedule goes through four steps: it is held while nothing may go; the store says how its companies
//! stand; those of which that does not tell enough are asked about, one request each; and then the run begins,
//! with what is decided and what is to be told of it, in one transaction.

use std::collections::BTreeMap;

use codat::{CompanyId, Failure, FailureKind, Topic, model::DataStatus};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::Engine;
use crate::{
    act::{ActError, ActId, Settled},
    class::Class,
    effect::{Call, Effect, Signal, StoreTask, Ticket, Tone},
    event::{Outcome, Reply, Stored},
    outbox::Purpose,
    quota::Leave,
    run::{NewRun, Read, Reads, RunCause},
    schedule::{
        Asked, Basis, Decided, Due, Held, Judgement, Ruling, Schedule, ScheduleId, Standing, Timing, tick,
    },
    scheduling::{Doing, Known, LATE},
};

/// Questions of one schedule that wait or are under way at a time.
const QUESTIONS: usize = 20;
/// A store that refused is asked again after this.
const STORE_AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// How long a sweep is waited for that tells what others read meanwhile.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// An every-N-hours schedule is looked at this often at the least: companies come, and others read.
const SELDOM: SignedDuration = SignedDuration::from_hours(1);

/// What a look at a schedule comes to.
enum Look {
    /// Nothing is due before then.
    Later(Option<Timestamp>),
    /// It is due and has to wait; if only time is in the way, until then.
    Held(Held, Option<Timestamp>),
    /// It is due.
    Begin(Basis, Option<Due>),
    /// What was decided by a clock far ahead is forgotten.
    SetBack(jiff::civil::DateTime),
    /// It is due, and its last run has not ended: this time is left out.
    LeftOut(Due),
}

impl Engine {
    /// Begins what is due by now.
    pub(super) fn begin_due_schedules(&mut self, now: Timestamp) {
        self.scheduling.wake = None;
        for at in 0..self.scheduling.list.len() {
            let live = &self.scheduling.list[at];
            let id = live.schedule.id;
            if live.doing.is_some() {
                self.find_out(id, now);
            } else if self.scheduling.here && live.schedule.on {
                let look = self.look_at_schedule(at, now);
                self.follow(at, look, now);
            }
        }
    }

    /// The schedules as they are kept now.
    pub(super) fn schedules_told(
        &mut self,
        here: bool,
        zone: TimeZone,
        schedules: Vec<Schedule>,
        now: Timestamp,
    ) {
        for act in self.scheduling.told(here, zone, schedules, now) {
            self.settle(act, Err(ActError::NoSchedule));
        }
    }

    /// A person wants a schedule to run now, whatever was read when.
    pub(super) fn run_schedule(&mut self, id: ActId, schedule: ScheduleId) {
        if !self.may_refresh() {
            return self.settle(id, Err(ActError::SafeMode));
        }
        let Some(live) = self.scheduling.get_mut(schedule) else {
            return self.settle(id, Err(ActError::NoSchedule));
        };
        if live.doing.is_some() {
            return self.settle(id, Ok(Settled::Accepted));
        }
        live.doing = Some(Doing::new(Basis::Asked, None, Some(id), None));
        let task = standings(&live.schedule);
        self.effects.push(Effect::Store(Ticket::Schedule(schedule), task));
    }

    fn look_at_schedule(&mut self, at: usize, now: Timestamp) -> Look {
        let live = &self.scheduling.list[at];
        let look_at = live.look_at;
        let plan = &live.schedule.plan;
        let Some(zone) = plan.time_zone(&self.scheduling.zone) else { return Look::Held(Held::NoZone, None) };
        let due = match &plan.timing {
            Timing::Every { .. } if look_at > now => return Look::Later(Some(look_at)),
            Timing::Every { .. } => None,
            Timing::Clock(_) if look_at > now => return Look::Later(Some(look_at)),
            Timing::Clock(clock) => {
                let decided = live.schedule.decided.unwrap_or_else(|| zone.to_datetime(now));
                match clock.rule(decided, &zone, now) {
                    Ruling::Nothing => {
                        return Look::Later(
                            clock.after(decided.max(zone.to_datetime(now)), &zone).map(|it| it.1),
                        );
                    }
                    Ruling::SetBack(label) => return Look::SetBack(label),
                    Ruling::Due(due) => Some(due),
                }
            }
        };
        match plan.free_from(&zone, now) {
            Some(free) if free <= now => {}
            free => return Look::Held(Held::Blackout, free),
        }
        let since = due.map_or(look_at, |due| due.at);
        let age = live.age();
        if self.runs.has(RunCause::Schedule(live.schedule.id.0)) {
            return match due {
                Some(due) => Look::LeftOut(due),
                None => Look::Later(Some(
                    now.saturating_add(tick(age.unwrap_or(SELDOM))).unwrap_or(Timestamp::MAX),
                )),
            };
        }
        if let Some(held) = self.background_held(now) {
            return Look::Held(held, None);
        }
        // Long ago, or not since this start: what others read meanwhile is not known yet.
        let late = now.duration_since(since) > LATE;
        if self.swept_from.is_none_or(|swept| late && swept < since) {
            let live = &mut self.scheduling.list[at];
            let patience = live.looking.get_or_insert(now).saturating_add(PATIENCE).unwrap_or(Timestamp::MAX);
            // Where sweeps are seldom it goes by what is known: at worst something is read twice.
            if patience > now {
                return Look::Held(Held::Looking, Some(patience));
            }
        }
        let basis = match (due, age) {
            (Some(due), _) => Basis::Label(due.at),
            (None, Some(age)) => Basis::Age(age),
            (None, None) => return Look::Later(None),
        };
        Look::Begin(basis, due)
    }

    /// What keeps background work from going now.
    fn background_held(&mut self, now: Timestamp) -> Option<Held> {
        if self.reach.refused.is_some() {
            Some(Held::Refused)
        } else if !self.may_refresh() {
            Some(Held::SafeMode)
        } else if self.policy.paused {
            Some(Held::Paused)
        } else if self.reach.offline_since.is_some() {
            Some(Held::Offline)
        } else if self.reach.holds(now) {
            Some(Held::Failing)
        } else {
            match self.saved.quota.leave(Class::Schedule, &self.config, now) {
                Leave::Spent(_) => Some(Held::Quota),
                Leave::Now | Leave::At(_) | Leave::Asks(_) => None,
            }
        }
    }

    fn follow(&mut self, at: usize, look: Look, now: Timestamp) {
        let live = &mut self.scheduling.list[at];
        let id = live.schedule.id;
        match look {
            Look::Later(at) => {
                let was = live.held.take();
                if let Some(at) = at {
                    self.scheduling.wake_at(at);
                }
                self.held_changed(was, None);
            }
            Look::Held(held, until) => {
                let was = live.held;
                // What held it up first, and lasts, is told; that others' reads are looked at is part of it.
                live.held = Some(if held == Held::Looking { was.unwrap_or(held) } else { held });
                let is = live.held;
                if let Some(at) = until {
                    self.scheduling.wake_at(at);
                }
                self.held_changed(was, is);
            }
            Look::Begin(basis, due) => {
                live.looking = None;
                let held = live.held.take();
                let late = due.is_some_and(|due| due.earlier > 0 || now.duration_since(due.at) > LATE);
                let why = held.filter(|held| *held != Held::Looking).or(late.then_some(Held::Asleep));
                live.doing = Some(Doing::new(basis, due, None, why));
                let task = standings(&live.schedule);
                self.effects.push(Effect::Store(Ticket::Schedule(id), task));
                self.held_changed(held, None);
            }
            Look::SetBack(label) => {
                live.schedule.decided = Some(label);
                let decided =
                    Decided { label: Some(label), held: Some(Held::ClockSetBack), ..Decided::of(id) };
                self.keep_decided(decided, now);
            }
            Look::LeftOut(due) => {
                live.schedule.decided = Some(due.label);
                let held = Some(Held::StillRunning);
                let decided = Decided { label: Some(due.label), due: Some(due), held, ..Decided::of(id) };
                self.keep_decided(decided, now);
            }
        }
    }

    fn held_changed(&mut self, was: Option<Held>, is: Option<Held>) {
        if was != is {
            self.effects.push(Effect::Signal(Signal::Schedules));
        }
    }

    /// What is decided without a run.
    fn keep_decided(&mut self, decided: Decided, now: Timestamp) {
        let decided = Decided { at: now, tells: true, ..decided };
        self.effects.push(Effect::Store(Ticket::Aside, StoreTask::Schedule(Box::new(decided), None)));
        self.effects.push(Effect::Signal(Signal::Schedules));
    }

    /// How the companies of a schedule stand, or that its run began, or that the store refused.
    pub(super) fn schedule_stored(
        &mut self,
        id: ScheduleId,
        outcome: Result<Stored, String>,
        now: Timestamp,
    ) {
        match outcome {
            Ok(Stored::Standings(standings)) => self.judge(id, &standings, now),
            Ok(Stored::Run(run)) => {
                self.run_began(run, now);
                self.schedule_began(id, now);
            }
            Ok(_) => self.schedule_began(id, now),
            Err(message) => {
                let Some(live) = self.scheduling.get_mut(id) else { return };
                live.look_at = now.saturating_add(STORE_AGAIN).unwrap_or(Timestamp::MAX);
                let act = live.doing.take().and_then(|doing| doing.act);
                match act {
                    Some(act) => self.settle(act, Err(ActError::Store(message))),
                    None => self.say(Tone::Error, message),
                }
            }
        }
    }

    fn judge(&mut self, id: ScheduleId, standings: &[Standing], now: Timestamp) {
        let Some(live) = self.scheduling.get_mut(id) else { return };
        let data_type = live.schedule.plan.data_type.clone();
        let Some(doing) = &mut live.doing else { return };
        let judgement = Judgement::of(standings, doing.basis, now);
        doing.done = judgement.done;
        doing.unreadable = judgement.unreadable;
        doing.next = judgement.next;
        let last_reads = standings.iter().map(|standing| (standing.company, standing.last_read));
        doing.last_reads = Some(last_reads.collect());
        doing.reads = judgement.read.iter().map(|company| read(*company, data_type.clone())).collect();
        doing.to_ask = judgement.ask.into();
        self.find_out(id, now);
    }

    /// Asks what has to be asked, and begins when everything is known.
    fn find_out(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(live) = self.scheduling.get_mut(id) else { return };
        let Some(doing) = &mut live.doing else { return };
        if doing.is_ready() {
            return self.begin_schedule(id, now);
        }
        let mut questions = Vec::new();
        while doing.asked.len() < QUESTIONS {
            let Some(company) = doing.to_ask.pop_front() else { break };
            doing.asked.insert(company);
            questions.push(company);
        }
        // Dropped with other background work: asked again.
        let lost: Vec<_> =
            doing.asked.iter().copied().filter(|company| !questions.contains(company)).collect();
        questions.extend(lost);
        for company in questions {
            let purpose = Purpose::Standing(id, company);
            let under_way = self.in_flight.values().any(|(other, _)| *other == purpose);
            if !under_way && !self.outbox.has(&purpose) {
                self.outbox.push(purpose, Call::Topic(Topic::DataStatus(company)));
            }
        }
    }

    /// How a company's data stand.
    pub(super) fn schedule_answer(
        &mut self,
        id: ScheduleId,
        company: CompanyId,
        outcome: Outcome,
        now: Timestamp,
    ) {
        let status = match outcome {
            Ok((Reply::Said(said), _)) => DataStatus::all_from_raw(&said).ok(),
            Ok(_) => None,
            Err(failure) => match self.question_failed(id, failure, now) {
                Some(status) => Some(status),
                None => return,
            },
        };
        let Some(live) = self.scheduling.get_mut(id) else { return };
        let data_type = live.schedule.plan.data_type.clone();
        let Some(doing) = &mut live.doing else { return };
        doing.asked.remove(&company);
        match status {
            Some(status) => {
                let asked = Asked::of(&status, data_type.as_deref(), doing.basis, now);
                let at = doing.last_reads.as_ref().and_then(|last| last.get(&company).copied()).flatten();
                doing.known.push(Known { company, read: asked.known_read, at, done: asked.read.is_empty() });
                if asked.read.is_empty() {
                    doing.done += 1;
                    if let (Basis::Age(age), Some(read)) = (doing.basis, asked.known_read) {
                        doing.later(read.saturating_add(age).unwrap_or(Timestamp::MAX));
                    }
                }
                doing.reads.extend(asked.read.into_iter().map(|data_type| read(company, data_type)));
            }
            // An answer that cannot be read says nothing against a read.
            None => doing.reads.push(read(company, data_type)),
        }
        self.find_out(id, now);
    }

    /// A question without an answer. That the company has no such data is one; anything that says nothing of
    /// this company puts the whole schedule off.
    fn question_failed(
        &mut self,
        id: ScheduleId,
        failure: Failure,
        now: Timestamp,
    ) -> Option<BTreeMap<String, DataStatus>> {
        match failure.kind {
            FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Invalid
            | FailureKind::Unprocessable
            | FailureKind::PaymentRequired
            | FailureKind::Forbidden
            | FailureKind::OtherStatus => return Some(BTreeMap::new()),
            // It is asked again when the server takes requests again.
            FailureKind::RateLimited => {}
            FailureKind::Unauthorized
            | FailureKind::Server
            | FailureKind::Unreachable
            | FailureKind::NoAnswer
            | FailureKind::Unreadable
            | FailureKind::Intercepted => {
                if let Some(live) = self.scheduling.get_mut(id) {
                    live.doing = None;
                }
                self.look_failed(&failure, now);
            }
        }
        None
    }

    fn begin_schedule(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(live) = self.scheduling.get_mut(id) else { return };
        let is_every = live.age().is_some();
        let (name, spread) = (live.schedule.name.clone(), live.schedule.plan.spread_mins);
        let Some(doing) = &mut live.doing else { return };
        // Whoever says "now" means all of it now.
        let spread = if doing.act.is_some() { 0 } else { spread };
        doing.beginning = true;
        let reads = core::mem::take(&mut doing.reads);
        // Clock times do not go by what was tried when.
        let mut attempted: Vec<_> = reads.iter().filter(|_| is_every).map(|read| read.company).collect();
        attempted.dedup();
        let tells = !is_every || doing.act.is_some() || !reads.is_empty();
        let cause = if doing.act.is_some() { RunCause::Person } else { RunCause::Schedule(id.0) };
        let decided = Decided {
            label: doing.due.map(|due| due.label),
            due: doing.due,
            at: now,
            held: doing.held,
            known: core::mem::take(&mut doing.known),
            attempted,
            queued: u32::try_from(reads.len()).unwrap_or(u32::MAX),
            done: doing.done,
            unreadable: doing.unreadable,
            tells,
            ..Decided::of(id)
        };
        let run = (!reads.is_empty()).then(|| NewRun {
            cause,
            label: name,
            reads: Reads::Each(reads),
            starts_at: now,
            spread: SignedDuration::from_mins(i64::from(spread)),
        });
        if !tells && decided.known.is_empty() {
            return self.schedule_began(id, now);
        }
        self.effects.push(Effect::Store(Ticket::Schedule(id), StoreTask::Schedule(Box::new(decided), run)));
    }

    /// What was due is decided.
    fn schedule_began(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(live) = self.scheduling.get_mut(id) else { return };
        let age = live.age();
        let Some(doing) = live.doing.take() else { return };
        if let Some(due) = doing.due {
            live.schedule.decided = Some(due.label);
        }
        if let Some(age) = age {
            let after = |wait: SignedDuration| now.saturating_add(wait).unwrap_or(Timestamp::MAX);
            let next = doing.next.unwrap_or(Timestamp::MAX);
            live.look_at = next.clamp(after(tick(age)), after(SELDOM).max(after(tick(age))));
        }
        if let Some(act) = doing.act {
            self.settle(act, Ok(Settled::Accepted));
        }
        self.effects.push(Effect::Signal(Signal::Schedules));
    }

    /// The schedules that are due and held up, and why.
    pub fn held_schedules(&self) -> Vec<(ScheduleId, Held)> {
        self.scheduling.held()
    }
}

fn standings(schedule: &Schedule) -> StoreTask {
    StoreTask::Standings(schedule.id, schedule.plan.target.clone(), schedule.plan.data_type.clone())
}

fn read(company: CompanyId, data_type: Option<String>) -> Read {
    Read { company, data_type, connection: None }
}
