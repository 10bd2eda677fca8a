//! Companies (§2.7).

use http::Method;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Client, Outcome, call::Call};
use crate::{
    id::CompanyId,
    model::{Company, CompanyPatch, NewCompany},
    page::{Item, Page, PageRequest},
};

impl Client {
    /// `GET /companies`, each read as a whole [`Company`], or as [`Listed`](crate::model::Listed) where most of them
    /// are known already.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn list_companies<T: DeserializeOwned>(&self, page: &PageRequest) -> Outcome<Page<T>> {
        self.fetch(Call::page("/companies", page), |bytes| Page::read(bytes, page)).await
    }

    /// `GET /companies/{companyId}`
    ///
    /// # Errors
    /// Those of §2.5; 404 when it was deleted.
    pub async fn get_company(&self, company: CompanyId) -> Outcome<Item<Company>> {
        self.fetch(Call::get(format!("/companies/{company}")), Item::read).await
    }

    /// `POST /companies`
    ///
    /// # Errors
    /// Those of §2.5; 402 at the plan's limit.
    pub async fn create_company(&self, new: &NewCompany, key: Uuid) -> Outcome<Item<Company>> {
        self.fetch(Call::new(Method::POST, "/companies").json(new).once(key), Item::read).await
    }

    /// `PATCH /companies/{companyId}`
    ///
    /// # Errors
    /// Those of §2.5; 404 when it was deleted.
    pub async fn update_company(
        &self,
        company: CompanyId,
        patch: &CompanyPatch,
        key: Uuid,
    ) -> Outcome<Item<Company>> {
        let call = Call::new(Method::PATCH, format!("/companies/{company}")).json(patch).once(key);
        self.fetch(call, Item::read).await
    }

    /// `DELETE /companies/{companyId}`: its connections and data go with it.
    ///
    /// # Errors
    /// Those of §2.5; 404 when it is gone already.
    pub async fn delete_company(&self, company: CompanyId) -> Outcome<()> {
        self.accomplish(Call::new(Method::DELETE, format!("/companies/{company}"))).await
    }
}
