//! Calls of the API, and their replies.

use codat::{
    Company, CompanyId, Connection, ConnectionId, Failure, Integration, Item, Listed, Page, Topic,
    client::Meta,
    model::{CompanyPatch, NewCompany},
    page::PageRequest,
};
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

use crate::policy::SafeMode;

/// A call of the API. Writes carry their idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the call it names, with its parameters")]
pub enum Call {
    Companies(PageRequest),
    Company(CompanyId),
    Connection(CompanyId, ConnectionId),
    Create { body: NewCompany, key: Uuid },
    Update { company: CompanyId, patch: CompanyPatch, key: Uuid },
    Delete(CompanyId),
    Refresh { company: CompanyId, key: Uuid },
    RefreshType { company: CompanyId, data_type: String, connection: Option<ConnectionId>, key: Uuid },
    AddConnection { company: CompanyId, platform: String, key: Uuid },
    Unlink { company: CompanyId, connection: ConnectionId, key: Uuid },
    DeleteConnection(CompanyId, ConnectionId),
    SetSyncSettings { company: Option<CompanyId>, settings: Value, key: Uuid },
    Topic(Topic),
    Integrations(PageRequest),
}

impl Call {
    /// The minimum safe mode that permits it.
    pub(crate) fn required_mode(&self) -> SafeMode {
        match self {
            Self::Companies(_)
            | Self::Company(_)
            | Self::Connection(..)
            | Self::Topic(_)
            | Self::Integrations(_) => SafeMode::View,
            Self::Create { .. }
            | Self::Update { .. }
            | Self::Refresh { .. }
            | Self::RefreshType { .. }
            | Self::AddConnection { .. } => SafeMode::Operate,
            Self::Delete(_)
            | Self::Unlink { .. }
            | Self::DeleteConnection(..)
            | Self::SetSyncSettings { .. } => SafeMode::Administer,
        }
    }
}

/// The result of a request.
pub type Outcome = Result<(Reply, Meta), Failure>;

/// The reply to a [`Call`].
#[derive(Debug)]
pub enum Reply {
    /// A page of companies.
    Companies(Page<Listed>),
    /// One company.
    Company(Box<Item<Company>>),
    /// One connection.
    Connection(Box<Item<Connection>>),
    /// A page of integrations.
    Integrations(Page<Integration>),
    /// The body of the response for a topic.
    Topic(Box<RawValue>),
    /// Success without data.
    Done,
}
