//! What the rest of the day is likely to take, and what a day takes at another number of companies. Both say
//! what they rest on.

use jiff::{SignedDuration, Timestamp};

use crate::{
    class::Class,
    quota::{SMALLEST_ALLOWANCE, Shares},
    rhythm::{Cost, Rhythm},
    usage::{DayUsage, Usage},
};

/// Days that a mean is taken of.
pub(crate) const DAYS: usize = 7;
/// Sooner than this after midnight a day has no pace of its own.
const SETTLED: SignedDuration = SignedDuration::from_hours(1);
const DAY_SECS: u64 = 86_400;

/// What is expected of the rest of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Requests from now until the day begins anew.
    pub rest: Usage,
    /// What the part that follows no plan rests on: a person's acts, and looks.
    pub basis: Basis,
    /// What the sweeps rest on: from the start of one to the start of the next, in seconds.
    pub sweep_secs: i64,
    /// The same for status sweeps, where there are any.
    pub status_secs: Option<i64>,
}

/// What a forecast rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The mean of so many days before.
    Days(u32),
    /// The pace of this day so far.
    Today,
    /// Nothing yet: the day has just begun, and it is the first.
    Nothing,
}

/// What the forecast is made from.
pub(crate) struct Known<'a> {
    pub(crate) today: &'a Usage,
    pub(crate) days: &'a [DayUsage],
    /// When the day begins anew.
    pub(crate) ends: Timestamp,
    /// What background work may spend of it.
    pub(crate) shares: Shares,
    pub(crate) rhythm: Rhythm,
    pub(crate) full: Cost,
    pub(crate) status: Cost,
    /// What is planned until the day begins anew: keep-alive and schedules.
    pub(crate) planned: &'a Usage,
    pub(crate) is_paused: bool,
}

impl Forecast {
    pub(crate) fn new(known: &Known<'_>, now: Timestamp) -> Self {
        let left = u64::try_from(known.ends.duration_since(now).as_secs()).unwrap_or(0).min(DAY_SECS);
        let days = &known.days[..known.days.len().min(DAYS)];
        let passed = DAY_SECS - left;
        let basis = if !days.is_empty() {
            Basis::Days(u32::try_from(days.len()).unwrap_or(u32::MAX))
        } else if passed >= SETTLED.as_secs().unsigned_abs() {
            Basis::Today
        } else {
            Basis::Nothing
        };
        let by_pace = |class: Class| match basis {
            Basis::Days(count) => {
                let all: u64 = days.iter().map(|day| day.usage.of(class)).sum();
                all.saturating_mul(left) / (u64::from(count) * DAY_SECS)
            }
            Basis::Today => known.today.of(class).saturating_mul(left) / passed.max(1),
            Basis::Nothing => 0,
        };
        let mut rest = Usage::default();
        for class in [Class::Click, Class::Screen, Class::Run, Class::Look] {
            rest.add(class, by_pace(class));
        }
        if !known.is_paused {
            let half = known.shares.sweeps.saturating_sub(known.today.of(Class::Sweep));
            rest.add(Class::Sweep, sweeps_in(left, known.rhythm, known.full, known.status).min(half));
            let spent = known.today.background().saturating_sub(known.today.of(Class::Sweep));
            let may = |class: Class, part: u64, taken: u64| {
                known.planned.of(class).min(part.saturating_sub(spent).saturating_sub(taken))
            };
            let keep_alive = may(Class::KeepAlive, known.shares.others, 0);
            rest.add(Class::KeepAlive, keep_alive);
            rest.add(Class::Schedule, may(Class::Schedule, known.shares.schedules, keep_alive));
        }
        Self {
            rest,
            basis,
            sweep_secs: known.rhythm.full.as_secs(),
            status_secs: known.rhythm.status.map(|status| status.as_secs()),
        }
    }
}

