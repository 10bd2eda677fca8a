//! Runs: taking their next items, asking for them at the pace that is left, and writing down what came of each.

use codat::{Failure, FailureKind};
use jiff::{SignedDuration, Timestamp};

use super::{Engine, sending::SPARE};
use crate::{
    attempt::{Attempt, Step, Then},
    class::Class,
    effect::{Effect, Signal, StoreTask, Ticket, Tone},
    event::{Outcome, Reply, Stored},
    outbox::Purpose,
    quota::Leave,
    run::{How, ItemEnd, ItemId, OpenRun, RunCause, RunEnded, RunId, RunMoved, RunState, Take, Why},
    runs::Asked,
    schedule::ScheduleId,
};

/// How often an item is written down as sent before it counts as failed.
const TAKES: u32 = 3;
/// How often no answer may come to an item's request before what happened is read.
const SILENCES: u32 = 4;
/// A store that could not say which runs there are is asked again after this.
const STORE_AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// An allowance that opens later than this is not waited for with items in hand.
const SOON: SignedDuration = SignedDuration::from_mins(5);

/// Whether the next request of a run may go.
enum Way {
    Free,
    /// Not before then.
    Shut(Option<Timestamp>),
}

impl Engine {
    /// A run has ended, whoever wanted it.
    fn run_ended(&mut self, ended: RunEnded) {
        self.effects.push(Effect::Signal(Signal::RunEnded(ended)));
    }

    /// Has the store say which runs there are.
    pub(super) fn read_runs(&mut self) {
        self.effects.push(Effect::Store(Ticket::Runs, StoreTask::OpenRuns));
    }

    pub(super) fn runs_stored(&mut self, outcome: Result<Stored, String>, now: Timestamp) {
        match outcome {
            Ok(Stored::Runs(open)) => self.runs.told(open, now),
            Ok(Stored::QueuedSettled { moved, look }) => self.settled(moved, look),
            Ok(_) => {}
            Err(message) => {
                self.runs.again_at = now.checked_add(STORE_AGAIN).ok();
                self.say(Tone::Error, message);
            }
        }
    }

    pub(super) fn run_began(&mut self, run: OpenRun, now: Timestamp) {
        self.effects.push(Effect::Signal(Signal::Run(run.id)));
        self.runs.insert(run, now);
    }

    /// A step of a run is in the store, or could not be kept.
    pub(super) fn run_stored(&mut self, id: RunId, outcome: Result<Stored, String>, now: Timestamp) {
        match outcome {
            Ok(Stored::RunMoved(moved)) => self.run_moved(moved),
            Ok(Stored::RunEnded(ended)) => {
                self.runs.remove(ended.id);
                self.run_ended(ended);
            }
            Ok(_) => {}
            Err(message) => {
                if let Some(live) = self.runs.get_mut(id) {
                    live.not_written(now);
                }
                self.say(Tone::Error, message);
            }
        }
    }

    fn run_moved(&mut self, moved: RunMoved) {
        let Some(live) = self.runs.get_mut(moved.id) else { return };
        live.written(moved.next_at);
        live.run.counts = moved.counts;
        live.run.rest = moved.rest;
        live.fresh.extend(moved.taken);
        self.effects.push(Effect::Signal(Signal::Run(moved.id)));
    }

    /// What runs have to do by now.
    pub(super) fn move_runs(&mut self, now: Timestamp) {
        self.runs.wake = None;
        match self.runs.again_at {
            Some(at) if at <= now => {
                self.runs.again_at = None;
                self.read_runs();
            }
            Some(at) => self.runs.wake_at(at),
            None => {}
        }
        for id in self.runs.in_order() {
            self.release(id, now);
            self.send_items(id, now);
            self.step_run(id, now);
            self.end_run(id, now);
        }
        self.follow_runs(now);
    }

    /// A run that is paused, cancelled or held gives back what it has not asked for.
    fn release(&mut self, id: RunId, now: Timestamp) {
        if !self.may_refresh()
            || self.runs.get_mut(id).is_some_and(|live| live.run.state != RunState::Running)
        {
            self.give_back(id, now);
        }
    }

