//! What a person is told of the day's allowance: what is spent on what, and where it stops.

use jiff::Timestamp;

use crate::{
    forecast::Forecast,
    usage::{DayUsage, Usage},
};

/// The day's allowance and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaReport {
    /// Requests a day, as far as the server has said.
    pub limit: Option<u64>,
    /// What is left of them, whoever spent the rest.
    pub remaining: Option<u64>,
    /// When the day begins anew.
    pub resets: Timestamp,
    /// What this app spent today.
    pub today: Usage,
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
