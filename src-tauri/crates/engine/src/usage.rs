//! What was spent, by what it was for: today, and on the days before.

use std::collections::{BTreeMap, VecDeque};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::class::Class;

/// Days that are remembered, today not among them.
const REMEMBERED: usize = 28;

/// Requests by what they were for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage(BTreeMap<Class, u64>);

impl Usage {
    /// One more request.
    pub(crate) fn count(&mut self, class: Class) {
        self.add(class, 1);
    }

    /// So many more.
    pub fn add(&mut self, class: Class, requests: u64) {
        let known = self.0.entry(class).or_default();
        *known = known.saturating_add(requests);
    }

    /// Those for one thing.
    pub fn of(&self, class: Class) -> u64 {
        self.0.get(&class).copied().unwrap_or(0)
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.0.values().fold(0, |sum, one| sum.saturating_add(*one))
    }

    /// Those that no person asked for.
    pub fn background(&self) -> u64 {
        Class::ALL.into_iter().filter(|class| !class.is_persons()).map(|class| self.of(class)).sum()
    }
}

/// A day that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUsage {
    /// The day, in UTC.
    pub day: Date,
    /// What this app spent on it.
    pub usage: Usage,
}

/// The days that are over, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Days(VecDeque<DayUsage>);

impl Days {
    /// A day is over. One without a request is remembered, too: it counts in a mean.
    pub(crate) fn close(&mut self, ended: Timestamp, usage: Usage) {
        let midnight = TimeZone::UTC.to_datetime(ended).date();
        let day = midnight.yesterday().unwrap_or(midnight);
        self.0.push_front(DayUsage { day, usage });
        self.0.truncate(REMEMBERED);
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &DayUsage> {
        self.0.iter()
    }
}