    fn give_back(&mut self, id: RunId, now: Timestamp) {
        let Some(live) = self.runs.get_mut(id) else { return };
        for item in core::mem::take(&mut live.fresh) {
            live.end(ItemEnd { item: item.id, how: How::Unsent }, now);
        }
    }

    fn send_items(&mut self, id: RunId, now: Timestamp) {
        while let Some(class) = self.has_item(id, now) {
            match self.way(class, now) {
                Way::Free => self.send_item(id, now),
                Way::Shut(at) => {
                    if at.is_some_and(|at| at.duration_since(now) > SOON) {
                        self.give_back(id, now);
                    }
                    if let Some(at) = at {
                        self.runs.wake_at(at);
                    }
                    return;
                }
            }
        }
    }

    /// Whether the run has an item to ask for now, and if so what its requests are for.
    fn has_item(&mut self, id: RunId, now: Timestamp) -> Option<Class> {
        let is_held = !self.may_refresh();
        let live = self.runs.get_mut(id)?;
        let class = live.run.cause.class();
        if !live.goes(now) {
            let at = live.run.starts_at;
            if live.run.state == RunState::Running {
                self.runs.wake_at(at);
            }
            return None;
        }
        let waits = live.asked.values().filter_map(|asked| asked.waits(is_held)).map(|(_, at)| at).min();
        if !live.fresh.is_empty() || waits.is_some_and(|at| at <= now) {
            return Some(class);
        }
        if let Some(at) = waits {
            self.runs.wake_at(at);
        }
        None
    }

    /// Whether a look at what became of something may go now.
    pub(super) fn is_free(&mut self, now: Timestamp) -> bool {
        !self.reach.is_in_trouble() && matches!(self.way(Class::Run, now), Way::Free)
    }

    /// Whether the next request of a run may go: the server can be reached, the pace allows it, a connection
    /// is free, and the day's allowance is not used up.
    fn way(&mut self, class: Class, now: Timestamp) -> Way {
        if self.reach.holds(now) || (!class.is_persons() && self.policy.paused) {
            return Way::Shut(self.reach.retry_at.filter(|at| *at > now));
        }
        if let Some(at) = self.runs.pace.filter(|at| *at > now) {
            return Way::Shut(Some(at));
        }
        let is_item = |purpose: &Purpose| matches!(purpose, Purpose::Item { .. });
        let under_way = self.in_flight.values().filter(|(purpose, _)| is_item(purpose)).count();
        // A server in trouble is asked for one thing at a time.
        let most = if self.reach.is_in_trouble() { 1 } else { self.config.concurrency.saturating_sub(SPARE) };
        if under_way + self.outbox.count(is_item) >= most.max(1) {
            return Way::Shut(None);
        }
        match self.saved.quota.leave(class, &self.config, now) {
            Leave::Now => Way::Free,
            Leave::At(at) => Way::Shut(Some(at)),
            Leave::Asks(until) | Leave::Spent(until) => Way::Shut(Some(until)),
        }
    }

    /// Asks for the run's next item: what has to go again first.
    fn send_item(&mut self, id: RunId, now: Timestamp) {
        self.runs.pace = Some(self.paced(now));
        let is_held = !self.may_refresh();
        let Some(live) = self.runs.get_mut(id) else { return };
        let again = live.asked.values().find_map(|asked| {
            asked.waits(is_held).filter(|(_, at)| *at <= now).map(|(step, _)| (asked.item.id, step))
        });
        let (item, step) = match again {
            Some(again) => again,
            None => {
                let Some(item) = live.fresh.pop_front() else { return };
                let attempt = Attempt::of_item(&item);
                let number = item.id;
                live.asked.insert(number, Asked { item, attempt });
                (number, Step::Do)
            }
        };
        let Some(asked) = live.asked.get_mut(&item) else { return };
        asked.attempt.waits = None;
        // Too late for the same key: what happened is read first.
        let step = if asked.attempt.may_repeat(now) { step } else { Step::Check };
        let class = live.run.cause.class();
        if let Some(call) = asked.attempt.call(step) {
            self.outbox.push(Purpose::Item { run: id, item, step, class }, call);
        }
    }

