//! Clock times: times of day on days of the week.
//!
//! - A time that does not exist (spring) is due at the clock change. A time that occurs twice (autumn) is due
//!   only the first time.
//! - After an interruption only the newest missed label is due; it stands for all before it.
//! - If the clock is set back or the zone moves west, labels repeat. They are not due again. Only after a
//!   rollback of more than 26 hours, more than any change of zone, was the clock wrong before. Then earlier
//!   decisions are discarded.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::Days;

/// Labels further ahead were decided with a wrong clock. The two sides of the date line differ by 26 hours.
pub(super) const MAX_ZONE_DIFFERENCE: SignedDuration = SignedDuration::from_hours(26);
/// A week, and a day that a zone may skip.
const MAX_DAYS: i32 = 8;

/// Times of day on days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockTimes {
    /// The times of day.
    pub times: Vec<civil::Time>,
    /// The days of the week.
    pub days: Days,
}

/// A label that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The local date and time.
    pub label: civil::DateTime,
    /// The instant.
    pub at: Timestamp,
    /// The number of missed labels before it, for which it stands.
    pub earlier: u32,
}

/// Whether a label is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueState {
    /// No label is due.
    NotDue,
    /// This label is due.
    Due(Due),
    /// The clock was far ahead at the last decision. This label replaces the decided one.
    ClockSetBack(civil::DateTime),
}

impl ClockTimes {
    /// What is due now, if all labels up to `decided` are decided.
    pub fn due_state(&self, decided: civil::DateTime, zone: &TimeZone, now: Timestamp) -> DueState {
        let here = zone.to_datetime(now);
        if decided.duration_since(here) > MAX_ZONE_DIFFERENCE {
            return DueState::ClockSetBack(here);
        }
        let Some((label, at)) = self.newest(decided, zone, now) else { return DueState::NotDue };
        let earlier = self.count(decided, label);
        DueState::Due(Due { label, at, earlier })
    }

    /// The first label after this one, and its instant.
    pub fn after(&self, label: civil::DateTime, zone: &TimeZone) -> Option<(civil::DateTime, Timestamp)> {
        let labels = dates(label.date(), MAX_DAYS).flat_map(|date| self.labels(date));
        let next = labels.filter(|next| *next > label).min()?;
        Some((next, instant_of(next, zone)?))
    }

    /// The newest label after `decided` that is due.
    fn newest(
        &self,
        decided: civil::DateTime,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Option<(civil::DateTime, Timestamp)> {
        let today = zone.to_datetime(now).date();
        let first = add_days(today, -MAX_DAYS);
        dates(first, MAX_DAYS + 1)
            .flat_map(|date| self.labels(date))
            .filter(|label| *label > decided)
            .filter_map(|label| Some((label, instant_of(label, zone)?)))
            .filter(|(_, at)| *at <= now)
            .max()
    }

    /// The number of labels between the two, both excluded.
    fn count(&self, decided: civil::DateTime, newest: civil::DateTime) -> u32 {
        let (first, last) = (decided.date(), newest.date());
        let between = |label: &civil::DateTime| *label > decided && *label < newest;
        let at_ends = self.labels(first).chain(self.labels(last).filter(|_| first != last)).filter(between);
        let whole_days = (last.duration_since(first).as_hours() / 24 - 1).max(0);
        let rest = i32::try_from(whole_days % 7).unwrap_or_default();
        let of_rest = dates(add_days(first, 1), rest).take(rest as usize);
        let days = (whole_days / 7) as usize * self.days.count()
            + of_rest.filter(|date| self.days.has(date.weekday())).count();
        let mut times = self.times.clone();
        times.sort_unstable();
        times.dedup();
        u32::try_from(at_ends.count() + days * times.len()).unwrap_or(u32::MAX)
    }

    /// The labels of a week without clock changes.
    pub(super) fn labels_of_a_week(&self) -> impl Iterator<Item = civil::DateTime> {
        dates(civil::date(2024, 1, 1), 6).flat_map(|date| self.labels(date))
    }

    fn labels(&self, date: civil::Date) -> impl Iterator<Item = civil::DateTime> {
        let on = self.days.has(date.weekday());
        let mut times: Vec<_> = if on { self.times.clone() } else { Vec::new() };
        times.sort_unstable();
        times.dedup();
        times.into_iter().map(move |time| date.to_datetime(time))
    }
}

/// The instant of a label: the first of two, or the clock change if it does not exist.
pub(crate) fn instant_of(label: civil::DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(label);
    match ambiguous.offset() {
        jiff::tz::AmbiguousOffset::Unambiguous { .. } | jiff::tz::AmbiguousOffset::Fold { .. } => {
            ambiguous.earlier().ok()
        }
        jiff::tz::AmbiguousOffset::Gap { .. } => {
            // Without the clock change this instant would be at or after it.
            let behind = ambiguous.later().ok()?;
            let just_after = behind.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(behind);
            zone.preceding(just_after).next().map(|shift| shift.timestamp()).or(Some(behind))
        }
    }
}

fn dates(first: civil::Date, count: i32) -> impl Iterator<Item = civil::Date> {
    let next = |date: &civil::Date| date.tomorrow().ok();
    std::iter::successors(Some(first), next).take(usize::try_from(count).unwrap_or_default() + 1)
}

fn add_days(date: civil::Date, days: i32) -> civil::Date {
    date.saturating_add(jiff::Span::new().days(days))
}
