//! Whether the server can be reached and accepts the key.

use codat::{Failure, FailureKind};
use jiff::{SignedDuration, Timestamp};

use crate::{backoff::Jitter, time::after};

/// Minutes until a rejected key is checked again. The last value repeats.
const KEY_CHECKS: [i64; 4] = [1, 5, 15, 60];
/// The longest time that background work obeys `Retry-After` while quota is left.
pub(crate) const MAX_BACKGROUND_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Codat rejected the key.
#[derive(Debug, Clone)]
pub(crate) struct KeyRejection {
    /// Codat's message.
    pub(crate) message: String,
    /// Checks of the key since the rejection.
    checks: usize,
}

/// What keeps background work from the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connectivity {
    /// The key was rejected (401, or 403 for the key). Background work only checks the key from time to time.
    pub(crate) rejection: Option<KeyRejection>,
    /// The user was notified of the rejection. Reset by a full sweep.
    is_reported: bool,
    /// Since when no request reaches Codat.
    pub(crate) offline_since: Option<Timestamp>,
    /// Why the last request failed, as a message for the user, if there is one.
    pub(crate) failing: Option<String>,
    /// When background work may send again.
    pub(crate) retry_at: Option<Timestamp>,
    /// The server's `Retry-After`.
    pub(crate) asked_until: Option<Timestamp>,
    /// Failures since the last success.
    pub(crate) failures: u32,
}

impl Connectivity {
    /// The server answered. Returns whether the key was rejected until now.
    pub(crate) fn on_answer(&mut self) -> bool {
        let was_rejected = self.rejection.is_some();
        *self = Self { is_reported: self.is_reported, ..Self::default() };
        was_rejected
    }

    /// A full sweep is complete: the next rejection notifies the user again.
    pub(crate) fn on_full_sweep(&mut self) {
        self.is_reported = false;
    }

    /// The key was replaced, so nothing is known about it.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The network changed, so background work retries now.
    pub(crate) fn retry_now(&mut self) {
        self.retry_at = None;
    }

    /// All times, for the clock rollback.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.offline_since.iter_mut().chain(&mut self.retry_at).chain(&mut self.asked_until)
    }

    /// A request failed. `has_quota`: some of the daily quota is left. Returns whether to notify the user
    /// that the key was rejected.
    pub(crate) fn on_failure(
        &mut self,
        failure: &Failure,
        has_quota: bool,
        jitter: &mut Jitter,
        now: Timestamp,
    ) -> bool {
        if matches!(failure.kind, FailureKind::Unauthorized | FailureKind::Forbidden) {
            return self.on_key_rejected(failure, now);
        }
        if matches!(failure.kind, FailureKind::Unreachable | FailureKind::NoAnswer) {
            self.offline_since.get_or_insert(now);
            self.failing = failure.explanation().map(str::to_owned);
        } else if failure.kind == FailureKind::Intercepted {
            self.offline_since.get_or_insert(now);
            self.failing = Some(failure.message.clone());
        } else {
            self.offline_since = None;
            self.failing = Some(failure.to_string());
        }
        self.failures += 1;
        let own = after(now, jitter.wait(self.failures));
        self.asked_until = failure.retry_after.map(|after| after.instant(now)).filter(|until| *until > own);
        let requested = self.asked_until.map(|until| capped_retry_time(until, has_quota, now));
        self.retry_at = Some(requested.map_or(own, |requested| requested.max(own)));
        false
    }

    fn on_key_rejected(&mut self, failure: &Failure, now: Timestamp) -> bool {
        let checks = match &self.rejection {
            // Other failures at the same time, or of user requests, do not delay the next check.
            Some(_) if self.retry_at.is_some_and(|at| at > now) => return false,
            Some(refusal) => refusal.checks + 1,
            None => 0,
        };
        let minutes = KEY_CHECKS.get(checks).or(KEY_CHECKS.last()).copied().unwrap_or(60);
        self.retry_at = now.checked_add(SignedDuration::from_mins(minutes)).ok();
        self.rejection = Some(KeyRejection { message: failure.message.clone(), checks });
        !core::mem::replace(&mut self.is_reported, true)
    }

    pub(crate) fn key_check_is_due(&self, now: Timestamp) -> bool {
        self.rejection.is_some() && self.retry_at.is_none_or(|at| at <= now)
    }

    pub(crate) fn has_problem(&self) -> bool {
        self.offline_since.is_some() || self.failing.is_some() || self.rejection.is_some()
    }

    pub(crate) fn blocks_background(&self, now: Timestamp) -> bool {
        self.rejection.is_some() || self.retry_at.is_some_and(|at| at > now)
    }
}

/// When background work retries if the server asked to wait until `until`.
pub(crate) fn capped_retry_time(until: Timestamp, has_quota: bool, now: Timestamp) -> Timestamp {
    let longest = after(now, MAX_BACKGROUND_WAIT);
    if has_quota { until.min(longest) } else { until }
}
