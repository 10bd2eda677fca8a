//! The cause of a request, for the quota screen and the request log.

use domain::Priority;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The cause of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RequestCause {
    /// The user clicked.
    Click,
    /// A screen that the user watches.
    Screen,
    /// A run over many companies that the user started.
    Run,
    /// A second check of a sweep's result.
    Look,
    Sweep,
    /// A read that keeps a connection from expiring.
    KeepAlive,
    Schedule,
}

impl From<Priority> for RequestCause {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::Click => Self::Click,
            Priority::Screen => Self::Screen,
            Priority::Run => Self::Run,
            Priority::Confirmation => Self::Look,
            Priority::Sweep => Self::Sweep,
            Priority::KeepAlive => Self::KeepAlive,
            Priority::Schedule => Self::Schedule,
        }
    }
}
