//! The records of a data type (§2.19): from the copy on this computer where there is one, else page by page
//! from the server, else as they were last said.

mod place;
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
use store::{CopyOf, Found, Said, Store, Wanted};
use ts_rs::TS;

use self::{
    place::{Place, place},
    view::{ColumnView, RecordRow, column_view, columns, indented, row},
};
use super::{
    Nothing, company_id,
    history::{Choice, unreadable},
    summary::standings,
};
use crate::{
    absence::{self, AbsenceView, is_linked},
    app::App,
    clock,
    convert::millis,
    copying::{Progress, Source},
    desk::Desk,
    error::{Code, WireError},
    fetch::{FRESH, company, fetch},
};

/// How many records a page has.
const PAGE: u32 = 100;
/// Up to so many records are copied without being asked: five requests, and then nothing waits for the network.
const COPIED_UNASKED: u64 = 10_000;

/// Records that are asked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordsRequest {
    /// The company.
    pub company: String,
    /// The data type's key.
    pub data_type: String,
    /// The connection, for types that are read by connection; none: the first that has the type.
    pub connection: Option<String>,
    /// The bank account, for types that are read by account; none: the first.
    pub account: Option<String>,
    /// From 1.
    pub page: u32,
    /// In the query language; empty for all.
    pub query: String,
    /// A column's property, with a minus for descending; empty for the server's order.
    pub order_by: String,
    /// Only what is kept: the server is not asked.
    pub kept: bool,
}

/// A page of records.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordsPage {
    /// The type's name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Its records.
    pub rows: Vec<RecordRow>,
    /// How many match.
    pub total: u64,
    /// Which page, from 1.
    pub page: u32,
    /// How many pages there are.
    pub pages: u64,
    /// When this was said; none where nothing was.
    pub as_of: Option<i64>,
    /// Why it could not be asked for anew.
    pub failure: Option<WireError>,
    /// What is wrong with the query.
    pub problem: Option<String>,
    /// Why there is nothing.
    pub absence: Option<AbsenceView>,
    /// What the query language can name here.
    pub properties: Vec<String>,
    /// Connections that have the type, where it is read by connection.
    pub connections: Vec<Choice>,
    /// The one that was read.
    pub connection: Option<String>,
    /// Bank accounts, where it is read by account.
    pub accounts: Vec<Choice>,
    /// The one that was read.
    pub account: Option<String>,
    /// The copy of all of its records on this computer.
    pub copy: CopyView,
}

/// A copy of all records of a type on this computer.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub(crate) struct CopyView {
    /// When it was made; none where this page is not from one.
    pub at: Option<i64>,
    /// How far the one has come that is being made.
    pub making: Option<Progress>,
    /// Whether there can be one: what is one object alone is kept as it is.
    pub possible: bool,
}

/// Records that are to be copied to this computer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CopyRequest {
    /// Which; page, query and order do not matter.
    pub records: RecordsRequest,
    /// However many there are, and also where the copy is fresh.
    pub always: bool,
}

/// One record.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct RecordRequest {
    /// The page on which it was seen, or that is looked at.
    pub page: RecordsRequest,
    /// Its place on the page, from 0; none where it was not seen on one.
    pub index: Option<u32>,
    /// Its identifier: another one may have come to this place.
    pub id: Option<String>,
}

/// A record as it was said.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct RecordText {
    /// JSON, indented, with every digit.
    pub json: String,
}

impl App {
    /// A page of records.
    pub(crate) async fn records(&self, request: RecordsRequest) -> Result<RecordsPage, WireError> {
        let desk = self.desk().await;
        let look = Look::new(&desk, &request).await?;
        if let Some((copy, found)) = look.in_copy(&request).await? {
            return look.page_of_copy(&desk, &request, &copy, found);
        }
        let topic = look.place.topic(look.company, &request);
        let failure = match (&topic, request.kept) {
            (Some(topic), false) => fetch(&desk, topic.clone()).await.err(),
            (Some(_), true) | (None, _) => None,
        };
        let said = match &topic {
            Some(topic) => look.store.said(topic).await?,
            None => None,
        };
        look.page(&desk, &request, said.as_ref(), failure)
    }

