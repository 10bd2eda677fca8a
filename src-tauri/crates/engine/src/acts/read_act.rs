//! Reads that a user or a screen waits for.

use codat::{CompanyId, ConnectionId, Failure, FailureKind, Topic};
use domain::{Cause, Priority};

use crate::{call::Call, effect::StoreTask, ids::Ticket};

/// A read that somebody waits for. It is not retried: the stored data is more useful than a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadAct {
    /// Requests the data of a screen, and stores the response.
    Topic(Topic),
    /// `GET /companies/{companyId}`: the current state, for example before a Link URL is copied.
    Company(CompanyId),
    /// `GET …/connections/{connectionId}` of a connection that its company no longer lists. After a 404 the
    /// store removes the connection, and the act fails with that 404.
    Connection(CompanyId, ConnectionId),
}

impl ReadAct {
    pub(crate) fn priority(&self) -> Priority {
        match self {
            Self::Topic(_) => Priority::Screen,
            Self::Company(_) | Self::Connection(..) => Priority::Click,
        }
    }

    pub(crate) fn call(&self) -> Call {
        match self {
            Self::Topic(topic) => Call::Topic(topic.clone()),
            Self::Company(company) => Call::Company(*company),
            Self::Connection(company, connection) => Call::Connection(*company, *connection),
        }
    }

    /// What a failure changes in the store: a refusal that is an answer, such as "never read", and a connection that
    /// does not exist.
    pub(crate) fn on_failure(&self, failure: &Failure) -> Option<(Ticket, StoreTask)> {
        match self {
            Self::Topic(topic) if failure.kind.is_definite() => {
                let save = StoreTask::SaveTopic(topic.clone(), Err(Box::new(failure.clone())));
                Some((Ticket::Untracked, save))
            }
            Self::Connection(company, connection) if failure.kind == FailureKind::NotFound => {
                let remove = StoreTask::RemoveConnection(*company, *connection, Cause::Read);
                Some((Ticket::Read, remove))
            }
            Self::Topic(_) | Self::Company(_) | Self::Connection(..) => None,
        }
    }
}
