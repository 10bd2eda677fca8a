//! The limit of requests per minute: a sliding window of 60 seconds. It is lowered for a while after a 429.

use std::collections::VecDeque;

use domain::Priority;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Requests per minute reserved for interactive requests during a long run.
const RESERVED_FOR_USER: u32 = 20;
/// The minimum requests per minute, whatever the server accepts.
const MIN_RATE: u32 = 60;
/// The time between two increases after the limit was lowered.
const SPEEDUP_INTERVAL: SignedDuration = SignedDuration::from_mins(10);
/// The increase, in percent of the full limit.
const SPEEDUP_PERCENT: u32 = 10;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct RateLimiter {
    /// Oldest first. Saved across restarts.
    sent: VecDeque<Timestamp>,
    /// The lowered limit per minute, and since when.
    learned: Option<(u32, Timestamp)>,
}

impl RateLimiter {
    pub(crate) fn record(&mut self, now: Timestamp) {
        // Keeps the order after a clock rollback, in this run or before it.
        self.drop_expired(now);
        self.sent.push_back(now);
    }

    /// Restores it after a restart. `unknown`: requests that may have been sent since the last save.
    pub(crate) fn restore(&mut self, unknown: u64, now: Timestamp) {
        self.sent.make_contiguous().sort_unstable();
        for _ in 0..unknown {
            self.record(now);
        }
    }

    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.sent.iter_mut().chain(self.learned.as_mut().map(|(_, at)| at))
    }

    /// When the next request may be sent; none: now.
    pub(crate) fn next_permit_at(
        &mut self,
        priority: Priority,
        full: u32,
        now: Timestamp,
    ) -> Option<Timestamp> {
        self.drop_expired(now);
        let most = usize::try_from(self.rate_for(priority, full, now)).unwrap_or(usize::MAX).max(1);
        let first = self.sent.len().checked_sub(most)?;
        self.sent.get(first)?.checked_add(MINUTE).ok()
    }

    /// The server sent a 429 with a short wait, so the limit per minute was exceeded. Lowers the limit below
    /// the present rate.
    pub(crate) fn on_rate_limited(&mut self, full: u32, now: Timestamp) {
        self.drop_expired(now);
        let is_recent = |at: &Timestamp| now.duration_since(*at).abs() < MINUTE;
        if self.learned.as_ref().is_some_and(|(_, at)| is_recent(at)) {
            // Further 429s of the same burst do not count.
            return;
        }
        let took = u32::try_from(self.sent.len()).unwrap_or(u32::MAX).min(self.current_rate(full, now));
        self.learned = Some(((took / 4 * 3).max(MIN_RATE), now));
    }

    /// The present limit per minute, for all priorities together.
    pub(crate) fn current_rate(&self, full: u32, now: Timestamp) -> u32 {
        let Some((learned, at)) = self.learned else { return full };
        let steps = now.duration_since(at).as_secs() / SPEEDUP_INTERVAL.as_secs();
        let faster =
            u32::try_from(steps.max(0)).unwrap_or(u32::MAX).saturating_mul(full * SPEEDUP_PERCENT / 100);
        learned.saturating_add(faster).min(full)
    }

    /// The present limit per minute for this priority.
    pub(crate) fn rate_for(&self, priority: Priority, full: u32, now: Timestamp) -> u32 {
        let current = self.current_rate(full, now);
        if priority.is_interactive() { current } else { current.saturating_sub(RESERVED_FOR_USER).max(1) }
    }

    /// Requests older than a minute expire. Times in the future are from before a clock rollback and count as
    /// now, so that a rollback does not grant a minute twice.
    fn drop_expired(&mut self, now: Timestamp) {
        for sent in self.sent.iter_mut().rev().take_while(|sent| **sent > now) {
            *sent = now;
        }
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent) >= MINUTE) {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap()
    }

    #[test]
    fn a_long_run_leaves_room_for_somebody_who_clicks() {
        let mut limiter = RateLimiter::default();
        for _ in 0..580 {
            assert_eq!(limiter.next_permit_at(Priority::Run, 600, at(0)), None);
            limiter.record(at(0));
        }
        assert_eq!(limiter.next_permit_at(Priority::Run, 600, at(1)), Some(at(60)));
        assert_eq!(limiter.next_permit_at(Priority::Sweep, 600, at(1)), Some(at(60)));
        assert_eq!(limiter.next_permit_at(Priority::Click, 600, at(1)), None);
    }

    #[test]
    fn too_fast_slows_it_once_for_a_volley_and_it_dares_more_step_by_step() {
        let mut limiter = RateLimiter::default();
        for _ in 0..200 {
            limiter.record(at(0));
        }
        limiter.on_rate_limited(600, at(1));
        limiter.on_rate_limited(600, at(2));
        assert_eq!(limiter.current_rate(600, at(2)), 150);
        assert_eq!(limiter.current_rate(600, at(1 + 600)), 210);
        assert_eq!(limiter.current_rate(600, at(1 + 86_400)), 600, "in the end it is as before");
        limiter.on_rate_limited(600, at(1 + 601));
        assert_eq!(
            limiter.current_rate(600, at(1 + 601)),
            MIN_RATE,
            "nothing was sent, and still it was too much"
        );
    }

    #[test]
    fn a_clock_set_back_between_two_starts_stops_nothing_for_longer_than_a_minute() {
        let mut limiter = RateLimiter::default();
        limiter.record(at(7_200));
        limiter.record(at(0));
        for second in 0..600 {
            limiter.record(at(second));
            let permit_at = limiter.next_permit_at(Priority::Sweep, 100, at(second));
            assert!(permit_at.is_none_or(|permit_at| permit_at > at(second)), "{second}: {permit_at:?}");
            assert!(
                permit_at.is_none_or(|permit_at| permit_at <= at(second + 60)),
                "{second}: {permit_at:?}"
            );
        }
    }

    #[test]
    fn a_clock_set_back_does_not_give_a_minute_twice() {
        let mut limiter = RateLimiter::default();
        for _ in 0..600 {
            limiter.record(at(3_600));
        }
        assert_eq!(limiter.next_permit_at(Priority::Click, 600, at(0)), Some(at(60)));
        assert_eq!(limiter.next_permit_at(Priority::Click, 600, at(59)), Some(at(60)));
        assert_eq!(limiter.next_permit_at(Priority::Click, 600, at(60)), None);
    }
}
