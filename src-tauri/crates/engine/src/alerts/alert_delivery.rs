//! Decides when recorded alerts are shown. Losses are combined into at most one notification per minute. A
//! notification that no service accepted is shown again.

use std::collections::BTreeMap;

use codat::{CompanyId, ConnectionId, status::Trouble};
use domain::EndingConsent;
use jiff::{SignedDuration, Timestamp};

use crate::{alerts::NewAlert, notification::Notification, time::after};

/// The shortest time between two notifications of losses.
const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(60);
/// How long losses wait for other losses of the same sweep or the same second reads.
const COLLECT_TIME: SignedDuration = SignedDuration::from_secs(30);
/// The first retry delay after a failed notification; doubled each time.
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(5);
const MAX_RETRY: SignedDuration = SignedDuration::from_mins(5);

/// A recorded alert.
#[derive(Debug)]
pub(crate) enum AlertContent {
    Loss(NewAlert),
    ConsentEnd(EndingConsent),
}

#[derive(Debug)]
struct UndeliveredAlert {
    content: AlertContent,
    since: Timestamp,
    not_before: Timestamp,
}

/// Recorded alerts that are not shown yet.
#[derive(Debug, Default)]
pub(crate) struct AlertDelivery {
    /// By alert ID.
    waiting: BTreeMap<i64, UndeliveredAlert>,
    /// Alerts in a notification that is being shown.
    showing: BTreeMap<i64, UndeliveredAlert>,
    /// Notifications without recorded alerts.
    notices: Vec<Notification>,
    /// Alerts to drop without showing them.
    dropped: Vec<i64>,
    last_shown_at: Option<Timestamp>,
    failures: u32,
    retry_at: Option<Timestamp>,
}

impl AlertDelivery {
    /// Adds a recorded alert that must not be shown before `not_before`.
    pub(crate) fn add(&mut self, number: i64, content: AlertContent, not_before: Timestamp, now: Timestamp) {
        self.waiting.insert(number, UndeliveredAlert { content, since: now, not_before });
    }

    /// Drops the alert of a connection that healed. Returns whether there was one.
    pub(crate) fn drop_healed(&mut self, connection: ConnectionId) -> bool {
        self.drop_losses(|alert| {
            let heals = alert.trouble != Some(Trouble::Deleted);
            alert.connection == connection && !alert.repeats && heals
        })
    }

    /// Drops the alerts of a removed company.
    pub(crate) fn drop_company(&mut self, company: CompanyId) {
        self.drop_losses(|alert| alert.company == company);
    }

    fn drop_losses(&mut self, matches: impl Fn(&NewAlert) -> bool) -> bool {
        let before = self.dropped.len();
        let dropped = &mut self.dropped;
        self.waiting.retain(|number, waiting| {
            let keep = !matches!(&waiting.content, AlertContent::Loss(alert) if matches(alert));
            dropped.extend((!keep).then_some(*number));
            keep
        });
        self.dropped.len() > before
    }

    /// Adds a notification without recorded alerts. It replaces a waiting one of its topic, or of no topic that opens
    /// the same page.
    pub(crate) fn add_notice(&mut self, notice: Notification) {
        self.notices.retain(|waiting| (&waiting.topic, waiting.place) != (&notice.topic, notice.place));
        self.notices.push(notice);
    }

    pub(crate) fn waiting_losses(&self) -> Vec<ConnectionId> {
        let connection = |waiting: &UndeliveredAlert| {
            if let AlertContent::Loss(alert) = &waiting.content { Some(alert.connection) } else { None }
        };
        self.waiting.values().filter_map(connection).collect()
    }

    pub(crate) fn take_dropped(&mut self) -> Vec<i64> {
        core::mem::take(&mut self.dropped)
    }

    /// When the next notification is due.
    pub(crate) fn next_due(&self, is_busy: bool) -> Option<Timestamp> {
        let others = self.waiting.values().filter(|it| matches!(it.content, AlertContent::ConsentEnd(_)));
        let others = others.map(|it| it.since).min().or_else(|| self.notices.first().map(|_| Timestamp::MIN));
        let others = others.map(|at| self.retry_at.map_or(at, |retry| retry.max(at)));
        [self.next_losses(is_busy), others].into_iter().flatten().min()
    }

