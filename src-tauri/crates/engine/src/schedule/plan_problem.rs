//! What is wrong with a plan, as messages for the user.

use jiff::{Timestamp, tz::TimeZone};

use super::{Plan, Target, Timing};

/// The hours of a year. A longer interval is a mistake.
const MAX_HOURS: u32 = 8_784;
const MAX_TIMES: usize = 48;
const MAX_BLACKOUTS: usize = 21;
const MAX_COMPANIES: usize = 5_000;
const MAX_SPREAD: u32 = 1_440;

/// Why a plan is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each says what it is")]
pub enum PlanProblem {
    #[error("Choose at least one company, or use a search instead.")]
    NoCompanies,
    #[error("You can choose at most {MAX_COMPANIES} companies one by one. Use a search instead.")]
    TooManyCompanies,
    #[error("Enter the hours as a whole number from 1 to {MAX_HOURS}.")]
    Hours,
    #[error("Enter at least one time of day.")]
    NoTimes,
    #[error("You can enter at most {MAX_TIMES} times of day.")]
    TooManyTimes,
    #[error("Choose at least one day of the week.")]
    NoDays,
    #[error("A blackout needs at least one day of the week.")]
    NoBlackoutDays,
    #[error("You can enter at most {MAX_BLACKOUTS} blackouts.")]
    TooManyBlackouts,
    #[error("The blackouts leave no time at all.")]
    NoTimeLeft,
    #[error("This computer doesn’t know the time zone “{0}”.")]
    Zone(String),
    #[error("You can spread refreshes over at most {MAX_SPREAD} minutes.")]
    Spread,
}

impl Plan {
    /// The first problem of the plan, if it has one.
    pub fn problem(&self, here: &TimeZone, now: Timestamp) -> Option<PlanProblem> {
        self.target_problem().or_else(|| self.timing_problem()).or_else(|| self.blackout_problem(here, now))
    }

    fn target_problem(&self) -> Option<PlanProblem> {
        match &self.target {
            Target::Companies(companies) if companies.is_empty() => Some(PlanProblem::NoCompanies),
            Target::Companies(companies) if companies.len() > MAX_COMPANIES => {
                Some(PlanProblem::TooManyCompanies)
            }
            Target::Companies(_) | Target::Matching(_) => None,
        }
    }

    fn timing_problem(&self) -> Option<PlanProblem> {
        match &self.timing {
            Timing::Every { hours } if !(1..=MAX_HOURS).contains(hours) => Some(PlanProblem::Hours),
            Timing::Clock(clock) if clock.times.is_empty() => Some(PlanProblem::NoTimes),
            Timing::Clock(clock) if clock.times.len() > MAX_TIMES => Some(PlanProblem::TooManyTimes),
            Timing::Clock(clock) if clock.days.count() == 0 => Some(PlanProblem::NoDays),
            Timing::Every { .. } | Timing::Clock(_) => {
                (self.spread_mins > MAX_SPREAD).then_some(PlanProblem::Spread)
            }
        }
    }

    fn blackout_problem(&self, here: &TimeZone, now: Timestamp) -> Option<PlanProblem> {
        let Some(zone) = self.time_zone(here) else {
            return Some(PlanProblem::Zone(self.zone.clone().unwrap_or_default()));
        };
        if self.blackouts.len() > MAX_BLACKOUTS {
            return Some(PlanProblem::TooManyBlackouts);
        }
        if self.blackouts.iter().any(|blackout| blackout.days.count() == 0) {
            return Some(PlanProblem::NoBlackoutDays);
        }
        self.free_from(&zone, now).is_none().then_some(PlanProblem::NoTimeLeft)
    }
}
