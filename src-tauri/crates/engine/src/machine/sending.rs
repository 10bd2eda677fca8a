//! Sends queued requests by priority, within the quota.

use codat::{Failure, FailureKind, error::RetryAfter, page::PageRequest};
use domain::Priority;
use jiff::Timestamp;

use super::Engine;
use crate::{
    acts::{ActError, Settled},
    call::Call,
    effect::Effect,
    ids::RequestId,
    quota::{Admission, MAX_USER_WAIT},
    request_queue::RequestKind,
};

/// Connections that background work and runs leave to interactive requests.
pub(super) const RESERVED_CONNECTIONS: usize = 2;

impl Engine {
    /// Sends the requests that the quota admits. Interactive requests that cannot be sent soon are rejected;
    /// all others wait.
    pub(super) fn send_queued(&mut self, now: Timestamp) {
        self.quota_opens_at = None;
        self.share_spent_until = None;
        self.grant_permits(now);
        self.check_refused_key(now);
        for priority in Priority::ALL {
            while self.queue.has_waiting(priority) && self.in_flight.len() < self.max_in_flight(priority) {
                let holds = !priority.is_interactive() && self.connectivity.blocks_background(now);
                if holds || (!priority.is_user_requested() && self.policy.paused) {
                    break;
                }
                let admission = self.saved.quota.admit(priority, &self.config, now);
                let error = self.user_error(admission, now).filter(|_| priority.is_interactive());
                match (admission, error) {
                    (Admission::Now, _) => self.send_next(priority, now),
                    (_, Some(error)) => self.reject_next(priority, &error),
                    (Admission::At(at), None) => {
                        self.quota_opens_at = Some(self.quota_opens_at.map_or(at, |known| known.min(at)));
                        break;
                    }
                    (Admission::AskUser(until) | Admission::Exhausted(until), None) => {
                        if !priority.is_user_requested() {
                            self.share_spent_until = Some(until);
                        }
                        self.quota_opens_at =
                            Some(self.quota_opens_at.map_or(until, |known| known.min(until)));
                        break;
                    }
                }
            }
        }
    }

    /// Requests one company, to check whether the key is still rejected.
    fn check_refused_key(&mut self, now: Timestamp) {
        let is_under_way = || self.in_flight.values().any(|(kind, _)| *kind == RequestKind::KeyCheck);
        if self.policy.paused || !self.connectivity.key_check_is_due(now) || is_under_way() {
            return;
        }
        match self.saved.quota.admit(Priority::Confirmation, &self.config, now) {
            Admission::Now => {
                let one = PageRequest { page: 1, page_size: 1, query: None, order_by: None };
                self.send(RequestKind::KeyCheck, Call::Companies(one), now);
            }
            Admission::At(at) | Admission::AskUser(at) | Admission::Exhausted(at) => {
                self.quota_opens_at = Some(at)
            }
        }
    }

    /// The limit of requests in flight for this priority. Slow responses of background work must not block
    /// interactive requests.
    fn max_in_flight(&self, priority: Priority) -> usize {
        let all = self.config.concurrency;
        if priority.is_interactive() { all } else { all.saturating_sub(RESERVED_CONNECTIONS).max(1) }
    }

    /// Grants [`Act::ReserveRequest`](crate::Act::ReserveRequest)s in order, or rejects them if they cannot
    /// be sent soon.
    fn grant_permits(&mut self, now: Timestamp) {
        while let Some((id, needs)) = self.permits.front().copied() {
            let refused = (!self.policy.allows(needs)).then_some(ActError::SafeMode);
            let admission = self.saved.quota.admit(Priority::Click, &self.config, now);
            match (admission, refused.or_else(|| self.user_error(admission, now))) {
                (_, Some(error)) => self.settle(id, Err(error)),
                (Admission::Now, None) => {
                    self.save_quota_ahead(now);
                    self.saved.quota.record_sent(Priority::Click, now);
                    self.settle(id, Ok(Settled::Accepted));
                }
                (Admission::At(at) | Admission::AskUser(at) | Admission::Exhausted(at), None) => {
                    self.quota_opens_at = Some(at);
                    return;
                }
            }
            self.permits.pop_front();
        }
    }

