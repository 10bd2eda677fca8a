//! Detects that the computer woke from sleep: the system reports it, or the wall clock advanced more than the
//! monotonic clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The smallest difference that counts as sleep. A clock that was set forward has the same effect: all data is
/// old.
const MIN_SLEEP: SignedDuration = SignedDuration::from_secs(20);

/// The system may report a wake after the clocks showed it. Within this time both are the same wake; a second
/// one would abort the sweep that the first one started.
const SAME_WAKE: Duration = Duration::from_secs(20);

/// The values of both clocks at the last check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wake {
    wall_clock: Timestamp,
    monotonic: Instant,
    last_wake: Option<Instant>,
}

impl Wake {
    pub(crate) fn new(wall_clock: Timestamp) -> Self {
        Self { wall_clock, monotonic: Instant::now(), last_wake: None }
    }

    /// Whether the computer slept since the last check. `reported_by_system`: the system has just reported a
    /// wake.
    pub(crate) fn check(&mut self, wall_clock: Timestamp, reported_by_system: bool) -> bool {
        self.check_at(wall_clock, Instant::now(), reported_by_system)
    }

    fn check_at(&mut self, wall_clock: Timestamp, now: Instant, reported_by_system: bool) -> bool {
        let by_clock = slept(wall_clock.duration_since(self.wall_clock), now.duration_since(self.monotonic));
        let is_same_wake = self.last_wake.is_some_and(|last_wake| now.duration_since(last_wake) < SAME_WAKE);
        let woke = by_clock || (reported_by_system && !is_same_wake);
        *self = Self { wall_clock, monotonic: now, last_wake: if woke { Some(now) } else { self.last_wake } };
        woke
    }
}

fn slept(wall_clock: SignedDuration, monotonic: Duration) -> bool {
    let monotonic = SignedDuration::try_from(monotonic).unwrap_or(SignedDuration::MAX);
    wall_clock.saturating_sub(monotonic) >= MIN_SLEEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_a_step_of_the_wall_clock_alone() {
        let secs = SignedDuration::from_secs;
        assert!(slept(secs(3_600), Duration::from_secs(15)));
        assert!(!slept(secs(15), Duration::from_secs(15)));
        assert!(!slept(secs(600), Duration::from_secs(600)), "a busy computer is not one that sleeps");
        assert!(!slept(secs(-3_600), Duration::from_secs(15)), "a clock set back is no sleep");
    }

    #[test]
    fn one_waking_is_noticed_once_whoever_tells_of_it_first() {
        let mut wall_clock: Timestamp = "2026-11-23T09:00:00Z".parse().expect("a time");
        let mut wake = Wake::new(wall_clock);
        let monotonic = wake.monotonic;
        let hour = SignedDuration::from_hours(1);
        wall_clock += hour;
        assert!(wake.check_at(wall_clock, monotonic, false), "the clock gives it away");
        assert!(!wake.check_at(wall_clock, monotonic, true), "the system says the same");
        let later = monotonic + SAME_WAKE;
        assert!(wake.check_at(wall_clock, later, true), "a short sleep that only the system knows of");
        assert!(!wake.check_at(wall_clock, later, true), "told of twice");
        wall_clock += hour;
        assert!(wake.check_at(wall_clock, later, true), "another one, soon after");
        assert!(!wake.check_at(wall_clock, later, false));
    }
}
