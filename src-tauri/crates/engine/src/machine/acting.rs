//! Acts of a person: from the request to what is told.

use codat::{Company, CompanyId, Failure, FailureKind, Item, Listed, Topic, error::RetryAfter};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    act::{Act, ActError, ActId, PendingDelete, Settled},
    attempt::{Attempt, Found, Step, Then, reads_of},
    effect::{Call, Effect, Signal, StoreTask, Ticket, Tone},
    event::{Cause, Outcome, Reply, Stored},
    outbox::Purpose,
    policy::SafeMode,
    watch::Watch,
};

impl Engine {
    pub(super) fn act(&mut self, id: ActId, act: Act, now: Timestamp) {
        match act {
            Act::Sweep => {
                match self.sweep_now(now) {
                    Some(why) => self.settle(id, Err(why)),
                    // Whether the key is still refused is what the person wants to know.
                    None if self.reach.refused.is_some() => self.ask_about_key.push(id),
                    None => self.settle(id, Ok(Settled::Accepted)),
                }
            }
            Act::RunSchedule(schedule) => self.run_schedule(id, schedule),
            Act::Pass(needs) => self.passes.push_back((id, needs)),
            Act::Undo(company) => {
                let undone = self.deletes.remove(&company).is_some();
                self.effects.push(Effect::Signal(Signal::PendingDeletes));
                self.settle(id, Ok(Settled::Undone(undone)));
            }
            Act::Delete { company, name } => self.put_off_delete(id, company, name, now),
            Act::Create(_)
            | Act::Update(..)
            | Act::Refresh(_)
            | Act::RefreshType { .. }
            | Act::AddConnection(..)
            | Act::Unlink(..)
            | Act::DeleteConnection(..)
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::Look(_)
            | Act::LookAtConnection(..) => self.begin(id, act, now),
        }
    }

    fn begin(&mut self, id: ActId, act: Act, now: Timestamp) {
        if self.is_reading(&act) {
            return self.settle(id, Ok(Settled::Running));
        }
        if let Act::Unlink(_, connection) = act {
            self.alerts.unlinks(connection, now);
        }
        let attempt = Attempt::new(act, self.jitter.key(), now);
        self.attempts.insert(id, attempt);
        self.step(id, Step::Do, now);
    }

    /// Whether this refresh was asked for and has yet to end.
    fn is_reading(&self, act: &Act) -> bool {
        let Act::Refresh(company) = act else { return false };
        self.attempts.values().any(|attempt| attempt.act == *act)
            || self.watches.iter().any(|watch| watch.company == *company && watch.is_reading())
    }

    fn step(&mut self, id: ActId, step: Step, now: Timestamp) {
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        attempt.waits = None;
        if core::mem::take(&mut attempt.renews) {
            attempt.renew(self.jitter.key(), now);
            attempt.waits = None;
        }
        if let Some(call) = attempt.call(step) {
            let purpose = Purpose::Act(id, step, attempt.act.class());
            self.outbox.push(purpose, call);
        }
    }

    pub(super) fn resume_due_attempts(&mut self, now: Timestamp) {
        let due: Vec<_> = self
            .attempts
            .iter()
            .filter_map(|(id, attempt)| {
                attempt.waits.filter(|(_, at)| *at <= now).map(|(step, _)| (*id, step))
            })
            .collect();
        for (id, step) in due {
            self.step(id, step, now);
        }
    }

    fn put_off_delete(&mut self, id: ActId, company: CompanyId, name: String, now: Timestamp) {
        let wait = SignedDuration::from_secs(self.config.undo_secs);
        let sends_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        let is_held = !self.policy.allows(SafeMode::Administer);
        let fresh = PendingDelete { company, name, sends_at, is_held };
        // Asked for twice, it waits once.
        let (_, pending) = self.deletes.entry(company).or_insert((id, fresh));
        let pending = pending.clone();
        self.effects.push(Effect::Signal(Signal::PendingDeletes));
        self.settle(id, Ok(Settled::Pending(pending)));
    }

    pub(super) fn send_due_deletes(&mut self, now: Timestamp) {
        if !self.policy.allows(SafeMode::Administer) {
            return;
        }
        let due: Vec<_> = self
            .deletes
            .iter()
            .filter(|(_, (_, delete))| delete.sends_at <= now)
            .map(|(id, _)| *id)
            .collect();
        for company in due {
            let Some((id, delete)) = self.deletes.remove(&company) else { continue };
            self.effects.push(Effect::Signal(Signal::PendingDeletes));
            self.begin(id, Act::Delete { company, name: delete.name }, now);
        }
    }

