//! Changes: the entries of the journal.

use codat::{Color, CompanyId, ConnectionId, ConnectionStatus};
use domain::Cause;
use jiff::Timestamp;

/// A journal entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its position in the journal, which orders changes. Entries seen here count up from 1. Imported entries are
    /// below 1, before all others.
    pub seq: i64,
    /// When the app saw it, with millisecond precision.
    pub at: Timestamp,
    /// How the app learned of it.
    pub cause: Cause,
    /// The company.
    pub company: CompanyId,
    /// The company's name at that time.
    pub company_name: String,
    /// The connection, if the change is about one.
    pub connection: Option<ConnectionId>,
    /// The connection's integration key, four letters.
    pub integration_key: Option<String>,
    /// The integration's name.
    pub platform: Option<String>,
    /// What changed.
    pub kind: ChangeKind,
    /// Whether the connection is an assumed one-time connection (product §5), which raises no alert.
    pub one_time: bool,
}

/// What changed.
///
/// A status change that also changes the color gives two entries, [`StatusChanged`](Self::StatusChanged) first. An
/// error that appears or is resolved changes the color only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// A company seen for the first time. Its connections follow, each as `ConnectionAppeared`.
    CompanyAppeared,
    /// The name, description, tags, products or parent. New read times alone make no journal entry.
    CompanyChanged,
    /// A company confirmed as gone, with its connections.
    CompanyRemoved,
    /// A connection seen for the first time.
    ConnectionAppeared {
        /// Its status.
        status: ConnectionStatus,
        /// Its color.
        color: Color,
    },
    /// The status of a connection.
    StatusChanged {
        /// Before.
        from: ConnectionStatus,
        /// Now.
        to: ConnectionStatus,
    },
    /// The color of a connection.
    ColorChanged {
        /// Before.
        from: Color,
        /// Now.
        to: Color,
    },
    /// A connection confirmed as gone; its company stays.
    ConnectionRemoved,
}

impl ChangeKind {
    /// The new color of the connection, if the change gave it one.
    pub fn new_color(&self) -> Option<Color> {
        match self {
            Self::ConnectionAppeared { color, .. } => Some(*color),
            Self::ColorChanged { to, .. } => Some(*to),
            Self::CompanyAppeared
            | Self::CompanyChanged
            | Self::CompanyRemoved
            | Self::StatusChanged { .. }
            | Self::ConnectionRemoved => None,
        }
    }

    /// The values of the columns `kind`, `was` and `became`.
    pub(crate) fn columns(&self) -> (&'static str, Option<&str>, Option<&str>) {
        match self {
            Self::CompanyAppeared => ("companyAppeared", None, None),
            Self::CompanyChanged => ("companyChanged", None, None),
            Self::CompanyRemoved => ("companyRemoved", None, None),
            Self::ConnectionAppeared { status, color } => {
                ("connectionAppeared", Some(status.as_str()), Some(color.as_str()))
            }
            Self::StatusChanged { from, to } => ("statusChanged", Some(from.as_str()), Some(to.as_str())),
            Self::ColorChanged { from, to } => ("colourChanged", Some(from.as_str()), Some(to.as_str())),
            Self::ConnectionRemoved => ("connectionRemoved", None, None),
        }
    }

    pub(crate) fn parse(kind: &str, was: Option<&str>, became: Option<&str>) -> Option<Self> {
        Some(match kind {
            "companyAppeared" => Self::CompanyAppeared,
            "companyChanged" => Self::CompanyChanged,
            "companyRemoved" => Self::CompanyRemoved,
            "connectionAppeared" => {
                Self::ConnectionAppeared { status: was?.into(), color: parse_color(became?)? }
            }
            "statusChanged" => Self::StatusChanged { from: was?.into(), to: became?.into() },
            "colourChanged" => Self::ColorChanged { from: parse_color(was?)?, to: parse_color(became?)? },
            "connectionRemoved" => Self::ConnectionRemoved,
            _ => return None,
        })
    }
}

pub(crate) fn parse_color(name: &str) -> Option<Color> {
    Color::ALL.into_iter().find(|color| color.as_str() == name)
}
