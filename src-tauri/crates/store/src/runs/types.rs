//! Types that all steps of a run share.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::item::{ItemState, ReadRequest, SentItem};
use crate::error::StoreError;

/// Who requested a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCause {
    /// The user.
    Person,
    /// The schedule with this ID.
    Schedule(i64),
    /// Keep-alive of idle connections.
    KeepAlive,
}

impl RunCause {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Schedule(_) => "schedule",
            Self::KeepAlive => "keepAlive",
        }
    }

    pub(crate) fn schedule(self) -> Option<i64> {
        match self {
            Self::Schedule(number) => Some(number),
            Self::Person | Self::KeepAlive => None,
        }
    }

    pub(crate) fn parse(name: &str, schedule: Option<i64>) -> Result<Self, StoreError> {
        match (name, schedule) {
            ("person", _) => Ok(Self::Person),
            ("schedule", Some(number)) => Ok(Self::Schedule(number)),
            ("keepAlive", _) => Ok(Self::KeepAlive),
            _ => Err(StoreError::unreadable("who wanted a refresh", &name)),
        }
    }
}

/// The reads of a run. Duplicates are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadSelection {
    /// These reads.
    List(Vec<ReadRequest>),
    /// The companies that match a search now.
    Search {
        /// The search text.
        search: String,
        /// The data types; if empty, all that are fetched on first link.
        data_types: Vec<String>,
    },
}

/// A run to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Who requested it.
    pub cause: RunCause,
    /// Its label for the user.
    pub label: String,
    /// Its reads.
    pub reads: ReadSelection,
    /// When its first request may go.
    pub starts_at: Timestamp,
    /// The time over which its requests are spread.
    pub spread: SignedDuration,
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// It does.
    Running,
    /// A person paused it.
    Paused,
    /// Nothing more comes of it.
    Done,
    /// A person took back what was not asked for yet.
    Cancelled,
}

impl RunState {
    pub(crate) fn from_code(number: i64) -> Result<Self, StoreError> {
        match number {
            0 => Ok(Self::Running),
            1 => Ok(Self::Paused),
            2 => Ok(Self::Done),
            3 => Ok(Self::Cancelled),
            _ => Err(StoreError::unreadable("how a refresh stands", &number)),
        }
    }
}

/// How many items of a run stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RunCounts {
    /// To be asked for.
    pub waiting: u32,
    /// Asked for, or about to be; nothing is known of it.
    pub sent: u32,
    /// Codat took it; its reads have yet to end.
    pub queued: u32,
    /// Was being read already, and was not queued twice.
    pub running: u32,
    /// Its reads are complete.
    pub read: u32,
    /// It failed.
    pub failed: u32,
    /// It was left out, with a reason.
    pub skipped: u32,
    /// Taken back before it was asked for.
    pub cancelled: u32,
    /// Codat took it, and its end was not seen while the run was open.
    pub unseen: u32,
    /// Of those that are read: what became of their single data types is yet to be looked at.
    pub looking: u32,
}

impl RunCounts {
    /// All items.
    pub fn total(&self) -> u32 {
        let ended = self.running + self.read + self.failed + self.skipped + self.cancelled;
        self.waiting + self.sent + self.queued + self.unseen + ended
    }

    pub(super) fn count_mut(&mut self, state: ItemState) -> &mut u32 {
        match state {
            ItemState::Waiting => &mut self.waiting,
            ItemState::Sent => &mut self.sent,
            ItemState::Queued => &mut self.queued,
            ItemState::Running => &mut self.running,
            ItemState::Read => &mut self.read,
            ItemState::Failed => &mut self.failed,
            ItemState::Skipped => &mut self.skipped,
            ItemState::Cancelled => &mut self.cancelled,
            ItemState::Unseen => &mut self.unseen,
        }
    }
}

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    /// Its ID.
    pub id: i64,
    /// Who requested it.
    pub cause: RunCause,
    /// Its state.
    pub state: RunState,
    /// When its first request may go.
    pub starts_at: Timestamp,
    /// The time over which its requests are spread.
    pub spread: SignedDuration,
    /// The counts of its items.
    pub counts: RunCounts,
    /// The number of reads that are not items yet. They count as waiting.
    pub pending_reads: u32,
    /// Items that are stored as sent and have no result.
    pub sent: Vec<SentItem>,
}

#[cfg(test)]
mod tests {
    use super::RunCause;
    use crate::{ItemState, RunState, StoreError};

    #[test]
    fn what_this_version_does_not_know_is_not_guessed() {
        assert_eq!(RunCause::parse("keepAlive", None).unwrap(), RunCause::KeepAlive);
        for unknown in [RunCause::parse("webhook", None), RunCause::parse("schedule", None)] {
            assert!(matches!(unknown, Err(StoreError::Unreadable { .. })), "{unknown:?}");
        }
        assert!(matches!(RunState::from_code(9), Err(StoreError::Unreadable { .. })));
        assert!(matches!(ItemState::from_code(9, false), Err(StoreError::Unreadable { .. })));
    }
}