    /// The error for an interactive request that cannot be sent soon; none if it can.
    pub(super) fn user_error(&self, admission: Admission, now: Timestamp) -> Option<ActError> {
        match admission {
            Admission::Now => None,
            Admission::At(at) if at.duration_since(now) <= MAX_USER_WAIT => None,
            Admission::At(at) if self.saved.quota.is_exhausted(now) => {
                Some(ActError::QuotaExhausted { resets: at })
            }
            Admission::At(at) => {
                let quiet_until = self.saved.quota.asked_until(now).unwrap_or(at);
                Some(ActError::Failed(quiet_failure(quiet_until)))
            }
            Admission::AskUser(resets) => Some(ActError::UserQuotaReached { resets }),
            Admission::Exhausted(resets) => Some(ActError::QuotaExhausted { resets }),
        }
    }

    fn send_next(&mut self, priority: Priority, now: Timestamp) {
        let Some((kind, call)) = self.queue.pop(priority) else { return };
        if !self.policy.allows(call.required_mode()) {
            return self.hold_request(kind, now);
        }
        self.send(kind, call, now);
    }

    fn send(&mut self, kind: RequestKind, call: Call, now: Timestamp) {
        self.save_quota_ahead(now);
        self.next_request += 1;
        let id = RequestId(self.next_request);
        self.saved.quota.record_sent(kind.priority(), now);
        self.in_flight.insert(id, (kind, now));
        self.effects.push(Effect::Send(id, call));
    }

    /// Rejects the next interactive request, which was not sent.
    fn reject_next(&mut self, priority: Priority, error: &ActError) {
        let Some((kind, _)) = self.queue.pop(priority) else { return };
        match kind {
            RequestKind::Act(id, ..) => self.fail_act(id, error.clone()),
            // The progress is polled as soon as possible, so that the end of the refresh is not missed.
            RequestKind::RefreshProgress(company) => {
                let until = self.saved.quota.blocked_until(self.saved.clock).or(retry_time(error));
                let watch = self.watches.iter_mut().find(|watch| watch.company == company);
                if let (Some(watch), Some(until)) = (watch, until) {
                    watch.hold_until(until);
                }
            }
            // The sweep continues as background work.
            RequestKind::SweepPage(..) => {
                if let Some(mut sweep) = self.sweep.take() {
                    sweep.priority = Priority::Sweep;
                    self.request_page(sweep);
                }
            }
            RequestKind::AfterRefresh
            | RequestKind::MissingCompany(_)
            | RequestKind::MissingConnection(..)
            | RequestKind::SecondRead(_)
            | RequestKind::Item { .. }
            | RequestKind::DataStatus(..)
            | RequestKind::ItemHistory { .. }
            | RequestKind::KeyCheck
            | RequestKind::Integrations => {}
        }
    }
}

fn retry_time(error: &ActError) -> Option<Timestamp> {
    match error {
        ActError::QuotaExhausted { resets } => Some(*resets),
        ActError::Failed(failure) => match failure.retry_after {
            Some(RetryAfter::At(at)) => Some(at),
            Some(RetryAfter::Seconds(_)) | None => None,
        },
        // The user may raise the limit at any time.
        ActError::UserQuotaReached { .. }
        | ActError::Store(_)
        | ActError::SafeMode
        | ActError::NoSchedule => None,
    }
}

fn quiet_failure(until: Timestamp) -> Failure {
    let failure = Failure::without_answer(FailureKind::RateLimited, "Codat asked us to wait");
    Failure { retry_after: Some(RetryAfter::At(until)), ..failure }
}
