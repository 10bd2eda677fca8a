//! A change that the store recorded.

use codat::{Color, CompanyId, ConnectionId};
use domain::Cause;
use jiff::Timestamp;

/// A change with what alerts are decided from. The journal in the store says more of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its sequence number. It defines the order, not the time.
    pub seq: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// Why the store changed.
    pub cause: Cause,
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The connection whose color changed, and its new color; none for other kinds of changes. A deauthorized
    /// connection counts as changed even if it was red before.
    pub turned: Option<(ConnectionId, Color)>,
    /// The connection that is gone from Codat while its company stays.
    pub removed: Option<ConnectionId>,
    /// Whether it was red or grey before.
    pub was_broken: bool,
    /// The integration's name.
    pub platform: String,
    /// Whether the connection is an offline connector for one-time use, which sends no alert.
    pub one_time: bool,
}
