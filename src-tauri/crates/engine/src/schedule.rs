//! Schedules: what is to be read of whom, and when. Pure calendar arithmetic; time and zones are passed in.
//!
//! Clock times are told apart by what the clock on the wall says, the *label*: a date and a time of day. A
//! label is met once, whatever happens to clock and zone between: set back, moved by travel, or repeated in
//! autumn. See [`clock`] for the rules, and [`verdict`](mod@verdict) for which companies are read when a
//! schedule is due.

mod blackout;
mod clock;
mod days;
mod decided;
mod held;
mod problem;
mod verdict;

use codat::CompanyId;
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use blackout::Blackout;
pub use clock::{ClockTimes, Due, Ruling};
pub use days::Days;
pub use decided::Decided;
pub use held::Held;
pub use problem::PlanProblem;
pub use verdict::{Asked, Basis, Judgement, Standing, Verdict, tick, wait_after};

/// A schedule's place among the workspace's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScheduleId(pub i64);

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Which.
    pub id: ScheduleId,
    /// What the person calls it.
    pub name: String,
    /// Whether it runs.
    pub on: bool,
    /// What it does and when.
    pub plan: Plan,
    /// The last label that was decided about, of clock times.
    pub decided: Option<civil::DateTime>,
}

/// What a schedule does and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Of whom.
    pub target: Target,
    /// The data type's key; none for all that are fetched on first link.
    pub data_type: Option<String>,
    /// When.
    pub timing: Timing,
    /// The IANA zone of its times and blackouts; none for that of this computer.
    pub zone: Option<String>,
    /// Nothing begins within these.
    pub blackouts: Vec<Blackout>,
    /// Minutes over which the reads of one run are spread.
    pub spread_mins: u32,
}

/// Of whom a schedule reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// The companies that this search of the list finds when the schedule runs; all, where it is empty.
    Matching(String),
    /// These.
    Companies(Vec<CompanyId>),
}

/// When a schedule is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Timing {
    /// So many hours after the last successful read of each company and data type, whoever asked for it.
    Every {
        /// Hours.
        hours: u32,
    },
    /// At times of day.
    Clock(ClockTimes),
}

impl Plan {
    /// The zone of its times: its own, or `here`, that of this computer. None where this computer does not
    /// know the zone.
    pub fn time_zone(&self, here: &TimeZone) -> Option<TimeZone> {
        match &self.zone {
            None => Some(here.clone()),
            Some(name) => TimeZone::get(name).ok(),
        }
    }

    /// The next times at which something may begin, at most `count`, soonest first. Of an every-N-hours
    /// schedule nothing can be said without its companies.
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

    /// When something may begin at `now` or after it: at once, or when the blackout ends. None where the
    /// blackouts leave no time at all.
    pub fn free_from(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        blackout::free_from(&self.blackouts, zone, now)
    }

    /// How often a day it reads each of its companies, on average, with what its blackouts leave.
    pub fn runs_a_day(&self) -> f64 {
        if self.blackouts.is_empty() {
            return match &self.timing {
                Timing::Every { hours } => 24.0 / f64::from((*hours).max(1)),
                Timing::Clock(clock) => clock.of_a_week().count() as f64 / 7.0,
            };
        }
        match &self.timing {
            Timing::Every { hours } => blackout::chain(&self.blackouts, *hours),
            Timing::Clock(clock) => blackout::runs_a_week(&self.blackouts, clock) as f64 / 7.0,
        }
    }

    /// Whether both read the same of a company that both read of.
    pub fn reads_the_same(&self, other: &Self) -> bool {
        match (&self.data_type, &other.data_type) {
            (None, _) | (_, None) => true,
            (Some(one), Some(other)) => one == other,
        }
    }
}

#[cfg(test)]
mod tests;
