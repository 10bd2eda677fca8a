//! Changes: the entries of the journal.

use codat::{Colour, CompanyId, ConnectionId, ConnectionStatus};
use jiff::Timestamp;

/// How the app learned of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A sweep over all companies.
    Sweep,
    /// A request for this company alone.
    CompanyRead,
    /// The answer to an action of this app.
    OwnAction,
}

impl Cause {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::CompanyRead => "look",
            Self::OwnAction => "own",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Sweep, Self::CompanyRead, Self::OwnAction].into_iter().find(|cause| cause.as_str() == text)
    }
}

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
/// A status change that also changes the colour gives two entries, [`StatusChanged`](Self::StatusChanged) first. An
/// error that appears or is resolved changes the colour only.
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
        /// Its colour.
        colour: Colour,
    },
    /// The status of a connection.
    StatusChanged {
        /// Before.
        from: ConnectionStatus,
        /// Now.
        to: ConnectionStatus,
    },
    /// The colour of a connection.
    ColourChanged {
        /// Before.
        from: Colour,
        /// Now.
        to: Colour,
    },
    /// A connection confirmed as gone; its company stays.
    ConnectionRemoved,
}

impl ChangeKind {
    /// The new colour of the connection, if the change gave it one.
    pub fn new_colour(&self) -> Option<Colour> {
        match self {
            Self::ConnectionAppeared { colour, .. } => Some(*colour),
            Self::ColourChanged { to, .. } => Some(*to),
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
            Self::ConnectionAppeared { status, colour } => {
                ("connectionAppeared", Some(status.as_str()), Some(colour.as_str()))
            }
            Self::StatusChanged { from, to } => ("statusChanged", Some(from.as_str()), Some(to.as_str())),
            Self::ColourChanged { from, to } => ("colourChanged", Some(from.as_str()), Some(to.as_str())),
            Self::ConnectionRemoved => ("connectionRemoved", None, None),
        }
    }

    pub(crate) fn parse(kind: &str, was: Option<&str>, became: Option<&str>) -> Option<Self> {
        Some(match kind {
            "companyAppeared" => Self::CompanyAppeared,
            "companyChanged" => Self::CompanyChanged,
            "companyRemoved" => Self::CompanyRemoved,
            "connectionAppeared" => {
                Self::ConnectionAppeared { status: was?.into(), colour: parse_colour(became?)? }
            }
            "statusChanged" => Self::StatusChanged { from: was?.into(), to: became?.into() },
            "colourChanged" => Self::ColourChanged { from: parse_colour(was?)?, to: parse_colour(became?)? },
            "connectionRemoved" => Self::ConnectionRemoved,
            _ => return None,
        })
    }
}

pub(crate) fn parse_colour(name: &str) -> Option<Colour> {
    Colour::ALL.into_iter().find(|colour| colour.as_str() == name)
}
