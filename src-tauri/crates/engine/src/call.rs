//! Calls of the API, and their replies.

use codat::{
    Company, CompanyId, Connection, ConnectionId, Failure, Integration, Item, Listed, Page, Topic, Write,
    client::Meta, page::PageRequest,
};
use domain::SafeMode;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::acts::WriteAct;

/// A call of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the call it names, with its parameters")]
pub enum Call {
    Companies(PageRequest),
    Company(CompanyId),
    Connection(CompanyId, ConnectionId),
    Topic(Topic),
    Integrations(PageRequest),
    /// The request of an act, with its idempotency key.
    Write(WriteAct, Uuid),
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
            Self::Write(act, _) => act.definition().needs(),
        }
    }
}

impl WriteAct {
    /// Its request with this idempotency key.
    pub fn request(&self, key: Uuid) -> Write<Reply> {
        self.definition().request(key)
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

impl Reply {
    pub(crate) fn company(item: Item<Company>) -> Self {
        Self::Company(Box::new(item))
    }

    pub(crate) fn connection(item: Item<Connection>) -> Self {
        Self::Connection(Box::new(item))
    }

    pub(crate) fn done((): ()) -> Self {
        Self::Done
    }
}
