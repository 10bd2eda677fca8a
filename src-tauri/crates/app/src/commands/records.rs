//! The records of a data type (§2.19): from the local copy, or else page by page from the server, or else from
//! the stored answer.

mod source;
mod view;

use codat::{
    CompanyId,
    data::{Column, DataType, RecordHead, Shape},
    model::DataStatus,
    page::{Item, Page, PageRequest},
    query::{Operator, Query},
    summary::Absence,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{CachedAnswer, CopyKey, CopyQuery, CopyQueryResult, Store};
use ts_rs::TS;

use self::{
    source::{RecordSource, find_source},
    view::{ColumnView, RecordRow, column_view, columns, indented, row},
};
use super::{
    Nothing, company_id,
    history::{Choice, unreadable},
    summary::data_statuses,
};
use crate::{
    app::App,
    empty_state::{self, EmptyState, is_linked},
    error::{Code, WireError},
    fetch::{MAX_AGE, company, fetch},
    open_workspace::OpenWorkspace,
    record_copies::{CopySource, Progress},
    wire::millis,
};

/// The number of records on a page.
const PAGE_SIZE: u32 = 100;
/// The maximum number of records that are copied without a request of the user. These need five requests.
const MAX_AUTOMATIC_COPY: u64 = 10_000;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordsRequest {
    pub company: String,
    pub data_type: String,
    /// The ID of the connection, for types with data per connection. None: the first one that has the type.
    pub connection: Option<String>,
    /// The ID of the bank account, for types with data per account. None: the first one.
    pub account: Option<String>,
    /// The page number from 1.
    pub page: u32,
    /// In the query language. Empty for all records.
    pub query: String,
    /// The property of a column, with a minus sign for descending order. Empty for the server's order.
    pub order_by: String,
    /// Whether to return stored data only, without a request.
    pub kept: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordsPage {
    /// The name of the data type.
    pub name: String,
    pub columns: Vec<ColumnView>,
    pub rows: Vec<RecordRow>,
    /// The number of matching records.
    pub total: u64,
    /// The page number from 1.
    pub page: u32,
    /// The number of pages.
    pub pages: u64,
    /// When the data was loaded. None if there is no data.
    pub as_of: Option<i64>,
    /// Why the data could not be loaded again.
    pub failure: Option<WireError>,
    /// An error in the query.
    pub problem: Option<String>,
    /// Why there is no data.
    pub absence: Option<EmptyState>,
    /// The properties that a query can use.
    pub properties: Vec<String>,
    /// The connections that have the type, for types with data per connection.
    pub connections: Vec<Choice>,
    /// The ID of the shown connection.
    pub connection: Option<String>,
    /// The bank accounts, for types with data per account.
    pub accounts: Vec<Choice>,
    /// The ID of the shown account.
    pub account: Option<String>,
    pub copy: CopyView,
}

/// The local copy of all records of a type.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub(crate) struct CopyView {
    /// When it was made. None if this page is not from a copy.
    pub at: Option<i64>,
    /// The progress of a running copy task.
    pub making: Option<Progress>,
    /// Whether a local copy is supported. Types with a single object have none.
    pub possible: bool,
}

/// Records to copy to this computer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CopyRequest {
    /// Page, query and order are ignored.
    pub records: RecordsRequest,
    /// Whether to copy any number of records, even if the copy is fresh.
    pub always: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct RecordRequest {
    /// The page on which the record was shown.
    pub page: RecordsRequest,
    /// The index on the page, from 0. None if it was not on a page.
    pub index: Option<u32>,
    /// The ID. It is checked, because the record at the index may have changed.
    pub id: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct RecordText {
    /// Indented JSON with all digits.
    pub json: String,
}

impl App {
    pub(crate) async fn records(&self, request: RecordsRequest) -> Result<RecordsPage, WireError> {
        let workspace = self.command_workspace().await;
        let records_view = RecordsView::new(&workspace, &request).await?;
        if let Some((copy, found)) = records_view.search_copy(&request).await? {
            return records_view.page_of_copy(&workspace, &request, &copy, found);
        }
        if records_view.copy_source().is_some() && codat::query::words(&request.query).is_some() {
            return Ok(records_view.page_without_word_search(&workspace, &request));
        }
        let topic = records_view.source.topic(records_view.company, &request);
        let failure = match (&topic, request.kept) {
            (Some(topic), false) => fetch(&workspace, topic.clone()).await.err(),
            (Some(_), true) | (None, _) => None,
        };
        let cached = match &topic {
            Some(topic) => records_view.store.cached_answer(topic).await?,
            None => None,
        };
        records_view.page(&workspace, &request, cached.as_ref(), failure)
    }

    /// Copies the records to this computer if there are few enough or the user requests it, unless the copy is
    /// fresh. Returns when the copy is complete, stopped or failed. The previous copy is used until then.
    pub(crate) async fn copy_records(&self, request: CopyRequest) -> Result<Nothing, WireError> {
        let workspace = self.command_workspace().await;
        let page_request =
            RecordsRequest { page: 1, query: String::new(), order_by: String::new(), ..request.records };
        let records_view = RecordsView::new(&workspace, &page_request).await?;
        let Some(source) = records_view.copy_source() else { return Ok(Nothing {}) };
        let records = match records_view.store.copies().find(&source.of).await? {
            Some(copy) => {
                let read = records_view.data_status.as_ref().and_then(|status| status.last_successful_sync);
                let is_fresh = workspace.now().duration_since(copy.at).abs() <= MAX_AGE;
                if !request.always && is_fresh && read.is_none_or(|read| read <= copy.at) {
                    return Ok(Nothing {});
                }
                u64::from(copy.records)
            }
            None => records_view.count(&workspace, &page_request).await?,
        };
        if records > 0 && (request.always || records <= MAX_AUTOMATIC_COPY) {
            let (store, runner) = (workspace.store()?, workspace.runner()?);
            workspace.record_copies().copy((&store, runner), &source).await?;
        }
        Ok(Nothing {})
    }

    /// Stops a copy task. The previous copy stays.
    pub(crate) async fn stop_copy(&self, request: RecordsRequest) -> Result<Nothing, WireError> {
        let workspace = self.command_workspace().await;
        if let Some(source) = RecordsView::new(&workspace, &request).await?.copy_source() {
            workspace.record_copies().stop_one(&source.of);
        }
        Ok(Nothing {})
    }

    /// Returns the JSON of a record from the copy, from the page where it was shown, or from the server by its
    /// ID.
    pub(crate) async fn record_json(&self, request: RecordRequest) -> Result<RecordText, WireError> {
        let workspace = self.command_workspace().await;
        let records_view = RecordsView::new(&workspace, &request.page).await?;
        let found = match records_view.record_in_copy(&request).await? {
            Some(raw) => Some(raw),
            None => match records_view.record_in_page(&request).await? {
                Some(raw) => Some(raw),
                None => records_view.fetch_by_id(&workspace, &request).await?,
            },
        };
        let not_found = || {
            WireError::new(
                Code::NotFound,
                "We couldn’t find this record. It may have been deleted at the source.",
            )
        };
        Ok(RecordText { json: indented(&found.ok_or_else(not_found)?) })
    }
}

/// The data type, the source and the store of a records request.
pub(super) struct RecordsView {
    pub(super) company: CompanyId,
    pub(super) store: std::sync::Arc<Store>,
    source: RecordSource,
    data_status: Option<DataStatus>,
    is_linked_source: bool,
}

impl RecordsView {
    pub(super) async fn new(workspace: &OpenWorkspace, request: &RecordsRequest) -> Result<Self, WireError> {
        let id = company_id(&request.company)?;
        let store = workspace.store()?;
        let record = company(&store, id).await?;
        let source = find_source(workspace, id, &record, request).await?;
        let data_status = data_statuses(&store, id).await?.remove(source.data_type.key);
        let is_linked_source = is_linked(&record, source.data_type.category);
        Ok(Self { company: id, store, source, data_status, is_linked_source })
    }

    /// The displayed name of the data type.
    pub(super) fn name(&self) -> &'static str {
        self.source.data_type.name
    }

    /// The columns of the data type. Empty for types without defined columns.
    pub(super) fn columns(&self) -> &'static [Column] {
        self.source.data_type.columns
    }

    /// The columns of the data type, or those that occur in the records.
    pub(super) fn columns_of(&self, records: &[Box<RawValue>]) -> Vec<Column> {
        columns(self.source.data_type, records.iter().map(|raw| &**raw))
    }

    /// The object of a type with a single object, loaded again if possible.
    pub(super) async fn single(
        &self,
        workspace: &OpenWorkspace,
        request: &RecordsRequest,
    ) -> Result<Box<RawValue>, WireError> {
        let not_found =
            || WireError::new(Code::NotFound, "There’s nothing to export: Codat has never synced this data.");
        let topic = self.source.topic(self.company, request).ok_or_else(not_found)?;
        let failure = fetch(workspace, topic.clone()).await.err();
        let cached = self.store.cached_answer(&topic).await?.and_then(|cached| cached.answer);
        cached.map(|(_, raw)| raw).ok_or_else(|| failure.unwrap_or_else(not_found))
    }

    /// The source of a local copy. `None` if the type supports none.
    pub(super) fn copy_source(&self) -> Option<CopySource> {
        match self.source.data_type.shape {
            Shape::List => {}
            Shape::Single | Shape::Statement(_) => return None,
        }
        let (connection, data_type, path) = self.source.location()?;
        Some(CopySource { of: CopyKey { company: self.company, data_type, connection }, path })
    }

    async fn search_copy(
        &self,
        request: &RecordsRequest,
    ) -> Result<Option<(store::RecordCopy, CopyQueryResult)>, WireError> {
        let Some(source) = self.copy_source() else { return Ok(None) };
        let Some(copy) = self.store.copies().find(&source.of).await? else { return Ok(None) };
        let query = CopyQuery {
            query: request.query.trim(),
            order_by: request.order_by.trim(),
            offset: (request.page.max(1) - 1).saturating_mul(PAGE_SIZE),
            limit: PAGE_SIZE,
        };
        let found = self.store.copies().query_records(&copy, self.source.data_type.columns, query).await?;
        match found {
            CopyQueryResult::Unsupported => Ok(None),
            CopyQueryResult::Records { .. } | CopyQueryResult::InvalidQuery(_) => Ok(Some((copy, found))),
        }
    }

    fn page_of_copy(
        self,
        workspace: &OpenWorkspace,
        request: &RecordsRequest,
        copy: &store::RecordCopy,
        found: CopyQueryResult,
    ) -> Result<RecordsPage, WireError> {
        let (rows, total, problem) = match found {
            CopyQueryResult::Records { rows, total } => (rows, u64::from(total), None),
            CopyQueryResult::InvalidQuery(problem) => (Vec::new(), 0, Some(problem)),
            CopyQueryResult::Unsupported => (Vec::new(), 0, None),
        };
        let read = |raw: Box<RawValue>| {
            let value: RecordHead = serde_json::from_str(raw.get()).unwrap_or_default();
            Item { value, raw }
        };
        let records: Vec<_> = rows.into_iter().map(read).collect();
        let no_data = (copy.records == 0).then_some(Absence::NoData);
        let mut page = self.empty_page(workspace, request);
        page.fill(&self.source, &records, total);
        page.as_of = Some(millis(copy.at));
        page.copy.at = page.as_of;
        page.absence = no_data.filter(|_| problem.is_none()).map(|no_data| self.absence(&no_data));
        page.problem = problem;
        Ok(page)
    }

    /// An empty page: Codat doesn't search by words, and there is no copy that does.
    fn page_without_word_search(self, workspace: &OpenWorkspace, request: &RecordsRequest) -> RecordsPage {
        let mut page = self.empty_page(workspace, request);
        page.problem =
            Some("We can search by words once you’ve downloaded all records for offline use.".to_owned());
        page
    }

    fn page(
        self,
        workspace: &OpenWorkspace,
        request: &RecordsRequest,
        cached: Option<&CachedAnswer>,
        failure: Option<WireError>,
    ) -> Result<RecordsPage, WireError> {
        let page_request = page_request(request);
        // A query error is shown next to the query; it does not mean that the type has no data.
        let refused = cached.and_then(|cached| cached.refusal.as_ref()).map(|(_, refusal)| refusal);
        let problem = refused
            .filter(|refusal| {
                refusal.kind == codat::FailureKind::Invalid
                    && (page_request.query.is_some() || page_request.order_by.is_some())
            })
            .map(|refusal| refusal.message.clone());
        let (records, no_data) =
            match empty_state::stored_answer(cached, self.data_status.as_ref(), self.is_linked_source) {
                Ok(raw) => (Some(records_of(self.source.data_type, raw, &page_request)?), None),
                Err(no_data) => (None, Some(no_data)),
            };
        let found = records.as_ref().map(|page| page.results.as_slice()).unwrap_or_default();
        let has_no_records = found.is_empty() && page_request.query.is_none() && page_request.page == 1;
        let no_data = no_data.or_else(|| has_no_records.then_some(Absence::NoData));
        let mut page = self.empty_page(workspace, request);
        page.fill(&self.source, found, records.as_ref().map_or(0, |page| page.total_results));
        page.as_of = cached.and_then(|cached| cached.answer.as_ref()).map(|(at, _)| millis(*at));
        page.failure = failure.or_else(|| self.source.failure.clone());
        page.absence = no_data.filter(|_| problem.is_none()).map(|no_data| self.absence(&no_data));
        page.problem = problem;
        Ok(page)
    }

    fn absence(&self, no_data: &Absence) -> EmptyState {
        empty_state::empty_state(no_data, &self.source.data_type.name.to_lowercase())
    }

    /// A page without records.
    fn empty_page(&self, workspace: &OpenWorkspace, request: &RecordsRequest) -> RecordsPage {
        let source = self.copy_source();
        RecordsPage {
            name: self.source.data_type.name.to_owned(),
            columns: Vec::new(),
            rows: Vec::new(),
            total: 0,
            page: request.page.max(1),
            pages: 0,
            as_of: None,
            failure: None,
            problem: None,
            absence: None,
            properties: self.source.data_type.properties().into_iter().map(str::to_owned).collect(),
            connections: self.source.connections.clone(),
            connection: self.source.connection.map(|id| id.to_string()),
            accounts: self.source.accounts.clone(),
            account: self.source.account.clone(),
            copy: CopyView {
                at: None,
                making: source.as_ref().and_then(|source| workspace.record_copies().progress(&source.of)),
                possible: source.is_some(),
            },
        }
    }

    /// The current number of records at the server.
    async fn count(&self, workspace: &OpenWorkspace, first: &RecordsRequest) -> Result<u64, WireError> {
        let Some(topic) = self.source.topic(self.company, first) else { return Ok(0) };
        fetch(workspace, topic.clone()).await?;
        let cached = self.store.cached_answer(&topic).await?;
        let Ok(raw) =
            empty_state::stored_answer(cached.as_ref(), self.data_status.as_ref(), self.is_linked_source)
        else {
            return Ok(0);
        };
        if cached.as_ref().is_some_and(|cached| cached.refusal.is_some()) {
            return Ok(0);
        }
        Ok(records_of(self.source.data_type, raw, &page_request(first))?.total_results)
    }

    async fn record_in_copy(&self, request: &RecordRequest) -> Result<Option<Box<RawValue>>, WireError> {
        let Some(source) = self.copy_source() else { return Ok(None) };
        let Some(copy) = self.store.copies().find(&source.of).await? else { return Ok(None) };
        if let Some(id) = &request.id {
            return Ok(self.store.copies().find_record(&copy, self.source.data_type.columns, id).await?);
        }
        let Some((_, CopyQueryResult::Records { rows, .. })) = self.search_copy(&request.page).await? else {
            return Ok(None);
        };
        Ok(request.index.and_then(|index| rows.into_iter().nth(index as usize)))
    }

    async fn record_in_page(&self, request: &RecordRequest) -> Result<Option<Box<RawValue>>, WireError> {
        let Some(topic) = self.source.topic(self.company, &request.page) else { return Ok(None) };
        let Some((_, raw)) = self.store.cached_answer(&topic).await?.and_then(|cached| cached.answer) else {
            return Ok(None);
        };
        let records = records_of(self.source.data_type, &raw, &page_request(&request.page))?.results;
        let at = request.index.and_then(|index| usize::try_from(index).ok());
        let found = match &request.id {
            Some(id) => records.into_iter().find(|item| item.value.id.as_ref() == Some(id)),
            None => at.and_then(|index| records.into_iter().nth(index)),
        };
        Ok(found.map(|item| item.raw))
    }

    /// Loads a record by its ID. `None` if the ID cannot be written in a query.
    async fn fetch_by_id(
        &self,
        workspace: &OpenWorkspace,
        request: &RecordRequest,
    ) -> Result<Option<Box<RawValue>>, WireError> {
        let Some(query) = request.id.as_deref().and_then(|id| Query::compare("id", Operator::Equal, id).ok())
        else {
            return Ok(None);
        };
        let page = RecordsRequest {
            page: 1,
            query: query.to_string(),
            order_by: String::new(),
            ..request.page.clone()
        };
        if let (Some(topic), false) = (self.source.topic(self.company, &page), page.kept) {
            fetch(workspace, topic).await?;
        }
        self.record_in_page(&RecordRequest { page, index: None, id: request.id.clone() }).await
    }
}

