//! Alerts in the engine: confirming changes by a second read, recording alerts, and showing notifications.

use std::collections::BTreeMap;

use codat::{CompanyId, ConnectionId, FailureKind, Item, status::Trouble};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    alerts::{
        NewAlert, SecondRead,
        alert_delivery::AlertContent,
        loss_notification::{self, Loss},
    },
    call::{Call, Outcome, Reply},
    change::Change,
    effect::{Effect, StoreTask},
    event::RecoveryState,
    expiry::consent_warning,
    ids::Ticket,
    notification::Notification,
    request_queue::RequestKind,
    time::after,
};

/// How long a second read waits for a running sweep.
const SWEEP_WAIT: SignedDuration = SignedDuration::from_secs(30);

impl Engine {
    /// Continues after a start: decides open changes and shows alerts that were not shown.
    pub(super) fn on_started(&mut self, recovery: RecoveryState, now: Timestamp) {
        self.alert_times = Some(recovery.alert_times);
        // A time in the future comes from before a clock rollback.
        for (connection, at) in recovery.unlinking {
            self.alerts.unlink_started(connection, at.min(now));
        }
        let mut recent = recovery.recent_alerts;
        recent.iter_mut().for_each(|alert| alert.at = alert.at.min(now));
        self.alerts.restore(recent);
        for (number, alert) in recovery.undelivered {
            self.add_loss(number, alert, None, now);
        }
        for (number, ending) in recovery.undelivered_warnings {
            self.delivery.add(number, AlertContent::ConsentEnd(ending), now, now);
        }
        let mut undecided = recovery.undecided;
        undecided.iter_mut().for_each(|change| change.at = change.at.min(now));
        self.add_changes(undecided, now);
        self.load_open_runs();
    }

    /// Adds changes of connection colors.
    pub(super) fn add_changes(&mut self, changes: Vec<Change>, now: Timestamp) {
        let wait = SignedDuration::from_secs(self.config.second_read_delay_secs);
        let sweep_started = self.sweep.as_ref().map(|sweep| sweep.started);
        for connection in self.alerts.add_changes(changes, self.saved.baseline, wait, sweep_started, now) {
            self.on_healed(connection, now);
        }
    }

    /// Drops the pending alert of a connection that healed, or closes the notification about it.
    pub(super) fn on_healed(&mut self, connection: ConnectionId, now: Timestamp) {
        if self.delivery.drop_healed(connection) {
            self.alerts.clear_series(connection);
        } else if self.alerts.series_summary(connection).is_some() {
            self.effects.push(Effect::CloseNotification(connection));
        }
        if self.saved.incidents.on_healed(connection) {
            self.save_state(now);
        }
    }

    /// Drops the pending alerts of a removed company.
    pub(super) fn drop_company_alerts(&mut self, company: CompanyId) {
        self.alerts.remove_company(company);
        self.delivery.drop_company(company);
    }

    /// The next time for a second read, a recording or a notification.
    pub(super) fn next_alert(&self, now: Timestamp) -> Option<Timestamp> {
        let may_read = !self.policy.paused && self.connectivity.rejection.is_none();
        let second_read =
            self.alerts.next_second_read().filter(|_| may_read).map(|at| self.second_read_time(at));
        let record = self.alerts.record_at().filter(|_| self.sweep.is_none() || self.alerts.has_ready());
        let notification = self.delivery.next_due(self.may_find_losses());
        let notification = notification.and_then(|due| self.may_notify_from(due.max(now)));
        [second_read, self.alerts.next_give_up(), record, notification].into_iter().flatten().min()
    }

    /// A running sweep can serve as the second read, so it is waited for briefly.
    fn second_read_time(&self, due: Timestamp) -> Timestamp {
        let wait = if self.sweep.is_some() { SWEEP_WAIT } else { SignedDuration::ZERO };
        after(due, wait)
    }

    pub(super) fn begin_due_second_reads(&mut self, now: Timestamp) {
        self.alerts.give_up(now);
        if self.alerts.next_second_read().is_none_or(|due| self.second_read_time(due) > now) {
            return;
        }
        match self.alerts.take_due_second_reads(now) {
            None => {}
            Some(SecondRead::Sweep) => {
                let floor = SignedDuration::from_secs(self.config.sweep_floor_secs);
                self.next_sweep = self.next_sweep.min(after(now, floor));
            }
            Some(SecondRead::Companies(companies)) => {
                for company in companies {
                    let kind = RequestKind::SecondRead(company);
                    let under_way = self.in_flight.values().any(|(other, _)| *other == kind);
                    if !under_way && !self.queue.contains(&kind) {
                        self.queue.push(kind, Call::Company(company));
                    }
                }
            }
        }
    }

    pub(super) fn on_second_read(
        &mut self,
        company: CompanyId,
        outcome: Outcome,
        sent_at: Timestamp,
        now: Timestamp,
    ) {
        match outcome {
            Ok((Reply::Company(item), _)) => {
                let item = Item::from(*item);
                self.alerts.on_second_read([&item], sent_at, now);
                self.apply_read(item);
            }
            Err(failure) if failure.kind == FailureKind::NotFound => self.drop_company_alerts(company),
            // This failure affects only this company, which is read again later.
            Err(failure) if matches!(failure.kind, FailureKind::Server | FailureKind::Unreadable) => {}
            Err(failure) => self.on_background_failure(&failure, now),
            Ok(_) => {}
        }
    }

