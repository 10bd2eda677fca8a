//! Companies (§2.7).

use http::Method;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Client, Outcome, Write, call::Call};
use crate::{
    id::CompanyId,
    model::{Company, CompanyPatch, NewCompany},
    page::{Item, Page, PageRequest},
    reading::DecodeError,
};

/// The largest company in bytes. A real company is never larger, and storing and indexing multiplies its size.
const LARGEST: usize = 1024 * 1024;

impl Client {
    /// `GET /companies`. Items are decoded to [`Company`], or to [`Listed`](crate::model::Listed) if most of them are
    /// known already.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn list_companies<T: DeserializeOwned>(&self, page: &PageRequest) -> Outcome<Page<T>> {
        let read = |bytes: &[u8]| Page::read(bytes, page).map(|page| page.without_larger(LARGEST));
        self.fetch(Call::page("/companies", page), read).await
    }

    /// `GET /companies/{companyId}`
    ///
    /// # Errors
    /// Those of §2.5; 404 if it was deleted.
    pub async fn get_company(&self, company: CompanyId) -> Outcome<Item<Company>> {
        let read = |bytes: &[u8]| match bytes.len() {
            0..=LARGEST => Item::read(bytes),
            _ => Err(DecodeError::new("The company is larger than 1 MB.", &[])),
        };
        self.fetch(Call::get(format!("/companies/{company}")), read).await
    }
}

impl Write<Item<Company>> {
    /// `POST /companies`. 402 if the plan's limit is reached.
    pub fn create_company(new: &NewCompany, key: Uuid) -> Self {
        Self::new(Call::new(Method::POST, "/companies").json(new).once(key), Item::read)
    }

    /// `PATCH /companies/{companyId}`. 404 if it was deleted.
    pub fn update_company(company: CompanyId, patch: &CompanyPatch, key: Uuid) -> Self {
        let call = Call::new(Method::PATCH, format!("/companies/{company}")).json(patch).once(key);
        Self::new(call, Item::read)
    }
}

impl Write<()> {
    /// `DELETE /companies/{companyId}`: also deletes its connections and data. 404 if it was deleted already.
    pub fn delete_company(company: CompanyId) -> Self {
        Self::without_response(Call::new(Method::DELETE, format!("/companies/{company}")))
    }
}