    pub(super) fn act_answer(&mut self, id: ActId, step: Step, outcome: Outcome, now: Timestamp) {
        match (step, outcome) {
            (Step::Do, Ok((reply, _))) => self.done(id, reply, now),
            (Step::Check, Ok((reply, meta))) => self.checked(id, reply, meta.date, now),
            (Step::See, Ok((reply, _))) => self.seen(id, reply),
            (_, Err(failure)) if failure.is_already_running() => {
                self.attempts.remove(&id);
                self.settle(id, Ok(Settled::Running));
            }
            (step, Err(failure)) => {
                self.keep_refusal(id, &failure);
                self.keep_gone(id, &failure);
                if failure.kind == FailureKind::Unauthorized {
                    self.reach_failed(&failure, now);
                }
                // The person is told the time, whenever they read it.
                let retry_after = failure.retry_after.map(|after| RetryAfter::At(after.instant(now)));
                let failure = Failure { retry_after, ..failure };
                let Some(attempt) = self.attempts.get_mut(&id) else { return };
                match attempt.failed(step, failure, &mut self.jitter, now) {
                    Then::Wait(..) => {}
                    // The act itself was done; only what it made of the company is seen later.
                    Then::Fail(_) if step == Step::See => self.settle_unseen(id),
                    Then::Fail(failure) => self.fail(id, ActError::Failed(failure)),
                    Then::Done => self.done(id, Reply::Done, now),
                }
            }
        }
    }

    /// The act itself was answered: the answer goes the way of everything that is read.
    fn done(&mut self, id: ActId, reply: Reply, now: Timestamp) {
        let Some(attempt) = self.attempts.get(&id) else { return };
        match (&attempt.act, &reply) {
            (Act::LookAtConnection(..), _) => {}
            (Act::Create(_), Reply::Company(item)) => drop(self.made.insert(item.value.id.0)),
            (_, Reply::Connection(item)) => drop(self.made.insert(item.value.id.0)),
            _ => {}
        }
        match (&attempt.act, reply) {
            (Act::Look(_), Reply::Company(item)) => self.keep(id, *item, Cause::Look),
            (_, Reply::Company(item)) => self.keep(id, *item, Cause::Own),
            (Act::Delete { company, .. }, _) => {
                let company = *company;
                self.forget_alerts(company);
                let remove = StoreTask::RemoveCompany(company, Cause::Own);
                self.effects.push(Effect::Store(Ticket::Act(id), remove));
            }
            (Act::Refresh(company) | Act::RefreshType { company, .. }, _) => {
                let (company, whole) = (*company, matches!(attempt.act, Act::Refresh(_)));
                self.watch(company, whole, now);
                self.attempts.remove(&id);
                self.settle(id, Ok(Settled::Accepted));
            }
            (Act::Fetch(topic), Reply::Said(said)) => {
                let keep = StoreTask::Keep(topic.clone(), Ok(said));
                self.effects.push(Effect::Store(Ticket::Act(id), keep));
            }
            (Act::DeleteConnection(company, connection), _) => {
                // Known to be gone: nobody has to ask whether it is.
                let remove = StoreTask::RemoveConnection(*company, *connection, Cause::Own);
                self.effects.push(Effect::Store(Ticket::Aside, remove));
                self.step(id, Step::See, now);
            }
            (Act::AddConnection(..) | Act::Unlink(..), reply) => {
                if let Act::Unlink(_, connection) = attempt.act {
                    self.alerts.unlinks(connection, now);
                }
                let made = if let Reply::Connection(item) = reply { Some(item.value.id) } else { None };
                if let Some(attempt) = self.attempts.get_mut(&id) {
                    attempt.connected = made;
                }
                self.step(id, Step::See, now);
            }
            _ => {
                self.attempts.remove(&id);
                self.settle(id, Ok(Settled::Accepted));
            }
        }
    }

    /// After a 5xx: either it had happened, or it goes again with a new key. Where only the server's clock could tell
    /// which, and it is not known, that is told.
    fn checked(&mut self, id: ActId, reply: Reply, date: Option<Timestamp>, now: Timestamp) {
        let Some(attempt) = self.attempts.get(&id) else { return };
        let since = attempt.since(date, now);
        let check = |company: &Company| attempt.check_company(company, since, &self.made);
        let found = match reply {
            Reply::Company(item) => {
                let found = check(&item.value);
                if found == Found::Happened {
                    return self.keep(id, *item, Cause::Own);
                }
                found
            }
            Reply::Companies(page) => {
                let mut found = Found::Nothing;
                for item in page.results {
                    match item.company().map_or(Found::Nothing, |company| check(&company)) {
                        Found::Happened => {
                            self.made.insert(item.value.id.0);
                            return self.keep(id, item, Cause::Own);
                        }
                        Found::Unclear => found = Found::Unclear,
                        Found::Nothing => {}
                    }
                }
                found
            }
            Reply::Said(_) if attempt.found_read(&reply, since) => Found::Happened,
            Reply::Said(_) | Reply::Connection(_) | Reply::Integrations(_) | Reply::Done => Found::Nothing,
        };
        match (found, attempt.met().cloned()) {
            (Found::Happened, _) => self.done(id, Reply::Done, now),
            (Found::Unclear, Some(failure)) => self.fail(id, ActError::Failed(failure)),
            (Found::Unclear, None) | (Found::Nothing, _) => {
                let key = self.jitter.key();
                if let Some(attempt) = self.attempts.get_mut(&id) {
                    attempt.renew(key, now);
                }
            }
        }
    }