impl RecordsPage {
    fn fill(&mut self, source: &RecordSource, records: &[Item<RecordHead>], total: u64) {
        let columns = columns(source.data_type, records.iter().map(|item| &*item.raw));
        self.rows = records.iter().map(|item| row(item, &columns)).collect();
        self.columns = columns.iter().map(column_view).collect();
        self.total = total;
        self.pages = total.div_ceil(u64::from(PAGE_SIZE));
    }
}

fn page_request(request: &RecordsRequest) -> PageRequest {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    PageRequest {
        page: request.page.max(1),
        page_size: PAGE_SIZE,
        query: some(&request.query),
        order_by: some(&request.order_by),
    }
}

/// The records of an answer. A single object is a page with one record.
fn records_of(
    data_type: &DataType,
    raw: &RawValue,
    page_request: &PageRequest,
) -> Result<Page<RecordHead>, WireError> {
    if data_type.shape == Shape::Single {
        let value: RecordHead = serde_json::from_str(raw.get()).map_err(unreadable)?;
        return Ok(Page {
            results: vec![Item { value, raw: raw.to_owned() }],
            unreadable: Vec::new(),
            page_number: 1,
            page_size: PAGE_SIZE,
            total_results: 1,
            has_next: false,
        });
    }
    Page::from_raw(raw, page_request).map_err(unreadable)
}
