//! Noticing that the computer slept: the system says so, or the clock on the wall has gone further than time that
//! could be worked in.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// A step this large is a sleep, or a clock that was set forward: both make what is known old.
const SLEPT: SignedDuration = SignedDuration::from_secs(20);

/// The system may say after the clock did that the computer woke. Within this time it is the same waking: taken
/// for another one, it would end the sweep that the first has begun.
const SAME: Duration = Duration::from_secs(20);

/// What both clocks showed when they were last looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wake {
    wall: Timestamp,
    worked: Instant,
    woke: Option<Instant>,
}

impl Wake {
    pub(crate) fn new(wall: Timestamp) -> Self {
        Self { wall, worked: Instant::now(), woke: None }
    }

    /// Whether the computer slept since the last look. `is_told`: the system says that it woke just now.
    pub(crate) fn look(&mut self, wall: Timestamp, is_told: bool) -> bool {
        self.look_at(wall, Instant::now(), is_told)
    }

    fn look_at(&mut self, wall: Timestamp, now: Instant, is_told: bool) -> bool {
        let by_clock = slept(wall.duration_since(self.wall), now.duration_since(self.worked));
        let is_known = self.woke.is_some_and(|woke| now.duration_since(woke) < SAME);
        let woke = by_clock || (is_told && !is_known);
        *self = Self { wall, worked: now, woke: if woke { Some(now) } else { self.woke } };
        woke
    }
}

fn slept(wall: SignedDuration, worked: Duration) -> bool {
    let worked = SignedDuration::try_from(worked).unwrap_or(SignedDuration::MAX);
    wall.saturating_sub(worked) >= SLEPT
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
        let mut wall: Timestamp = "2026-11-23T09:00:00Z".parse().expect("a time");
        let mut wake = Wake::new(wall);
        let worked = wake.worked;
        let hour = SignedDuration::from_hours(1);
        wall += hour;
        assert!(wake.look_at(wall, worked, false), "the clock gives it away");
        assert!(!wake.look_at(wall, worked, true), "the system says the same");
        let later = worked + SAME;
        assert!(wake.look_at(wall, later, true), "a short sleep that only the system knows of");
        assert!(!wake.look_at(wall, later, true), "told of twice");
        wall += hour;
        assert!(wake.look_at(wall, later, true), "another one, soon after");
        assert!(!wake.look_at(wall, later, false));
    }
}
