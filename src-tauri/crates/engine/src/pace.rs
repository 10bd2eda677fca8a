//! The minute's allowance: never more than so many requests in any 60 seconds, and fewer for a while where
//! the server said that it was too many.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::class::Class;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Requests of each minute that are kept for somebody who clicks while a long run is under way.
const KEPT_FREE: u32 = 20;
/// However slow the server wants it, so many requests a minute are tried.
const SLOWEST: u32 = 60;
/// How long it stays slow before it dares to be faster again, step by step.
const STEP: SignedDuration = SignedDuration::from_mins(10);
/// By how much it is faster after each of these, in percent of the full pace.
const STEP_PERCENT: u32 = 10;

/// The requests of the last minute, and how many there may be.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// When each request was sent, oldest first. Kept across restarts.
    sent: VecDeque<Timestamp>,
    /// What the server was found to take in a minute, and when.
    learned: Option<(u32, Timestamp)>,
}

impl Pace {
    /// A request goes.
    pub(crate) fn sent(&mut self, now: Timestamp) {
        // Keeps the order when the clock was set back since the last request, in this run or before it.
        self.forget_old(now);
        self.sent.push_back(now);
    }

    /// Takes it over from an earlier run, after which so many more requests may have been sent.
    pub(crate) fn found(&mut self, unknown: u64, now: Timestamp) {
        self.sent.make_contiguous().sort_unstable();
        for _ in 0..unknown {
            self.sent(now);
        }
    }

    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.sent.iter_mut().chain(self.learned.as_mut().map(|(_, at)| at))
    }

    /// When the next request of this class may go; nothing where it may go now.
    pub(crate) fn opens(&mut self, class: Class, full: u32, now: Timestamp) -> Option<Timestamp> {
        self.forget_old(now);
        let most = usize::try_from(self.most(class, full, now)).unwrap_or(usize::MAX).max(1);
        let first = self.sent.len().checked_sub(most)?;
        self.sent.get(first)?.checked_add(MINUTE).ok()
    }

    /// The server said that it was too often, and to come back within about a minute: so it is the minute's
    /// limit that was met. What it took is what it is held to, with a margin.
    pub(crate) fn too_fast(&mut self, full: u32, now: Timestamp) {
        self.forget_old(now);
        let met = |at: &Timestamp| now.duration_since(*at).abs() < MINUTE;
        if self.learned.as_ref().is_some_and(|(_, at)| met(at)) {
            // The others of one volley say nothing new.
            return;
        }
        let took = u32::try_from(self.sent.len()).unwrap_or(u32::MAX).min(self.present(full, now));
        self.learned = Some(((took / 4 * 3).max(SLOWEST), now));
    }

    /// Requests a minute at this time, all classes together.
    pub(crate) fn present(&self, full: u32, now: Timestamp) -> u32 {
        let Some((learned, at)) = self.learned else { return full };
        let steps = now.duration_since(at).as_secs() / STEP.as_secs();
        let faster =
            u32::try_from(steps.max(0)).unwrap_or(u32::MAX).saturating_mul(full * STEP_PERCENT / 100);
        learned.saturating_add(faster).min(full)
    }

    /// Requests of a class a minute at this time.
    pub(crate) fn most(&self, class: Class, full: u32, now: Timestamp) -> u32 {
        let present = self.present(full, now);
        if class.is_awaited() { present } else { present.saturating_sub(KEPT_FREE).max(1) }
    }

    /// What is older than a minute no longer counts. What lies ahead was sent before the clock was set back:
    /// it counts as sent now, for a minute more, so that a clock set back does not give a minute twice.
    fn forget_old(&mut self, now: Timestamp) {
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
        let mut pace = Pace::default();
        for _ in 0..580 {
            assert_eq!(pace.opens(Class::Run, 600, at(0)), None);
            pace.sent(at(0));
        }
        assert_eq!(pace.opens(Class::Run, 600, at(1)), Some(at(60)));
        assert_eq!(pace.opens(Class::Sweep, 600, at(1)), Some(at(60)));
        assert_eq!(pace.opens(Class::Click, 600, at(1)), None);
    }

    #[test]
    fn too_fast_slows_it_once_for_a_volley_and_it_dares_more_step_by_step() {
        let mut pace = Pace::default();
        for _ in 0..200 {
            pace.sent(at(0));
        }
        pace.too_fast(600, at(1));
        pace.too_fast(600, at(2));
        assert_eq!(pace.present(600, at(2)), 150);
        assert_eq!(pace.present(600, at(1 + 600)), 210);
        assert_eq!(pace.present(600, at(1 + 86_400)), 600, "in the end it is as before");
        pace.too_fast(600, at(1 + 601));
        assert_eq!(pace.present(600, at(1 + 601)), SLOWEST, "nothing was sent, and still it was too much");
    }

    #[test]
    fn a_clock_set_back_between_two_starts_stops_nothing_for_longer_than_a_minute() {
        let mut pace = Pace::default();
        pace.sent(at(7_200));
        pace.sent(at(0));
        for second in 0..600 {
            pace.sent(at(second));
            let opens = pace.opens(Class::Sweep, 100, at(second));
            assert!(opens.is_none_or(|opens| opens > at(second)), "{second}: {opens:?}");
            assert!(opens.is_none_or(|opens| opens <= at(second + 60)), "{second}: {opens:?}");
        }
    }

    #[test]
    fn a_clock_set_back_does_not_give_a_minute_twice() {
        let mut pace = Pace::default();
        for _ in 0..600 {
            pace.sent(at(3_600));
        }
        assert_eq!(pace.opens(Class::Click, 600, at(0)), Some(at(60)));
        assert_eq!(pace.opens(Class::Click, 600, at(59)), Some(at(60)));
        assert_eq!(pace.opens(Class::Click, 600, at(60)), None);
    }
}
