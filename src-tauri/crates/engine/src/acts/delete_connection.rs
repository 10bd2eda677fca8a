//! Deletes a connection.

use codat::{Company, CompanyId, ConnectionId, Write};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::{Definition, Success};
use crate::{call::Reply, pending_act::Step};

/// `DELETE /companies/{companyId}/connections/{connectionId}`: also deletes the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteConnection {
    /// The company.
    pub company: CompanyId,
    /// The connection.
    pub connection: ConnectionId,
}

impl Definition for DeleteConnection {
    fn request(&self, _: Uuid) -> Write<Reply> {
        Write::delete_connection(self.company, self.connection).map(Reply::done)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Administer
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company)
    }

    fn is_done_in(&self, company: &Company) -> bool {
        company.data_connections.iter().all(|it| it.id != self.connection)
    }

    /// A 404 of the check means that the company was deleted.
    fn is_done_by_not_found(&self, step: Step) -> bool {
        step == Step::Send
    }

    fn on_success(&self, _: Reply) -> Success {
        Success::ReadBack { created: None, removed: Some(self.connection) }
    }
}
