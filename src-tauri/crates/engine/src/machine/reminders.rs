//! Snoozes that end, and the daily reminder of what is still open.

use domain::Place;
use jiff::Timestamp;

use super::Engine;
use crate::{
    alerts::{alert_delivery::AlertContent, alert_times::AlertTimes},
    backoff::STORE_RETRY,
    effect::{Effect, StoreTask},
    event::{EndedSnoozes, OpenAlerts},
    ids::Ticket,
    notification::Notification,
    time::after,
};

impl Engine {
    /// Changes when notifications may be shown. If today's time for a changed reminder has passed, the first one is
    /// tomorrow.
    pub(super) fn set_alert_times(&mut self, times: AlertTimes, now: Timestamp) {
        let before = self.alert_times.replace(times);
        let reminder = self.alert_times.as_ref().and_then(|times| times.reminder);
        let is_changed = before.is_some_and(|before| before.reminder != reminder);
        let today = self.schedules.zone.to_datetime(now);
        if is_changed && reminder.is_some_and(|time| time <= today.time()) {
            self.saved.reminded_on = Some(today.date());
        }
    }

    /// The first instant from `at` on at which notifications may be shown.
    pub(super) fn may_notify_from(&self, at: Timestamp) -> Option<Timestamp> {
        match &self.alert_times {
            Some(times) => times.free_from(&self.schedules.zone, at),
            None => Some(at),
        }
    }

    /// When the next snooze ends or the next reminder is due.
    pub(super) fn next_reminder(&self, now: Timestamp) -> Option<Timestamp> {
        [self.snooze_end, self.reminder_due(now)].into_iter().flatten().min()
    }

    fn reminder_due(&self, now: Timestamp) -> Option<Timestamp> {
        let times = self.alert_times.as_ref().filter(|_| self.saved.baseline)?;
        let due = times.next_reminder(self.saved.reminded_on, &self.schedules.zone, now)?;
        times.free_from(&self.schedules.zone, due)
    }

    pub(super) fn begin_due_reminders(&mut self, now: Timestamp) {
        if self.snooze_end.is_some_and(|at| at <= now) {
            self.snooze_end = None;
            self.effects.push(Effect::Store(Ticket::Snoozes, StoreTask::EndSnoozes));
        }
        if self.reminder_due(now).is_some_and(|at| at <= now) {
            self.saved.reminded_on = Some(self.schedules.zone.to_datetime(now).date());
            self.save_state(now);
            self.effects.push(Effect::Store(Ticket::Reminder, StoreTask::OpenAlerts));
        }
    }

    pub(super) fn on_snoozes_ended(&mut self, ended: EndedSnoozes, now: Timestamp) {
        self.snooze_end = ended.next;
        for (number, alert) in ended.losses {
            self.delivery.add(number, AlertContent::Loss(alert), now, now);
        }
        for (number, warning) in ended.warnings {
            self.delivery.add(number, AlertContent::ConsentEnd(warning), now, now);
        }
    }

    pub(super) fn on_snoozes_error(&mut self, now: Timestamp) {
        self.snooze_end = Some(after(now, STORE_RETRY));
    }

    pub(super) fn remind(&mut self, open: &OpenAlerts) {
        let title = match open.count {
            0 => return,
            1 => "1 alert is still open".to_owned(),
            many => format!("{many} alerts are still open"),
        };
        let mut body = open.companies.join(", ");
        if open.count as usize > open.companies.len() {
            body.push_str(" and others");
        }
        self.delivery.add_notice(Notification {
            title,
            body,
            place: Some(Place::Inbox),
            ..Notification::default()
        });
    }
}
