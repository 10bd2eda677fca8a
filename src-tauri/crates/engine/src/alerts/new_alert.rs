//! An alert to record.

use codat::{Color, CompanyId, ConnectionId, status::Trouble};
use jiff::Timestamp;

use crate::change::Change;

/// A change that becomes an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    /// The sequence number of its change in the journal.
    pub seq: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The connection that was lost.
    pub connection: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// Red or grey.
    pub color: Color,
    /// The cause that the second read found; none without a second read.
    pub trouble: Option<Trouble>,
    /// Whether it combines several losses of a connection that healed in between.
    pub repeats: bool,
}

impl NewAlert {
    /// A connection that someone else deleted. It was confirmed as gone, so it needs no second read.
    pub(super) fn deleted(change: Change, connection: ConnectionId) -> Self {
        Self {
            seq: change.seq,
            at: change.at,
            company: change.company,
            company_name: change.company_name,
            connection,
            platform: change.platform,
            color: Color::Grey,
            trouble: Some(Trouble::Deleted),
            repeats: false,
        }
    }
}
