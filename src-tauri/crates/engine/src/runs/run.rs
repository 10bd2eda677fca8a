//! Runs: stored lists of reads to queue, with the result of each.
//!
//! A run lives in the store. The engine takes its items in batches. An item is stored as *sent*, with its
//! idempotency key, before its request is sent. These types are the interface between the two.

use codat::{CompanyId, ConnectionId, Failure, FailureKind, model::DatasetStatus};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    ids::{ItemId, RunId},
    priority::Priority,
};

/// The maximum number of histories that are read per run to check single data types, and at all for a run of
/// background work.
pub const MAX_PROBES_PER_RUN: u32 = 240;

/// Who started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunCause {
    /// The user.
    Person,
    /// A schedule with this number.
    Schedule(i64),
    /// Keep-alive.
    KeepAlive,
}

impl RunCause {
    /// The priority of its requests.
    pub fn priority(self) -> Priority {
        match self {
            Self::Person => Priority::Run,
            Self::Schedule(_) => Priority::Schedule,
            Self::KeepAlive => Priority::KeepAlive,
        }
    }

    /// Whether it is background work, which spends only the share of background work.
    pub fn is_background(self) -> bool {
        match self {
            Self::Person => false,
            Self::Schedule(_) | Self::KeepAlive => true,
        }
    }
}

/// A read to queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Read {
    /// The company.
    pub company: CompanyId,
    /// The data type; none: all types that are fetched on first link.
    pub data_type: Option<String>,
    /// The connection; none: Codat chooses. Only with a data type.
    pub connection: Option<ConnectionId>,
}

/// The reads of a run. Duplicates are merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// A list of reads.
    Each(Vec<Read>),
    /// These data types of the companies that a search finds when the run starts; without types, all that are
    /// fetched on first link.
    Matching {
        /// The text of the search.
        search: String,
        /// Keys of data types.
        data_types: Vec<String>,
    },
}

/// A run to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Who starts it.
    pub cause: RunCause,
    /// The name that the user sees.
    pub label: String,
    /// The reads.
    pub reads: Reads,
    /// When its first request may be sent.
    pub starts_at: Timestamp,
    /// The time over which its requests are spread, within the rate limit.
    pub spread: SignedDuration,
}

/// A run that has not ended, from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    /// Its ID.
    pub id: RunId,
    /// Who started it.
    pub cause: RunCause,
    /// Its state.
    pub state: RunState,
    /// When its first request may be sent.
    pub starts_at: Timestamp,
    /// The time over which its requests are spread.
    pub spread: SignedDuration,
    /// The number of items by state.
    pub counts: RunCounts,
    /// Reads that the store has yet to add as items. They count as waiting.
    pub rest: u32,
    /// Items that were marked as sent and have no known result.
    pub sent: Vec<SentItem>,
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It sends requests.
    Running,
    /// The user paused it.
    Paused,
    /// All items have ended, or the wait for results timed out.
    Done,
    /// The user cancelled the items that were not sent yet.
    Cancelled,
}

/// An item that was marked as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentItem {
    /// Its ID.
    pub id: ItemId,
    /// The read.
    pub read: Read,
    /// Its idempotency key until its result is known.
    pub key: Uuid,
    /// When it was marked as sent.
    pub sent_at: Timestamp,
    /// How often it was marked as sent before.
    pub tries: u32,
}

/// The number of items by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// To be sent.
    pub waiting: u32,
    /// Sent, or about to be; without a known result.
    pub sent: u32,
    /// Queued at the server; the reads have not ended.
    pub queued: u32,
    /// Was being read already, and was not queued again.
    pub running: u32,
    /// All reads are complete.
    pub read: u32,
    /// Failed.
    pub failed: u32,
    /// Skipped, for a reason that is stored.
    pub skipped: u32,
    /// Cancelled before it was sent.
    pub cancelled: u32,
    /// Queued, but the end was not seen before the run ended.
    pub unseen: u32,
    /// Of those that are read: the data types are still to be checked.
    pub looking: u32,
}

impl RunCounts {
    /// The number of all items.
    pub fn total(&self) -> u32 {
        self.processed() + self.waiting
    }

    /// The number of items that no longer wait.
    pub fn processed(&self) -> u32 {
        let ended = self.running + self.read + self.failed + self.skipped + self.cancelled;
        self.sent + self.queued + self.unseen + ended
    }
}

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
    /// All reads are complete.
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
    /// The server refused to queue it.
    Refused(Box<Failure>),
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
            Self::Read { status, .. } => !matches!(
                status,
                DatasetStatus::AuthError | DatasetStatus::PermissionsError | DatasetStatus::NotSupported
            ),
        }
    }
}

/// An item that the server queued, without a known end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedItem {
    /// Its ID.
    pub id: ItemId,
    /// Its run.
    pub run: RunId,
    /// The read.
    pub read: Read,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// A request for the next items of a run, which the store marks as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// One key per item; their number is the limit.
    pub keys: Vec<Uuid>,
    /// Companies that are being refreshed. They are not refreshed again.
    pub reading: Vec<CompanyId>,
}

/// The result of a step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunMoved {
    /// The run.
    pub id: RunId,
    /// Items that are now marked as sent.
    pub taken: Vec<SentItem>,
    /// The number of items by state.
    pub counts: RunCounts,
    /// Reads that the store has yet to add as items.
    pub rest: u32,
    /// When the next waiting item is due, if none is due now.
    pub next_at: Option<Timestamp>,
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
