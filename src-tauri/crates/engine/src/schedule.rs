//! Schedules: which companies are read, and when. Pure calendar arithmetic; the time and the zone are passed
//! in.
//!
//! Clock times are identified by their *label*: the local date and time of day, not the instant. A label is
//! due once, even if the clock is set back, the zone changes, or the hour repeats in autumn. See
//! [`ClockTimes`] for the rules, and [`Basis::decide`] for which companies are read when a schedule is
//! due.

mod blackout;
mod clock_times;
mod days;
mod decision;
mod hold_reason;
mod pending_run;
mod plan_problem;
mod recorded_decision;
mod schedules;
mod stored_data_types;

use codat::CompanyId;
use domain::ScheduleId;
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use blackout::Blackout;
pub(crate) use blackout::free_from;
pub(crate) use clock_times::instant_of;
pub use clock_times::{ClockTimes, Due, DueState};
pub use days::Days;
pub use decision::{Basis, ItemDecision, ScheduleDecision, StatusDecision, check_interval, retry_delay};
pub use hold_reason::HoldReason;
pub(crate) use pending_run::PendingRun;
pub use plan_problem::PlanProblem;
pub use recorded_decision::RecordedDecision;
pub(crate) use schedules::{LATE_AFTER, Schedules};

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its ID.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// Whether it is switched on.
    pub on: bool,
    /// What it reads, and when.
    pub plan: Plan,
    /// The last decided label, of clock times.
    pub decided: Option<civil::DateTime>,
}

/// What a schedule reads, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The companies.
    pub target: Target,
    /// The keys of the data types, each once; empty: all types that are fetched on first link. Older versions
    /// stored a single key or none as `dataType`.
    #[serde(alias = "dataType", deserialize_with = "stored_data_types::deserialize")]
    pub data_types: Vec<String>,
    /// When it is due.
    pub timing: Timing,
    /// The IANA time zone; none: the zone of this computer.
    pub zone: Option<String>,
    /// No run starts within these.
    pub blackouts: Vec<Blackout>,
    /// The minutes over which the reads of a run are spread.
    pub spread_mins: u32,
}

/// The companies of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// The companies that this search finds when the run starts; all if it is empty.
    Matching(String),
    /// These companies.
    Companies(Vec<CompanyId>),
}

/// When a schedule is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Timing {
    /// This many hours after the last successful read of each company and data type, by any program.
    Every {
        /// The number of hours.
        hours: u32,
    },
    /// At these times.
    Clock(ClockTimes),
}

impl Plan {
    /// The time zone: its own, or `here`, the zone of this computer. None if this computer does not know the
    /// zone.
    pub fn time_zone(&self, here: &TimeZone) -> Option<TimeZone> {
        match &self.zone {
            None => Some(here.clone()),
            Some(name) => TimeZone::get(name).ok(),
        }
    }

    /// The next times at which a run may start, at most `count`. Empty for an every-N-hours schedule, which
    /// depends on its companies.
    pub fn upcoming(
        &self,
        decided: Option<civil::DateTime>,
        here: &TimeZone,
        now: Timestamp,
        count: usize,
    ) -> Vec<Timestamp> {
        let (Timing::Clock(clock), Some(zone)) = (&self.timing, self.time_zone(here)) else {
            return Vec::new();
        };
        let mut upcoming = Vec::with_capacity(count);
        let mut label = zone.to_datetime(now).max(decided.unwrap_or(civil::DateTime::MIN));
        while let Some((next, at)) = clock.after(label, &zone).filter(|_| upcoming.len() < count) {
            label = next;
            let begins = blackout::free_from(&self.blackouts, &zone, at);
            upcoming.extend(begins.filter(|begins| upcoming.last() != Some(begins)));
            if begins.is_none() {
                break;
            }
        }
        upcoming
    }

    /// The first time from `now` on outside the blackouts. None if the blackouts leave no time.
    pub fn free_from(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        blackout::free_from(&self.blackouts, zone, now)
    }

    /// How often per day it reads each company on average, without the blackouts.
    pub fn runs_a_day(&self) -> f64 {
        if self.blackouts.is_empty() {
            return match &self.timing {
                Timing::Every { hours } => 24.0 / f64::from((*hours).max(1)),
                Timing::Clock(clock) => clock.labels_of_a_week().count() as f64 / 7.0,
            };
        }
        match &self.timing {
            Timing::Every { hours } => blackout::runs_a_day(&self.blackouts, *hours),
            Timing::Clock(clock) => blackout::runs_a_week(&self.blackouts, clock) as f64 / 7.0,
        }
    }

    /// Whether both plans read the same data of a company.
    pub fn reads_the_same(&self, other: &Self) -> bool {
        let (own, others) = (&self.data_types, &other.data_types);
        own.is_empty() || others.is_empty() || own.iter().any(|one| others.contains(one))
    }
}

#[cfg(test)]
mod tests;
