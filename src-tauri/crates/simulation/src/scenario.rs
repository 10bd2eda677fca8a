//! What is simulated.

use jiff::Timestamp;
use serde::Serialize;

/// What is simulated. The same scenario gives the same run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scenario {
    /// How many connections there are, at least.
    pub connections: u32,
    /// How long it lasts.
    pub days: u32,
    /// What chance is drawn from.
    pub seed: u64,
    /// Whether things go wrong that need not: servers, networks, answers, the computer itself. Customers
    /// withdraw their consent all the same.
    pub is_rough: bool,
}

impl Scenario {
    /// The day on which every simulation begins, a Monday.
    pub(crate) fn start() -> Timestamp {
        // 2026-11-23T09:00:00Z.
        Timestamp::from_second(1_795_424_400).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// How to see the same again.
    pub(crate) fn command(&self) -> String {
        let Self { connections, days, seed, is_rough } = self;
        let calm = if *is_rough { "" } else { " --calm" };
        format!("cargo xtask simulate --connections {connections} --days {days} --seed {seed}{calm}")
    }
}
