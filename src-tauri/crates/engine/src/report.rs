//! What a person is told of the day's allowance: what is spent on what, and where it stops.

use jiff::Timestamp;

use crate::{
    class::Class,
    forecast::{DAYS, Forecast},
    usage::{DayUsage, Usage},
};

/// The day's allowance and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaReport {
    /// Requests a day, as far as the server has said.
    pub limit: Option<u64>,
    /// What is left of them, whoever spent the rest.
    pub remaining: Option<u64>,
    /// What is spent of them, whoever spent it.
    pub spent: u64,
    /// When the day begins anew.
    pub resets: Timestamp,
    /// What this app spent today.
    pub today: Usage,
    /// Requests of today that may have gone before a crash, and count as spent.
    pub lost: u64,
    /// What background work may spend a day.
    pub share: u64,
    /// Up to how many requests this app takes the day before it asks.
    pub stop: u64,
    /// The same in percent of the day's allowance.
    pub stop_percent: u8,
    /// Requests a minute at this time.
    pub per_minute: u32,
    /// The days before, newest first.
    pub days: Vec<DayUsage>,
    /// What the rest of the day is likely to take.
    pub forecast: Forecast,
}

impl QuotaReport {
    /// Second looks a day by the mean of the last days; on the first day, by this one so far.
    pub fn looks_a_day(&self) -> u64 {
        let days = &self.days[..self.days.len().min(DAYS)];
        let all: u64 = days.iter().map(|day| day.usage.of(Class::Look)).sum();
        all.checked_div(days.len() as u64).unwrap_or_else(|| self.today.of(Class::Look))
    }
}
