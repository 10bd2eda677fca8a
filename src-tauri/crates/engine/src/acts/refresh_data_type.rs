//! Refreshes one data type of a company.

use codat::{CompanyId, ConnectionId, Write, model::PullOperation};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::{Definition, Success, newest_reads};
use crate::call::{Call, Reply};

/// `POST /companies/{companyId}/data/queue/{dataType}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshDataType {
    /// The company.
    pub company: CompanyId,
    /// The data type's key.
    pub data_type: String,
    /// The connection to read from; none: Codat chooses.
    pub connection: Option<ConnectionId>,
}

impl Definition for RefreshDataType {
    fn request(&self, key: Uuid) -> Write<Reply> {
        Write::refresh_data_type(self.company, &self.data_type, self.connection, key).map(|_| Reply::Done)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Operate
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company)
    }

    fn check(&self) -> Option<Call> {
        Some(newest_reads(self.company, Some(&self.data_type)))
    }

    fn is_shown_by(&self, read: &PullOperation) -> bool {
        self.connection.is_none_or(|connection| read.connection_id == connection)
    }

    fn on_success(&self, _: Reply) -> Success {
        Success::ReadsQueued { company: self.company, all: false }
    }
}
