//! A forecast of the rest of the day, and of a day with another number of companies, with its basis.

use domain::Priority;
use jiff::{SignedDuration, Timestamp};

use crate::{
    quota::{MIN_ALLOWANCE, Shares},
    sweep::SweepCost,
    sweep_intervals::SweepIntervals,
    usage::{DayUsage, Usage},
};

/// Days in the mean.
pub(crate) const DAYS: usize = 7;
/// The minimum age of a day to forecast from its own rate.
const MIN_ELAPSED: SignedDuration = SignedDuration::from_hours(1);
const DAY_SECS: u64 = 86_400;

/// The forecast of the rest of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Requests until the quota resets.
    pub rest: Usage,
    /// The basis for user requests and second reads, which follow no plan.
    pub basis: Basis,
    /// The time between the starts of two full sweeps, in seconds.
    pub sweep_secs: i64,
    /// The time between the starts of two status sweeps, in seconds, if there are any.
    pub status_secs: Option<i64>,
}

/// What a forecast is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The mean of this many previous days.
    Days(u32),
    /// The rate of this day.
    Today,
    /// Nothing: the first day has just begun.
    Nothing,
}

pub(crate) struct ForecastInput<'a> {
    pub(crate) today: &'a Usage,
    pub(crate) days: &'a [DayUsage],
    /// When the quota resets.
    pub(crate) ends: Timestamp,
    pub(crate) shares: Shares,
    pub(crate) intervals: SweepIntervals,
    pub(crate) full: SweepCost,
    pub(crate) status: SweepCost,
    /// Keep-alive and schedules until the quota resets.
    pub(crate) planned: &'a Usage,
    pub(crate) is_paused: bool,
}

impl Forecast {
    pub(crate) fn new(input: &ForecastInput<'_>, now: Timestamp) -> Self {
        let left = u64::try_from(input.ends.duration_since(now).as_secs()).unwrap_or(0).min(DAY_SECS);
        let days = &input.days[..input.days.len().min(DAYS)];
        let passed = DAY_SECS - left;
        let basis = if !days.is_empty() {
            Basis::Days(u32::try_from(days.len()).unwrap_or(u32::MAX))
        } else if passed >= MIN_ELAPSED.as_secs().unsigned_abs() {
            Basis::Today
        } else {
            Basis::Nothing
        };
        let by_rate = |priority: Priority| match basis {
            Basis::Days(count) => {
                let all: u64 = days.iter().map(|day| day.usage.get(priority)).sum();
                all.saturating_mul(left) / (u64::from(count) * DAY_SECS)
            }
            Basis::Today => input.today.get(priority).saturating_mul(left) / passed.max(1),
            Basis::Nothing => 0,
        };
        let mut rest = Usage::default();
        for priority in [Priority::Click, Priority::Screen, Priority::Run, Priority::Confirmation] {
            rest.add(priority, by_rate(priority));
        }
        if !input.is_paused {
            let sweep_share = input.shares.sweeps.saturating_sub(input.today.get(Priority::Sweep));
            rest.add(
                Priority::Sweep,
                sweeps_in(left, input.intervals, input.full, input.status).min(sweep_share),
            );
            let spent = input.today.background().saturating_sub(input.today.get(Priority::Sweep));
            let planned_within = |priority: Priority, part: u64, reserved: u64| {
                input.planned.get(priority).min(part.saturating_sub(spent).saturating_sub(reserved))
            };
            let keep_alive = planned_within(Priority::KeepAlive, input.shares.others, 0);
            rest.add(Priority::KeepAlive, keep_alive);
            rest.add(
                Priority::Schedule,
                planned_within(Priority::Schedule, input.shares.schedules, keep_alive),
            );
        }
        Self {
            rest,
            basis,
            sweep_secs: input.intervals.full.as_secs(),
            status_secs: input.intervals.status.map(|status| status.as_secs()),
        }
    }
}

/// Requests of sweeps in this many seconds.
pub(crate) fn sweeps_in(secs: u64, intervals: SweepIntervals, full: SweepCost, status: SweepCost) -> u64 {
    let times = |every: SignedDuration| secs / u64::try_from(every.as_secs()).unwrap_or(1).max(1);
    let status = intervals.status.map_or(0, |every| times(every).saturating_mul(status.requests));
    times(intervals.full).saturating_mul(full.requests).saturating_add(status)
}

