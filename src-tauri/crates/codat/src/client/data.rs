//! A company's data (§2.19). For all of it, 409 means that it was never read or is being read, and 404 that the
//! platform has no such data; see [`Absence`](crate::summary::Absence).

use jiff::civil::Date;

use super::{Client, Outcome, call::Call, topics};
use crate::{
    data::{CompanyInfo, RecordHead},
    id::{CompanyId, ConnectionId},
    page::{Item, Page, PageRequest},
    statements::Statement,
    topic::{StatementKind, Topic},
};

impl Client {
    /// A page of records. `path` is the part after `/data/`, from [`DataType::path`](crate::data::DataType::path).
    /// With `connection`, the records of that connection.
    ///
    /// # Errors
    /// Those of §2.5; 400 if the data type does not support the query.
    pub async fn records(
        &self,
        company: CompanyId,
        connection: Option<ConnectionId>,
        path: &str,
        page: &PageRequest,
    ) -> Outcome<Page<RecordHead>> {
        let call = Call::page(topics::data(company, connection, path), page);
        self.fetch(call, |bytes| Page::read(bytes, page)).await
    }

    /// `GET /companies/{companyId}/data/info`: company information as the accounting software has it.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn company_info(&self, company: CompanyId) -> Outcome<Item<CompanyInfo>> {
        self.fetch(Call::get(format!("/companies/{company}/data/info")), Item::read).await
    }

    /// A statement of this many months, one period per month, back from `latest` or from the latest full month.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn statement(
        &self,
        company: CompanyId,
        kind: StatementKind,
        months: u32,
        latest: Option<Date>,
    ) -> Outcome<Statement> {
        let call = topics::call(&Topic::Statement { company, kind, months });
        let call = latest.into_iter().fold(call, |call, month| call.with("startMonth", month));
        self.fetch(call, |bytes| Statement::read(kind, bytes)).await
    }
}
