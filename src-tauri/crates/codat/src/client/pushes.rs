//! The history of writes (§2.16).

use super::{Client, Outcome, call::Call};
use crate::{
    id::{CompanyId, PushKey},
    model::PushOperation,
    page::{Item, Page, PageRequest},
};

impl Client {
    /// `GET /companies/{companyId}/push`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn push_history(&self, company: CompanyId, page: &PageRequest) -> Outcome<Page<PushOperation>> {
        let call = Call::page(format!("/companies/{company}/push"), page);
        self.fetch(call, |bytes| Page::read(bytes, page)).await
    }

    /// `GET /companies/{companyId}/push/{pushOperationKey}`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn push_operation(&self, company: CompanyId, push: PushKey) -> Outcome<Item<PushOperation>> {
        self.fetch(Call::get(format!("/companies/{company}/push/{push}")), Item::read).await
    }
}