    /// Copies the records to this computer, where there are few enough or somebody asks for it, and where that
    /// was not done lately. It ends when the copy is whole, was stopped, or failed; while it is made, the one
    /// before is shown.
    pub(crate) async fn copy_records(&self, request: CopyRequest) -> Result<Nothing, WireError> {
        let desk = self.desk().await;
        let asked =
            RecordsRequest { page: 1, query: String::new(), order_by: String::new(), ..request.records };
        let look = Look::new(&desk, &asked).await?;
        let Some(source) = look.source() else { return Ok(Nothing {}) };
        let records = match look.store.copy(&source.of).await? {
            Some(copy) => {
                let read = look.standing.as_ref().and_then(|standing| standing.last_successful_sync);
                let is_fresh = clock::now().duration_since(copy.at).abs() <= FRESH;
                if !request.always && is_fresh && read.is_none_or(|read| read <= copy.at) {
                    return Ok(Nothing {});
                }
                u64::from(copy.records)
            }
            None => look.count(&desk, &asked).await?,
        };
        if records > 0 && (request.always || records <= COPIED_UNASKED) {
            desk.copying().make(&desk, &source).await?;
        }
        Ok(Nothing {})
    }

    /// Stops the making of a copy; the one before stays.
    pub(crate) async fn stop_copy(&self, request: RecordsRequest) -> Result<Nothing, WireError> {
        let desk = self.desk().await;
        if let Some(source) = Look::new(&desk, &request).await?.source() {
            desk.copying().stop_one(&source.of);
        }
        Ok(Nothing {})
    }

    /// One record, as it was said: from the copy, from the page where it was seen, or asked for by its
    /// identifier.
    pub(crate) async fn record_json(&self, request: RecordRequest) -> Result<RecordText, WireError> {
        let desk = self.desk().await;
        let look = Look::new(&desk, &request.page).await?;
        let found = match look.copied(&request).await? {
            Some(raw) => Some(raw),
            None => match look.on_page(&request).await? {
                Some(raw) => Some(raw),
                None => look.by_id(&desk, &request).await?,
            },
        };
        let gone = || {
            WireError::new(
                Code::NotFound,
                "This record is not there, or no longer. It may have been deleted at the source.",
            )
        };
        Ok(RecordText { json: indented(&found.ok_or_else(gone)?) })
    }
}

/// Where somebody looks for records.
pub(super) struct Look {
    pub(super) company: CompanyId,
    pub(super) store: std::sync::Arc<Store>,
    place: Place,
    standing: Option<DataStatus>,
    linked: bool,
}

impl Look {
    pub(super) async fn new(desk: &Desk, request: &RecordsRequest) -> Result<Self, WireError> {
        let id = company_id(&request.company)?;
        let store = desk.store()?;
        let record = company(&store, id).await?;
        let place = place(desk, id, &record, request).await?;
        let standing = standings(&store, id).await?.remove(place.data_type.key);
        let linked = is_linked(&record, place.data_type.category);
        Ok(Self { company: id, store, place, standing, linked })
    }

