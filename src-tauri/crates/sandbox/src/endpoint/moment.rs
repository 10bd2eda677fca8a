//! The time at which a request is answered.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::Inner;
use crate::{change::Change, clock::Anchor, lock::lock};

impl Inner {
    /// The sandbox's time; every call gives the same or a later one. What happened by then is seen by then.
    pub(super) fn time(&self) -> Timestamp {
        let host = (self.clock)();
        let mut last = lock(&self.last);
        *last = (*last).max(self.state().clock.at(host, self.scale));
        let now = *last;
        if self.state().is_due(now) {
            self.state.write().unwrap_or_else(PoisonError::into_inner).settle(now);
        }
        now
    }

    /// A clock that runs at its own pace is kept with whatever changes, so that a restart after a crash does
    /// not go behind it.
    pub(super) fn note_time(&self, changes: &mut Vec<Change>, now: Timestamp) {
        let moved = changes.iter().any(|change| matches!(change, Change::Clock(_)));
        if self.scale.is_scaled() && !changes.is_empty() && !moved {
            changes.push(Change::Clock(Anchor { host: (self.clock)(), here: now }));
        }
    }
}
