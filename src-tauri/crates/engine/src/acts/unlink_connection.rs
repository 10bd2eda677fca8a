//! Unlinks a connection.

use codat::{Company, CompanyId, ConnectionId, ConnectionStatus, Write};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::{Definition, Success};
use crate::call::Reply;

/// `PATCH /companies/{companyId}/connections/{connectionId}`. The data stays readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnlinkConnection {
    /// The company.
    pub company: CompanyId,
    /// The connection.
    pub connection: ConnectionId,
}

impl Definition for UnlinkConnection {
    fn request(&self, key: Uuid) -> Write<Reply> {
        Write::unlink_connection(self.company, self.connection, key).map(Reply::connection)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Administer
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company)
    }

    fn unlinks(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn is_done_in(&self, company: &Company) -> bool {
        let mut all = company.data_connections.iter();
        all.any(|it| it.id == self.connection && it.status == ConnectionStatus::Unlinked)
    }

    fn on_success(&self, _: Reply) -> Success {
        Success::ReadBack { created: None, removed: None }
    }
}
