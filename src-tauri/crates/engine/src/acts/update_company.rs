//! Changes the name, description or tags of a company.

use codat::{
    Company, CompanyId, Write,
    model::{CompanyPatch, kept_name},
};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::Definition;
use crate::call::Reply;

/// `PATCH /companies/{companyId}`. The app never uses `PUT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateCompany {
    /// The company.
    pub company: CompanyId,
    /// What changes.
    pub patch: CompanyPatch,
}

impl Definition for UpdateCompany {
    fn request(&self, key: Uuid) -> Write<Reply> {
        Write::update_company(self.company, &self.patch, key).map(Reply::company)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Operate
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company)
    }

    fn is_done_in(&self, company: &Company) -> bool {
        let patch = &self.patch;
        patch.name.as_ref().is_none_or(|name| company.name == kept_name(name))
            && patch.description.as_ref().is_none_or(|text| company.description.as_ref() == Some(text))
            && patch.tags.as_ref().is_none_or(|tags| company.tags == *tags)
    }
}
