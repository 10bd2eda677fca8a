//! When recorded alerts are shown: combined, at most one notification of losses a minute, and again if no
//! notification service accepted it.

use std::collections::BTreeMap;

use codat::{CompanyId, ConnectionId};
use jiff::{SignedDuration, Timestamp};

use crate::{alerts::NewAlert, effect::Notification, endings::EndingConsent};

/// The shortest time between two notifications of losses.
const GAP: SignedDuration = SignedDuration::from_secs(60);
/// How long losses wait for other losses of the same sweep or the same second reads.
const PATIENCE: SignedDuration = SignedDuration::from_secs(45);
/// The first retry delay after a failed notification; doubled each time.
const AGAIN: SignedDuration = SignedDuration::from_secs(5);
/// The longest retry delay.
const LONGEST: SignedDuration = SignedDuration::from_mins(5);

/// A recorded alert.
#[derive(Debug)]
pub(crate) enum News {
    Lost(NewAlert),
    Ends(EndingConsent),
}

#[derive(Debug)]
struct Untold {
    news: News,
    since: Timestamp,
    not_before: Timestamp,
}

/// Recorded alerts that are not shown yet.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    /// Waiting alerts by ID.
    untold: BTreeMap<i64, Untold>,
    /// Alerts in a notification that is being shown.
    showing: BTreeMap<i64, Untold>,
    /// Failed notifications without alerts.
    unshown: Vec<Notification>,
    /// Alerts to drop without showing them.
    dropped: Vec<i64>,
    /// When the last notification of losses was shown.
    told_at: Option<Timestamp>,
    /// Failed attempts since the last success.
    failures: u32,
    retry_at: Option<Timestamp>,
}

impl Telling {
    /// Adds a recorded alert that must not be shown before `not_before`.
    pub(crate) fn add(&mut self, number: i64, news: News, not_before: Timestamp, now: Timestamp) {
        self.untold.insert(number, Untold { news, since: now, not_before });
    }

    /// Drops the alert of a connection that healed. Returns whether there was one.
    pub(crate) fn heal(&mut self, connection: ConnectionId) -> bool {
        self.drop_losses(|alert| alert.connection == connection && !alert.repeats)
    }

    /// Drops the alerts of a removed company.
    pub(crate) fn forget(&mut self, company: CompanyId) {
        self.drop_losses(|alert| alert.company == company);
    }

    fn drop_losses(&mut self, such: impl Fn(&NewAlert) -> bool) -> bool {
        let before = self.dropped.len();
        let dropped = &mut self.dropped;
        self.untold.retain(|number, untold| {
            let stays = !matches!(&untold.news, News::Lost(alert) if such(alert));
            dropped.extend((!stays).then_some(*number));
            stays
        });
        self.dropped.len() > before
    }

    /// The connections with a waiting loss.
    pub(crate) fn lost(&self) -> Vec<ConnectionId> {
        let lost = |untold: &Untold| {
            if let News::Lost(alert) = &untold.news { Some(alert.connection) } else { None }
        };
        self.untold.values().filter_map(lost).collect()
    }

    /// Takes the alerts to drop.
    pub(crate) fn take_dropped(&mut self) -> Vec<i64> {
        core::mem::take(&mut self.dropped)
    }

    /// When the next notification is due.
    pub(crate) fn next(&self, is_busy: bool) -> Option<Timestamp> {
        let others = self.untold.values().filter(|it| matches!(it.news, News::Ends(_)));
        let others = others.map(|it| it.since).min().or_else(|| self.unshown.first().map(|_| Timestamp::MIN));
        let others = others.map(|at| self.retry_at.map_or(at, |retry| retry.max(at)));
        [self.next_losses(is_busy), others].into_iter().flatten().min()
    }

    fn next_losses(&self, is_busy: bool) -> Option<Timestamp> {
        let wait = if is_busy { PATIENCE } else { SignedDuration::ZERO };
        let losses = self.untold.values().filter(|it| matches!(it.news, News::Lost(_)));
        let first = losses.map(|it| after(it.since, wait).max(it.not_before)).min()?;
        let gap = self.told_at.map(|at| after(at, GAP));
        [gap, self.retry_at].into_iter().flatten().chain([first]).max()
    }

    /// Takes the losses to show now.
    pub(crate) fn take_losses(&mut self, is_busy: bool, now: Timestamp) -> Vec<(i64, NewAlert)> {
        if self.next_losses(is_busy).is_none_or(|at| at > now) {
            return Vec::new();
        }
        let due = |it: &Untold| matches!(it.news, News::Lost(_)) && it.not_before <= now;
        let taken = self.take(due, |news| if let News::Lost(it) = news { Some(it.clone()) } else { None });
        if !taken.is_empty() {
            self.told_at = Some(now);
        }
        taken
    }

    /// Takes the consent endings to show now.
    pub(crate) fn take_endings(&mut self, now: Timestamp) -> Vec<(i64, EndingConsent)> {
        if self.retry_at.is_some_and(|at| at > now) {
            return Vec::new();
        }
        let due = |it: &Untold| matches!(it.news, News::Ends(_));
        self.take(due, |news| if let News::Ends(it) = news { Some(it.clone()) } else { None })
    }

    fn take<T>(&mut self, due: impl Fn(&Untold) -> bool, of: impl Fn(&News) -> Option<T>) -> Vec<(i64, T)> {
        let numbers: Vec<_> = self.untold.iter().filter(|(_, it)| due(it)).map(|(id, _)| *id).collect();
        let mut taken = Vec::new();
        for number in numbers {
            let Some(untold) = self.untold.remove(&number) else { continue };
            taken.extend(of(&untold.news).map(|it| (number, it)));
            self.showing.insert(number, untold);
        }
        taken
    }

    /// Takes the other notifications to retry now.
    pub(crate) fn take_unshown(&mut self, now: Timestamp) -> Vec<Notification> {
        if self.retry_at.is_some_and(|at| at > now) {
            return Vec::new();
        }
        core::mem::take(&mut self.unshown)
    }

    /// Drops failed notifications about the API key.
    pub(crate) fn drop_unshown(&mut self) {
        self.unshown.clear();
    }

    /// Records that the notification of these alerts was shown.
    pub(crate) fn shown(&mut self, numbers: &[i64]) {
        numbers.iter().for_each(|number| drop(self.showing.remove(number)));
        self.failures = 0;
        self.retry_at = None;
    }

    /// Schedules a retry for a notification that no service accepted; its alerts are not claimed.
    pub(crate) fn not_shown(&mut self, notification: Notification, now: Timestamp) {
        for number in &notification.alerts {
            if let Some(untold) = self.showing.remove(number) {
                self.untold.insert(*number, untold);
            }
        }
        if notification.alerts.is_empty() {
            self.unshown.push(notification);
        }
        let wait = AGAIN.saturating_mul(1 << self.failures.min(8)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.told_at = None;
        self.retry_at = Some(after(now, wait));
    }

    /// All stored times, for the clock rollback.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let untold = self.untold.values_mut().chain(self.showing.values_mut());
        let untold = untold.flat_map(|it| {
            let seen = match &mut it.news {
                News::Lost(alert) => Some(&mut alert.at),
                News::Ends(_) => None,
            };
            [&mut it.since, &mut it.not_before].into_iter().chain(seen)
        });
        untold.chain(&mut self.told_at).chain(&mut self.retry_at)
    }
}

fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
