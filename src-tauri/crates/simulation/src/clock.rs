//! The time of a simulation: one number, moved forward by the driver alone.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// The time, in milliseconds since 1970; its clones show the same.
#[derive(Debug, Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.as_millisecond())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Acquire)).unwrap_or(Timestamp::MAX)
    }

    /// Moves on; never back.
    pub(crate) fn go_to(&self, then: Timestamp) {
        self.0.fetch_max(up_to_the_millisecond(then), Ordering::AcqRel);
    }
}

/// The first whole millisecond that is not before this instant: who waits for it does not come too early.
fn up_to_the_millisecond(instant: Timestamp) -> i64 {
    let whole = instant.as_millisecond();
    let is_whole = Timestamp::from_millisecond(whole).is_ok_and(|same| same == instant);
    if is_whole || instant.as_nanosecond() < 0 { whole } else { whole + 1 }
}

/// So many milliseconds after an instant.
pub(crate) fn after(instant: Timestamp, millis: u64) -> Timestamp {
    let wait = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    instant.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_moves_forward_alone_and_is_not_early() {
        let clock = Clock::at("2026-11-23T09:00:00Z".parse().unwrap());
        clock.go_to("2026-11-23T09:00:00.0005Z".parse().unwrap());
        assert_eq!(clock.now(), "2026-11-23T09:00:00.001Z".parse().unwrap());
        clock.go_to("2026-11-23T08:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), "2026-11-23T09:00:00.001Z".parse().unwrap());
    }
}
