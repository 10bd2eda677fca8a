//! Messages to the user.

use serde::{Deserialize, Serialize};

/// How severe a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Tone"))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Information.
    Info,
    /// Something does not work at present.
    Warning,
    /// Something does not work until the user acts.
    Error,
}

/// A page that can be opened from outside the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// *Expiry* with the due connections selected.
    Expiry,
    /// The inbox.
    Inbox,
    /// *Schedules*.
    Schedules,
    /// The workspaces in *Settings*.
    Workspaces,
}
