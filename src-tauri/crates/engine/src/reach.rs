//! Whether the server can be reached and lets us in.

use codat::{Failure, FailureKind};
use jiff::{SignedDuration, Timestamp};

use crate::backoff::Jitter;

/// Minutes until a refused key is checked again, check by check; the last one repeats.
const KEY_CHECKS: [i64; 4] = [1, 5, 15, 60];
/// However long a server asks to be left alone, background work asks again after this while quota is left.
pub(crate) const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Codat's refusal of the key.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// What Codat said.
    pub(crate) message: String,
    /// How often the key was checked since.
    checks: usize,
}

/// What stands between background work and the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    /// Codat refuses the key (401, or 403 for the key). Background work sends nothing but a check now and then.
    pub(crate) refused: Option<Refusal>,
    /// The person was told of the refusal, and no sweep was complete since.
    is_told: bool,
    /// Nothing could be sent, or no answer of Codat's came, since then.
    pub(crate) offline_since: Option<Timestamp>,
    /// Why the last request had no good answer: what a server in trouble or something in its place said, or why the
    /// server cannot be reached, if that can be explained.
    pub(crate) failing: Option<String>,
    /// Background work waits until then.
    pub(crate) retry_at: Option<Timestamp>,
    /// Until when the server asked to be left alone.
    pub(crate) asked_until: Option<Timestamp>,
    /// Failures since the last answer.
    pub(crate) failures: u32,
}

impl Reach {
    /// The server answered as it should. Returns true when the key was refused until now.
    pub(crate) fn answered(&mut self) -> bool {
        let was_refused = self.refused.is_some();
        *self = Self { is_told: self.is_told, ..Self::default() };
        was_refused
    }

    /// A whole sweep was read: another refusal is news.
    pub(crate) fn swept(&mut self) {
        self.is_told = false;
    }

    /// The key was replaced, or the network came back: nothing is known against another try.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The network changed: what was waited out for its sake is tried at once.
    pub(crate) fn try_again(&mut self) {
        self.retry_at = None;
    }

    /// Every time that it has in mind.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.offline_since.iter_mut().chain(&mut self.retry_at).chain(&mut self.asked_until)
    }

    /// Background work met this failure; `has_quota` where it is known that some of the day is left. Returns true
    /// when the person has to be told that the key is refused.
    pub(crate) fn failed(
        &mut self,
        failure: &Failure,
        has_quota: bool,
        jitter: &mut Jitter,
        now: Timestamp,
    ) -> bool {
        match failure.kind {
            FailureKind::Unauthorized | FailureKind::Forbidden => return self.was_refused(failure, now),
            FailureKind::Unreachable | FailureKind::NoAnswer => {
                self.offline_since.get_or_insert(now);
                self.failing = failure.explanation().map(str::to_owned);
            }
            FailureKind::Intercepted => {
                self.offline_since.get_or_insert(now);
                self.failing = Some(failure.message.clone());
            }
            FailureKind::Server
            | FailureKind::OtherStatus
            | FailureKind::Unreadable
            | FailureKind::PaymentRequired
            | FailureKind::Invalid
            | FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Unprocessable
            | FailureKind::RateLimited => {
                self.offline_since = None;
                self.failing = Some(failure.to_string());
            }
        }
        self.failures += 1;
        let own = now.saturating_add(jitter.wait(self.failures)).unwrap_or(Timestamp::MAX);
        self.asked_until = failure.retry_after.map(|after| after.instant(now)).filter(|until| *until > own);
        let asked = self.asked_until.map(|until| believed(until, has_quota, now));
        self.retry_at = Some(asked.map_or(own, |asked| asked.max(own)));
        false
    }

    fn was_refused(&mut self, failure: &Failure, now: Timestamp) -> bool {
        let checks = match &self.refused {
            // Other requests of the same moment, and those of a person, put the next check off no further.
            Some(_) if self.retry_at.is_some_and(|at| at > now) => return false,
            Some(refusal) => refusal.checks + 1,
            None => 0,
        };
        let minutes = KEY_CHECKS.get(checks).or(KEY_CHECKS.last()).copied().unwrap_or(60);
        self.retry_at = now.checked_add(SignedDuration::from_mins(minutes)).ok();
        self.refused = Some(Refusal { message: failure.message.clone(), checks });
        !core::mem::replace(&mut self.is_told, true)
    }

    /// Whether a refused key is to be checked now.
    pub(crate) fn checks_key(&self, now: Timestamp) -> bool {
        self.refused.is_some() && self.retry_at.is_none_or(|at| at <= now)
    }

    /// Whether the last that is known of the server is trouble.
    pub(crate) fn is_in_trouble(&self) -> bool {
        self.offline_since.is_some() || self.failing.is_some() || self.refused.is_some()
    }

    /// Whether background work has to wait at this time.
    pub(crate) fn holds(&self, now: Timestamp) -> bool {
        self.refused.is_some() || self.retry_at.is_some_and(|at| at > now)
    }
}

/// Until when background work leaves a server alone that asked for it until then.
pub(crate) fn believed(until: Timestamp, has_quota: bool, now: Timestamp) -> Timestamp {
    let longest = now.saturating_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
    if has_quota { until.min(longest) } else { until }
}
