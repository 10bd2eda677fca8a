//! Holds work that the safe mode forbids, and continues it once it is permitted.

use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    act::{Act, ActError, ActId, PendingDelete},
    attempt::Attempt,
    effect::{Effect, Signal},
    outbox::Purpose,
    policy::{Policy, SafeMode},
};

impl Engine {
    /// Applies a new policy.
    pub(super) fn set_policy(&mut self, policy: Policy, now: Timestamp) {
        let before = core::mem::replace(&mut self.policy, policy);
        self.expiry.look_at_once();
        if before.safe_mode == policy.safe_mode {
            return;
        }
        self.hold_schedules();
        if policy.allows(SafeMode::Administer) {
            self.give_time_to_undo(now);
        }
        if !self.deletes.is_empty() {
            self.effects.push(Effect::Signal(Signal::PendingDeletes));
        }
        let runs = self.runs.in_order().into_iter();
        self.effects.extend(runs.map(|run| Effect::Signal(Signal::Run(run))));
    }

    /// Whether refreshes are permitted.
    pub(super) fn may_refresh(&self) -> bool {
        self.policy.allows(SafeMode::Operate)
    }

    /// When the next pending delete is sent; none while deletes are held.
    pub(super) fn next_delete(&self) -> Option<Timestamp> {
        let all = self.deletes.values().map(|(_, delete)| delete.sends_at);
        all.min().filter(|_| self.policy.allows(SafeMode::Administer))
    }

    /// Handles a queued request that the policy forbids.
    pub(super) fn hold_back(&mut self, purpose: Purpose, now: Timestamp) {
        match purpose {
            Purpose::Act(id, ..) => self.hold_act(id, now),
            Purpose::Item { run, item, step, .. } => {
                let live = self.runs.get_mut(run);
                if let Some(asked) = live.and_then(|live| live.asked.get_mut(&item)) {
                    asked.attempt.wait(step, now);
                }
            }
            // Read requests, which every mode permits.
            Purpose::SweepPage(..)
            | Purpose::Gone(_)
            | Purpose::ConnectionGone(..)
            | Purpose::SecondLook(_)
            | Purpose::AfterRefresh
            | Purpose::Reads(_)
            | Purpose::Outcome { .. }
            | Purpose::Standing(..)
            | Purpose::KeyCheck
            | Purpose::Integrations => {}
        }
    }

    /// Fails an act that is forbidden. A delete that was not sent yet stays pending.
    fn hold_act(&mut self, id: ActId, now: Timestamp) {
        let met = self.attempts.get(&id).and_then(Attempt::met).cloned();
        if let Some(failure) = met {
            return self.fail(id, ActError::Failed(failure));
        }
        let Some(Attempt { act: Act::Delete { company, name }, .. }) = self.attempts.get(&id) else {
            return self.fail(id, ActError::SafeMode);
        };
        let waits = PendingDelete { company: *company, name: name.clone(), sends_at: now, is_held: true };
        self.attempts.remove(&id);
        self.deletes.insert(waits.company, (id, waits));
        self.effects.push(Effect::Signal(Signal::PendingDeletes));
    }

    /// Restarts the undo time of deletes that became due while they were held.
    fn give_time_to_undo(&mut self, now: Timestamp) {
        let wait = SignedDuration::from_secs(self.config.undo_secs);
        let soonest = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        for (_, delete) in self.deletes.values_mut().filter(|(_, delete)| delete.sends_at <= now) {
            delete.sends_at = soonest;
        }
    }

    /// Cancels the preparation of a schedule, unless its run is being saved. The schedule stays due.
    fn hold_schedules(&mut self) {
        if self.may_refresh() {
            return;
        }
        for act in self.scheduling.give_up() {
            self.settle(act, Err(ActError::SafeMode));
        }
    }
}
