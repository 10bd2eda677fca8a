//! Creates a company.

use codat::{
    Company, Write,
    model::{NewCompany, kept_name},
    page::PageRequest,
};
use domain::SafeMode;
use uuid::Uuid;

use super::definition::{CreatedSince, Definition, Success};
use crate::call::{Call, Reply};

/// `POST /companies`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateCompany(pub NewCompany);

impl Definition for CreateCompany {
    fn request(&self, key: Uuid) -> Write<Reply> {
        Write::create_company(&self.0, key).map(Reply::company)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Operate
    }

    /// The newest companies first: only the server's clock has to be right.
    fn check(&self) -> Option<Call> {
        let order_by = Some("-created".to_owned());
        Some(Call::Companies(PageRequest { page: 1, page_size: 500, query: None, order_by }))
    }

    fn is_created_in(&self, company: &Company, since: &CreatedSince<'_>) -> bool {
        company.name == kept_name(&self.0.name)
            && company.description == self.0.description
            && company.tags == self.0.tags
            && since.is_new(company.id.0, company.created)
    }

    fn on_success(&self, reply: Reply) -> Success {
        if let Reply::Company(item) = reply { Success::Created(item) } else { Success::Done }
    }
}
