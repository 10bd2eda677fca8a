//! The power source of the computer.

use serde::Serialize;

/// The power source of the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum PowerSource {
    /// Mains power.
    Mains,
    /// A battery.
    Battery,
    /// A battery that is almost empty.
    LowBattery,
}
