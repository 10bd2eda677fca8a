//! What is done about idle connections.

use serde::{Deserialize, Serialize};

use crate::SafeMode;

/// What the app does about idle connections of a workspace, on this computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum KeepAliveMode {
    /// Nothing.
    #[default]
    Off,
    /// Notifies the user, at most once a day.
    Ask,
    /// Queues the cheapest read in time.
    On,
}

impl KeepAliveMode {
    /// Off if the safe mode does not allow reads to be queued.
    #[must_use]
    pub fn within(self, safe_mode: SafeMode) -> Self {
        if self == Self::On && safe_mode < SafeMode::Operate { Self::Off } else { self }
    }
}
