//! Letting requests go, in the order of who waits for them and within the budget.

use codat::{Failure, FailureKind, error::RetryAfter};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{
    act::ActError,
    effect::{Effect, RequestId},
    outbox::Purpose,
    quota::{Class, Leave},
};

/// The longest a person is kept waiting until the server takes requests again.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

impl Engine {
    /// Sends what may go.
    pub(super) fn pump(&mut self, now: Timestamp) {
        self.opens_at = None;
        self.spent_until = None;
        for class in [Class::Person, Class::Run, Class::Look, Class::Background, Class::Sweep] {
            while self.outbox.waits(class) && self.in_flight.len() < self.config.concurrency {
                let held = match class {
                    Class::Person => false,
                    Class::Run => self.reach.holds(now),
                    Class::Look | Class::Background | Class::Sweep => self.paused || self.reach.holds(now),
                };
                if held {
                    break;
                }
                match self.saved.quota.leave(class, &self.config, now) {
                    Leave::Now => self.send_next(class, now),
                    Leave::At(at) if class == Class::Person && at.duration_since(now) > PATIENCE => {
                        self.refuse(&ActError::Failed(asked_for_quiet(at)));
                    }
                    Leave::At(at) => {
                        self.opens_at = Some(self.opens_at.map_or(at, |other| other.min(at)));
                        break;
                    }
                    Leave::Spent(resets) if class == Class::Person => {
                        self.refuse(&ActError::QuotaSpent { resets });
                    }
                    Leave::Spent(until) => {
                        self.spent_until = Some(until);
                        break;
                    }
                }
            }
        }
    }

    fn send_next(&mut self, class: Class, now: Timestamp) {
        let Some((purpose, call)) = self.outbox.take(class) else { return };
        self.next_request += 1;
        let id = RequestId(self.next_request);
        self.saved.quota.sent(class, now);
        self.in_flight.insert(id, (purpose, now));
        self.effects.push(Effect::Send(id, call));
    }

    /// The next request of a person cannot go in good time: who waits is told, nothing was sent.
    fn refuse(&mut self, why: &ActError) {
        let Some((purpose, _)) = self.outbox.take(Class::Person) else { return };
        match purpose {
            Purpose::Act(id, _) => self.fail(id, why.clone()),
            Purpose::Reads(company) => self.watches.retain(|watch| watch.company != company),
            Purpose::AfterRefresh
            | Purpose::SweepPage
            | Purpose::Gone(_)
            | Purpose::ConnectionGone(..)
            | Purpose::SecondLook(_)
            | Purpose::Item { .. }
            | Purpose::Outcome { .. }
            | Purpose::Integrations => {}
        }
    }
}

fn asked_for_quiet(until: Timestamp) -> Failure {
    let failure = Failure::without_answer(FailureKind::RateLimited, "Codat asked for quiet");
    Failure { retry_after: Some(RetryAfter::At(until)), ..failure }
}