/// Requests of the sweeps of so many seconds.
pub(crate) fn sweeps_in(secs: u64, rhythm: Rhythm, full: Cost, status: Cost) -> u64 {
    let times = |every: SignedDuration| secs / u64::try_from(every.as_secs()).unwrap_or(1).max(1);
    let status = rhythm.status.map_or(0, |every| times(every).saturating_mul(status.requests));
    times(rhythm.full).saturating_mul(full.requests).saturating_add(status)
}

/// The day's allowance with so many connected companies (§4.2).
pub(crate) fn allowance(companies: u64) -> u64 {
    SMALLEST_ALLOWANCE.saturating_mul(companies.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn usage(parts: &[(Class, u64)]) -> Usage {
        let mut usage = Usage::default();
        for (class, requests) in parts {
            usage.add(*class, *requests);
        }
        usage
    }

    fn known<'a>(today: &'a Usage, days: &'a [DayUsage], planned: &'a Usage) -> Known<'a> {
        Known {
            today,
            days,
            ends: at("2026-11-24T00:00:00Z"),
            shares: Shares { whole: 3_000, sweeps: 1_500, others: 1_500, schedules: 1_200 },
            rhythm: Rhythm { full: SignedDuration::from_secs(120), status: None },
            full: Cost { requests: 2, bytes: 0 },
            status: Cost::default(),
            planned,
            is_paused: false,
        }
    }

    const NOON: &str = "2026-11-23T12:00:00Z";

    #[test]
    fn without_a_past_the_day_goes_on_as_it_began() {
        let today = usage(&[(Class::Click, 100), (Class::Look, 10)]);
        let planned = usage(&[(Class::Schedule, 40)]);
        let forecast = Forecast::new(&known(&today, &[], &planned), at(NOON));
        assert_eq!(forecast.basis, Basis::Today);
        assert_eq!(forecast.rest.of(Class::Click), 100);
        assert_eq!(forecast.rest.of(Class::Look), 10);
        assert_eq!(forecast.rest.of(Class::Sweep), 43_200 / 120 * 2);
        assert_eq!(forecast.rest.of(Class::Schedule), 40);
    }

    #[test]
    fn with_a_past_it_is_the_mean_of_the_last_days() {
        let day = |requests| DayUsage {
            day: jiff::civil::date(2026, 11, 20),
            usage: usage(&[(Class::Click, requests)]),
        };
        let days: Vec<_> = [200, 400, 600, 0, 0, 0, 200, 999_999].map(day).into();
        let (today, planned) = (usage(&[(Class::Click, 9_000)]), Usage::default());
        let forecast = Forecast::new(&known(&today, &days, &planned), at(NOON));
        assert_eq!(forecast.basis, Basis::Days(7));
        assert_eq!(forecast.rest.of(Class::Click), 100, "half of a day of 200");
    }

    #[test]
    fn sweeps_are_not_foretold_beyond_their_half_nor_while_paused() {
        let (today, planned) = (usage(&[(Class::Sweep, 1_490)]), Usage::default());
        let mut known = known(&today, &[], &planned);
        assert_eq!(Forecast::new(&known, at(NOON)).rest.of(Class::Sweep), 10);
        known.is_paused = true;
        assert_eq!(Forecast::new(&known, at(NOON)).rest.of(Class::Sweep), 0);
    }

    #[test]
    fn what_is_planned_is_foretold_as_far_as_its_part_of_the_share_goes() {
        let today = usage(&[(Class::Schedule, 1_000), (Class::Look, 50)]);
        let planned = usage(&[(Class::KeepAlive, 100), (Class::Schedule, 400)]);
        let rest = Forecast::new(&known(&today, &[], &planned), at(NOON)).rest;
        assert_eq!((rest.of(Class::KeepAlive), rest.of(Class::Schedule)), (100, 50), "1,200 less 1,150");
    }

    #[test]
    fn a_day_that_has_just_begun_is_the_first_to_rest_on_nothing() {
        let (today, planned) = (usage(&[(Class::Click, 5)]), Usage::default());
        let forecast = Forecast::new(&known(&today, &[], &planned), at("2026-11-23T00:10:00Z"));
        assert_eq!((forecast.basis, forecast.rest.of(Class::Click)), (Basis::Nothing, 0));
    }
}
