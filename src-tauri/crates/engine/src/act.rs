//! What a person does, and what comes of it.

use codat::{
    CompanyId, ConnectionId, Failure, Topic,
    model::{CompanyPatch, NewCompany},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{class::Class, policy::SafeMode, schedule::ScheduleId};

/// One act, from its beginning to its settling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ActId(pub u64);

/// Something a person asks for that needs the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// `POST /companies`.
    Create(NewCompany),
    /// `PATCH /companies/{companyId}`: the app changes companies only so.
    Update(CompanyId, CompanyPatch),
    /// `DELETE /companies/{companyId}`, sent only once the time to undo it is over.
    Delete {
        /// The company.
        company: CompanyId,
        /// Its name, for what is said about it.
        name: String,
    },
    /// Takes back a delete that is not sent yet.
    Undo(CompanyId),
    /// `POST /companies/{companyId}/data/all`.
    Refresh(CompanyId),
    /// `POST /companies/{companyId}/data/queue/{dataType}`.
    RefreshType {
        /// The company.
        company: CompanyId,
        /// The data type's key.
        data_type: String,
        /// From this connection; none: wherever Codat finds it.
        connection: Option<ConnectionId>,
    },
    /// `POST /companies/{companyId}/connections`, with the integration's key: pending until the customer links.
    AddConnection(CompanyId, String),
    /// `PATCH /companies/{companyId}/connections/{connectionId}`: unlinks; what was read stays readable.
    Unlink(CompanyId, ConnectionId),
    /// `DELETE /companies/{companyId}/connections/{connectionId}`: what was read goes too.
    DeleteConnection(CompanyId, ConnectionId),
    /// `POST …/syncSettings` of a company, or of the whole client: all settings at once (§2.13).
    SetSyncSettings(Option<CompanyId>, Value),
    /// Asks for what a screen shows, and keeps the answer.
    Fetch(Topic),
    /// `GET /companies/{companyId}`: a fresh look, such as before a Link URL is copied.
    Look(CompanyId),
    /// `GET …/connections/{connectionId}` of a connection that its company no longer lists: where it is gone, it goes
    /// from the store, and that it is not there is the failure that is told.
    LookAtConnection(CompanyId, ConnectionId),
    /// A sweep at once.
    Sweep,
    /// A schedule at once, whatever was read when.
    RunSchedule(ScheduleId),
    /// Leave for one request that whoever asks makes by itself: files, which go piece by piece. It is counted, and
    /// what it is answered is told by [`Event::Passed`](crate::Event::Passed). It needs this safe mode.
    Pass(SafeMode),
}

impl Act {
    /// What its requests are for.
    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Fetch(_) => Class::Screen,
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
            | Self::Look(_)
            | Self::LookAtConnection(..)
            | Self::RunSchedule(_)
            | Self::Pass(_)
            | Self::Sweep => Class::Click,
        }
    }
}

/// An act that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The company as the server has it now is in the store.
    Company(CompanyId),
    /// A delete will be sent then, unless it is undone.
    Pending(PendingDelete),
    /// Whether there was still something to undo.
    Undone(bool),
    /// The connection that was made is in the store, with its company.
    Connection(ConnectionId),
    /// Reads of it run already: nothing was asked for twice.
    Running,
    /// The server took it; there is nothing to show for it.
    Accepted,
    /// The server did it, and the store could not take it down, for this reason: the next sweep shows it.
    Unrecorded(String),
}

/// A delete that can still be undone. Nothing was sent: quitting cancels it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingDelete {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// When it will be sent.
    pub sends_at: Timestamp,
    /// The safe mode forbids it: it is not sent before that is changed.
    pub is_held: bool,
}

/// Why an act did not happen, or is not known to have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The call has no answer to give; `kind` tells whether it may have arrived.
    #[error("{0}")]
    Failed(Failure),
    /// The person's stop for the day is reached; raising it for the day helps.
    #[error("the day's share of requests is used up")]
    QuotaAsks {
        /// When the day begins anew.
        resets: Timestamp,
    },
    /// The server takes nothing more for the day.
    #[error("the day's requests are used up")]
    QuotaSpent {
        /// When the day begins anew.
        resets: Timestamp,
    },
    /// The server's answer could not be kept.
    #[error("{0}")]
    Store(String),
    /// There is no such schedule any more.
    #[error("the schedule is no longer there")]
    NoSchedule,
    /// The workspace's safe mode forbids it; nothing was sent.
    #[error("held by safe mode")]
    SafeMode,
}
