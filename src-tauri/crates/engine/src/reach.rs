//! Whether the server can be reached and lets us in.

use codat::{Failure, FailureKind};
use jiff::Timestamp;

use crate::backoff::Jitter;

/// What stands between background work and the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    /// The key is refused (401, or 403 for the key); nothing goes until it is replaced.
    pub(crate) refused: Option<String>,
    /// Nothing could be sent, or no answer came, since then.
    pub(crate) offline_since: Option<Timestamp>,
    /// Answers came that are no answers: a server in trouble, or something in its place.
    pub(crate) failing: Option<String>,
    /// Background work waits until then.
    pub(crate) retry_at: Option<Timestamp>,
    /// Failures since the last answer.
    pub(crate) failures: u32,
}

impl Reach {
    /// The server answered as it should.
    pub(crate) fn answered(&mut self) {
        let refused = self.refused.take();
        *self = Self { refused, ..Self::default() };
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
        self.offline_since.iter_mut().chain(&mut self.retry_at)
    }

    /// Background work met this failure. Returns true when the key is refused and was not before.
    pub(crate) fn failed(&mut self, failure: &Failure, jitter: &mut Jitter, now: Timestamp) -> bool {
        match failure.kind {
            FailureKind::Unauthorized | FailureKind::Forbidden => {
                return self.refused.replace(failure.message.clone()).is_none();
            }
            FailureKind::Unreachable | FailureKind::NoAnswer => {
                self.offline_since.get_or_insert(now);
                self.failing = None;
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
        let asked = failure.retry_after.map(|after| after.instant(now));
        let own = now.saturating_add(jitter.wait(self.failures)).unwrap_or(Timestamp::MAX);
        self.retry_at = Some(asked.map_or(own, |asked| asked.max(own)));
        false
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
