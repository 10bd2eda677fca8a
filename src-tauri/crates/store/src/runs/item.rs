//! One item of a run, from waiting to its end.

use codat::{CompanyId, ConnectionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::error::StoreError;

/// One read to be queued.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadRequest {
    /// Of which company.
    pub company: CompanyId,
    /// Which data type; none: all that are fetched on first link.
    pub data_type: Option<String>,
    /// From which connection; none: wherever Codat finds it.
    pub connection: Option<ConnectionId>,
}

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
    /// All that are kept, by their numbers in the database.
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
            // It is the run's end that tells them apart.
            Self::Queued | Self::Unseen => 2,
            Self::Running => 3,
            Self::Read => 4,
            Self::Failed => 5,
            Self::Skipped => 6,
            Self::Cancelled => 7,
        }
    }

    /// That of a number.
    pub(crate) fn from_code(code: i64, has_run_ended: bool) -> Result<Self, StoreError> {
        let place = usize::try_from(code).ok();
        let state = place.and_then(|place| Self::ALL.get(place).copied());
        let state =
            state.ok_or_else(|| StoreError::unreadable("how a company of a refresh stands", &code))?;
        Ok(if has_run_ended && state == Self::Queued { Self::Unseen } else { state })
    }
}

/// An item that was written down as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentItem {
    /// Its number.
    pub id: i64,
    /// What it reads.
    pub read: ReadRequest,
    /// Under this key.
    pub key: Uuid,
    /// Since when.
    pub sent_at: Timestamp,
    /// How often before.
    pub tries: u32,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// Its number.
    pub id: i64,
    /// Where it stands now; waiting: it certainly did not happen.
    pub state: ItemState,
    /// Whether that was tried and counts.
    pub tried: bool,
    /// It waits until then.
    pub not_before: Option<Timestamp>,
    /// Why it failed, in a form of the caller's choice.
    pub why: Option<String>,
    /// Whether asking again may help.
    pub can_retry: bool,
}

/// The next items to be written down as sent.
#[derive(Debug, Clone, Default)]
pub struct TakeRequest {
    /// A key for each, so at most so many.
    pub keys: Vec<Uuid>,
    /// Companies whose reads are known to run: all their types are not asked for again.
    pub reading: Vec<CompanyId>,
}