    /// The type's name.
    pub(super) fn name(&self) -> &'static str {
        self.place.data_type.name
    }

    /// The type's own columns, by which its records are found; none of a type that has none.
    pub(super) fn columns(&self) -> &'static [Column] {
        self.place.data_type.columns
    }

    /// The columns of these records: the type's own, or what they are seen to have.
    pub(super) fn columns_of(&self, records: &[Box<RawValue>]) -> Vec<Column> {
        columns(self.place.data_type, records.iter().map(|raw| &**raw))
    }

    /// The one object that the type is, asked for anew where that can be.
    pub(super) async fn single(
        &self,
        desk: &Desk,
        request: &RecordsRequest,
    ) -> Result<Box<RawValue>, WireError> {
        let gone = || WireError::new(Code::NotFound, "There is nothing to export: it was never read.");
        let topic = self.place.topic(self.company, request).ok_or_else(gone)?;
        let failure = fetch(desk, topic.clone()).await.err();
        let said = self.store.said(&topic).await?.and_then(|said| said.answer);
        said.map(|(_, raw)| raw).ok_or_else(|| failure.unwrap_or_else(gone))
    }

    /// Where a copy of all of them is made from; nothing where none can be made.
    pub(super) fn source(&self) -> Option<Source> {
        match self.place.data_type.shape {
            Shape::List => {}
            Shape::Single | Shape::Statement(_) => return None,
        }
        let (connection, data_type, path) = self.place.way()?;
        Some(Source { of: CopyOf { company: self.company, data_type, connection }, path })
    }

    async fn in_copy(&self, request: &RecordsRequest) -> Result<Option<(store::Copy, Found)>, WireError> {
        let Some(source) = self.source() else { return Ok(None) };
        let Some(copy) = self.store.copy(&source.of).await? else { return Ok(None) };
        let wanted = Wanted {
            query: request.query.trim(),
            order_by: request.order_by.trim(),
            offset: (request.page.max(1) - 1).saturating_mul(PAGE),
            limit: PAGE,
        };
        let found = self.store.find_copied(&copy, self.place.data_type.columns, wanted).await?;
        match found {
            Found::Elsewhere => Ok(None),
            Found::Records { .. } | Found::Malformed(_) => Ok(Some((copy, found))),
        }
    }

    fn page_of_copy(
        self,
        desk: &Desk,
        request: &RecordsRequest,
        copy: &store::Copy,
        found: Found,
    ) -> Result<RecordsPage, WireError> {
        let (rows, total, problem) = match found {
            Found::Records { rows, total } => (rows, u64::from(total), None),
            Found::Malformed(problem) => (Vec::new(), 0, Some(problem)),
            Found::Elsewhere => (Vec::new(), 0, None),
        };
        let read = |raw: Box<RawValue>| {
            let value: RecordHead = serde_json::from_str(raw.get()).unwrap_or_default();
            Item { value, raw }
        };
        let records: Vec<_> = rows.into_iter().map(read).collect();
        let missing = (copy.records == 0).then_some(Absence::NoData);
        let mut page = self.blank(desk, request);
        page.fill(&self.place, &records, total);
        page.as_of = Some(millis(copy.at));
        page.copy.at = page.as_of;
        page.absence = missing.filter(|_| problem.is_none()).map(|missing| self.absence(&missing));
        page.problem = problem;
        Ok(page)
    }

    fn page(
        self,
        desk: &Desk,
        request: &RecordsRequest,
        said: Option<&Said>,
        failure: Option<WireError>,
    ) -> Result<RecordsPage, WireError> {
        let asked = asked(request);
        // A query that is not understood is told beside it; it says nothing about the type.
        let refused = said.and_then(|said| said.refusal.as_ref()).map(|(_, refusal)| refusal);
        let problem = refused
            .filter(|refusal| {
                refusal.kind == codat::FailureKind::Invalid
                    && (asked.query.is_some() || asked.order_by.is_some())
            })
            .map(|refusal| refusal.message.clone());
        let (records, missing) = match absence::answer(said, self.standing.as_ref(), self.linked) {
            Ok(raw) => (Some(records_of(self.place.data_type, raw, &asked)?), None),
            Err(missing) => (None, Some(missing)),
        };
        let found = records.as_ref().map(|page| page.results.as_slice()).unwrap_or_default();
        let no_records = found.is_empty() && asked.query.is_none() && asked.page == 1;
        let missing = missing.or_else(|| no_records.then_some(Absence::NoData));
        let mut page = self.blank(desk, request);
        page.fill(&self.place, found, records.as_ref().map_or(0, |page| page.total_results));
        page.as_of = said.and_then(|said| said.answer.as_ref()).map(|(at, _)| millis(*at));
        page.failure = failure.or_else(|| self.place.failure.clone());
        page.absence = missing.filter(|_| problem.is_none()).map(|missing| self.absence(&missing));
        page.problem = problem;
        Ok(page)
    }

    fn absence(&self, missing: &Absence) -> AbsenceView {
        absence::view(missing, &self.place.data_type.name.to_lowercase())
    }

    /// A page without records.
    fn blank(&self, desk: &Desk, request: &RecordsRequest) -> RecordsPage {
        let source = self.source();
        RecordsPage {
            name: self.place.data_type.name.to_owned(),
            columns: Vec::new(),
            rows: Vec::new(),
            total: 0,
            page: request.page.max(1),
            pages: 0,
            as_of: None,
            failure: None,
            problem: None,
            absence: None,
            properties: self.place.data_type.properties().into_iter().map(str::to_owned).collect(),
            connections: self.place.connections.clone(),
            connection: self.place.connection.map(|id| id.to_string()),
            accounts: self.place.accounts.clone(),
            account: self.place.account.clone(),
            copy: CopyView {
                at: None,
                making: source.as_ref().and_then(|source| desk.copying().progress(&source.of)),
                possible: source.is_some(),
            },
        }
    }

    /// How many records there are, as the server says now.
    async fn count(&self, desk: &Desk, first: &RecordsRequest) -> Result<u64, WireError> {
        let Some(topic) = self.place.topic(self.company, first) else { return Ok(0) };
        fetch(desk, topic.clone()).await?;
        let said = self.store.said(&topic).await?;
        let Ok(raw) = absence::answer(said.as_ref(), self.standing.as_ref(), self.linked) else {
            return Ok(0);
        };
        if said.as_ref().is_some_and(|said| said.refusal.is_some()) {
            return Ok(0);
        }
        Ok(records_of(self.place.data_type, raw, &asked(first))?.total_results)
    }

    async fn copied(&self, request: &RecordRequest) -> Result<Option<Box<RawValue>>, WireError> {
        let Some(source) = self.source() else { return Ok(None) };
        let Some(copy) = self.store.copy(&source.of).await? else { return Ok(None) };
        if let Some(id) = &request.id {
            return Ok(self.store.copied_record(&copy, self.place.data_type.columns, id).await?);
        }
        let Some((_, Found::Records { rows, .. })) = self.in_copy(&request.page).await? else {
            return Ok(None);
        };
        Ok(request.index.and_then(|index| rows.into_iter().nth(index as usize)))
    }

    async fn on_page(&self, request: &RecordRequest) -> Result<Option<Box<RawValue>>, WireError> {
        let Some(topic) = self.place.topic(self.company, &request.page) else { return Ok(None) };
        let Some((_, raw)) = self.store.said(&topic).await?.and_then(|said| said.answer) else {
            return Ok(None);
        };
        let records = records_of(self.place.data_type, &raw, &asked(&request.page))?.results;
        let at = request.index.and_then(|index| usize::try_from(index).ok());
        let found = match &request.id {
            Some(id) => records.into_iter().find(|item| item.value.id.as_ref() == Some(id)),
            None => at.and_then(|index| records.into_iter().nth(index)),
        };
        Ok(found.map(|item| item.raw))
    }

    /// Asks for the record by its identifier, which must be one that a query can say.
    async fn by_id(&self, desk: &Desk, request: &RecordRequest) -> Result<Option<Box<RawValue>>, WireError> {
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
        if let (Some(topic), false) = (self.place.topic(self.company, &page), page.kept) {
            fetch(desk, topic).await?;
        }
        self.on_page(&RecordRequest { page, index: None, id: request.id.clone() }).await
    }
}