    fn next_losses(&self, is_busy: bool) -> Option<Timestamp> {
        let wait = if is_busy { COLLECT_TIME } else { SignedDuration::ZERO };
        let losses = self.waiting.values().filter(|it| matches!(it.content, AlertContent::Loss(_)));
        let first = losses.map(|it| after(it.since, wait).max(it.not_before)).min()?;
        let gap = self.last_shown_at.map(|at| after(at, MIN_INTERVAL));
        [gap, self.retry_at].into_iter().flatten().chain([first]).max()
    }

    pub(crate) fn take_losses(&mut self, is_busy: bool, now: Timestamp) -> Vec<(i64, NewAlert)> {
        if self.next_losses(is_busy).is_none_or(|at| at > now) {
            return Vec::new();
        }
        let due = |it: &UndeliveredAlert| matches!(it.content, AlertContent::Loss(_)) && it.not_before <= now;
        let taken = self
            .take(due, |content| if let AlertContent::Loss(it) = content { Some(it.clone()) } else { None });
        if !taken.is_empty() {
            self.last_shown_at = Some(now);
        }
        taken
    }

    pub(crate) fn take_consent_ends(&mut self, now: Timestamp) -> Vec<(i64, EndingConsent)> {
        if self.retry_at.is_some_and(|at| at > now) {
            return Vec::new();
        }
        let due = |it: &UndeliveredAlert| matches!(it.content, AlertContent::ConsentEnd(_));
        self.take(
            due,
            |content| if let AlertContent::ConsentEnd(it) = content { Some(it.clone()) } else { None },
        )
    }

    fn take<T>(
        &mut self,
        due: impl Fn(&UndeliveredAlert) -> bool,
        extract: impl Fn(&AlertContent) -> Option<T>,
    ) -> Vec<(i64, T)> {
        let numbers: Vec<_> = self.waiting.iter().filter(|(_, it)| due(it)).map(|(id, _)| *id).collect();
        let mut taken = Vec::new();
        for number in numbers {
            let Some(waiting) = self.waiting.remove(&number) else { continue };
            taken.extend(extract(&waiting.content).map(|it| (number, it)));
            self.showing.insert(number, waiting);
        }
        taken
    }

    pub(crate) fn take_notices(&mut self, now: Timestamp) -> Vec<Notification> {
        if self.retry_at.is_some_and(|at| at > now) {
            return Vec::new();
        }
        core::mem::take(&mut self.notices)
    }

    /// Drops the waiting notification of a topic.
    pub(crate) fn drop_notice(&mut self, topic: &str) {
        self.notices.retain(|notice| notice.topic.as_deref() != Some(topic));
    }

    /// Records that the notification of these alerts was shown.
    pub(crate) fn on_shown(&mut self, numbers: &[i64]) {
        numbers.iter().for_each(|number| drop(self.showing.remove(number)));
        self.failures = 0;
        self.retry_at = None;
    }

    /// Schedules a retry for a notification that no service accepted; its alerts are not claimed.
    pub(crate) fn on_failed(&mut self, notification: Notification, now: Timestamp) {
        for number in &notification.alerts {
            if let Some(waiting) = self.showing.remove(number) {
                self.waiting.insert(*number, waiting);
            }
        }
        let is_newer =
            |waiting: &Notification| waiting.topic.is_some() && waiting.topic == notification.topic;
        if notification.alerts.is_empty() && !self.notices.iter().any(is_newer) {
            self.notices.insert(0, notification);
        }
        let wait = FIRST_RETRY.saturating_mul(1 << self.failures.min(8)).min(MAX_RETRY);
        self.failures = self.failures.saturating_add(1);
        self.last_shown_at = None;
        self.retry_at = Some(after(now, wait));
    }

    /// All times, for the clock rollback.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let waiting = self.waiting.values_mut().chain(self.showing.values_mut());
        let waiting = waiting.flat_map(|it| {
            let seen = match &mut it.content {
                AlertContent::Loss(alert) => Some(&mut alert.at),
                AlertContent::ConsentEnd(_) => None,
            };
            [&mut it.since, &mut it.not_before].into_iter().chain(seen)
        });
        waiting.chain(&mut self.last_shown_at).chain(&mut self.retry_at)
    }
}
