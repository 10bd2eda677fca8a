//! An item of a run.

use domain::{ItemId, ReadRequest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "RunItemState")]
pub enum ItemState {
    /// To be asked for.
    Waiting,
    /// Written down as sent; nothing is known of it.
    Sent,
    /// The server took it; its reads have yet to end.
    Queued,
    /// Was being read already.
    Running,
    /// Its reads are complete.
    Read,
    /// It failed.
    Failed,
    /// It was left out.
    Skipped,
    /// Taken back before it was asked for.
    Cancelled,
    /// The server took it, and its end was not seen while its run was open. What is seen later still counts.
    Unseen,
}

impl ItemState {
    /// The stored states, by code.
    pub(crate) const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Sent,
        Self::Queued,
        Self::Running,
        Self::Read,
        Self::Failed,
        Self::Skipped,
        Self::Cancelled,
    ];

    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Sent => 1,
            // They differ only in whether the run has ended.
            Self::Queued | Self::Unseen => 2,
            Self::Running => 3,
            Self::Read => 4,
            Self::Failed => 5,
            Self::Skipped => 6,
            Self::Cancelled => 7,
        }
    }

    /// Parses a stored code.
    pub(crate) fn from_code(code: i64, has_run_ended: bool) -> Result<Self, StoreError> {
        let place = usize::try_from(code).ok();
        let state = place.and_then(|place| Self::ALL.get(place).copied());
        let state =
            state.ok_or_else(|| StoreError::unreadable("how a company of a refresh stands", &code))?;
        Ok(if has_run_ended && state == Self::Queued { Self::Unseen } else { state })
    }
}

/// The result of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// Its ID.
    pub id: ItemId,
    /// The new state. `Waiting` means that the read certainly did not happen.
    pub state: ItemState,
    /// Whether this counts as an attempt.
    pub tried: bool,
    /// It waits until then.
    pub not_before: Option<Timestamp>,
    /// Why it failed, in a format of the caller's choice.
    pub why: Option<String>,
    /// Whether a retry may succeed.
    pub can_retry: bool,
}

/// A waiting item, with its next state.
pub(super) struct Candidate {
    pub(super) id: i64,
    pub(super) read: ReadRequest,
    pub(super) tries: u32,
    pub(super) was_read: Option<i64>,
    /// The next state, and why it is skipped if it is.
    pub(super) next: (ItemState, Option<&'static str>),
}