impl RecordsPage {
    fn fill(&mut self, place: &Place, records: &[Item<RecordHead>], total: u64) {
        let columns = columns(place.data_type, records.iter().map(|item| &*item.raw));
        self.rows = records.iter().map(|item| row(item, &columns)).collect();
        self.columns = columns.iter().map(column_view).collect();
        self.total = total;
        self.pages = total.div_ceil(u64::from(PAGE));
    }
}

fn asked(request: &RecordsRequest) -> PageRequest {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    PageRequest {
        page: request.page.max(1),
        page_size: PAGE,
        query: some(&request.query),
        order_by: some(&request.order_by),
    }
}

/// The records of an answer; a single object is a page of its own.
fn records_of(
    data_type: &DataType,
    raw: &RawValue,
    asked: &PageRequest,
) -> Result<Page<RecordHead>, WireError> {
    if data_type.shape == Shape::Single {
        let value: RecordHead = serde_json::from_str(raw.get()).map_err(unreadable)?;
        return Ok(Page {
            results: vec![Item { value, raw: raw.to_owned() }],
            unreadable: Vec::new(),
            page_number: 1,
            page_size: PAGE,
            total_results: 1,
            has_next: false,
        });
    }
    Page::from_raw(raw, asked).map_err(unreadable)
}