    /// The company that an act changed, as it is now.
    fn seen(&mut self, id: ActId, reply: Reply) {
        if let Reply::Company(item) = reply {
            self.keep(id, *item, Cause::Own);
        }
    }

    /// The act was done, and what it made of the company could not be seen: the next sweep shows it.
    fn settle_unseen(&mut self, id: ActId) {
        let Some(attempt) = self.attempts.remove(&id) else { return };
        let settled = attempt.connected.map_or(Settled::Accepted, Settled::Connection);
        self.settle(id, Ok(settled));
    }

    /// Never read, no such data, not supported: what was said in place of an answer is one.
    fn keep_refusal(&mut self, id: ActId, failure: &Failure) {
        let definite = matches!(
            failure.kind,
            FailureKind::NotFound
                | FailureKind::Conflict
                | FailureKind::Invalid
                | FailureKind::Forbidden
                | FailureKind::PaymentRequired
        );
        let Some(Attempt { act: Act::Fetch(topic), .. }) = self.attempts.get(&id) else { return };
        if definite {
            let keep = StoreTask::Keep(topic.clone(), Err(Box::new(failure.clone())));
            self.effects.push(Effect::Store(Ticket::Aside, keep));
        }
    }

    /// A connection that was looked for is gone: the store is told before whoever asked.
    fn keep_gone(&mut self, id: ActId, failure: &codat::Failure) {
        let Some(Attempt { act: Act::LookAtConnection(company, connection), .. }) = self.attempts.get(&id)
        else {
            return;
        };
        if failure.kind == FailureKind::NotFound {
            let remove = StoreTask::RemoveConnection(*company, *connection, Cause::Look);
            self.effects.push(Effect::Store(Ticket::Look, remove));
        }
    }

