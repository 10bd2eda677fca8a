//! The results of items and runs.

use codat::{Failure, FailureKind, model::DatasetStatus};
use domain::{ItemId, RunCause, RunCounts, RunId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The maximum number of histories that are read per run to check single data types, and at all for a run of
/// background work.
pub const MAX_PROBES_PER_RUN: u32 = 240;

/// The result of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemEnd {
    /// The item.
    pub item: ItemId,
    /// The result.
    pub outcome: ItemOutcome,
}

impl ItemEnd {
    /// The time before which the item is not sent again, if it is.
    pub(crate) fn deadline_mut(&mut self) -> Option<&mut Timestamp> {
        match &mut self.outcome {
            ItemOutcome::Retry(not_before) => Some(not_before),
            ItemOutcome::Queued
            | ItemOutcome::Running
            | ItemOutcome::Read
            | ItemOutcome::Failed(_)
            | ItemOutcome::Unsent => None,
        }
    }
}

/// The result of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOutcome {
    /// The server queued it.
    Queued,
    /// The server is reading it already.
    Running,
    /// All reads are complete, or the change is done.
    Read,
    /// It failed.
    Failed(FailureReason),
    /// It was certainly not done. It waits until this time and gets a new key.
    Retry(Timestamp),
    /// No request was sent or accepted, and its key is not used again. It waits as before.
    Unsent,
}

/// Why an item failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FailureReason {
    /// The server refused it.
    Refused(Box<Failure>),
    /// A delete was sent, and nothing shows whether it was done. It is not sent again.
    Unconfirmed(Box<Failure>),
    /// The company would have more tags than it can have. Nothing was changed.
    TooManyTags,
    /// It was queued, and reads failed.
    Read {
        /// The data type of the first failed read.
        data_type: String,
        /// The status of that read.
        status: DatasetStatus,
        /// The error message of that read.
        message: Option<String>,
        /// The number of failed reads.
        failed: u32,
        /// The number of all reads.
        of: u32,
    },
}

impl FailureReason {
    /// Whether a retry may help.
    pub fn can_retry(&self) -> bool {
        match self {
            Self::Refused(failure) => {
                failure.kind.is_transient()
                    || matches!(
                        failure.kind,
                        FailureKind::RateLimited | FailureKind::Conflict | FailureKind::OtherStatus
                    )
            }
            Self::Unconfirmed(_) | Self::TooManyTags => false,
            Self::Read { status, .. } => !matches!(
                status,
                DatasetStatus::AuthError | DatasetStatus::PermissionsError | DatasetStatus::NotSupported
            ),
        }
    }
}

/// A run that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunEnded {
    /// The run.
    pub id: RunId,
    /// Who started it.
    pub cause: RunCause,
    /// The number of items by state.
    pub counts: RunCounts,
}
