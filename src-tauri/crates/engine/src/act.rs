//! Acts of a user, and their results.

use codat::{
    CompanyId, ConnectionId, Failure, Topic,
    model::{CompanyPatch, NewCompany},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{ids::ScheduleId, policy::SafeMode, priority::Priority};

/// A user's request that needs the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// `POST /companies`.
    Create(NewCompany),
    /// `PATCH /companies/{companyId}`. The app never uses `PUT`.
    Update(CompanyId, CompanyPatch),
    /// `DELETE /companies/{companyId}`, sent when the time to undo it has passed.
    Delete {
        /// The company.
        company: CompanyId,
        /// Its name, for messages.
        name: String,
    },
    /// Cancels a delete that is not sent yet.
    Undo(CompanyId),
    /// `POST /companies/{companyId}/data/all`.
    Refresh(CompanyId),
    /// `POST /companies/{companyId}/data/queue/{dataType}`.
    RefreshType {
        /// The company.
        company: CompanyId,
        /// The data type's key.
        data_type: String,
        /// The connection to read from; none: Codat chooses.
        connection: Option<ConnectionId>,
    },
    /// `POST /companies/{companyId}/connections` with the key of the integration. The connection is pending
    /// until the customer links it.
    AddConnection(CompanyId, String),
    /// `PATCH /companies/{companyId}/connections/{connectionId}`: unlinks. The data stays readable.
    Unlink(CompanyId, ConnectionId),
    /// `DELETE /companies/{companyId}/connections/{connectionId}`: also deletes the data.
    DeleteConnection(CompanyId, ConnectionId),
    /// `POST …/syncSettings` of a company or of the whole client: replaces all settings (§2.13).
    SetSyncSettings(Option<CompanyId>, Value),
    /// Requests the data of a screen, and stores the response.
    Fetch(Topic),
    /// `GET /companies/{companyId}`: the current state, for example before a Link URL is copied.
    ReadCompany(CompanyId),
    /// `GET …/connections/{connectionId}` of a connection that its company no longer lists. After a 404 the
    /// store removes the connection, and the act fails with that 404.
    ReadConnection(CompanyId, ConnectionId),
    /// A sweep now.
    Sweep,
    /// Runs a schedule now, even if its data is up to date.
    RunSchedule(ScheduleId),
    /// Reserves quota for one request that the caller sends itself (streamed files), in this safe mode. Its
    /// result comes back as [`Event::DirectAnswer`](crate::Event::DirectAnswer).
    ReserveRequest(SafeMode),
}

impl Act {
    /// The priority of its requests.
    pub(crate) fn priority(&self) -> Priority {
        match self {
            Self::Fetch(_) => Priority::Screen,
            Self::Create(_)
            | Self::Update(..)
            | Self::Delete { .. }
            | Self::Undo(_)
            | Self::Refresh(_)
            | Self::RefreshType { .. }
            | Self::AddConnection(..)
            | Self::Unlink(..)
            | Self::DeleteConnection(..)
            | Self::SetSyncSettings(..)
            | Self::ReadCompany(_)
            | Self::ReadConnection(..)
            | Self::RunSchedule(_)
            | Self::ReserveRequest(_)
            | Self::Sweep => Priority::Click,
        }
    }
}

/// The result of a completed act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The store has the current company.
    Company(CompanyId),
    /// The delete is sent later, unless it is undone.
    Pending(PendingDelete),
    /// Whether a delete was undone.
    Undone(bool),
    /// The store has the new connection and its company.
    Connection(ConnectionId),
    /// The same refresh runs already. Nothing was sent.
    Running,
    /// The server accepted it. There is nothing to show.
    Accepted,
    /// The server completed it, but the store failed for this reason. The next sweep shows the result.
    Unrecorded(String),
}

/// A delete that can still be undone. Nothing was sent, so quitting cancels it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingDelete {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// When it is sent.
    pub sends_at: Timestamp,
    /// Whether the safe mode holds it.
    pub is_held: bool,
}

/// Why an act failed, or why its result is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The call failed; `kind` says whether the request may have arrived.
    #[error("{0}")]
    Failed(Failure),
    /// The user's limit for the day is reached. The user can raise it.
    #[error("the day's share of requests is used up")]
    UserQuotaReached {
        /// When the day's quota resets.
        resets: Timestamp,
    },
    /// The server accepts no more requests today.
    #[error("the day's requests are used up")]
    QuotaExhausted {
        /// When the day's quota resets.
        resets: Timestamp,
    },
    /// The store could not save the response.
    #[error("{0}")]
    Store(String),
    /// The schedule no longer exists.
    #[error("the schedule is no longer there")]
    NoSchedule,
    /// The safe mode of the workspace forbids it. Nothing was sent.
    #[error("held by safe mode")]
    SafeMode,
}
