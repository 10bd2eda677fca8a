//! Deletes a company.

use codat::{CompanyId, Write};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::{Definition, Success};
use crate::{call::Reply, pending_act::Step};

/// `DELETE /companies/{companyId}`, sent when the time to undo it has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteCompany {
    /// The company.
    pub company: CompanyId,
    /// Its name, for messages.
    pub name: String,
}

impl Definition for DeleteCompany {
    fn request(&self, _: Uuid) -> Write<Reply> {
        Write::delete_company(self.company).map(Reply::done)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Administer
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company)
    }

    fn is_done_by_not_found(&self, _: Step) -> bool {
        true
    }

    fn on_success(&self, _: Reply) -> Success {
        Success::CompanyRemoved(self.company)
    }
}
