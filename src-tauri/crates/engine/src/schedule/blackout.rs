//! Blackouts: weekly times in which no run starts. A run that becomes due within one waits until it ends.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{ClockTimes, Days, clock_times::instant_of};

const WEEK_SECS: i64 = 7 * 86_400;
/// The size of the sample for a mean.
const SAMPLE_RUNS: u32 = 672;
const SAMPLE_TIME: SignedDuration = SignedDuration::from_hours(52 * 7 * 24);

/// A weekly time in which no run starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blackout {
    /// The days on which it starts.
    pub days: Days,
    /// When it starts.
    pub from: civil::Time,
    /// When it ends: on the same day, or on the next day if this is not later than `from`.
    pub until: civil::Time,
}

impl Blackout {
    /// Its end, if it covers `label`.
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

/// The first instant from `at` on outside all blackouts; none within eight days.
pub(crate) fn free_from(blackouts: &[Blackout], zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let given_up = at.checked_add(192.hours()).ok()?;
    let mut free = at;
    while let Some(end) = blackouts.iter().filter_map(|blackout| blackout.end(zone.to_datetime(free))).max() {
        // In the repeated hour of autumn the label may be past its end while the instant is still before it.
        let later = instant_of(end, zone)?;
        free = if later > free { later } else { last_instant_of(end, zone)? };
        if free >= given_up {
            return None;
        }
    }
    Some(free)
}

/// The number of runs in a week without clock changes. Times that wait for the same end of a blackout are one
/// run.
pub(super) fn runs_a_week(blackouts: &[Blackout], clock: &ClockTimes) -> usize {
    let begins = clock.labels_of_a_week().filter_map(|label| {
        let at = instant_of(label, &TimeZone::UTC)?;
        // A wait may end in the next week, which is the same.
        Some(free_from(blackouts, &TimeZone::UTC, at)?.as_second().rem_euclid(WEEK_SECS))
    });
    begins.collect::<BTreeSet<_>>().len()
}

/// The average runs per day of an every-N-hours schedule.
pub(super) fn runs_a_day(blackouts: &[Blackout], hours: u32) -> f64 {
    let step = SignedDuration::from_hours(i64::from(hours.max(1)));
    let Some(first) = free_from(blackouts, &TimeZone::UTC, Timestamp::UNIX_EPOCH) else { return 0.0 };
    let (mut at, mut runs) = (first, 0_u32);
    while runs < SAMPLE_RUNS && at.duration_since(first) < SAMPLE_TIME {
        let later = at.checked_add(step).ok().and_then(|later| free_from(blackouts, &TimeZone::UTC, later));
        let Some(later) = later else { return 0.0 };
        at = later;
        runs += 1;
    }
    f64::from(runs) * 24.0 * 3_600.0 / at.duration_since(first).as_secs_f64()
}

/// The second of two instants with this label.
fn last_instant_of(label: civil::DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(label).later().ok()
}