    /// Writes nothing while a running sweep has found no alert.
    pub(super) fn record_alerts(&mut self, now: Timestamp) {
        if self.sweep.is_some() && !self.alerts.has_ready() {
            return;
        }
        if let Some(batch) = self.alerts.take_batch(now) {
            let task = StoreTask::RecordAlerts {
                cursor: batch.cursor,
                skipped: batch.skipped,
                alerts: batch.alerts,
            };
            self.effects.push(Effect::Store(Ticket::Alerts, task));
        }
    }

    /// Handles recorded alerts: their IDs by journal sequence number, the sizes of the integrations, and the causes
    /// that the store knows better.
    pub(super) fn on_alerts_recorded(
        &mut self,
        numbers: &BTreeMap<i64, i64>,
        integration_sizes: &BTreeMap<ConnectionId, u32>,
        troubles: &BTreeMap<ConnectionId, Trouble>,
        now: Timestamp,
    ) {
        for (number, mut alert) in self.alerts.on_recorded(numbers) {
            let connection = alert.connection;
            alert.trouble = troubles.get(&connection).copied().or(alert.trouble);
            self.add_loss(number, alert, integration_sizes.get(&connection).copied(), now);
            if self.alerts.series_summary(connection).is_some_and(|series| series.is_healed) {
                self.on_healed(connection, now);
            }
        }
    }

    fn add_loss(&mut self, number: i64, alert: NewAlert, integration_size: Option<u32>, now: Timestamp) {
        let actor = alert.trouble.map(Trouble::actor);
        let (platform, connection) = (&alert.platform, alert.connection);
        if self.saved.incidents.on_loss(platform, connection, actor, integration_size, alert.at) {
            self.save_state(now);
        }
        let combine_at = self.alerts.combine_at(alert.connection).filter(|_| alert.repeats);
        self.delivery.add(number, AlertContent::Loss(alert), combine_at.unwrap_or(now), now);
    }

    /// Whether pending reads may add to the next notification.
    fn may_find_losses(&self) -> bool {
        let is_second_read = |kind: &RequestKind| matches!(kind, RequestKind::SecondRead(_));
        self.sweep.is_some()
            || self.alerts.has_ready()
            || self.queue.count(is_second_read) > 0
            || self.in_flight.values().any(|(kind, _)| is_second_read(kind))
    }

    /// Shows the notifications that are due.
    pub(super) fn show_due_notifications(&mut self, now: Timestamp) {
        let dropped = self.delivery.take_dropped();
        if !dropped.is_empty() {
            self.effects.push(Effect::Store(Ticket::Untracked, StoreTask::SkipAlerts(dropped)));
        }
        if self.may_notify_from(now) != Some(now) {
            return;
        }
        let losses = self.delivery.take_losses(self.may_find_losses(), now);
        let losses: Vec<_> = losses
            .into_iter()
            .map(|(number, alert)| Loss {
                number,
                series: self.alerts.series_summary(alert.connection),
                alert,
            })
            .collect();
        losses.iter().for_each(|loss| self.alerts.mark_notified(loss.alert.connection, now));
        self.show_losses(losses, now);
        self.show_ended_incidents(now);
        let (numbers, endings): (_, Vec<_>) = self.delivery.take_consent_ends(now).into_iter().unzip();
        self.effects.extend(consent_warning::notification(numbers, &endings, now).map(Effect::Notify));
        self.effects.extend(self.delivery.take_notices(now).into_iter().map(Effect::Notify));
    }

    /// Shows a notification for each platform with an outage, and one for all other losses.
    fn show_losses(&mut self, losses: Vec<Loss>, now: Timestamp) {
        let incidents = &mut self.saved.incidents;
        let is_outage = |loss: &Loss| {
            loss.alert.trouble == Some(Trouble::Outage) && incidents.is_open(&loss.alert.platform)
        };
        let (of_outages, others): (Vec<_>, Vec<_>) = losses.into_iter().partition(is_outage);
        let mut by_platform: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for loss in of_outages {
            by_platform.entry(loss.alert.platform).or_default().push((loss.number, loss.alert.connection));
        }
        let outages = by_platform.iter().filter_map(|(name, alerts)| incidents.notification(name, alerts));
        let outages: Vec<_> = outages.collect();
        if !outages.is_empty() {
            self.save_state(now);
        }
        let others = loss_notification::notification(&others, &self.schedules.zone);
        self.effects.extend(others.into_iter().chain(outages).map(Effect::Notify));
    }

    /// A running sweep may show more connections that healed, so the end of an outage waits for it.
    fn show_ended_incidents(&mut self, now: Timestamp) {
        if self.sweep.is_some() {
            return;
        }
        let ended = self.saved.incidents.take_ended(now);
        if !ended.is_empty() {
            self.save_state(now);
            self.effects.extend(ended.into_iter().map(Effect::Notify));
        }
    }

    /// Handles a notification that no service accepted.
    pub(super) fn on_notification_failed(&mut self, notification: Notification, now: Timestamp) {
        self.delivery.on_failed(notification, now);
        for connection in self.delivery.waiting_losses() {
            if self.alerts.series_summary(connection).is_some_and(|series| series.is_healed) {
                self.on_healed(connection, now);
            }
        }
    }
}
