//! The color of a connection and of a company, and who has to act. The list, the detail screen, the tray, alerts and
//! exports all use these rules.

mod causes;

pub use causes::{Actor, CAUSES, CauseRule, Finding, Seen, Trouble, find_cause, trouble};

use serde::{Deserialize, Serialize};

use crate::model::{Company, Connection, ConnectionStatus, DataConnectionError, ErrorStatus};

/// A status color, worst first, so that the minimum over a company's connections is the company's color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    /// Broken: deauthorized, or linked with an active error.
    Red,
    /// Unlinked.
    Grey,
    /// Pending: not authorized yet, or a status that this version does not know.
    Purple,
    /// Linked.
    Green,
    /// A company without connections.
    None,
}

impl Color {
    /// All colors, worst first.
    pub const ALL: [Self; 5] = [Self::Red, Self::Grey, Self::Purple, Self::Green, Self::None];

    /// The name in filters and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Grey => "grey",
            Self::Purple => "purple",
            Self::Green => "green",
            Self::None => "none",
        }
    }

    /// Whether someone has to act: true for red and gray.
    pub fn needs_attention(self) -> bool {
        matches!(self, Self::Red | Self::Grey)
    }
}

/// The color of a connection. A status of a newer API is purple: neither healthy nor an alarm.
pub fn connection_color(connection: &Connection) -> Color {
    match connection.status {
        ConnectionStatus::Linked if active_error(connection).is_some() => Color::Red,
        ConnectionStatus::Linked => Color::Green,
        ConnectionStatus::Deauthorized => Color::Red,
        ConnectionStatus::PendingAuth | ConnectionStatus::Unrecognized(_) => Color::Purple,
        ConnectionStatus::Unlinked => Color::Grey,
    }
}

/// The color of a company: the worst of its connections.
pub fn company_color(company: &Company) -> Color {
    company.data_connections.iter().map(connection_color).min().unwrap_or(Color::None)
}

/// The newest active error, if any.
pub fn active_error(connection: &Connection) -> Option<&DataConnectionError> {
    connection
        .data_connection_errors
        .iter()
        .filter(|error| is_active(error, connection))
        .max_by_key(|error| error.errored_on_utc)
}

/// The errors of a connection, newest first, each with whether it is active.
pub fn errors(connection: &Connection) -> Vec<(&DataConnectionError, bool)> {
    let all = connection.data_connection_errors.iter();
    let mut all: Vec<_> = all.map(|error| (error, is_active(error, connection))).collect();
    all.sort_by_key(|(error, _)| core::cmp::Reverse(error.errored_on_utc));
    all
}

/// An error is active if its status says so. If its status is unknown to this version, it is active if it has no
/// resolution time and is newer than the last read.
fn is_active(error: &DataConnectionError, connection: &Connection) -> bool {
    match &error.status {
        Some(ErrorStatus::Active) => true,
        Some(ErrorStatus::Resolved) => false,
        None | Some(ErrorStatus::Unrecognized(_)) => {
            error.resolved_on_utc.is_none() && error.errored_on_utc > connection.last_sync
        }
    }
}
