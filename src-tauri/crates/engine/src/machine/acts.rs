//! Handles acts of the user.

use codat::{Company, CompanyId, Failure, FailureKind, Item, Listed, Topic, error::RetryAfter};
use domain::{Cause, PendingDelete, SafeMode, Severity};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    acts::{Act, ActError, DeleteCompany, ReadAct, Settled, Success, WriteAct},
    call::{Call, Outcome, Reply},
    effect::{Effect, Signal, StoreTask},
    event::StoreReply,
    ids::{ActId, Ticket},
    pending_act::{CheckResult, NextStep, PendingAct, SentAct, Step, parse_history},
    request_queue::RequestKind,
    time::after,
    watch::Watch,
};

impl Engine {
    pub(super) fn on_act(&mut self, id: ActId, act: Act, now: Timestamp) {
        match act {
            Act::Sweep => {
                match self.sweep_for_user(now) {
                    Some(error) => self.settle(id, Err(error)),
                    // The caller waits to learn whether the key is still rejected.
                    None if self.connectivity.rejection.is_some() => self.key_check_acts.push(id),
                    None => self.settle(id, Ok(Settled::Accepted)),
                }
            }
            Act::RunSchedule(schedule) => self.run_schedule(id, schedule),
            Act::ReserveRequest(needs) => self.permits.push_back((id, needs)),
            Act::Undo(company) => {
                let undone = self.deletes.remove(&company).is_some();
                self.effects.push(Effect::Signal(Signal::PendingDeletes));
                self.settle(id, Ok(Settled::Undone(undone)));
            }
            Act::Write(WriteAct::DeleteCompany(delete)) => self.schedule_delete(id, delete, now),
            Act::Write(act) => self.begin_act(id, SentAct::Write(act), now),
            Act::Read(act) => self.begin_act(id, SentAct::Read(act), now),
        }
    }

    fn begin_act(&mut self, id: ActId, act: SentAct, now: Timestamp) {
        if self.is_refresh_running(&act) {
            return self.settle(id, Ok(Settled::Running));
        }
        if let Some(connection) = act.write().and_then(|act| act.unlinks()) {
            self.alerts.unlink_started(connection, now);
        }
        let pending_act = PendingAct::new(act, self.jitter.key(), now);
        self.pending_acts.insert(id, pending_act);
        self.queue_step(id, Step::Send, now);
    }

    fn is_refresh_running(&self, act: &SentAct) -> bool {
        let SentAct::Write(WriteAct::RefreshCompany(refresh)) = act else { return false };
        self.pending_acts.values().any(|pending_act| pending_act.act == *act)
            || self.watches.iter().any(|watch| watch.company == refresh.company && watch.is_reading())
    }

    fn queue_step(&mut self, id: ActId, step: Step, now: Timestamp) {
        let Some(pending_act) = self.pending_acts.get_mut(&id) else { return };
        pending_act.scheduled = None;
        if core::mem::take(&mut pending_act.needs_new_key) {
            pending_act.retry_with_new_key(self.jitter.key(), now);
            pending_act.scheduled = None;
        }
        if let Some(call) = pending_act.call(step) {
            let kind = RequestKind::Act(id, step, pending_act.act.priority());
            self.queue.push(kind, call);
        }
    }

    pub(super) fn resume_due_acts(&mut self, now: Timestamp) {
        let due: Vec<_> = self
            .pending_acts
            .iter()
            .filter_map(|(id, pending_act)| {
                pending_act.scheduled.filter(|(_, at)| *at <= now).map(|(step, _)| (*id, step))
            })
            .collect();
        for (id, step) in due {
            self.queue_step(id, step, now);
        }
    }

