//! What is known of the companies of a schedule.

use codat::CompanyId;
use jiff::Timestamp;

/// The known reads of a company, for a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadHistory {
    /// The company.
    pub company: CompanyId,
    /// Whether it has a linked connection that may provide the data type.
    pub readable: bool,
    /// The last successful read of any data, from the last sweep.
    pub last_read: Option<Timestamp>,
    /// The last successful read of the schedule's data, from the last query; the oldest of several types.
    pub known_read: Option<Timestamp>,
    /// The value of `last_read` at that query.
    pub known_at: Option<Timestamp>,
    /// The last request of this schedule.
    pub attempted: Option<Timestamp>,
    /// Consecutive failures that a retry may fix.
    pub failures: u32,
}

/// The result of a data status query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRead {
    /// The company.
    pub company: CompanyId,
    /// The last successful read of the schedule's data; the oldest of what is not read now.
    pub read_at: Option<Timestamp>,
    /// The last successful read of any data at that time.
    pub last_read: Option<Timestamp>,
    /// Whether nothing is read now.
    pub is_done: bool,
}
