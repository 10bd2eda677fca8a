//! One rule for the colour of a connection and of a company. The list, the detail, the tray, alerts and
//! export all ask here.

use serde::{Deserialize, Serialize};

use crate::model::{Company, Connection, ConnectionStatus, DataConnectionError, ErrorStatus};

/// A colour, worst first, so that the smallest of a company's connections is the company's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// Broken: deauthorized, or linked with an active error.
    Red,
    /// Unlinked.
    Grey,
    /// Pending: not yet authorized, or in a state this version does not know.
    Purple,
    /// Linked.
    Green,
    /// A company without connections.
    None,
}

impl Colour {
    /// All, worst first.
    pub const ALL: [Self; 5] = [Self::Red, Self::Grey, Self::Purple, Self::Green, Self::None];

    /// Its name in filters and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Grey => "grey",
            Self::Purple => "purple",
            Self::Green => "green",
            Self::None => "none",
        }
    }

    /// Whether somebody has to do something: red or grey, everywhere.
    pub fn needs_attention(self) -> bool {
        matches!(self, Self::Red | Self::Grey)
    }
}

/// Why a connection needs attention. The one table of who has to act: alerts, menus and the tray ask here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trouble {
    /// Deauthorized, or linked and the platform refuses its credentials: the customer has to link it again.
    Access,
    /// Unlinked: the customer has to link it again.
    Unlinked,
    /// Linked, and the platform does not answer or answers with a failure of its own: nobody but the platform can
    /// mend it.
    Outage,
    /// Linked, with an error of any other kind: somebody has to read it.
    Error,
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// The customer, by the Link URL.
    Customer,
    /// The platform: there is nothing to send.
    Platform,
    /// We: the error says what has to be done.
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

/// Why a connection needs attention; nothing where it does not. Agrees with [`connection_colour`].
pub fn trouble(connection: &Connection) -> Option<Trouble> {
    match connection.status {
        ConnectionStatus::Deauthorized => Some(Trouble::Access),
        ConnectionStatus::Unlinked => Some(Trouble::Unlinked),
        ConnectionStatus::Linked => active_error(connection).map(trouble_of),
        ConnectionStatus::PendingAuth | ConnectionStatus::Unrecognised(_) => None,
    }
}

/// What the HTTP status of an active error means. 408 and 429 pass by themselves, like a failure of the platform.
fn trouble_of(error: &DataConnectionError) -> Trouble {
    match error.status_code.trim().parse::<u16>() {
        Ok(401 | 403) => Trouble::Access,
        Ok(408 | 429 | 500..=599) => Trouble::Outage,
        Ok(_) | Err(_) => Trouble::Error,
    }
}

/// The colour of a connection.
///
/// A state of a newer API is purple: neither healthy nor an alarm.
pub fn connection_colour(connection: &Connection) -> Colour {
    match connection.status {
        ConnectionStatus::Linked if active_error(connection).is_some() => Colour::Red,
        ConnectionStatus::Linked => Colour::Green,
        ConnectionStatus::Deauthorized => Colour::Red,
        ConnectionStatus::PendingAuth | ConnectionStatus::Unrecognised(_) => Colour::Purple,
        ConnectionStatus::Unlinked => Colour::Grey,
    }
}

/// The colour of a company: that of its worst connection.
pub fn company_colour(company: &Company) -> Colour {
    company.data_connections.iter().map(connection_colour).min().unwrap_or(Colour::None)
}

/// The newest error that still stands, if any.
pub fn active_error(connection: &Connection) -> Option<&DataConnectionError> {
    connection
        .data_connection_errors
        .iter()
        .filter(|error| is_active(error, connection))
        .max_by_key(|error| error.errored_on_utc)
}

/// The errors of a connection, newest first, each with whether it still stands.
pub fn errors(connection: &Connection) -> Vec<(&DataConnectionError, bool)> {
    let all = connection.data_connection_errors.iter();
    let mut all: Vec<_> = all.map(|error| (error, is_active(error, connection))).collect();
    all.sort_by_key(|(error, _)| core::cmp::Reverse(error.errored_on_utc));
    all
}

/// An error stands if it says so; or if it says nothing that this version knows, was not resolved, and is newer
/// than the last read.
fn is_active(error: &DataConnectionError, connection: &Connection) -> bool {
    match &error.status {
        Some(ErrorStatus::Active) => true,
        Some(ErrorStatus::Resolved) => false,
        None | Some(ErrorStatus::Unrecognised(_)) => {
            error.resolved_on_utc.is_none() && error.errored_on_utc > connection.last_sync
        }
    }
}
