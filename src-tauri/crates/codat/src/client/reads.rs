//! Refresh, data status and the history of reads (§2.11).

use std::collections::BTreeMap;

use http::Method;
use uuid::Uuid;

use super::{
    Client, Outcome, Write,
    call::{Call, segment},
};
use crate::{
    id::{CompanyId, ConnectionId, DatasetId},
    model::{DataStatus, PullOperation, ValidationResults},
    page::{Page, PageRequest},
    reading,
};

impl Write<()> {
    /// `POST /companies/{companyId}/data/all`: queues a read of every data type that is fetched on first link.
    pub fn refresh_company(company: CompanyId, key: Uuid) -> Self {
        Self::without_response(Call::new(Method::POST, format!("/companies/{company}/data/all")).once(key))
    }
}

impl Write<PullOperation> {
    /// `POST /companies/{companyId}/data/queue/{dataType}`. 400 if a read of the data type is running, or the platform
    /// has no such data.
    pub fn refresh_data_type(
        company: CompanyId,
        data_type: &str,
        connection: Option<ConnectionId>,
        key: Uuid,
    ) -> Self {
        let path = format!("/companies/{company}/data/queue/{}", segment(data_type));
        let call = Call::new(Method::POST, path).once(key);
        let call = connection.into_iter().fold(call, |call, id| call.with("connectionId", id));
        Self::new(call, reading::object)
    }
}

impl Client {
    /// `GET /companies/{companyId}/dataStatus`: by data type. A data type that was never requested may be missing.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn data_status(&self, company: CompanyId) -> Outcome<BTreeMap<String, DataStatus>> {
        let call = Call::get(format!("/companies/{company}/dataStatus"));
        self.fetch(call, DataStatus::read_all).await
    }

    /// `GET /companies/{companyId}/data/history`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn data_history(&self, company: CompanyId, page: &PageRequest) -> Outcome<Page<PullOperation>> {
        let call = Call::page(format!("/companies/{company}/data/history"), page);
        self.fetch(call, |bytes| Page::read(bytes, page)).await
    }

    /// `GET /companies/{companyId}/data/history/{datasetId}`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn pull_operation(&self, company: CompanyId, dataset: DatasetId) -> Outcome<PullOperation> {
        self.fetch(Call::get(format!("/companies/{company}/data/history/{dataset}")), reading::object).await
    }

    /// `GET /companies/{companyId}/sync/{datasetId}/validation`: the validation results of a read (§2.12).
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn validation_results(
        &self,
        company: CompanyId,
        dataset: DatasetId,
    ) -> Outcome<ValidationResults> {
        let call = Call::get(format!("/companies/{company}/sync/{dataset}/validation"));
        self.fetch(call, reading::object).await
    }
}
