//! What changed: the entries of the journal.

use codat::{Colour, CompanyId, ConnectionId, ConnectionStatus};
use jiff::Timestamp;

/// How the app came to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A sweep over all companies.
    Sweep,
    /// A look at this one.
    CompanyRead,
    /// The answer to an act from this app.
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

/// One change, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the journal; the order of things. From 1, always increasing; entries that were imported lie
    /// below 1, before all that was seen here.
    pub seq: i64,
    /// When the app saw it, to the millisecond.
    pub at: Timestamp,
    /// How the app came to know.
    pub cause: Cause,
    /// The company.
    pub company: CompanyId,
    /// Its name at that time.
    pub company_name: String,
    /// The connection, where it is about one.
    pub connection: Option<ConnectionId>,
    /// That connection's integration, four letters.
    pub integration_key: Option<String>,
    /// That integration's name.
    pub platform: Option<String>,
    /// What changed.
    pub kind: ChangeKind,
    /// Whether the connection is an assumed one-time connection (product §5): it raises no alert.
    pub one_time: bool,
}

/// What changed.
///
/// When a status change brings another colour, both are told, [`StatusChanged`](Self::StatusChanged) first;
/// an error that comes or goes changes the colour alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// A company seen for the first time. Its connections follow, each as it appeared.
    CompanyAppeared,
    /// Its name, description, tags, products or parent. New reads alone are not journalled.
    CompanyChanged,
    /// A company known to be gone, with its connections.
    CompanyRemoved,
    /// A connection seen for the first time, as it stood then.
    ConnectionAppeared {
        /// Its status.
        status: ConnectionStatus,
        /// Its colour.
        colour: Colour,
    },
    /// A connection's status.
    StatusChanged {
        /// Before.
        from: ConnectionStatus,
        /// Now.
        to: ConnectionStatus,
    },
    /// A connection's colour.
    ColourChanged {
        /// Before.
        from: Colour,
        /// Now.
        to: Colour,
    },
    /// A connection known to be gone; its company stays.
    ConnectionRemoved,
}

impl ChangeKind {
    /// The colour that a connection has now and did not have before, if this is such a change.
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

    /// The columns `kind`, `was` and `became`.
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

/// A colour by its name.
pub(crate) fn parse_colour(name: &str) -> Option<Colour> {
    Colour::ALL.into_iter().find(|colour| colour.as_str() == name)
}
