//! Holds work that the safe mode forbids, and continues it once it is permitted.

use domain::{PendingDelete, RunId, SafeMode};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    acts::ActError,
    effect::{Effect, Signal},
    ids::ActId,
    pending_act::PendingAct,
    policy::Policy,
    request_queue::RequestKind,
    time::after,
};

impl Engine {
    /// Applies a new policy.
    pub(super) fn set_policy(&mut self, policy: Policy, now: Timestamp) {
        let before = core::mem::replace(&mut self.policy, policy);
        self.expiry.check_now();
        if before.safe_mode == policy.safe_mode {
            return;
        }
        self.cancel_pending_schedules();
        if policy.allows(SafeMode::Administer) {
            self.restart_undo_time(now);
            self.runs.restart_countdowns(SignedDuration::from_secs(self.config.undo_secs), now);
        }
        if !self.deletes.is_empty() {
            self.effects.push(Effect::Signal(Signal::PendingDeletes));
        }
        let runs = self.runs.in_order().into_iter();
        self.effects.extend(runs.map(|run| Effect::Signal(Signal::Run(run))));
    }

    /// Ends the user's pause at its time.
    pub(super) fn end_due_pause(&mut self, now: Timestamp) {
        if self.pause_end.is_some_and(|end| end <= now) {
            self.pause_end = None;
            self.set_policy(Policy { paused: false, ..self.policy }, now);
        }
    }

    /// Whether refreshes are permitted.
    pub(super) fn may_refresh(&self) -> bool {
        self.policy.allows(SafeMode::Operate)
    }

    /// Whether what this run does is permitted.
    pub(super) fn may_run(&mut self, run: RunId) -> bool {
        let needs = self.runs.get_mut(run).map(|active| active.run.act.required_mode());
        needs.is_some_and(|needs| self.policy.allows(needs))
    }

    /// When the next pending delete is sent; none while deletes are held.
    pub(super) fn next_delete(&self) -> Option<Timestamp> {
        let all = self.deletes.values().map(|(_, delete)| delete.sends_at);
        all.min().filter(|_| self.policy.allows(SafeMode::Administer))
    }

    /// Handles a queued request that the policy forbids.
    pub(super) fn hold_request(&mut self, kind: RequestKind, now: Timestamp) {
        match kind {
            RequestKind::Act(id, ..) => self.hold_act(id, now),
            RequestKind::Item { run, item, step, .. } => {
                let active = self.runs.get_mut(run);
                if let Some(started) = active.and_then(|active| active.started.get_mut(&item)) {
                    started.pending_act.schedule(step, now);
                }
            }
            // Read requests, which every mode permits.
            RequestKind::SweepPage(..)
            | RequestKind::MissingCompany(_)
            | RequestKind::MissingConnection(..)
            | RequestKind::SecondRead(_)
            | RequestKind::AfterRefresh
            | RequestKind::RefreshProgress(_)
            | RequestKind::ItemHistory { .. }
            | RequestKind::DataStatus(..)
            | RequestKind::KeyCheck
            | RequestKind::Integrations => {}
        }
    }

    /// Fails an act that is forbidden. A delete that was not sent yet stays pending.
    fn hold_act(&mut self, id: ActId, now: Timestamp) {
        let failure = self.pending_acts.get(&id).and_then(PendingAct::failure).cloned();
        if let Some(failure) = failure {
            return self.fail_act(id, ActError::Failed(failure));
        }
        let Some(delete) = self.pending_acts.get(&id).and_then(|pending_act| pending_act.act.delete()) else {
            return self.fail_act(id, ActError::SafeMode);
        };
        let (company, name) = (delete.company, delete.name.clone());
        let delete = PendingDelete { company, name, sends_at: now, is_held: true };
        self.pending_acts.remove(&id);
        self.deletes.insert(delete.company, (id, delete));
        self.effects.push(Effect::Signal(Signal::PendingDeletes));
    }

    /// Restarts the undo time of deletes that became due while they were held.
    fn restart_undo_time(&mut self, now: Timestamp) {
        let wait = SignedDuration::from_secs(self.config.undo_secs);
        let soonest = after(now, wait);
        for (_, delete) in self.deletes.values_mut().filter(|(_, delete)| delete.sends_at <= now) {
            delete.sends_at = soonest;
        }
    }

    /// Cancels the preparation of a schedule, unless its run is being saved. The schedule stays due.
    fn cancel_pending_schedules(&mut self) {
        if self.may_refresh() {
            return;
        }
        for act in self.schedules.cancel_pending() {
            self.settle(act, Err(ActError::SafeMode));
        }
    }
}
