//! Clock times: times of day on days of the week.
//!
//! - A time that does not exist, in spring, is due at the shift; one that occurs twice, in autumn, is due the
//!   first time alone.
//! - What was missed, because nothing ran or nothing could, is caught up once: the newest label stands for
//!   all before it.
//! - A clock set back, or a zone further west, repeats labels; they were met and are not met again. Only where
//!   the clock goes back by more than 26 hours, further than any travel, was it wrong before: what it made due
//!   ahead of time no longer counts.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::Days;

/// Labels that lie further ahead than this were decided by a clock that was wrong. The two ends of the date
/// line are 26 hours apart.
pub(super) const WRONG: SignedDuration = SignedDuration::from_hours(26);
/// A week, and a day for what a zone may skip.
const A_WEEK: i32 = 8;

/// Times of day on days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockTimes {
    /// Times of day.
    pub times: Vec<civil::Time>,
    /// Days of the week.
    pub days: Days,
}

/// A label that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What the clock on the wall says then.
    pub label: civil::DateTime,
    /// When that is, or was.
    pub at: Timestamp,
    /// How many labels before it were not met, for which it stands in.
    pub earlier: u32,
}

/// What is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// Nothing.
    Nothing,
    /// This.
    Due(Due),
    /// The clock was far ahead when it was last decided: that is forgotten, and this label takes its place.
    SetBack(civil::DateTime),
}

impl ClockTimes {
    /// What is due now, where everything up to the label `decided` is met or explained.
    pub fn rule(&self, decided: civil::DateTime, zone: &TimeZone, now: Timestamp) -> Ruling {
        let here = zone.to_datetime(now);
        if decided.duration_since(here) > WRONG {
            return Ruling::SetBack(here);
        }
        let Some((label, at)) = self.newest(decided, zone, now) else { return Ruling::Nothing };
        let earlier = self.count(decided, label);
        Ruling::Due(Due { label, at, earlier })
    }

    /// The first label after this one, and when it is.
    pub fn after(&self, label: civil::DateTime, zone: &TimeZone) -> Option<(civil::DateTime, Timestamp)> {
        let labels = dates(label.date(), A_WEEK).flat_map(|date| self.labels(date));
        let next = labels.filter(|next| *next > label).min()?;
        Some((next, instant_of(next, zone)?))
    }

    /// The newest label after `decided` that is due by now.
    fn newest(
        &self,
        decided: civil::DateTime,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Option<(civil::DateTime, Timestamp)> {
        let today = zone.to_datetime(now).date();
        let first = add_days(today, -A_WEEK);
        dates(first, A_WEEK + 1)
            .flat_map(|date| self.labels(date))
            .filter(|label| *label > decided)
            .filter_map(|label| Some((label, instant_of(label, zone)?)))
            .filter(|(_, at)| *at <= now)
            .max()
    }

    /// Labels between the two, neither counted.
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

    /// The labels of a week, whichever: one in which no clock is set.
    pub(super) fn of_a_week(&self) -> impl Iterator<Item = civil::DateTime> {
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

/// The instant of a label: the first of two, and the shift where it does not exist.
pub(super) fn instant_of(label: civil::DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(label);
    match ambiguous.offset() {
        jiff::tz::AmbiguousOffset::Unambiguous { .. } | jiff::tz::AmbiguousOffset::Fold { .. } => {
            ambiguous.earlier().ok()
        }
        jiff::tz::AmbiguousOffset::Gap { .. } => {
            // Read as if the clock had not been put forward, it lies behind the shift, or at it.
            let behind = ambiguous.later().ok()?;
            let just_after = behind.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(behind);
            zone.preceding(just_after).next().map(|shift| shift.timestamp()).or(Some(behind))
        }
    }
}

/// So many dates from this one on.
fn dates(first: civil::Date, count: i32) -> impl Iterator<Item = civil::Date> {
    let next = |date: &civil::Date| date.tomorrow().ok();
    std::iter::successors(Some(first), next).take(usize::try_from(count).unwrap_or_default() + 1)
}

fn add_days(date: civil::Date, days: i32) -> civil::Date {
    date.saturating_add(jiff::Span::new().days(days))
}
