//! Refreshes all data of a company.

use codat::{CompanyId, Write, model::PullOperation};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::{Definition, Success, newest_reads};
use crate::call::{Call, Reply};

/// `POST /companies/{companyId}/data/all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshCompany {
    /// The company.
    pub company: CompanyId,
}

impl Definition for RefreshCompany {
    fn request(&self, key: Uuid) -> Write<Reply> {
        Write::refresh_company(self.company, key).map(Reply::done)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Operate
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company)
    }

    fn check(&self) -> Option<Call> {
        Some(newest_reads(self.company, None))
    }

    fn is_shown_by(&self, _: &PullOperation) -> bool {
        true
    }

    fn on_success(&self, _: Reply) -> Success {
        Success::ReadsQueued { company: self.company, all: true }
    }
}
