//! Noticing that the computer slept: the clock on the wall has gone further than time that could be worked in.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// A step this large is a sleep, or a clock that was set forward: both make what is known old.
const SLEPT: SignedDuration = SignedDuration::from_secs(20);

/// What both clocks showed when they were last looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wake {
    wall: Timestamp,
    worked: Instant,
}

impl Wake {
    pub(crate) fn new(wall: Timestamp) -> Self {
        Self { wall, worked: Instant::now() }
    }

    /// Whether the computer slept since the last look.
    pub(crate) fn look(&mut self, wall: Timestamp) -> bool {
        let before = core::mem::replace(self, Self::new(wall));
        slept(wall.duration_since(before.wall), self.worked.duration_since(before.worked))
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
}