    fn schedule_delete(&mut self, id: ActId, delete: DeleteCompany, now: Timestamp) {
        let DeleteCompany { company, name } = delete;
        let wait = SignedDuration::from_secs(self.config.undo_secs);
        let sends_at = after(now, wait);
        let is_held = !self.policy.allows(SafeMode::Administer);
        let fresh = PendingDelete { company, name, sends_at, is_held };
        // A second request for the same delete does not delay it.
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
            let act = DeleteCompany { company, name: delete.name };
            self.begin_act(id, SentAct::Write(act.into()), now);
        }
    }

    pub(super) fn on_act_answer(&mut self, id: ActId, step: Step, outcome: Outcome, now: Timestamp) {
        match (step, outcome) {
            (Step::Send, Ok((reply, _))) => self.on_act_done(id, reply, now),
            (Step::Check, Ok((reply, meta))) => self.on_act_checked(id, reply, meta.date, now),
            (Step::ReadBack, Ok((reply, _))) => self.on_read_back(id, reply),
            (_, Err(failure)) if failure.is_already_running() => {
                self.pending_acts.remove(&id);
                self.settle(id, Ok(Settled::Running));
            }
            (step, Err(failure)) => {
                self.store_read_failure(id, &failure);
                if failure.kind == FailureKind::Unauthorized {
                    self.on_connectivity_failure(&failure, now);
                }
                // An absolute time stays correct, whenever the user reads it.
                let retry_after = failure.retry_after.map(|after| RetryAfter::At(after.instant(now)));
                let failure = Failure { retry_after, ..failure };
                let Some(pending_act) = self.pending_acts.get_mut(&id) else { return };
                match pending_act.on_failure(step, failure, &mut self.jitter, now) {
                    NextStep::Wait(..) => {}
                    // The act is done. Only the read of the changed company failed.
                    NextStep::Fail(_) if step == Step::ReadBack => self.settle_without_read_back(id),
                    NextStep::Fail(failure) => self.fail_act(id, ActError::Failed(failure)),
                    NextStep::Done => self.on_act_done(id, Reply::Done, now),
                }
            }
        }
    }

    /// The server completed the act: the response is stored like any other.
    fn on_act_done(&mut self, id: ActId, reply: Reply, now: Timestamp) {
        let Some(pending_act) = self.pending_acts.get_mut(&id) else { return };
        let act = match &pending_act.act {
            SentAct::Write(act) => act.definition(),
            SentAct::Read(act) => {
                return match (act, reply) {
                    (ReadAct::Topic(topic), Reply::Topic(raw)) => {
                        let save = StoreTask::SaveTopic(topic.clone(), Ok(raw));
                        self.effects.push(Effect::Store(Ticket::Act(id), save));
                    }
                    (_, Reply::Company(item)) => self.apply_act_result(id, *item, Cause::Read),
                    _ => self.settle_without_result(id),
                };
            }
        };
        let unlinked = act.unlinks();
        match act.on_success(reply) {
            Success::Done => self.settle_without_result(id),
            Success::Created(item) => {
                self.made.insert(item.value.id.0);
                self.apply_act_result(id, *item, Cause::Own);
            }
            Success::Changed(item) => self.apply_act_result(id, *item, Cause::Own),
            Success::CompanyRemoved(company) => {
                self.drop_company_alerts(company);
                let remove = StoreTask::RemoveCompany(company, Cause::Own);
                self.effects.push(Effect::Store(Ticket::Act(id), remove));
            }
            Success::ReadsQueued { company, all } => {
                self.start_watch(company, all, now);
                self.settle_without_result(id);
            }
            Success::ReadBack { created, removed } => {
                pending_act.connection = created;
                self.made.extend(created.map(|created| created.0));
                if let (Some(company), Some(connection)) = (act.company(), removed) {
                    let remove = StoreTask::RemoveConnection(company, connection, Cause::Own);
                    self.effects.push(Effect::Store(Ticket::Untracked, remove));
                }
                if let Some(connection) = unlinked {
                    self.alerts.unlink_started(connection, now);
                }
                self.queue_step(id, Step::ReadBack, now);
            }
        }
    }

    fn settle_without_result(&mut self, id: ActId) {
        self.pending_acts.remove(&id);
        self.settle(id, Ok(Settled::Accepted));
    }

    /// After a 5xx the act was either done, or is sent again with a new key. If only the server's clock could
    /// tell, and it is unknown, the act fails.
    fn on_act_checked(&mut self, id: ActId, reply: Reply, date: Option<Timestamp>, now: Timestamp) {
        let Some(pending_act) = self.pending_acts.get(&id) else { return };
        let since = pending_act.created_since(date, now, &self.made);
        let check = |company: &Company| pending_act.check_company(company, &since);
        let found = match reply {
            Reply::Company(item) => {
                let found = check(&item.value);
                if found == CheckResult::Happened {
                    return self.apply_act_result(id, *item, Cause::Own);
                }
                found
            }
            Reply::Companies(page) => {
                let mut found = CheckResult::NotHappened;
                for item in page.results {
                    match item.company().map_or(CheckResult::NotHappened, |company| check(&company)) {
                        CheckResult::Happened => {
                            self.made.insert(item.value.id.0);
                            return self.apply_act_result(id, item, Cause::Own);
                        }
                        CheckResult::Unclear => found = CheckResult::Unclear,
                        CheckResult::NotHappened => {}
                    }
                }
                found
            }
            Reply::Topic(_) if pending_act.history_contains(&reply, since.at) => CheckResult::Happened,
            Reply::Topic(_) | Reply::Connection(_) | Reply::Integrations(_) | Reply::Done => {
                CheckResult::NotHappened
            }
        };
        match (found, pending_act.failure().cloned()) {
            (CheckResult::Happened, _) => self.on_act_done(id, Reply::Done, now),
            (CheckResult::Unclear, Some(failure)) => self.fail_act(id, ActError::Failed(failure)),
            (CheckResult::Unclear, None) | (CheckResult::NotHappened, _) => {
                let key = self.jitter.key();
                if let Some(pending_act) = self.pending_acts.get_mut(&id) {
                    pending_act.retry_with_new_key(key, now);
                }
            }
        }
    }

    /// The changed company was read.
    fn on_read_back(&mut self, id: ActId, reply: Reply) {
        if let Reply::Company(item) = reply {
            self.apply_act_result(id, *item, Cause::Own);
        }
    }

    /// The act is done, but the changed company could not be read. The next sweep shows it.
    fn settle_without_read_back(&mut self, id: ActId) {
        let Some(pending_act) = self.pending_acts.remove(&id) else { return };
        let settled = pending_act.connection.map_or(Settled::Accepted, Settled::Connection);
        self.settle(id, Ok(settled));
    }

    fn store_read_failure(&mut self, id: ActId, failure: &Failure) {
        let Some(PendingAct { act: SentAct::Read(act), .. }) = self.pending_acts.get(&id) else { return };
        if let Some((ticket, task)) = act.on_failure(failure) {
            self.effects.push(Effect::Store(ticket, task));
        }
    }

    fn apply_act_result(&mut self, id: ActId, item: impl Into<Item<Listed>>, cause: Cause) {
        let item = item.into();
        if let Some(pending_act) = self.pending_acts.get_mut(&id) {
            pending_act.company = Some(item.value.id);
        }
        self.apply(Ticket::Act(id), vec![item], cause);
    }

    /// The response of an act is stored, or the store failed.
    pub(super) fn on_act_stored(&mut self, id: ActId, outcome: Result<StoreReply, String>, now: Timestamp) {
        let applied = match outcome {
            Ok(StoreReply::Applied(applied)) => applied,
            Ok(StoreReply::Done) => {
                self.pending_acts.remove(&id);
                return self.settle(id, Ok(Settled::Accepted));
            }
            Ok(
                StoreReply::Missing(_)
                | StoreReply::Alerts { .. }
                | StoreReply::Warned(_)
                | StoreReply::Run(_)
                | StoreReply::Runs(_)
                | StoreReply::RunMoved(_)
                | StoreReply::QueuedChecked { .. }
                | StoreReply::RunEnded(_)
                | StoreReply::ReadHistories(_)
                | StoreReply::Consents(_)
                | StoreReply::SnoozesEnded(_)
                | StoreReply::OpenAlerts(_)
                | StoreReply::Idle { .. },
            ) => return,
            Err(message) => return self.on_act_not_stored(id, message, now),
        };
        self.on_applied(applied, now);
        let Some(pending_act) = self.pending_acts.remove(&id) else { return };
        if let Some(DeleteCompany { company, name }) = pending_act.act.delete() {
            let deleted = Signal::Deleted { company: *company, name: name.clone() };
            return self.effects.push(Effect::Signal(deleted));
        }
        let company = pending_act.act.write().and_then(|act| act.company()).or(pending_act.company);
        let settled = match pending_act.connection {
            Some(connection) => Settled::Connection(connection),
            None => company.map_or(Settled::Accepted, Settled::Company),
        };
        self.settle(id, Ok(settled));
    }

    /// The server completed the act, but the store failed. The act does not fail, and the next sweep shows
    /// the result.
    fn on_act_not_stored(&mut self, id: ActId, message: String, now: Timestamp) {
        let Some(pending_act) = self.pending_acts.get(&id) else { return };
        if matches!(pending_act.act, SentAct::Read(_)) {
            return self.fail_act(id, ActError::Store(message));
        }
        let pending_act = self.pending_acts.remove(&id);
        self.next_sweep = now;
        if let Some(DeleteCompany { name, .. }) = pending_act.as_ref().and_then(|it| it.act.delete()) {
            let message = format!("Codat deleted {name}. The list updates at the next check.");
            return self.notice(Severity::Warning, message);
        }
        self.settle(id, Ok(Settled::Unrecorded(message)));
    }

    /// Reports a failed act. A delete was settled when it was scheduled, so its failure is a signal.
    pub(super) fn fail_act(&mut self, id: ActId, error: ActError) {
        let Some(pending_act) = self.pending_acts.remove(&id) else { return };
        if let Some(DeleteCompany { company, name }) = pending_act.act.delete() {
            let failed = Signal::DeleteFailed { company: *company, name: name.clone(), error };
            return self.effects.push(Effect::Signal(failed));
        }
        if let Some(connection) = pending_act.act.write().and_then(|act| act.unlinks()) {
            self.alerts.unlink_failed(connection);
        }
        self.settle(id, Err(error));
    }

    pub(super) fn settle(&mut self, id: ActId, result: Result<Settled, ActError>) {
        self.effects.push(Effect::Settle(id, result));
    }

    fn start_watch(&mut self, company: CompanyId, whole: bool, now: Timestamp) {
        let known = self.watches.iter().any(|other| other.company == company && other.is_reading());
        self.watches.retain(|other| other.company != company);
        self.watches.push(Watch::for_refresh(company, whole || known, now));
    }

    /// A window shows this company, or none.
    pub(super) fn set_shown(&mut self, company: Option<CompanyId>, now: Timestamp) {
        let seen = self.on_screen();
        self.shown = company;
        // A page repeats this event when in doubt. A repeated event must not send a request.
        if self.on_screen() != seen {
            self.watch_shown(now);
        }
    }

    /// Watches the shown company only while its window is visible.
    pub(super) fn watch_shown(&mut self, now: Timestamp) {
        let company = self.on_screen();
        self.watches.retain(|watch| watch.running > 0 || company == Some(watch.company));
        let Some(company) = company else { return };
        if let Some(watch) = self.watches.iter_mut().find(|watch| watch.company == company) {
            watch.next_poll = watch.next_poll.min(now);
        } else {
            self.watches.push(Watch::for_screen(company, now));
        }
    }

    pub(super) fn poll_due_watches(&mut self, now: Timestamp) {
        let on_screen = self.on_screen();
        self.watches.retain(|watch| !watch.has_expired(now) || on_screen == Some(watch.company));
        let due: Vec<_> = self
            .watches
            .iter_mut()
            .filter(|watch| watch.next_poll <= now)
            .map(|watch| {
                watch.schedule_next_poll(now, on_screen == Some(watch.company));
                (watch.company, watch.request())
            })
            .collect();
        for (company, request) in due {
            let kind = RequestKind::RefreshProgress(company);
            let under_way = self.in_flight.values().any(|(other, _)| *other == kind);
            if !under_way && !self.queue.contains(&kind) {
                self.queue.push(kind, Call::Topic(Topic::Reads(company, request)));
            }
        }
    }

    pub(super) fn on_refresh_progress(&mut self, company: CompanyId, outcome: Outcome, now: Timestamp) {
        let Ok((Reply::Topic(raw), _)) = outcome else { return };
        let on_screen = self.on_screen() == Some(company);
        let Some(watch) = self.watches.iter_mut().find(|watch| watch.company == company) else { return };
        let ran = watch.running;
        let more = watch.on_history(&parse_history(&raw), now, on_screen);
        let ended = watch.running < ran;
        let request = watch.request();
        let keep = StoreTask::SaveTopic(Topic::Reads(company, request), Ok(raw));
        self.effects.push(Effect::Store(Ticket::Untracked, keep));
        if !more && !on_screen {
            self.watches.retain(|watch| watch.company != company);
        }
        if ended && !more {
            self.queue.push(RequestKind::AfterRefresh, Call::Company(company));
        }
    }

    pub(super) fn on_after_refresh(&mut self, outcome: Outcome, sent_at: Timestamp, now: Timestamp) {
        if let Ok((Reply::Company(item), _)) = outcome {
            let item = Item::from(*item);
            self.alerts.on_second_read([&item], sent_at, now);
            self.apply_read(item);
        }
    }
}
