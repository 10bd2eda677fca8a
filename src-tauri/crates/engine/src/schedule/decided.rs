//! What is decided about a schedule, to be kept in one transaction with the run that follows.

use codat::CompanyId;
use jiff::{Timestamp, civil};

use super::{Due, Held, ScheduleId};
use crate::scheduling::Known;

/// What is decided about a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Which.
    pub schedule: ScheduleId,
    /// Everything up to this label is decided.
    pub label: Option<civil::DateTime>,
    /// What was due; none where a person asked, or it goes by age.
    pub due: Option<Due>,
    /// When.
    pub at: Timestamp,
    /// What held it up, or why nothing is read.
    pub held: Option<Held>,
    /// What was found out about companies.
    pub known: Vec<Known>,
    /// Companies for which reads are asked.
    pub attempted: Vec<CompanyId>,
    /// Reads to be queued.
    pub queued: u32,
    /// Companies that somebody read since.
    pub done: u32,
    /// Companies that cannot be read from.
    pub unreadable: u32,
    /// Whether there is something to tell.
    pub tells: bool,
}

impl Decided {
    /// Nothing yet.
    pub(crate) fn of(schedule: ScheduleId) -> Self {
        Self {
            schedule,
            label: None,
            due: None,
            at: Timestamp::UNIX_EPOCH,
            held: None,
            known: Vec::new(),
            attempted: Vec::new(),
            queued: 0,
            done: 0,
            unreadable: 0,
            tells: false,
        }
    }
}
