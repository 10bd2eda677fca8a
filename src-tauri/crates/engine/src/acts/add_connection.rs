//! Adds a connection to a company.

use codat::{Company, CompanyId, Write};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::{CreatedSince, Definition, Success};
use crate::call::Reply;

/// `POST /companies/{companyId}/connections`. The connection is pending until the customer links it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddConnection {
    /// The company.
    pub company: CompanyId,
    /// The key of the integration.
    pub integration: String,
}

impl Definition for AddConnection {
    fn request(&self, key: Uuid) -> Write<Reply> {
        Write::create_connection(self.company, &self.integration, key).map(Reply::connection)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Operate
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company)
    }

    fn is_created_in(&self, company: &Company, since: &CreatedSince<'_>) -> bool {
        let mut all = company.data_connections.iter();
        all.any(|it| it.integration_key == self.integration && since.is_new(it.id.0, it.created))
    }

    fn on_success(&self, reply: Reply) -> Success {
        let created = if let Reply::Connection(item) = reply { Some(item.value.id) } else { None };
        Success::ReadBack { created, removed: None }
    }
}