    /// When the next request of a run may go: evenly over the minute, and after a delay a little faster.
    fn paced(&self, now: Timestamp) -> Timestamp {
        let a_minute = i64::from(self.saved.quota.runs_a_minute(&self.config, now));
        let gap = SignedDuration::from_millis(60_000 / a_minute);
        let behind = now.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MIN);
        let last = self.runs.pace.map_or(now, |pace| pace.max(behind));
        last.saturating_add(gap).unwrap_or(Timestamp::MAX)
    }

    /// Has the store write down what came of items, and as sent those that are next.
    fn step_run(&mut self, id: RunId, now: Timestamp) {
        let shut = self.takes_nothing(id, now);
        let Some(live) = self.runs.get_mut(id) else { return };
        let wants = if shut { Err(None) } else { live.wants(now) };
        let (flushes, parts) = (live.flushes(now), live.parts(now));
        let later = [wants.err().flatten(), flushes.err().flatten(), parts.err().flatten()];
        if wants.is_err() && flushes.is_err() && parts.is_err() {
            for at in later.into_iter().flatten() {
                self.runs.wake_at(at);
            }
            return;
        }
        let ends = live.take_ends(now);
        let take = wants.ok().map(|most| self.take(most));
        self.effects.push(Effect::Store(Ticket::Run(id), StoreTask::MoveRun { id, ends, take }));
    }

    /// Whether no request of the run could go in good time.
    fn takes_nothing(&mut self, id: RunId, now: Timestamp) -> bool {
        if !self.may_refresh() {
            return true;
        }
        let Some(live) = self.runs.get_mut(id) else { return true };
        if !live.goes(now) || live.run.counts.waiting == 0 {
            return true;
        }
        let class = live.run.cause.class();
        match self.way(class, now) {
            Way::Free => false,
            Way::Shut(Some(at)) => {
                self.runs.wake_at(at);
                at.duration_since(now) > SOON
            }
            Way::Shut(None) => self.reach.holds(now) || (!class.is_persons() && self.policy.paused),
        }
    }

    fn take(&mut self, most: usize) -> Take {
        let keys = (0..most).map(|_| self.jitter.key()).collect();
        let reading = self.watches.iter().filter(|watch| watch.is_reading()).map(|watch| watch.company);
        Take { keys, reading: reading.collect() }
    }

    fn end_run(&mut self, id: RunId, now: Timestamp) {
        let Some(live) = self.runs.get_mut(id) else { return };
        match live.is_over(now) {
            Ok(()) => {
                live.moving = true;
                let cause = live.run.cause;
                self.effects.push(Effect::Store(Ticket::Run(id), StoreTask::EndRun { id, cause }));
            }
            Err(Some(at)) => self.runs.wake_at(at),
            Err(None) => {}
        }
    }

    pub(super) fn item_answer(
        &mut self,
        run: RunId,
        item: ItemId,
        step: Step,
        outcome: Outcome,
        now: Timestamp,
    ) {
        let how = match (step, outcome) {
            (Step::Do | Step::See, Ok(_)) => Some(How::Queued),
            (Step::Check, Ok((reply, meta))) => Some(self.item_checked(run, item, &reply, meta.date, now)),
            (step, Err(failure)) => self.item_failed(run, item, step, failure, now),
        };
        let Some(live) = self.runs.get_mut(run) else { return };
        live.asked_last = now;
        if let Some(how) = how {
            self.item_ended(run, item, how, now);
        }
    }

    /// It is known what became of an item.
    pub(super) fn item_ended(&mut self, run: RunId, item: ItemId, how: How, now: Timestamp) {
        let Some(live) = self.runs.get_mut(run) else { return };
        let cause = live.run.cause;
        let may_pass = matches!(&how, How::Failed(why) if why.can_retry());
        live.end(ItemEnd { item, how }, now);
        match cause {
            RunCause::Schedule(schedule) if may_pass => {
                self.scheduling.look_sooner(ScheduleId(schedule), now)
            }
            RunCause::Schedule(_) | RunCause::Person | RunCause::KeepAlive => {}
        }
    }

    /// What happened was read: it did, or it goes again with a new key.
    fn item_checked(
        &mut self,
        run: RunId,
        item: ItemId,
        reply: &Reply,
        date: Option<Timestamp>,
        now: Timestamp,
    ) -> How {
        let asked = self.runs.get_mut(run).and_then(|live| live.asked.get(&item));
        let Some(asked) = asked else { return How::Unsent };
        if asked.attempt.found_read(reply, asked.attempt.since(date, now)) {
            return How::Queued;
        }
        let tries = asked.item.tries + 1;
        match asked.attempt.met() {
            Some(met) if tries >= TAKES => How::Failed(Why::Refused(Box::new(met.clone()))),
            Some(_) => {
                let wait = self.jitter.wait(tries);
                How::Again(now.saturating_add(wait).unwrap_or(Timestamp::MAX))
            }
            // Nothing is known against it: it was only too late for its key.
            None => How::Again(now),
        }
    }

    /// What follows a failure: nothing for now where it goes again.
    fn item_failed(
        &mut self,
        run: RunId,
        item: ItemId,
        step: Step,
        failure: Failure,
        now: Timestamp,
    ) -> Option<How> {
        if failure.is_already_running() {
            return Some(How::Running);
        }
        let opens = self.saved.quota.blocked_until(now);
        let trouble = self.reach.is_in_trouble();
        let unanswered = matches!(
            failure.kind,
            FailureKind::Unreachable
                | FailureKind::Unauthorized
                | FailureKind::NoAnswer
                | FailureKind::Server
                | FailureKind::Unreadable
                | FailureKind::Intercepted
        );
        if unanswered {
            self.reach_failed(&failure, now);
        }
        let asked = self.runs.get_mut(run).and_then(|live| live.asked.get_mut(&item))?;
        match failure.kind {
            FailureKind::RateLimited => {
                asked.attempt.wait(step, opens.unwrap_or(now));
                return None;
            }
            // Not let in, so certainly not done. A server may answer its key so again: it goes with another one.
            FailureKind::Unauthorized if step == Step::Do => return Some(How::Unsent),
            // Certainly not sent, or not let in: that says nothing of this item.
            FailureKind::Unreachable | FailureKind::Intercepted | FailureKind::Unauthorized => {
                asked.attempt.wait(step, now);
                return None;
            }
            FailureKind::NoAnswer if step == Step::Do => {
                let tired = asked.attempt.silence(&failure, !trouble) >= SILENCES;
                asked.attempt.wait(if tired { Step::Check } else { Step::Do }, now);
                return None;
            }
            // Whether it happened has to be read.
            FailureKind::Server | FailureKind::Unreadable if step == Step::Do => {
                asked.attempt.silence(&failure, false);
                asked.attempt.wait(Step::Check, now);
                return None;
            }
            // A server in trouble is no fault of this item.
            FailureKind::NoAnswer | FailureKind::Server | FailureKind::Unreadable if trouble => {
                asked.attempt.wait(step, now);
                return None;
            }
            FailureKind::NoAnswer
            | FailureKind::Server
            | FailureKind::Unreadable
            | FailureKind::Invalid
            | FailureKind::PaymentRequired
            | FailureKind::Forbidden
            | FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Unprocessable
            | FailureKind::OtherStatus => {}
        }
        match asked.attempt.failed(step, failure, &mut self.jitter, now) {
            Then::Wait(..) => None,
            Then::Fail(failure) => Some(How::Failed(Why::Refused(Box::new(failure)))),
            Then::Done => Some(How::Queued),
        }
    }
}
