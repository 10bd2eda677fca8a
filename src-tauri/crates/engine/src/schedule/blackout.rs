//! Blackouts: times of the week in which nothing begins. What falls due within one waits until it ends.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{ClockTimes, Days, clock::instant_of};

const WEEK_SECS: i64 = 7 * 86_400;
/// A mean is taken over so many times, or over so much time.
const CHAIN: u32 = 672;
const CHAIN_TIME: SignedDuration = SignedDuration::from_hours(52 * 7 * 24);

/// A time of the week in which nothing begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blackout {
    /// The days on which it begins.
    pub days: Days,
    /// When it begins.
    pub from: civil::Time,
    /// When it ends: on the same day, or on the next where this is not later than `from`.
    pub until: civil::Time,
}

impl Blackout {
    /// Where it ends, if `label` lies in it.
    fn end(&self, label: civil::DateTime) -> Option<civil::DateTime> {
        let today = label.date();
        [today.yesterday().ok(), Some(today)].into_iter().flatten().find_map(|date| {
            let begins = date.to_datetime(self.from);
            let last = if self.until > self.from { date } else { date.tomorrow().ok()? };
            let ends = last.to_datetime(self.until);
            (self.days.has(date.weekday()) && begins <= label && label < ends).then_some(ends)
        })
    }
}

/// The first instant from `at` on that lies in none of them; none where there is none within eight days.
pub(super) fn free_from(blackouts: &[Blackout], zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let given_up = at.checked_add(192.hours()).ok()?;
    let mut free = at;
    while let Some(end) = blackouts.iter().filter_map(|blackout| blackout.end(zone.to_datetime(free))).max() {
        // The hour that autumn repeats: the label is past its end, the instant may lie before where it was.
        let later = instant_of(end, zone)?;
        free = if later > free { later } else { last_instant_of(end, zone)? };
        if free >= given_up {
            return None;
        }
    }
    Some(free)
}

/// How many runs a week has with these times, where what falls into a blackout waits until it ends: times that
/// wait for the same end are one run. By a clock that is never set.
pub(super) fn runs_a_week(blackouts: &[Blackout], clock: &ClockTimes) -> usize {
    let begins = clock.of_a_week().filter_map(|label| {
        let at = instant_of(label, &TimeZone::UTC)?;
        // A wait may end in the next week, which is like this one.
        Some(free_from(blackouts, &TimeZone::UTC, at)?.as_second().rem_euclid(WEEK_SECS))
    });
    begins.collect::<BTreeSet<_>>().len()
}

/// How often a day something happens that happens so many hours after the last time, and in no blackout.
pub(super) fn chain(blackouts: &[Blackout], hours: u32) -> f64 {
    let step = SignedDuration::from_hours(i64::from(hours.max(1)));
    let Some(first) = free_from(blackouts, &TimeZone::UTC, Timestamp::UNIX_EPOCH) else { return 0.0 };
    let (mut at, mut runs) = (first, 0_u32);
    while runs < CHAIN && at.duration_since(first) < CHAIN_TIME {
        let later = at.checked_add(step).ok().and_then(|later| free_from(blackouts, &TimeZone::UTC, later));
        let Some(later) = later else { return 0.0 };
        at = later;
        runs += 1;
    }
    f64::from(runs) * 24.0 * 3_600.0 / at.duration_since(first).as_secs_f64()
}

/// The second of the two instants with this label.
fn last_instant_of(label: civil::DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(label).later().ok()
}
