//! How reads end (§3.2), and the connections of the designed world whose reads do not all end well.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How a read ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Complete,
    /// Complete, with warnings of the validation.
    Warned,
    NotSupported,
    Cancelled,
    FetchError,
    MapError,
    ValidationError,
    ProcessingError,
    InternalError,
    AuthError,
    RateLimitError,
    PermissionsError,
    PrerequisiteNotMet,
}

impl Ending {
    /// Its name in the API.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Complete | Self::Warned => "Complete",
            Self::NotSupported => "NotSupported",
            Self::Cancelled => "Cancelled",
            Self::FetchError => "FetchError",
            Self::MapError => "MapError",
            Self::ValidationError => "ValidationError",
            Self::ProcessingError => "ProcessingError",
            Self::InternalError => "InternalError",
            Self::AuthError => "AuthError",
            Self::RateLimitError => "RateLimitError",
            Self::PermissionsError => "PermissionsError",
            Self::PrerequisiteNotMet => "PrerequisiteNotMet",
        }
    }

    /// Whether data can be read afterwards.
    pub(crate) fn succeeds(self) -> bool {
        matches!(self, Self::Complete | Self::Warned)
    }

    /// Whether it is one of the errors; not supported and cancelled are none.
    pub(crate) fn is_error(self) -> bool {
        !matches!(self, Self::Complete | Self::Warned | Self::NotSupported | Self::Cancelled)
    }

    /// The share of a whole read's work, in percent, after which it ends so.
    pub(crate) fn share(self) -> i32 {
        match self {
            Self::Complete | Self::Warned => 100,
            Self::NotSupported | Self::PrerequisiteNotMet => 15,
            Self::PermissionsError => 20,
            Self::Cancelled => 25,
            Self::AuthError => 28,
            Self::FetchError => 40,
            Self::RateLimitError => 42,
            Self::InternalError => 52,
            Self::MapError => 60,
            Self::ValidationError => 78,
            Self::ProcessingError => 95,
        }
    }

    /// How far it came, as the API counts progress.
    pub(crate) fn progress(self) -> i64 {
        match self {
            Self::Complete | Self::Warned => 100,
            Self::NotSupported | Self::PrerequisiteNotMet => 10,
            Self::PermissionsError
            | Self::Cancelled
            | Self::AuthError
            | Self::FetchError
            | Self::RateLimitError => 30,
            Self::InternalError | Self::MapError => 50,
            Self::ValidationError => 70,
            Self::ProcessingError => 90,
        }
    }

    /// What the API says of it.
    pub(crate) fn message(self) -> Option<&'static str> {
        match self {
            Self::Complete | Self::Warned | Self::NotSupported => None,
            Self::Cancelled => Some("The connection was unlinked before the read was over."),
            Self::FetchError => Some("The source did not give all of the data."),
            Self::MapError => Some("The source's data could not be brought into the standard form."),
            Self::ValidationError => Some("The data did not pass validation."),
            Self::ProcessingError => Some("The data could not be stored."),
            Self::InternalError => Some("Something went wrong while the data was read."),
            Self::AuthError => Some("The source no longer accepts the credentials."),
            Self::RateLimitError => Some("The source allows no more requests for now."),
            Self::PermissionsError => Some("The connected user lacks the rights to read this data."),
            Self::PrerequisiteNotMet => Some("Another data type must be read first."),
        }
    }
}

/// How the reads of one connection of the designed world go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Script {
    /// Books of which many types fail, each in its own way.
    Troubled,
    /// A source that limits how often it is read, so that reads pause. One has paused since before that
    /// instant, when the world was made.
    Limited(Timestamp),
    /// The customer withdrew the access without a word: the next read finds out.
    Revoked,
    /// So much data that reads are under way for a day, one in every stage at that instant, when the world
    /// was made.
    Busy(Timestamp),
    /// A read found at that instant that the access was withdrawn.
    Withdrawn(Timestamp),
    /// The platform does not answer.
    Down,
}

/// How long a source that limits its readers makes them wait.
const PAUSE: SignedDuration = SignedDuration::from_secs(40);

impl Script {
    /// How the read of a type ends, if not well; `first` are the reads with which the world begins.
    pub(crate) fn ending(self, data_type: &str, first: bool) -> Ending {
        match self {
            Self::Troubled => troubled(data_type, first),
            Self::Revoked if !first => Ending::AuthError,
            Self::Down => Ending::FetchError,
            Self::Limited(_) | Self::Revoked | Self::Busy(_) | Self::Withdrawn(_) => Ending::Complete,
        }
    }

    /// How long the read of a type pauses.
    pub(crate) fn pause(self, data_type: &str, first: bool) -> SignedDuration {
        let pauses = matches!(data_type, "commerce-orders" | "commerce-payments");
        match self {
            Self::Limited(_) if pauses && !first => PAUSE,
            Self::Limited(_)
            | Self::Troubled
            | Self::Revoked
            | Self::Busy(_)
            | Self::Withdrawn(_)
            | Self::Down => SignedDuration::ZERO,
        }
    }
}

fn troubled(data_type: &str, first: bool) -> Ending {
    match data_type {
        "payments" => Ending::MapError,
        "itemReceipts" => Ending::NotSupported,
        "bills" => Ending::Warned,
        _ if first => Ending::Complete,
        "accountTransactions" => Ending::RateLimitError,
        "billPayments" => Ending::ProcessingError,
        "invoices" => Ending::ValidationError,
        "journals" => Ending::InternalError,
        "purchaseOrders" => Ending::PrerequisiteNotMet,
        "salesOrders" => Ending::PermissionsError,
        "trackingCategories" => Ending::FetchError,
        "transfers" => Ending::Cancelled,
        _ => Ending::Complete,
    }
}
