//! The decision about a schedule that the store records, in one transaction with its run.

use codat::CompanyId;
use domain::{KnownRead, ScheduleId};
use jiff::{Timestamp, civil};

use super::{Due, HoldReason};

/// The decision about a schedule, to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDecision {
    /// The schedule.
    pub schedule: ScheduleId,
    /// All labels up to this one are decided.
    pub label: Option<civil::DateTime>,
    /// What was due; none if the user requested the run, or for an every-N-hours schedule.
    pub due: Option<Due>,
    /// When it was decided.
    pub at: Timestamp,
    /// What held the run, or why nothing is read.
    pub held: Option<HoldReason>,
    /// The results of queries.
    pub known: Vec<KnownRead>,
    /// Companies whose reads are requested.
    pub requested: Vec<CompanyId>,
    /// Reads to be queued.
    pub queued: u32,
    /// Companies that were read since.
    pub already_read: u32,
    /// Companies without a readable connection.
    pub unreadable: u32,
    /// Whether the user sees it in the results of the schedule.
    pub notify: bool,
}

impl RecordedDecision {
    /// An empty decision.
    pub(crate) fn new(schedule: ScheduleId) -> Self {
        Self {
            schedule,
            label: None,
            due: None,
            at: Timestamp::UNIX_EPOCH,
            held: None,
            known: Vec::new(),
            requested: Vec::new(),
            queued: 0,
            already_read: 0,
            unreadable: 0,
            notify: false,
        }
    }
}
