//! What is simulated.

use jiff::Timestamp;
use serde::Serialize;

/// What is simulated. The same scenario gives the same run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scenario {
    /// The minimum number of connections.
    pub connections: u32,
    /// The duration.
    pub days: u32,
    /// The seed of the run.
    pub seed: u64,
    /// Whether servers, networks, responses and the computer fail at random. Customers withdraw their consent
    /// in any case.
    pub is_rough: bool,
}

impl Scenario {
    /// The start of every simulation, a Monday.
    pub(crate) fn start() -> Timestamp {
        // 2026-11-23T09:00:00Z.
        Timestamp::from_second(1_795_424_400).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The command that repeats the run.
    pub(crate) fn command(&self) -> String {
        let Self { connections, days, seed, is_rough } = self;
        let calm = if *is_rough { "" } else { " --calm" };
        format!("cargo xtask simulate --connections {connections} --days {days} --seed {seed}{calm}")
    }
}
