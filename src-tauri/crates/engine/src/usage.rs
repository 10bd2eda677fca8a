//! The requests that were spent, by priority: today and on previous days.

use std::collections::{BTreeMap, VecDeque};

use domain::Priority;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The number of previous days.
const MAX_DAYS: usize = 28;

/// Requests by priority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage(BTreeMap<Priority, u64>);

impl Usage {
    pub(crate) fn increment(&mut self, priority: Priority) {
        self.add(priority, 1);
    }

    /// Adds requests.
    pub fn add(&mut self, priority: Priority, requests: u64) {
        let known = self.0.entry(priority).or_default();
        *known = known.saturating_add(requests);
    }

    /// The requests of a priority.
    pub fn get(&self, priority: Priority) -> u64 {
        self.0.get(&priority).copied().unwrap_or(0)
    }

    /// All requests.
    pub fn total(&self) -> u64 {
        self.0.values().fold(0, |sum, one| sum.saturating_add(*one))
    }

    /// The requests of background work.
    pub fn background(&self) -> u64 {
        Priority::ALL
            .into_iter()
            .filter(|priority| !priority.is_user_requested())
            .map(|priority| self.get(priority))
            .sum()
    }
}

/// The usage of a previous day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUsage {
    /// The day, in UTC.
    pub day: Date,
    /// What this app spent.
    pub usage: Usage,
}

/// Newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct DayUsageHistory(VecDeque<DayUsage>);

impl DayUsageHistory {
    /// Adds a day. A day without requests counts in the mean.
    pub(crate) fn close_day(&mut self, ended: Timestamp, usage: Usage) {
        let midnight = TimeZone::UTC.to_datetime(ended).date();
        let day = midnight.yesterday().unwrap_or(midnight);
        self.0.push_front(DayUsage { day, usage });
        self.0.truncate(MAX_DAYS);
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &DayUsage> {
        self.0.iter()
    }
}
