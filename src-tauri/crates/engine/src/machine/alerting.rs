//! Second looks, and recording what is told.

use codat::{CompanyId, FailureKind, Item};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    alerts::{self, SecondLook},
    effect::{Call, Effect, StoreTask, Ticket},
    endings,
    event::{Outcome, Reply, Unfinished},
    outbox::Purpose,
};

/// How soon a second look that failed is tried again.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);

impl Engine {
    /// The engine begins: what an earlier one did not come to is decided, and what it did not show is shown.
    pub(super) fn started(&mut self, unfinished: Unfinished, now: Timestamp) {
        for (connection, at) in unfinished.unlinking {
            self.alerts.unlinks(connection, at.min(now));
        }
        let (numbers, untold): (_, Vec<_>) = unfinished.untold.into_iter().unzip();
        self.effects.extend(alerts::notification(numbers, &untold).map(Effect::Notify));
        let (numbers, unwarned): (_, Vec<_>) = unfinished.unwarned.into_iter().unzip();
        self.effects.extend(endings::notification(numbers, &unwarned, now).map(Effect::Notify));
        let mut undecided = unfinished.undecided;
        // Seen in a future that is none: the clock was set back since.
        undecided.iter_mut().for_each(|change| change.at = change.at.min(now));
        self.alerts.note(undecided, self.saved.baseline, self.second_look_wait());
        self.read_runs();
    }

    pub(super) fn look_again_at_what_turned(&mut self, now: Timestamp) {
        let due = self.alerts.look_at.is_some_and(|at| at <= now);
        if !due || self.sweep.is_some() {
            return;
        }
        match self.alerts.second_look() {
            None => {}
            Some(SecondLook::BySweep) => {
                let floor = SignedDuration::from_secs(self.config.sweep_floor_secs);
                self.next_sweep = self.next_sweep.min(now.saturating_add(floor).unwrap_or(Timestamp::MAX));
            }
            Some(SecondLook::At(companies)) => {
                for company in companies {
                    let purpose = Purpose::SecondLook(company);
                    if !self.outbox.has(&purpose) {
                        self.outbox.push(purpose, Call::Company(company));
                    }
                }
            }
        }
    }

    pub(super) fn second_look(
        &mut self,
        company: CompanyId,
        outcome: Outcome,
        asked: Timestamp,
        now: Timestamp,
    ) {
        match outcome {
            Ok((Reply::Company(item), _)) => {
                let item = Item::from(*item);
                self.alerts.seen_again([&item], asked);
                self.apply_aside(item);
            }
            Err(failure) if failure.kind == FailureKind::NotFound => self.alerts.forget(company),
            Err(failure) => {
                self.look_failed(&failure, now);
                self.alerts.look_again(now.saturating_add(AGAIN).unwrap_or(Timestamp::MAX));
            }
            Ok(_) => {}
        }
    }

    /// Everything that turned in one sweep is told together, so nothing is recorded while one runs.
    pub(super) fn record_alerts(&mut self, now: Timestamp) {
        if self.sweep.is_some() {
            return;
        }
        if let Some((cursor, alerts)) = self.alerts.take_decided(now) {
            self.effects.push(Effect::Store(Ticket::Alerts, StoreTask::Alerts { cursor, alerts }));
        }
    }
}
