//! Runs: stored lists of companies, and what is done with each: a read to queue, or a change. Each has its result.
//!
//! A run lives in the store. The engine takes its items in batches. An item is stored as *sent*, with its
//! idempotency key, before its request is sent. These types are the interface between the two.

use codat::{CompanyId, ConnectionId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ItemId, Priority, RunAct, RunId, ScheduleId};

/// Who started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunCause {
    /// The user.
    Person,
    /// A schedule.
    Schedule(ScheduleId),
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

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
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

/// The number of items by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
pub struct RunCounts {
    /// To be sent.
    pub waiting: u32,
    /// Sent, or about to be; without a known result.
    pub sent: u32,
    /// Queued at the server; the reads have not ended.
    pub queued: u32,
    /// Was being read already, and was not queued again.
    pub running: u32,
    /// All reads are complete, or the change is done.
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

/// A read to request. In a run that changes companies it names only the company.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadRequest {
    /// The company.
    pub company: CompanyId,
    /// The data type; none: all types that are fetched on first link.
    pub data_type: Option<String>,
    /// The connection; none: Codat chooses. Only with a data type.
    pub connection: Option<ConnectionId>,
}

/// The reads of a run. Duplicates are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadSelection {
    /// These reads.
    List(Vec<ReadRequest>),
    /// These data types of the companies that a search finds when the run starts; without types, all that are
    /// fetched on first link.
    Search {
        /// The search text.
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
    /// What it does with each company.
    pub act: RunAct,
    /// Its label for the user.
    pub label: String,
    /// Its reads, or the companies that it changes.
    pub reads: ReadSelection,
    /// When its first request may be sent.
    pub starts_at: Timestamp,
    /// The time over which its requests are spread, within the rate limit.
    pub spread: SignedDuration,
}

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    /// Its ID.
    pub id: RunId,
    /// Who started it.
    pub cause: RunCause,
    /// What it does with each company.
    pub act: RunAct,
    /// Its state.
    pub state: RunState,
    /// When its first request may be sent.
    pub starts_at: Timestamp,
    /// The time over which its requests are spread.
    pub spread: SignedDuration,
    /// The number of items by state.
    pub counts: RunCounts,
    /// The number of reads that are not items yet. They count as waiting.
    pub pending_reads: u32,
    /// Items that are stored as sent and have no known result.
    pub sent: Vec<SentItem>,
}

/// An item that is stored as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentItem {
    /// Its ID.
    pub id: ItemId,
    /// The read.
    pub read: ReadRequest,
    /// Its idempotency key until its result is known.
    pub key: Uuid,
    /// When it was stored as sent.
    pub sent_at: Timestamp,
    /// The number of earlier attempts.
    pub tries: u32,
}

/// A request for the next items of a run, which the store marks as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakeRequest {
    /// One idempotency key per item; their number is the limit.
    pub keys: Vec<Uuid>,
    /// Companies that are being refreshed. They are not refreshed again.
    pub reading: Vec<CompanyId>,
}

/// The result of a step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunProgress {
    /// The run.
    pub id: RunId,
    /// Items that are now stored as sent.
    pub taken: Vec<SentItem>,
    /// The number of items by state.
    pub counts: RunCounts,
    /// The number of reads that are not items yet.
    pub pending_reads: u32,
    /// When the next waiting item is due, if none is due now.
    pub next_at: Option<Timestamp>,
}

/// An item that the server queued, without a known end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedItem {
    /// Its ID.
    pub id: ItemId,
    /// Its run.
    pub run: RunId,
    /// The read.
    pub read: ReadRequest,
    /// When it was sent.
    pub sent_at: Timestamp,
}
