//! A report of the daily quota.

use domain::Priority;
use jiff::Timestamp;

use crate::{
    forecast::{DAYS, Forecast},
    usage::{DayUsage, Usage},
};

/// The daily quota and its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaReport {
    /// The daily quota, if it is known.
    pub limit: Option<u64>,
    /// What is left of it.
    pub remaining: Option<u64>,
    /// What is spent of it, by this app and others.
    pub spent: u64,
    /// When it resets.
    pub resets: Timestamp,
    /// What this app spent today.
    pub today: Usage,
    /// Requests of today that may have been sent before a crash. They count as spent.
    pub unaccounted: u64,
    /// The daily share of background work.
    pub share: u64,
    /// The requests of a day before the user has to confirm.
    pub user_limit: u64,
    /// The same in percent of the daily quota.
    pub user_limit_percent: u8,
    /// The present limit per minute.
    pub per_minute: u32,
    /// The previous days, newest first.
    pub days: Vec<DayUsage>,
    /// The forecast of the rest of the day.
    pub forecast: Forecast,
}

impl QuotaReport {
    /// Second reads per day: the mean of the last days, or this day on the first day.
    pub fn confirmations_a_day(&self) -> u64 {
        let days = &self.days[..self.days.len().min(DAYS)];
        let all: u64 = days.iter().map(|day| day.usage.get(Priority::Confirmation)).sum();
        all.checked_div(days.len() as u64).unwrap_or_else(|| self.today.get(Priority::Confirmation))
    }
}
