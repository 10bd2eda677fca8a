//! Looking now and then at what expires: consents are warned of, idle clocks are kept from ending.

use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    effect::{Effect, StoreTask, Ticket, Tone},
    endings::{self, ConsentWarning, EndingConsent},
    event::Stored,
    keep_alive::{self, IdleConnection, KeepAliveMode},
    telling::News,
};

/// How often one looks: more often than a warning has margin.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(4);
/// What is decided from is not older than the longest time between two sweeps, and a little.
const FRESH: SignedDuration = SignedDuration::from_hours(26);

/// What expires, as far as the engine has it in hand.
#[derive(Debug, Default)]
pub(crate) struct Expiry {
    pub(crate) mode: KeepAliveMode,
    /// When to look again; nothing: at once.
    next_look: Option<Timestamp>,
    /// Warnings that are being kept.
    warning: Vec<ConsentWarning>,
    /// What is done about idle connections is being written down.
    is_keeping: bool,
}

impl Expiry {
    pub(super) fn look_at_once(&mut self) {
        self.next_look = None;
    }

    pub(super) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.next_look.iter_mut()
    }
}

impl Engine {
    /// Keep-alive is set: what is due is seen to at once.
    pub(super) fn set_keep_alive(&mut self, mode: KeepAliveMode) {
        self.expiry.mode = mode;
        self.expiry.look_at_once();
    }

    pub(super) fn look_at_expiry(&mut self, now: Timestamp) {
        if !self.looks_at_expiry(now) {
            return;
        }
        self.expiry.next_look = now.checked_add(LOOK_EVERY).ok();
        let consents = StoreTask::ConsentsDue { limit: endings::BATCH };
        self.effects.push(Effect::Store(Ticket::Consents, consents));
        let may_read = !self.policy.paused && self.reach.refused.is_none();
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

    /// When to look next.
    pub(super) fn next_look_at_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        self.expiry.next_look.filter(|at| *at > now && self.saved.baseline && self.sweep.is_none())
    }

    /// Nothing is decided from what is old: after a month of sleep the sweep comes first.
    fn looks_at_expiry(&self, now: Timestamp) -> bool {
        let fresh = self.saved.last_sweep.is_some_and(|at| now.duration_since(at) <= FRESH);
        let due = self.expiry.next_look.is_none_or(|at| at <= now);
        self.saved.baseline && fresh && due && self.sweep.is_none()
    }

    /// Consents whose warning is due.
    pub(super) fn consents_due(&mut self, due: Vec<EndingConsent>, now: Timestamp) {
        if due.is_empty() || !self.expiry.warning.is_empty() {
            return;
        }
        self.expiry.warning = endings::decide(due, now);
        let keep = StoreTask::Warn(self.expiry.warning.clone());
        self.effects.push(Effect::Store(Ticket::Warnings, keep));
    }

    /// They were kept under these numbers; none of those that had been before.
    pub(super) fn warned(&mut self, numbers: Vec<i64>, now: Timestamp) {
        let warnings = core::mem::take(&mut self.expiry.warning);
        // There may be more than one look takes.
        self.expiry.next_look = self.expiry.next_look.filter(|_| warnings.len() < endings::BATCH as usize);
        let told = warnings.into_iter().filter(|it| it.told).map(|it| it.consent);
        for (number, ending) in numbers.into_iter().zip(told) {
            self.telling.add(number, News::Ends(ending), now, now);
        }
    }

    /// They could not be kept: nobody was told, and the next look finds them again.
    pub(super) fn not_warned(&mut self) {
        self.expiry.warning.clear();
    }

    /// Connections whose idle clock is due for a read, of so many in all.
    pub(super) fn idle_due(&mut self, idle: Vec<IdleConnection>, total: u32, now: Timestamp) {
        if idle.is_empty() || self.expiry.is_keeping {
            return;
        }
        match self.expiry.mode {
            KeepAliveMode::Off => {}
            KeepAliveMode::Ask => self.ask_about_idle(total, now),
            KeepAliveMode::On => {
                self.expiry.is_keeping = true;
                let reads = keep_alive::plan(idle, now);
                let run = keep_alive::run(&reads, now);
                self.effects.push(Effect::Store(Ticket::KeepAlive, StoreTask::KeepAlive(reads, run)));
            }
        }
    }

    /// It is written down what is done about idle connections: what is to be read of them is asked for by a run.
    pub(super) fn kept_alive(&mut self, outcome: Stored, now: Timestamp) {
        self.expiry.is_keeping = false;
        if let Stored::Run(run) = outcome {
            self.run_began(run, now);
        }
    }

    /// It could not be written down, so nothing is asked for; the next look finds it again.
    pub(super) fn not_kept_alive(&mut self, message: String) {
        self.expiry.is_keeping = false;
        self.say(Tone::Error, message);
    }

    /// It is kept that a person was asked before the question is shown: not twice, whatever happens between.
    fn ask_about_idle(&mut self, connections: u32, now: Timestamp) {
        if keep_alive::may_ask(self.saved.asked_at, now) {
            self.saved.asked_at = Some(now);
            self.save(now);
            self.effects.push(Effect::Notify(keep_alive::question(connections)));
        }
    }
}
