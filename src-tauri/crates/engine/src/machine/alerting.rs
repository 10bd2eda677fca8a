//! Alerts in the engine: confirming changes by a second read, recording alerts, and showing notifications.

use std::collections::BTreeMap;

use codat::{CompanyId, ConnectionId, FailureKind, Item};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    alerts::{NewAlert, SecondLook},
    effect::{Call, Effect, Notification, StoreTask, Ticket},
    endings,
    event::{Change, Outcome, Reply, Unfinished},
    news::{self, Loss},
    outbox::Purpose,
    telling::News,
};

/// How long a second read waits for a running sweep.
const SWEEP_FIRST: SignedDuration = SignedDuration::from_secs(30);

impl Engine {
    /// Continues after a start: decides open changes and shows alerts that were not shown.
    pub(super) fn started(&mut self, unfinished: Unfinished, now: Timestamp) {
        // A time in the future comes from before a clock rollback.
        for (connection, at) in unfinished.unlinking {
            self.alerts.unlinks(connection, at.min(now));
        }
        let mut told = unfinished.told;
        told.iter_mut().for_each(|alert| alert.at = alert.at.min(now));
        self.alerts.remember(told);
        for (number, alert) in unfinished.untold {
            self.add_loss(number, alert, now);
        }
        for (number, ending) in unfinished.unwarned {
            self.telling.add(number, News::Ends(ending), now, now);
        }
        let mut undecided = unfinished.undecided;
        undecided.iter_mut().for_each(|change| change.at = change.at.min(now));
        self.note(undecided, now);
        self.read_runs();
    }

    /// Adds changes of connection colors.
    pub(super) fn note(&mut self, changes: Vec<Change>, now: Timestamp) {
        let wait = SignedDuration::from_secs(self.config.second_look_secs);
        for connection in self.alerts.note(changes, self.saved.baseline, wait, now) {
            self.healed(connection);
        }
    }

    /// Drops the pending alert of a connection that healed.
    pub(super) fn healed(&mut self, connection: ConnectionId) {
        if self.telling.heal(connection) {
            self.alerts.never_told(connection);
        }
    }

    /// Drops the pending alerts of a removed company.
    pub(super) fn forget_alerts(&mut self, company: CompanyId) {
        self.alerts.forget(company);
        self.telling.forget(company);
    }

    /// The next time for a second read, a recording or a notification.
    pub(super) fn next_alert(&self) -> Option<Timestamp> {
        let may_look = !self.policy.paused && self.reach.refused.is_none();
        let look = self.alerts.next_look().filter(|_| may_look).map(|at| self.when_to_look(at));
        let record = self.alerts.record_at().filter(|_| self.sweep.is_none() || self.alerts.has_ready());
        [look, self.alerts.next_given_up(), record, self.telling.next(self.is_finding())]
            .into_iter()
            .flatten()
            .min()
    }

    /// A running sweep can serve as the second read, so it is waited for briefly.
    fn when_to_look(&self, due: Timestamp) -> Timestamp {
        let wait = if self.sweep.is_some() { SWEEP_FIRST } else { SignedDuration::ZERO };
        due.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn look_again_at_what_turned(&mut self, now: Timestamp) {
        self.alerts.give_up(now);
        if self.alerts.next_look().is_none_or(|due| self.when_to_look(due) > now) {
            return;
        }
        match self.alerts.second_look(now) {
            None => {}
            Some(SecondLook::BySweep) => {
                let floor = SignedDuration::from_secs(self.config.sweep_floor_secs);
                self.next_sweep = self.next_sweep.min(now.saturating_add(floor).unwrap_or(Timestamp::MAX));
            }
            Some(SecondLook::At(companies)) => {
                for company in companies {
                    let purpose = Purpose::SecondLook(company);
                    let under_way = self.in_flight.values().any(|(other, _)| *other == purpose);
                    if !under_way && !self.outbox.has(&purpose) {
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
                self.alerts.seen_again([&item], asked, now);
                self.apply_aside(item);
            }
            Err(failure) if failure.kind == FailureKind::NotFound => self.forget_alerts(company),
            // This failure affects only this company, which is read again later.
            Err(failure) if matches!(failure.kind, FailureKind::Server | FailureKind::Unreadable) => {}
            Err(failure) => self.look_failed(&failure, now),
            Ok(_) => {}
        }
    }

    /// Writes nothing while a running sweep has found no alert.
    pub(super) fn record_alerts(&mut self, now: Timestamp) {
        if self.sweep.is_some() && !self.alerts.has_ready() {
            return;
        }
        if let Some(decided) = self.alerts.take_decided(now) {
            let task =
                StoreTask::Alerts { cursor: decided.cursor, passed: decided.passed, alerts: decided.alerts };
            self.effects.push(Effect::Store(Ticket::Alerts, task));
        }
    }

    /// Handles recorded alerts: their IDs by journal sequence number.
    pub(super) fn recorded(&mut self, numbers: &BTreeMap<i64, i64>, now: Timestamp) {
        for (number, alert) in self.alerts.recorded(numbers) {
            let connection = alert.connection;
            self.add_loss(number, alert, now);
            if self.alerts.series(connection).is_some_and(|series| series.is_healed) {
                self.healed(connection);
            }
        }
    }

    fn add_loss(&mut self, number: i64, alert: NewAlert, now: Timestamp) {
        let sums_up = self.alerts.sums_up_at(alert.connection).filter(|_| alert.repeats);
        self.telling.add(number, News::Lost(alert), sums_up.unwrap_or(now), now);
    }

    /// Whether pending reads may add to the next notification.
    fn is_finding(&self) -> bool {
        let is_look = |purpose: &Purpose| matches!(purpose, Purpose::SecondLook(_));
        self.sweep.is_some()
            || self.alerts.has_ready()
            || self.outbox.count(is_look) > 0
            || self.in_flight.values().any(|(purpose, _)| is_look(purpose))
    }

    /// Shows the notifications that are due.
    pub(super) fn tell(&mut self, now: Timestamp) {
        let dropped = self.telling.take_dropped();
        if !dropped.is_empty() {
            self.effects.push(Effect::Store(Ticket::Aside, StoreTask::PassOverAlerts(dropped)));
        }
        let losses = self.telling.take_losses(self.is_finding(), now);
        let losses: Vec<_> = losses
            .into_iter()
            .map(|(number, alert)| Loss { number, series: self.alerts.series(alert.connection), alert })
            .collect();
        losses.iter().for_each(|loss| self.alerts.told(loss.alert.connection, now));
        self.effects.extend(news::notification(&losses, &self.scheduling.zone).map(Effect::Notify));
        let (numbers, endings): (_, Vec<_>) = self.telling.take_endings(now).into_iter().unzip();
        self.effects.extend(endings::notification(numbers, &endings, now).map(Effect::Notify));
        self.effects.extend(self.telling.take_unshown(now).into_iter().map(Effect::Notify));
    }

    /// Handles a notification that no service accepted.
    pub(super) fn not_shown(&mut self, notification: Notification, now: Timestamp) {
        self.telling.not_shown(notification, now);
        for connection in self.telling.lost() {
            if self.alerts.series(connection).is_some_and(|series| series.is_healed) {
                self.healed(connection);
            }
        }
    }
}
