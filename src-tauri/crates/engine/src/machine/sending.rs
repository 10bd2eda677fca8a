//! Letting requests go, in the order of who waits for them and within the budget.

use codat::{Failure, FailureKind, error::RetryAfter, page::PageRequest};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    act::{ActError, Settled},
    class::Class,
    effect::{Call, Effect, RequestId},
    outbox::Purpose,
    quota::Leave,
};

/// The longest a person is kept waiting until the server takes requests again.
pub(crate) const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// Connections that background work and runs leave to a person.
pub(super) const SPARE: usize = 2;

impl Engine {
    /// Sends what may go. Requests that somebody sits before and that cannot go in good time are refused; all
    /// others wait.
    pub(super) fn pump(&mut self, now: Timestamp) {
        self.opens_at = None;
        self.spent_until = None;
        self.let_pass(now);
        self.check_refused_key(now);
        for class in Class::ALL {
            while self.outbox.waits(class) && self.in_flight.len() < self.most_under_way(class) {
                let holds = !class.is_awaited() && self.reach.holds(now);
                if holds || (!class.is_persons() && self.policy.paused) {
                    break;
                }
                let leave = self.saved.quota.leave(class, &self.config, now);
                let why = self.refusal(leave, now).filter(|_| class.is_awaited());
                match (leave, why) {
                    (Leave::Now, _) => self.send_next(class, now),
                    (_, Some(why)) => self.refuse(class, &why),
                    (Leave::At(at), None) => {
                        self.opens_at = Some(self.opens_at.map_or(at, |known| known.min(at)));
                        break;
                    }
                    (Leave::Asks(until) | Leave::Spent(until), None) => {
                        if !class.is_persons() {
                            self.spent_until = Some(until);
                        }
                        self.opens_at = Some(self.opens_at.map_or(until, |known| known.min(until)));
                        break;
                    }
                }
            }
        }
    }

    /// Asks for one company, to see whether a key that was refused still is.
    fn check_refused_key(&mut self, now: Timestamp) {
        let is_under_way = || self.in_flight.values().any(|(purpose, _)| *purpose == Purpose::KeyCheck);
        if self.policy.paused || !self.reach.checks_key(now) || is_under_way() {
            return;
        }
        match self.saved.quota.leave(Class::Look, &self.config, now) {
            Leave::Now => {
                let one = PageRequest { page: 1, page_size: 1, query: None, order_by: None };
                self.send(Purpose::KeyCheck, Call::Companies(one), now);
            }
            Leave::At(at) | Leave::Asks(at) | Leave::Spent(at) => self.opens_at = Some(at),
        }
    }

    /// Requests under way with which another one of this class may go: what nobody waits for leaves room for those
    /// who click, however slowly it is answered.
    fn most_under_way(&self, class: Class) -> usize {
        let all = self.config.concurrency;
        if class.is_awaited() { all } else { all.saturating_sub(SPARE).max(1) }
    }

    /// Lets those go who ask by themselves, in their order; whoever cannot go in good time is told why.
    fn let_pass(&mut self, now: Timestamp) {
        while let Some((id, needs)) = self.passes.front().copied() {
            let refused = (!self.policy.allows(needs)).then_some(ActError::SafeMode);
            let leave = self.saved.quota.leave(Class::Click, &self.config, now);
            match (leave, refused.or_else(|| self.refusal(leave, now))) {
                (_, Some(why)) => self.settle(id, Err(why)),
                (Leave::Now, None) => {
                    self.write_quota_ahead(now);
                    self.saved.quota.sent(Class::Click, now);
                    self.settle(id, Ok(Settled::Accepted));
                }
                (Leave::At(at) | Leave::Asks(at) | Leave::Spent(at), None) => {
                    self.opens_at = Some(at);
                    return;
                }
            }
            self.passes.pop_front();
        }
    }

    /// What somebody is told who waits for what cannot go in good time; nothing where it can.
    pub(super) fn refusal(&self, leave: Leave, now: Timestamp) -> Option<ActError> {
        match leave {
            Leave::Now => None,
            Leave::At(at) if at.duration_since(now) <= PATIENCE => None,
            Leave::At(at) if self.saved.quota.is_exhausted(now) => Some(ActError::QuotaSpent { resets: at }),
            Leave::At(at) => {
                let asked = self.saved.quota.asked_until(now).unwrap_or(at);
                Some(ActError::Failed(asked_for_quiet(asked)))
            }
            Leave::Asks(resets) => Some(ActError::QuotaAsks { resets }),
            Leave::Spent(resets) => Some(ActError::QuotaSpent { resets }),
        }
    }

    fn send_next(&mut self, class: Class, now: Timestamp) {
        let Some((purpose, call)) = self.outbox.take(class) else { return };
        if !self.policy.allows(call.needs()) {
            return self.hold_back(purpose, now);
        }
        self.send(purpose, call, now);
    }

    fn send(&mut self, purpose: Purpose, call: Call, now: Timestamp) {
        self.write_quota_ahead(now);
        self.next_request += 1;
        let id = RequestId(self.next_request);
        self.saved.quota.sent(purpose.class(), now);
        self.in_flight.insert(id, (purpose, now));
        self.effects.push(Effect::Send(id, call));
    }

    /// The next request of a person cannot go in good time: who waits is told, nothing was sent.
    fn refuse(&mut self, class: Class, why: &ActError) {
        let Some((purpose, _)) = self.outbox.take(class) else { return };
        match purpose {
            Purpose::Act(id, ..) => self.fail(id, why.clone()),
            // They are looked at again as soon as that can be: how they end is not missed.
            Purpose::Reads(company) => {
                let until = self.saved.quota.blocked_until(self.saved.clock).or(opens(why));
                let watch = self.watches.iter_mut().find(|watch| watch.company == company);
                if let (Some(watch), Some(until)) = (watch, until) {
                    watch.hold(until);
                }
            }
            // The rest of it is read as background work, when there is some left for that.
            Purpose::SweepPage(..) => {
                if let Some(mut sweep) = self.sweep.take() {
                    sweep.class = Class::Sweep;
                    self.go_on(sweep);
                }
            }
            Purpose::AfterRefresh
            | Purpose::Gone(_)
            | Purpose::ConnectionGone(..)
            | Purpose::SecondLook(_)
            | Purpose::Item { .. }
            | Purpose::Standing(..)
            | Purpose::Outcome { .. }
            | Purpose::KeyCheck
            | Purpose::Integrations => {}
        }
    }
}

/// When requests may go again.
fn opens(why: &ActError) -> Option<Timestamp> {
    match why {
        ActError::QuotaSpent { resets } => Some(*resets),
        ActError::Failed(failure) => match failure.retry_after {
            Some(RetryAfter::At(at)) => Some(at),
            Some(RetryAfter::Seconds(_)) | None => None,
        },
        // It is tried again at its time: the person may raise the stop any moment.
        ActError::QuotaAsks { .. } | ActError::Store(_) | ActError::SafeMode | ActError::NoSchedule => None,
    }
}

fn asked_for_quiet(until: Timestamp) -> Failure {
    let failure = Failure::without_answer(FailureKind::RateLimited, "Codat asked for quiet");
    Failure { retry_after: Some(RetryAfter::At(until)), ..failure }
}
