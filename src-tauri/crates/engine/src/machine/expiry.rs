//! Checks what expires: warns of consents, and keeps idle clocks from expiring.

use domain::{EndingConsent, IdleConnection, KeepAliveMode, Severity};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    alerts::alert_delivery::AlertContent,
    effect::{Effect, StoreTask},
    event::StoreReply,
    expiry::{consent_warning, keep_alive},
    ids::Ticket,
};

/// The time between two checks, shorter than the margin of a warning.
const CHECK_INTERVAL: SignedDuration = SignedDuration::from_hours(4);
/// The maximum age of the data: the longest time between two sweeps, with a margin.
const MAX_SWEEP_AGE: SignedDuration = SignedDuration::from_hours(26);

impl Engine {
    pub(super) fn set_keep_alive(&mut self, mode: KeepAliveMode) {
        self.expiry.mode = mode;
        self.expiry.check_now();
    }

    pub(super) fn check_expiry(&mut self, now: Timestamp) {
        if !self.expiry_check_is_due(now) {
            return;
        }
        self.expiry.next_check = now.checked_add(CHECK_INTERVAL).ok();
        let consents = StoreTask::ConsentsDue { limit: consent_warning::BATCH };
        self.effects.push(Effect::Store(Ticket::Consents, consents));
        let may_read = !self.policy.paused && self.connectivity.rejection.is_none();
        match self.expiry.mode {
            KeepAliveMode::Off => {}
            KeepAliveMode::Ask | KeepAliveMode::On => {
                if may_read {
                    let idle = StoreTask::IdleDue { limit: keep_alive::BATCH };
                    self.effects.push(Effect::Store(Ticket::KeepAlive, idle));
                }
            }
        }
    }

    pub(super) fn next_expiry_check(&self, now: Timestamp) -> Option<Timestamp> {
        self.expiry.next_check.filter(|at| *at > now && self.saved.baseline && self.sweep.is_none())
    }

    /// Requires recent data. After a long sleep the sweep comes first.
    fn expiry_check_is_due(&self, now: Timestamp) -> bool {
        let is_fresh = self.saved.last_sweep.is_some_and(|at| now.duration_since(at) <= MAX_SWEEP_AGE);
        let is_due = self.expiry.next_check.is_none_or(|at| at <= now);
        self.saved.baseline && is_fresh && is_due && self.sweep.is_none()
    }

    pub(super) fn on_consents_due(&mut self, due: Vec<EndingConsent>, now: Timestamp) {
        if due.is_empty() || !self.expiry.storing_warnings.is_empty() {
            return;
        }
        self.expiry.storing_warnings = consent_warning::decide(due, now);
        let keep = StoreTask::Warn(self.expiry.storing_warnings.clone());
        self.effects.push(Effect::Store(Ticket::Warnings, keep));
    }

    /// The warnings are stored with these IDs; none if they were stored before.
    pub(super) fn on_warnings_stored(&mut self, numbers: Vec<i64>, now: Timestamp) {
        let warnings = core::mem::take(&mut self.expiry.storing_warnings);
        // A full batch means that more may be due.
        self.expiry.next_check =
            self.expiry.next_check.filter(|_| warnings.len() < consent_warning::BATCH as usize);
        let consents = warnings.into_iter().filter(|it| it.notify).map(|it| it.consent);
        for (number, ending) in numbers.into_iter().zip(consents) {
            self.delivery.add(number, AlertContent::ConsentEnd(ending), now, now);
        }
    }

    /// The warnings were not stored. The next check finds them again.
    pub(super) fn on_warnings_error(&mut self) {
        self.expiry.storing_warnings.clear();
    }

    /// Connections whose idle clock is due for a read, of `total` in all.
    pub(super) fn on_idle_due(&mut self, idle: Vec<IdleConnection>, total: u32, now: Timestamp) {
        if idle.is_empty() || self.expiry.is_storing_reads {
            return;
        }
        match self.expiry.mode {
            KeepAliveMode::Off => {}
            KeepAliveMode::Ask => self.ask_user_about_idle(total, now),
            KeepAliveMode::On => {
                self.expiry.is_storing_reads = true;
                let reads = keep_alive::plan(idle, now);
                let run = keep_alive::run(&reads, now);
                self.effects.push(Effect::Store(Ticket::KeepAlive, StoreTask::KeepAlive(reads, run)));
            }
        }
    }

    /// The reads are stored, with the run that sends them.
    pub(super) fn on_keep_alive_stored(&mut self, outcome: StoreReply, now: Timestamp) {
        self.expiry.is_storing_reads = false;
        if let StoreReply::Run(run) = outcome {
            self.on_run_begun(run, now);
        }
    }

    /// The reads were not stored. The next check finds them again.
    pub(super) fn on_keep_alive_error(&mut self, message: String) {
        self.expiry.is_storing_reads = false;
        self.notice(Severity::Error, message);
    }

    /// Saves first, then shows the question: it appears at most once, even after a crash.
    fn ask_user_about_idle(&mut self, connections: u32, now: Timestamp) {
        if keep_alive::may_ask_user(self.saved.asked_at, now) {
            self.saved.asked_at = Some(now);
            self.save_state(now);
            self.delivery.add_notice(keep_alive::question(connections));
        }
    }
}
