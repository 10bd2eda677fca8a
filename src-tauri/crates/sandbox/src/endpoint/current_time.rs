//! The sandbox's current time.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::Inner;
use crate::{change::Change, clock::ClockAnchor, lock::lock};

impl Inner {
    /// The sandbox's time. It never decreases. The state is advanced to it first.
    pub(super) fn time(&self) -> Timestamp {
        let host = (self.clock)();
        let mut last = lock(&self.last);
        *last = (*last).max(self.state().clock.at(host, self.scale));
        let now = *last;
        if self.state().is_due(now) {
            self.state.write().unwrap_or_else(PoisonError::into_inner).advance(now);
        }
        now
    }

    /// The same time, without advancing the state to it.
    pub(super) fn peek_time(&self) -> Timestamp {
        let here = self.state().clock.at((self.clock)(), self.scale);
        here.max(*lock(&self.last))
    }

    /// A clock that does not run at real speed is stored with every change. After a crash it would go
    /// backwards otherwise.
    pub(super) fn record_clock(&self, changes: &mut Vec<Change>, now: Timestamp) {
        let moved = changes.iter().any(|change| matches!(change, Change::Clock(_)));
        if self.scale.is_scaled() && !changes.is_empty() && !moved {
            changes.push(Change::Clock(ClockAnchor { host: (self.clock)(), sandbox: now }));
        }
    }
}
