//! What needs attention, for the tray.

use codat::{CompanyId, ConnectionId};

/// The companies that need attention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attention {
    /// Companies whose worst connection is broken.
    pub red: u32,
    /// Companies whose worst connection is unlinked.
    pub grey: u32,
    /// Companies whose worst connection is pending.
    pub purple: u32,
    /// Companies whose data from the server is unreadable.
    pub unreadable: u32,
    /// The first of the red companies, then of the gray ones; in each group the last deauthorized first, then by
    /// name.
    pub companies: Vec<AttentionCompany>,
}

/// A company that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionCompany {
    /// The company.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its red and gray connections, worst first.
    pub connections: Vec<AttentionConnection>,
}

/// A connection that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionConnection {
    /// The connection.
    pub id: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// The text of its status.
    pub word: String,
    /// Whether the platform has an outage, which a Link URL does not fix.
    pub is_outage: bool,
}
