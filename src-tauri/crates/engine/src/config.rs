//! The parameters of the engine.

use serde::{Deserialize, Serialize};

/// The parameters of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The share of the daily quota for background work, in percent, 1 to 50.
    pub background_percent: u8,
    /// The share of the daily quota that user requests may spend without confirmation, in percent.
    pub user_percent: u8,
    /// Requests per minute, of all kinds.
    pub per_minute: u32,
    /// Requests in flight at a time.
    pub concurrency: usize,
    /// Companies per page of a sweep, 1 to 5000. Large portfolios use larger pages.
    pub page_size: u32,
    /// The minimum time between the starts of two full sweeps, in seconds.
    pub sweep_floor_secs: i64,
    /// The minimum time between the starts of two status sweeps, in seconds.
    pub status_floor_secs: i64,
    /// Bytes per day that sweeps may read.
    pub sweep_bytes_a_day: u64,
    /// How long a delete can be undone, in seconds.
    pub undo_secs: i64,
    /// How long after a loss the second read is sent, in seconds.
    pub second_read_delay_secs: i64,
    /// The seed of the jitter. It differs between computers, so that they do not retry at the same time.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            background_percent: 5,
            user_percent: 50,
            per_minute: 600,
            concurrency: 8,
            page_size: 500,
            sweep_floor_secs: 60,
            status_floor_secs: 60,
            sweep_bytes_a_day: 5_000_000_000,
            undo_secs: 10,
            second_read_delay_secs: 3,
            seed: 0,
        }
    }
}