    fn keep(&mut self, id: ActId, item: impl Into<Item<Listed>>, cause: Cause) {
        let item = item.into();
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.made = Some(item.value.id);
        }
        self.apply(Ticket::Act(id), vec![item], cause);
    }

    /// What an act was answered is in the store, or could not be kept.
    pub(super) fn act_stored(&mut self, id: ActId, outcome: Result<Stored, String>, now: Timestamp) {
        let applied = match outcome {
            Ok(Stored::Applied(applied)) => applied,
            Ok(Stored::Done) => {
                self.attempts.remove(&id);
                return self.settle(id, Ok(Settled::Accepted));
            }
            Ok(
                Stored::Missing(_)
                | Stored::Alerts(_)
                | Stored::Warned(_)
                | Stored::Run(_)
                | Stored::Runs(_)
                | Stored::RunMoved(_)
                | Stored::QueuedSettled { .. }
                | Stored::RunEnded(_)
                | Stored::Standings(_)
                | Stored::Consents(_)
                | Stored::Idle { .. },
            ) => return,
            Err(message) => return self.not_recorded(id, message, now),
        };
        self.applied(applied, now);
        let Some(attempt) = self.attempts.remove(&id) else { return };
        match attempt.act {
            Act::Delete { company, name } => {
                self.effects.push(Effect::Signal(Signal::Deleted { company, name }));
            }
            Act::Update(company, _) | Act::Look(company) | Act::Refresh(company) | Act::Undo(company) => {
                self.settle(id, Ok(Settled::Company(company)));
            }
            Act::AddConnection(company, _) => {
                let settled = attempt.connected.map_or(Settled::Company(company), Settled::Connection);
                self.settle(id, Ok(settled));
            }
            Act::Unlink(company, _)
            | Act::DeleteConnection(company, _)
            | Act::RefreshType { company, .. } => self.settle(id, Ok(Settled::Company(company))),
            Act::Create(_)
            | Act::SetSyncSettings(..)
            | Act::Fetch(_)
            | Act::LookAtConnection(..)
            | Act::RunSchedule(_)
            | Act::Pass(_)
            | Act::Sweep => {
                self.settle(id, Ok(attempt.made.map_or(Settled::Accepted, Settled::Company)));
            }
        }
    }

    /// What the server did could not be taken down: that is no failure of the act, and the next sweep shows it.
    fn not_recorded(&mut self, id: ActId, message: String, now: Timestamp) {
        let Some(attempt) = self.attempts.get(&id) else { return };
        if matches!(attempt.act, Act::Fetch(_) | Act::Look(_) | Act::LookAtConnection(..)) {
            return self.fail(id, ActError::Store(message));
        }
        let attempt = self.attempts.remove(&id);
        self.next_sweep = now;
        if let Some(Attempt { act: Act::Delete { name, .. }, .. }) = attempt {
            let message = format!("{name} is deleted at Codat. The list shows it after the next check.");
            return self.say(Tone::Warning, message);
        }
        self.settle(id, Ok(Settled::Unrecorded(message)));
    }

    /// Tells that an act failed. A delete was settled when it was put off; its failure is news.
    pub(super) fn fail(&mut self, id: ActId, error: ActError) {
        let Some(attempt) = self.attempts.remove(&id) else { return };
        if let Act::Delete { company, name } = attempt.act {
            self.effects.push(Effect::Signal(Signal::DeleteFailed { company, name, error }));
            return;
        }
        if let Act::Unlink(_, connection) = attempt.act {
            self.alerts.unlinks_not(connection);
        }
        self.settle(id, Err(error));
    }

    pub(super) fn settle(&mut self, id: ActId, result: Result<Settled, ActError>) {
        self.effects.push(Effect::Settle(id, result));
    }

    /// Follows the reads of a company from now on.
    fn watch(&mut self, company: CompanyId, whole: bool, now: Timestamp) {
        let known = self.watches.iter().any(|other| other.company == company && other.is_reading());
        self.watches.retain(|other| other.company != company);
        self.watches.push(Watch::of_refresh(company, whole || known, now));
    }

    /// A window shows this company, or none: reads that run there are followed closely.
    pub(super) fn set_shown(&mut self, company: Option<CompanyId>, now: Timestamp) {
        let seen = self.on_screen();
        self.shown = company;
        // A page says again what it shows whenever it is in doubt: that asks for nothing.
        if self.on_screen() != seen {
            self.follow_shown(now);
        }
    }

    /// What a window shows is followed only while somebody can see that window.
    pub(super) fn follow_shown(&mut self, now: Timestamp) {
        let company = self.on_screen();
        self.watches.retain(|watch| watch.running > 0 || company == Some(watch.company));
        let Some(company) = company else { return };
        if let Some(watch) = self.watches.iter_mut().find(|watch| watch.company == company) {
            watch.look_at = watch.look_at.min(now);
        } else {
            self.watches.push(Watch::of_screen(company, now));
        }
    }

    pub(super) fn look_at_due_reads(&mut self, now: Timestamp) {
        let on_screen = self.on_screen();
        self.watches.retain(|watch| !watch.is_over(now) || on_screen == Some(watch.company));
        let due: Vec<_> = self
            .watches
            .iter_mut()
            .filter(|watch| watch.look_at <= now)
            .map(|watch| {
                watch.put_off(now, on_screen == Some(watch.company));
                (watch.company, watch.request())
            })
            .collect();
        for (company, request) in due {
            let purpose = Purpose::Reads(company);
            let under_way = self.in_flight.values().any(|(other, _)| *other == purpose);
            if !under_way && !self.outbox.has(&purpose) {
                self.outbox.push(purpose, Call::Topic(Topic::Reads(company, request)));
            }
        }
    }

    pub(super) fn reads(&mut self, company: CompanyId, outcome: Outcome, now: Timestamp) {
        let Ok((Reply::Said(said), _)) = outcome else { return };
        let on_screen = self.on_screen() == Some(company);
        let Some(watch) = self.watches.iter_mut().find(|watch| watch.company == company) else { return };
        let ran = watch.running;
        let more = watch.read(&reads_of(&said), now, on_screen);
        let ended = watch.running < ran;
        let request = watch.request();
        let keep = StoreTask::Keep(Topic::Reads(company, request), Ok(said));
        self.effects.push(Effect::Store(Ticket::Aside, keep));
        if !more && !on_screen {
            self.watches.retain(|watch| watch.company != company);
        }
        if ended && !more {
            self.outbox.push(Purpose::AfterRefresh, Call::Company(company));
        }
    }

    pub(super) fn after_refresh(&mut self, outcome: Outcome, asked: Timestamp, now: Timestamp) {
        if let Ok((Reply::Company(item), _)) = outcome {
            let item = Item::from(*item);
            self.alerts.seen_again([&item], asked, now);
            self.apply_aside(item);
        }
    }
}
