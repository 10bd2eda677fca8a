//! Blackouts: times of the week in which nothing begins. What falls due within one waits until it ends.

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Days, clock::instant_of};

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

/// The second of the two instants with this label.
fn last_instant_of(label: civil::DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(label).later().ok()
}