/// The daily quota for this many connected companies (§4.2).
pub(crate) fn allowance(companies: u64) -> u64 {
    MIN_ALLOWANCE.saturating_mul(companies.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn usage(parts: &[(Priority, u64)]) -> Usage {
        let mut usage = Usage::default();
        for (priority, requests) in parts {
            usage.add(*priority, *requests);
        }
        usage
    }

    fn input<'a>(today: &'a Usage, days: &'a [DayUsage], planned: &'a Usage) -> ForecastInput<'a> {
        ForecastInput {
            today,
            days,
            ends: at("2026-11-24T00:00:00Z"),
            shares: Shares { whole: 3_000, sweeps: 1_500, others: 1_500, schedules: 1_200 },
            intervals: SweepIntervals { full: SignedDuration::from_secs(120), status: None },
            full: SweepCost { requests: 2, bytes: 0 },
            status: SweepCost::default(),
            planned,
            is_paused: false,
        }
    }

    const NOON: &str = "2026-11-23T12:00:00Z";

    #[test]
    fn without_a_past_the_day_goes_on_as_it_began() {
        let today = usage(&[(Priority::Click, 100), (Priority::Confirmation, 10)]);
        let planned = usage(&[(Priority::Schedule, 40)]);
        let forecast = Forecast::new(&input(&today, &[], &planned), at(NOON));
        assert_eq!(forecast.basis, Basis::Today);
        assert_eq!(forecast.rest.get(Priority::Click), 100);
        assert_eq!(forecast.rest.get(Priority::Confirmation), 10);
        assert_eq!(forecast.rest.get(Priority::Sweep), 43_200 / 120 * 2);
        assert_eq!(forecast.rest.get(Priority::Schedule), 40);
    }

    #[test]
    fn with_a_past_it_is_the_mean_of_the_last_days() {
        let day = |requests| DayUsage {
            day: jiff::civil::date(2026, 11, 20),
            usage: usage(&[(Priority::Click, requests)]),
        };
        let days: Vec<_> = [200, 400, 600, 0, 0, 0, 200, 999_999].map(day).into();
        let (today, planned) = (usage(&[(Priority::Click, 9_000)]), Usage::default());
        let forecast = Forecast::new(&input(&today, &days, &planned), at(NOON));
        assert_eq!(forecast.basis, Basis::Days(7));
        assert_eq!(forecast.rest.get(Priority::Click), 100, "half of a day of 200");
    }

    #[test]
    fn sweeps_are_not_foretold_beyond_their_half_nor_while_paused() {
        let (today, planned) = (usage(&[(Priority::Sweep, 1_490)]), Usage::default());
        let mut input = input(&today, &[], &planned);
        assert_eq!(Forecast::new(&input, at(NOON)).rest.get(Priority::Sweep), 10);
        input.is_paused = true;
        assert_eq!(Forecast::new(&input, at(NOON)).rest.get(Priority::Sweep), 0);
    }

    #[test]
    fn what_is_planned_is_foretold_as_far_as_its_part_of_the_share_goes() {
        let today = usage(&[(Priority::Schedule, 1_000), (Priority::Confirmation, 50)]);
        let planned = usage(&[(Priority::KeepAlive, 100), (Priority::Schedule, 400)]);
        let rest = Forecast::new(&input(&today, &[], &planned), at(NOON)).rest;
        assert_eq!(
            (rest.get(Priority::KeepAlive), rest.get(Priority::Schedule)),
            (100, 50),
            "1,200 less 1,150"
        );
    }

    #[test]
    fn a_day_that_has_just_begun_is_the_first_to_rest_on_nothing() {
        let (today, planned) = (usage(&[(Priority::Click, 5)]), Usage::default());
        let forecast = Forecast::new(&input(&today, &[], &planned), at("2026-11-23T00:10:00Z"));
        assert_eq!((forecast.basis, forecast.rest.get(Priority::Click)), (Basis::Nothing, 0));
    }
}
