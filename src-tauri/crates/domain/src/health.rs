//! The health of a workspace, for the status bar and the tray.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::Serialize;

/// A summary of the health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum HealthState {
    /// No sweep is complete yet.
    #[default]
    Starting,
    /// The data is up to date.
    Current,
    /// A full sweep runs.
    Sweeping,
    /// The server cannot be reached.
    Offline,
    /// The API key is rejected.
    Refused,
    /// The server asked to wait, or the share of background work is spent.
    Limited,
    /// The user paused background work.
    Paused,
    /// The server responds with errors.
    Failing,
    /// The store cannot save responses, for example because the disk is full.
    NotSaved,
}

/// What limits background work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Hold {
    /// The server asked to wait briefly.
    Quiet,
    /// The daily quota is spent, by this app or others.
    Day,
    /// Background work has spent its share of the day.
    Share,
}

/// The health of a workspace. Times cross to the interface as milliseconds since 1970, UTC.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// The summary.
    pub state: HealthState,
    /// When the last complete sweep ended.
    #[serde(with = "millisecond::optional")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<i64>"))]
    pub last_sweep: Option<Timestamp>,
    /// When the next sweep starts.
    #[serde(with = "millisecond::optional")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<i64>"))]
    pub next_sweep: Option<Timestamp>,
    /// Since when the server cannot be reached.
    #[serde(with = "millisecond::optional")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<i64>"))]
    pub offline_since: Option<Timestamp>,
    /// When the next attempt is made.
    #[serde(with = "millisecond::optional")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<i64>"))]
    pub retry_at: Option<Timestamp>,
    /// The server's `Retry-After`, at most a day. Background work may retry sooner.
    #[serde(with = "millisecond::optional")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<i64>"))]
    pub asked_until: Option<Timestamp>,
    /// What limits background work, if the state is `Limited`.
    pub hold: Option<Hold>,
    /// Whether user requests have reached their limit for the day and need confirmation.
    #[serde(rename = "asks")]
    pub user_limit_reached: bool,
    /// Refreshes in progress that were requested in this app.
    pub reads_running: u32,
    /// The daily quota.
    pub quota_limit: Option<u64>,
    /// What is left of it.
    pub quota_remaining: Option<u64>,
    /// What is spent of it, by this app and others.
    pub spent_today: u64,
    /// What this app spent of it.
    pub used_today: u64,
    /// What user requests may still spend today without confirmation.
    #[serde(skip)]
    pub left_for_user: u64,
    /// The message of the server or the database, if the state needs one.
    pub message: Option<String>,
    /// Companies whose data from the server is unreadable. Older data is shown for them.
    pub unreadable: u32,
    /// Whether a full sweep was ever complete in this workspace.
    pub first_sweep_done: bool,
    /// Companies that the running sweep has read.
    pub sweep_done: Option<u64>,
    /// The number of companies, from the server.
    pub sweep_total: Option<u64>,
}
