//! When a connection may expire (§4.1): clocks that run while nothing is read, and consents that end by themselves.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Connection, ConnectionStatus};

/// What ends a connection's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// So many days without a read.
    Idle(u16),
    /// So many days after consent, whatever is read.
    Consent(u16),
}

/// The clock of an integration, where one is known; the sources are named in §4.1.
pub fn clock(integration_key: &str) -> Option<Clock> {
    match integration_key {
        "gbol" => Some(Clock::Idle(60)),
        "qhyg" | "ndsk" => Some(Clock::Idle(100)),
        "jcrp" => Some(Clock::Idle(90)),
        "suuo" | "upvr" => Some(Clock::Consent(90)),
        _ => None,
    }
}

/// When a linked connection may expire, by its integration's clock. A consent is counted from the
/// connection's creation, the only instant of it that the API tells.
pub fn expires(connection: &Connection) -> Option<Timestamp> {
    if connection.status != ConnectionStatus::Linked {
        return None;
    }
    let (from, days) = match clock(&connection.integration_key)? {
        Clock::Idle(days) => (connection.last_sync.unwrap_or(connection.created), days),
        Clock::Consent(days) => (connection.created, days),
    };
    from.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()
}
