//! The outcomes of reads (§3.2), and scenarios of connections whose reads do not all succeed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The outcome of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOutcome {
    Complete,
    /// Successful, with validation warnings.
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

impl ReadOutcome {
    /// The status in the API.
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

    /// Whether the data can be used.
    pub(crate) fn succeeds(self) -> bool {
        matches!(self, Self::Complete | Self::Warned)
    }

    /// `NotSupported` and `Cancelled` are not errors.
    pub(crate) fn is_error(self) -> bool {
        !matches!(self, Self::Complete | Self::Warned | Self::NotSupported | Self::Cancelled)
    }

    /// When the read ends, as a percentage of a complete read's work.
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

    /// The progress in the API.
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

    /// The error message in the API.
    pub(crate) fn message(self) -> Option<&'static str> {
        match self {
            Self::Complete | Self::Warned | Self::NotSupported => None,
            Self::Cancelled => Some("The connection was unlinked before the sync finished."),
            Self::FetchError => Some("The source did not return all of the data."),
            Self::MapError => Some("The source's data could not be converted to the standard form."),
            Self::ValidationError => Some("The data did not pass validation."),
            Self::ProcessingError => Some("The data could not be stored."),
            Self::InternalError => Some("Something went wrong during the sync."),
            Self::AuthError => Some("The source no longer accepts the credentials."),
            Self::RateLimitError => Some("The source accepts no more requests for now."),
            Self::PermissionsError => Some("The connected user lacks the rights to read this data."),
            Self::PrerequisiteNotMet => Some("Another data type must be synced first."),
        }
    }
}

/// The behavior of the reads of a connection in the designed world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ReadScenario {
    /// Many types fail, each with another error.
    Troubled,
    /// A rate-limited source pauses reads. One read has been paused since before the world's start, which is
    /// this time.
    Limited(Timestamp),
    /// The customer withdrew the access silently. The next read detects it.
    Revoked,
    /// Reads take a day. At the world's start, which is this time, there is one in each stage.
    Busy(Timestamp),
    /// A read detected at this time that the access was withdrawn.
    Withdrawn(Timestamp),
    /// The platform does not respond.
    Down,
}

/// The pause of a rate-limited read.
const PAUSE_DURATION: SignedDuration = SignedDuration::from_secs(40);

impl ReadScenario {
    /// The outcome of a read of this type. `first`: one of the initial reads.
    pub(crate) fn outcome(self, data_type: &str, first: bool) -> ReadOutcome {
        match self {
            Self::Troubled => troubled_outcome(data_type, first),
            Self::Revoked if !first => ReadOutcome::AuthError,
            Self::Down => ReadOutcome::FetchError,
            Self::Limited(_) | Self::Revoked | Self::Busy(_) | Self::Withdrawn(_) => ReadOutcome::Complete,
        }
    }

    /// The pause of a read of this type.
    pub(crate) fn pause(self, data_type: &str, first: bool) -> SignedDuration {
        let pauses = matches!(data_type, "commerce-orders" | "commerce-payments");
        match self {
            Self::Limited(_) if pauses && !first => PAUSE_DURATION,
            Self::Limited(_)
            | Self::Troubled
            | Self::Revoked
            | Self::Busy(_)
            | Self::Withdrawn(_)
            | Self::Down => SignedDuration::ZERO,
        }
    }
}

fn troubled_outcome(data_type: &str, first: bool) -> ReadOutcome {
    match data_type {
        "payments" => ReadOutcome::MapError,
        "itemReceipts" => ReadOutcome::NotSupported,
        "bills" => ReadOutcome::Warned,
        _ if first => ReadOutcome::Complete,
        "accountTransactions" => ReadOutcome::RateLimitError,
        "billPayments" => ReadOutcome::ProcessingError,
        "invoices" => ReadOutcome::ValidationError,
        "journals" => ReadOutcome::InternalError,
        "purchaseOrders" => ReadOutcome::PrerequisiteNotMet,
        "salesOrders" => ReadOutcome::PermissionsError,
        "trackingCategories" => ReadOutcome::FetchError,
        "transfers" => ReadOutcome::Cancelled,
        _ => ReadOutcome::Complete,
    }
}
