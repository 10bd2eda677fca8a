//! The time of a simulation: a number that only the driver advances.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// Milliseconds since 1970. Clones share the time.
#[derive(Debug, Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn new(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.as_millisecond())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Acquire)).unwrap_or(Timestamp::MAX)
    }

    /// Somebody sets the clock forward or back, by milliseconds.
    pub(crate) fn jump(&self, by: i64) {
        self.0.fetch_add(by, Ordering::AcqRel);
    }

    /// Never goes back.
    pub(crate) fn advance_to(&self, then: Timestamp) {
        self.0.fetch_max(ceil_to_millisecond(then), Ordering::AcqRel);
    }
}

/// Rounds up, so that a timer is never early.
fn ceil_to_millisecond(instant: Timestamp) -> i64 {
    let whole = instant.as_millisecond();
    let is_whole = Timestamp::from_millisecond(whole).is_ok_and(|same| same == instant);
    if is_whole || instant.as_nanosecond() < 0 { whole } else { whole + 1 }
}

pub(crate) fn after(instant: Timestamp, millis: u64) -> Timestamp {
    let wait = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    instant.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_moves_forward_alone_and_is_not_early() {
        let clock = Clock::new("2026-11-23T09:00:00Z".parse().unwrap());
        clock.advance_to("2026-11-23T09:00:00.0005Z".parse().unwrap());
        assert_eq!(clock.now(), "2026-11-23T09:00:00.001Z".parse().unwrap());
        clock.advance_to("2026-11-23T08:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), "2026-11-23T09:00:00.001Z".parse().unwrap());
    }
}
