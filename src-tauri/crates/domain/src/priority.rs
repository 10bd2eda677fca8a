//! The priority of requests, and the share of the quota that they spend.

use serde::{Deserialize, Serialize};

/// The purpose of a request. It decides the order and the share of the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Priority {
    /// The user clicked and waits.
    Click,
    /// A visible screen is kept up to date.
    Screen,
    /// A run over many companies that the user started.
    Run,
    /// Second reads, and other small reads of background work.
    #[serde(rename = "Look")]
    Confirmation,
    /// Sweeps.
    Sweep,
    /// Reads that keep a connection from expiring.
    KeepAlive,
    /// Runs of schedules.
    Schedule,
}

impl Priority {
    /// All priorities in the order of sending: user requests before background work, and short work before
    /// long work.
    pub const ALL: [Self; 7] = [
        Self::Click,
        Self::Screen,
        Self::Run,
        Self::Confirmation,
        Self::Sweep,
        Self::KeepAlive,
        Self::Schedule,
    ];

    /// Whether the user requested it. All other requests are background work, which can be paused.
    pub fn is_user_requested(self) -> bool {
        match self {
            Self::Click | Self::Screen | Self::Run => true,
            Self::Confirmation | Self::Sweep | Self::KeepAlive | Self::Schedule => false,
        }
    }

    /// Whether the user waits for it. Only such requests are rejected if they cannot be sent soon; all others
    /// wait.
    pub fn is_interactive(self) -> bool {
        match self {
            Self::Click | Self::Screen => true,
            Self::Run | Self::Confirmation | Self::Sweep | Self::KeepAlive | Self::Schedule => false,
        }
    }
}
