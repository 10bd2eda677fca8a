//! The color of a connection and of a company, and who has to act. The list, the detail screen, the tray, alerts and
//! exports all use these rules.

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

/// Why a connection needs attention. Alerts, menus and the tray take from here who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trouble {
    /// Deauthorized, or linked while the platform rejects the credentials: the customer has to link again.
    Access,
    /// Unlinked: the customer has to link again.
    Unlinked,
    /// Linked, but the platform does not answer or answers with an error of its own: only the platform can fix it.
    Outage,
    /// Linked, with any other error: the analyst has to read the error.
    Error,
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// The customer, with the Link URL.
    Customer,
    /// The platform. Sending the Link URL does not help.
    Platform,
    /// The analyst. The error says what to do.
    We,
}

impl Trouble {
    /// Who has to act.
    pub fn actor(self) -> Actor {
        match self {
            Self::Access | Self::Unlinked => Actor::Customer,
            Self::Outage => Actor::Platform,
            Self::Error => Actor::We,
        }
    }
}

/// Why a connection needs attention, if it does. Is `Some` exactly if [`connection_color`] is red or gray.
pub fn trouble(connection: &Connection) -> Option<Trouble> {
    match connection.status {
        ConnectionStatus::Deauthorized => Some(Trouble::Access),
        ConnectionStatus::Unlinked => Some(Trouble::Unlinked),
        ConnectionStatus::Linked => active_error(connection).map(trouble_of),
        ConnectionStatus::PendingAuth | ConnectionStatus::Unrecognized(_) => None,
    }
}

/// Maps the HTTP status of an active error. 408 and 429 are temporary, like a failure of the platform.
fn trouble_of(error: &DataConnectionError) -> Trouble {
    match error.status_code.trim().parse::<u16>() {
        Ok(401 | 403) => Trouble::Access,
        Ok(408 | 429 | 500..=599) => Trouble::Outage,
        Ok(_) | Err(_) => Trouble::Error,
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
