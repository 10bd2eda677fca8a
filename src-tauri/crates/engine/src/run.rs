//! Runs: kept lists of reads to queue, and what comes of each.
//!
//! A run lives in the store; the engine asks for its next items in batches, and an item is written down as
//! *sent*, with its idempotency key, before its request goes. What is said here is what the two tell each other.

use codat::{CompanyId, ConnectionId, Failure, FailureKind, model::DatasetStatus};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::class::Class;

/// Of a run, the history of so many companies at most is looked at for what became of their single data types,
/// and of a run that nobody waits for no more histories are looked at at all.
pub const LOOKED_AT: u32 = 240;

/// One run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub i64);

/// One item of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemId(pub i64);

/// Who wants a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunCause {
    /// A person, now.
    Person,
    /// A schedule of this app, by its number.
    Schedule(i64),
    /// Keeping idle clocks from ending.
    KeepAlive,
}

impl RunCause {
    /// What its requests are for.
    pub fn class(self) -> Class {
        match self {
            Self::Person => Class::Run,
            Self::Schedule(_) => Class::Schedule,
            Self::KeepAlive => Class::KeepAlive,
        }
    }

    /// Whether nobody waits for it: then it spends of the background's share alone.
    pub fn is_background(self) -> bool {
        match self {
            Self::Person => false,
            Self::Schedule(_) | Self::KeepAlive => true,
        }
    }
}

/// One read to be queued.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Read {
    /// Of which company.
    pub company: CompanyId,
    /// Which data type; none: all that are fetched on first link.
    pub data_type: Option<String>,
    /// From which connection; none: wherever Codat finds it. Meant only with a data type.
    pub connection: Option<ConnectionId>,
}

/// Which reads a run is made of; the same read twice is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// These.
    Each(Vec<Read>),
    /// Of the companies that a search finds when the run begins, these data types; none given: all that are
    /// fetched on first link.
    Matching {
        /// As the search box has it.
        search: String,
        /// Keys of data types.
        data_types: Vec<String>,
    },
}

/// A run to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Who wants it.
    pub cause: RunCause,
    /// What a person reads of it.
    pub label: String,
    /// What it reads.
    pub reads: Reads,
    /// When its first request may go.
    pub starts_at: Timestamp,
    /// Its requests go evenly over this time, and never faster than the minute allows.
    pub spread: SignedDuration,
}

/// A run that has not ended, as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    /// Which.
    pub id: RunId,
    /// Who wants it.
    pub cause: RunCause,
    /// Whether it goes on.
    pub state: RunState,
    /// When its first request may go.
    pub starts_at: Timestamp,
    /// Its requests go evenly over this time.
    pub spread: SignedDuration,
    /// How its items stand.
    pub counts: RunCounts,
    /// How many of its reads the store has yet to write down as items; they count as waiting.
    pub rest: u32,
    /// Items that were written down as sent, and of which nothing is known.
    pub sent: Vec<SentItem>,
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It does.
    Running,
    /// A person paused it.
    Paused,
    /// Every item has ended, or its end was waited for long enough.
    Done,
    /// A person took back what was not asked for yet.
    Cancelled,
}

/// An item that was written down as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentItem {
    /// Which.
    pub id: ItemId,
    /// What it reads.
    pub read: Read,
    /// Under this key, and no other, until its outcome is known.
    pub key: Uuid,
    /// When it was written down.
    pub sent_at: Timestamp,
    /// How often it was written down before.
    pub tries: u32,
}

/// How many items of a run stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// To be asked for.
    pub waiting: u32,
    /// Asked for, or about to be; nothing is known of it.
    pub sent: u32,
    /// The server took it; its reads have yet to end.
    pub queued: u32,
    /// Was being read already: done, and not queued twice.
    pub running: u32,
    /// Its reads are complete.
    pub read: u32,
    /// It failed.
    pub failed: u32,
    /// It was left out, with a reason.
    pub skipped: u32,
    /// Taken back before it was asked for.
    pub cancelled: u32,
    /// The server took it, and its end was not seen before its run ended.
    pub unseen: u32,
    /// Of those that are read: what became of their single data types is yet to be looked at.
    pub looking: u32,
}

impl RunCounts {
    /// All items.
    pub fn total(&self) -> u32 {
        self.asked() + self.waiting
    }

    /// Items that no longer wait.
    pub fn asked(&self) -> u32 {
        let ended = self.running + self.read + self.failed + self.skipped + self.cancelled;
        self.sent + self.queued + self.unseen + ended
    }
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemEnd {
    /// Which.
    pub item: ItemId,
    /// What.
    pub how: How,
}

impl ItemEnd {
    /// The time before which the item is not sent again, if it is.
    pub(crate) fn time(&mut self) -> Option<&mut Timestamp> {
        match &mut self.how {
            How::Again(not_before) => Some(not_before),
            How::Queued | How::Running | How::Read | How::Failed(_) | How::Unsent => None,
        }
    }
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// The server took it.
    Queued,
    /// The server is reading it already.
    Running,
    /// Its reads are complete.
    Read,
    /// It failed.
    Failed(Why),
    /// It certainly did not happen: it waits again, not before then, and goes with a new key.
    Again(Timestamp),
    /// No request went, or none was let in, and none will go under this key: it waits as if it had never been taken.
    Unsent,
}

/// Why an item failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// It was not queued.
    Refused(Box<Failure>),
    /// It was queued, and reads failed.
    Read {
        /// The data type of the first that failed.
        data_type: String,
        /// How it ended.
        status: DatasetStatus,
        /// Its own words.
        message: Option<String>,
        /// How many failed.
        failed: u32,
        /// Of how many.
        of: u32,
    },
}

impl Why {
    /// Whether asking again may help.
    pub fn can_retry(&self) -> bool {
        match self {
            Self::Refused(failure) => match failure.kind {
                FailureKind::Server
                | FailureKind::NoAnswer
                | FailureKind::Unreachable
                | FailureKind::RateLimited
                | FailureKind::Conflict
                | FailureKind::Unreadable
                | FailureKind::Intercepted
                | FailureKind::OtherStatus
                | FailureKind::Unauthorized => true,
                FailureKind::Invalid
                | FailureKind::PaymentRequired
                | FailureKind::Forbidden
                | FailureKind::NotFound
                | FailureKind::Unprocessable => false,
            },
            Self::Read { status, .. } => !matches!(
                status,
                DatasetStatus::AuthError | DatasetStatus::PermissionsError | DatasetStatus::NotSupported
            ),
        }
    }
}

/// An item that the server took, and whose end is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedItem {
    /// Which.
    pub id: ItemId,
    /// Its run.
    pub run: RunId,
    /// What it reads.
    pub read: Read,
    /// When it was asked for.
    pub sent_at: Timestamp,
}

/// The next items of a run, to be written down as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// A key for each item, so at most so many items.
    pub keys: Vec<Uuid>,
    /// Companies whose reads are known to run: reads of all their types are not asked for again.
    pub reading: Vec<CompanyId>,
}

/// What a step of a run came to in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunMoved {
    /// Which.
    pub id: RunId,
    /// Items that are now written down as sent.
    pub taken: Vec<SentItem>,
    /// How its items stand.
    pub counts: RunCounts,
    /// How many of its reads the store has yet to write down as items.
    pub rest: u32,
    /// When the next of those that wait may go, where none may yet.
    pub next_at: Option<Timestamp>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunEnded {
    /// Which.
    pub id: RunId,
    /// Who wanted it.
    pub cause: RunCause,
    /// How its items stand.
    pub counts: RunCounts,
}
