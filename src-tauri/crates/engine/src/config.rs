//! The figures the engine works by.

use serde::{Deserialize, Serialize};

/// Bounds of what the engine does; product figures, not guesses of the moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The share of a day's allowance that background work may spend, in percent, 1 to 50.
    pub background_percent: u8,
    /// The share up to which a person's acts take a day without asking, in percent.
    pub person_percent: u8,
    /// Requests a minute, all causes together.
    pub per_minute: u32,
    /// Requests under way at one time.
    pub concurrency: usize,
    /// Companies a page of a sweep, 1 to 5000; more where there are many.
    pub page_size: u32,
    /// The shortest time from the start of one sweep to the start of the next, in seconds.
    pub sweep_floor_secs: i64,
    /// The same for status sweeps.
    pub status_floor_secs: i64,
    /// Bytes a day that sweeps may read.
    pub sweep_bytes_a_day: u64,
    /// How long a delete can be undone, in seconds.
    pub undo_secs: i64,
    /// How long after a change it is looked at again before anyone is told, in seconds.
    pub second_look_secs: i64,
    /// What jitter is drawn from; differs between computers so that they do not call in step.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            background_percent: 5,
            person_percent: 50,
            per_minute: 600,
            concurrency: 8,
            page_size: 500,
            sweep_floor_secs: 60,
            status_floor_secs: 60,
            sweep_bytes_a_day: 5_000_000_000,
            undo_secs: 10,
            second_look_secs: 3,
            seed: 0,
        }
    }
}
