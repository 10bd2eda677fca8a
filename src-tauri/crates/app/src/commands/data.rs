//! A company's data: how each type stands, and the records of one (§1.4, §2.19).

use codat::{
    Company, CompanyId, ConnectionId, Topic,
    data::{Category, Cell, Column, DataType, Fields, Kind, RecordHead, Scope, Shape, guess},
    model::{ConnectionStatus, DataStatus},
    page::{Item, Page, PageRequest},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::Said;
use ts_rs::TS;

use super::{
    ById, Nothing, company_id,
    history::{Choice, RowPhase, choice, row_phase, type_name, unreadable, words},
    summary::{Load, standings},
};
use crate::{
    absence::{self, AbsenceView, is_linked, is_of},
    app::App,
    convert::millis,
    desk::Desk,
    error::{Code, WireError},
    fetch::{asked_at, company, fetch, fetch_due, is_reading},
    figures,
};

/// How many records a page has.
const PAGE: u32 = 100;
/// How many bank accounts can be chosen from.
const MOST_ACCOUNTS: u32 = 500;

/// The data types of a company.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataTypes {
    /// Heading by heading.
    pub groups: Vec<TypeGroup>,
    /// When it was last asked how they stand; none: never.
    pub as_of: Option<i64>,
    /// Whether anything is being read.
    pub reading: bool,
}

/// Types under one heading.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct TypeGroup {
    /// The heading.
    pub label: String,
    /// Its types.
    pub types: Vec<TypeView>,
}

/// How one type stands.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TypeView {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub shape: TypeShape,
    /// The status of its newest read in words; none where it was never read.
    pub word: Option<String>,
    /// What that means.
    pub phase: Option<RowPhase>,
    /// When it was last read well.
    pub last_read: Option<i64>,
}

/// What a type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TypeShape {
    /// Records.
    Records,
    /// A statement.
    Statement,
    /// Nothing that can be read: no path is published.
    Unpublished,
}

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
}

/// A column.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ColumnView {
    /// Its name.
    pub label: String,
    /// Whether its values are numbers, which stand at the right.
    pub numeric: bool,
    /// What a list is ordered by for it; none where it cannot be.
    pub order: Option<String>,
    /// Whether it is shown unless somebody chooses otherwise.
    pub shown: bool,
}

/// A record.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordRow {
    /// The source's identifier, where it has one.
    pub id: Option<String>,
    /// Whether it was deleted in the source.
    pub is_deleted: bool,
    /// One for each column.
    pub cells: Vec<CellView>,
}

/// What a record has in a column.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CellView {
    /// How it is drawn.
    pub kind: CellKind,
    /// As it reads; shortened where it is very long.
    pub text: String,
    /// The type of the record that it refers to, where it is known.
    pub refers_to: Option<String>,
    /// The identifier of the record that it refers to.
    pub id: Option<String>,
    /// An instant.
    pub at: Option<i64>,
}

/// How a cell is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum CellKind {
    Empty,
    Text,
    Number,
    Moment,
    Enum,
    Reference,
    Odd,
}

/// One record of a page that is kept.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct RecordRequest {
    /// The page.
    pub page: RecordsRequest,
    /// Its place on the page, from 0.
    pub index: u32,
    /// Its identifier: another one may have come to this place.
    pub id: Option<String>,
}

/// A record as it was said.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct RecordText {
    /// JSON, indented, with every digit.
    pub json: String,
}

/// A column's text is cut here, in characters: the whole is in the record.
const LONGEST: usize = 300;

impl App {
    /// How each type stands, as far as it is known.
    pub(crate) async fn data_types(&self, by: ById) -> Result<DataTypes, WireError> {
        let id = company_id(&by.id)?;
        let store = self.desk().await.store()?;
        let record = company(&store, id).await?;
        let standings = standings(&store, id).await?;
        let mut groups: Vec<TypeGroup> = Vec::new();
        for known in DataType::all() {
            let standing = standings.get(known.key);
            if standing.is_none() && !has_source(&record, known.category) {
                continue;
            }
            let (label, view) =
                (known.group.label(), type_view(known.key, known.name, shape(known), standing));
            match groups.iter_mut().find(|group| group.label == label) {
                Some(group) => group.types.push(view),
                None => groups.push(TypeGroup { label: label.to_owned(), types: vec![view] }),
            }
        }
        let others = standings.iter().filter(|(key, _)| DataType::of_key(key).is_none());
        let others: Vec<_> = others
            .map(|(key, standing)| type_view(key, &type_name(key), TypeShape::Unpublished, Some(standing)))
            .collect();
        if !others.is_empty() {
            groups.push(TypeGroup { label: "Others".to_owned(), types: others });
        }
        let said = store.said(&Topic::DataStatus(id)).await?;
        Ok(DataTypes {
            groups,
            as_of: said.as_ref().and_then(asked_at).map(millis),
            reading: is_reading(&store, id, &[]).await?,
        })
    }

    /// Asks how each type stands, where that was not done lately.
    pub(crate) async fn load_data_types(&self, load: Load) -> Result<Nothing, WireError> {
        let id = company_id(&load.id)?;
        fetch_due(&*self.desk().await, vec![Topic::DataStatus(id)], load.always).await?;
        Ok(Nothing {})
    }

    /// A page of records: asked for, and where that cannot be, as it was last said.
    pub(crate) async fn records(&self, request: RecordsRequest) -> Result<RecordsPage, WireError> {
        let desk = self.desk().await;
        let id = company_id(&request.company)?;
        let store = desk.store()?;
        let record = company(&store, id).await?;
        let place = place(&desk, id, &record, &request).await?;
        let topic = place.topic(id, &request);
        let failure = match (&topic, request.kept) {
            (Some(topic), false) => fetch(&desk, topic.clone()).await.err(),
            (Some(_), true) | (None, _) => None,
        };
        let said = match &topic {
            Some(topic) => store.said(topic).await?,
            None => None,
        };
        let standings = standings(&store, id).await?;
        let linked = is_linked(&record, place.data_type.category);
        page(&request, place, said.as_ref(), standings.get(&request.data_type), linked, failure)
    }

    /// One record of a page that is kept, as it was said.
    pub(crate) async fn record_json(&self, request: RecordRequest) -> Result<RecordText, WireError> {
        let desk = self.desk().await;
        let id = company_id(&request.page.company)?;
        let store = desk.store()?;
        let record = company(&store, id).await?;
        let place = place(&desk, id, &record, &request.page).await?;
        let gone =
            || WireError::new(Code::NotFound, "This record is no longer on this page. Load the page again.");
        let topic = place.topic(id, &request.page).ok_or_else(gone)?;
        let said = store.said(&topic).await?.and_then(|said| said.answer);
        let (_, raw) = said.ok_or_else(gone)?;
        let records = records_of(place.data_type, &raw, &asked(&request.page))?.results;
        let by_id = records.iter().find(|item| request.id.is_some() && item.value.id == request.id);
        let at = usize::try_from(request.index).ok().and_then(|index| records.get(index));
        let found = if request.id.is_some() { by_id } else { at };
        Ok(RecordText { json: indented(&found.ok_or_else(gone)?.raw) })
    }
}

/// Where records of a type lie.
struct Place {
    data_type: &'static DataType,
    connections: Vec<Choice>,
    connection: Option<ConnectionId>,
    accounts: Vec<Choice>,
    account: Option<String>,
}

impl Place {
    fn topic(&self, company: CompanyId, request: &RecordsRequest) -> Option<Topic> {
        let connection = match self.data_type.scope {
            Scope::Company => None,
            Scope::Connection | Scope::Account => Some(self.connection?),
            Scope::Unpublished => return None,
        };
        // What is kept is kept by type; of several accounts, each is a type of its own there.
        let data_type = match &self.account {
            Some(account) => format!("{}/{account}", self.data_type.key),
            None => self.data_type.key.to_owned(),
        };
        let path = self.data_type.path(self.account.as_deref())?;
        Some(match self.data_type.shape {
            Shape::Single if self.data_type.key == "company" => Topic::Info(company),
            Shape::Single | Shape::List | Shape::Statement(_) => {
                Topic::Records { company, connection, data_type, path, page: asked(request) }
            }
        })
    }
}

async fn place(
    desk: &Desk,
    id: CompanyId,
    record: &Company,
    request: &RecordsRequest,
) -> Result<Place, WireError> {
    let data_type = DataType::of_key(&request.data_type).ok_or_else(|| {
        WireError::new(
            Code::BadArguments,
            format!("“{}” is a data type that this version does not know.", request.data_type),
        )
    })?;
    let by_connection = matches!(data_type.scope, Scope::Connection | Scope::Account);
    let fitting = record.data_connections.iter().filter(|it| is_of(&it.source_type, data_type.category));
    let mut fitting: Vec<_> = fitting.filter(|_| by_connection).collect();
    fitting.sort_by_key(|it| it.status != ConnectionStatus::Linked);
    let wanted = request.connection.as_deref().and_then(|text| text.parse::<ConnectionId>().ok());
    let connection = wanted.filter(|wanted| fitting.iter().any(|it| it.id == *wanted));
    let connection = connection.or_else(|| fitting.first().map(|it| it.id));
    let connections = fitting.iter().map(|it| choice(&it.id.to_string(), &it.platform_name)).collect();
    let mut place = Place { data_type, connections, connection, accounts: Vec::new(), account: None };
    if data_type.scope == Scope::Account
        && let Some(connection) = connection
    {
        place.accounts = accounts(desk, id, connection, request.kept).await?;
        let wanted = request.account.clone().filter(|key| place.accounts.iter().any(|it| it.key == *key));
        place.account = wanted.or_else(|| place.accounts.first().map(|it| it.key.clone()));
    }
    Ok(place)
}

/// The bank accounts of a connection.
async fn accounts(
    desk: &Desk,
    company: CompanyId,
    connection: ConnectionId,
    kept: bool,
) -> Result<Vec<Choice>, WireError> {
    let page = PageRequest { page: 1, page_size: MOST_ACCOUNTS, query: None, order_by: None };
    let topic = Topic::Records {
        company,
        connection: Some(connection),
        data_type: "bankAccounts/all".to_owned(),
        path: "bankAccounts".to_owned(),
        page: page.clone(),
    };
    if !kept {
        fetch_due(desk, vec![topic.clone()], false).await?;
    }
    let said = desk.store()?.said(&topic).await?.and_then(|said| said.answer);
    let Some((_, raw)) = said else { return Ok(Vec::new()) };
    let found: Page<RecordHead> = Page::said(&raw, &page).map_err(unreadable)?;
    let accounts = found.results.into_iter().filter_map(|item| {
        let id = item.value.id?;
        let name = Fields::of(&item.raw).text_at("accountName").filter(|name| !name.is_empty());
        Some(Choice { name: name.unwrap_or_else(|| id.clone()), key: id })
    });
    Ok(accounts.collect())
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
    Page::said(raw, asked).map_err(unreadable)
}

fn page(
    request: &RecordsRequest,
    place: Place,
    said: Option<&Said>,
    standing: Option<&DataStatus>,
    linked: bool,
    failure: Option<WireError>,
) -> Result<RecordsPage, WireError> {
    let asked = asked(request);
    // A query that is not understood is told beside it; it says nothing about the type.
    let refused = said.and_then(|said| said.refusal.as_ref()).map(|(_, refusal)| refusal);
    let problem = refused
        .filter(|refusal| {
            refusal.kind == codat::FailureKind::Invalid && (asked.query.is_some() || asked.order_by.is_some())
        })
        .map(|refusal| refusal.message.clone());
    let (records, missing) = match absence::answer(said, standing, linked) {
        Ok(raw) => (Some(records_of(place.data_type, raw, &asked)?), None),
        Err(missing) => (None, Some(missing)),
    };
    let found = records.as_ref().map(|page| page.results.as_slice()).unwrap_or_default();
    let columns = columns(place.data_type, found);
    let no_records = found.is_empty() && asked.query.is_none() && asked.page == 1;
    let missing = missing.or_else(|| no_records.then_some(codat::summary::Absence::NoData));
    let what = place.data_type.name.to_lowercase();
    let total = records.as_ref().map_or(0, |page| page.total_results);
    Ok(RecordsPage {
        name: place.data_type.name.to_owned(),
        rows: found.iter().map(|item| row(item, &columns)).collect(),
        columns: columns.iter().map(column_view).collect(),
        total,
        page: asked.page,
        pages: total.div_ceil(u64::from(PAGE)),
        as_of: said.and_then(|said| said.answer.as_ref()).map(|(at, _)| millis(*at)),
        failure,
        absence: missing.filter(|_| problem.is_none()).map(|missing| absence::view(&missing, &what)),
        problem,
        properties: place.data_type.properties().into_iter().map(str::to_owned).collect(),
        connections: place.connections,
        connection: place.connection.map(|id| id.to_string()),
        accounts: place.accounts,
        account: place.account,
    })
}

/// The type's columns; of a type without any, what its records are seen to have.
fn columns(data_type: &DataType, records: &[Item<RecordHead>]) -> Vec<Column> {
    if data_type.columns.is_empty() {
        guess(records.iter().map(|item| &*item.raw))
    } else {
        data_type.columns.to_vec()
    }
}

fn column_view(column: &Column) -> ColumnView {
    ColumnView {
        label: column.label.to_string(),
        numeric: matches!(column.kind, Kind::Money { .. } | Kind::Number | Kind::Count),
        order: column.order_property().map(str::to_owned),
        shown: column.is_default,
    }
}

fn row(item: &Item<RecordHead>, columns: &[Column]) -> RecordRow {
    RecordRow {
        id: item.value.id.clone(),
        is_deleted: item.value.is_deleted,
        cells: Cell::row(&item.raw, columns).iter().map(cell_view).collect(),
    }
}

fn cell_view(cell: &Cell) -> CellView {
    let plain = |kind, text: String| CellView { kind, text: cut(text), refers_to: None, id: None, at: None };
    match cell {
        Cell::Empty => plain(CellKind::Empty, String::new()),
        Cell::Text(text) => plain(CellKind::Text, text.clone()),
        Cell::Money(amount, currency) => {
            let sign = figures::sign_of(currency.as_deref());
            let text = figures::amount(amount);
            let text = match text.strip_prefix('\u{2212}') {
                Some(rest) => format!("\u{2212}{sign}{rest}"),
                None => format!("{sign}{text}"),
            };
            plain(CellKind::Number, text)
        }
        Cell::Number(amount) => plain(CellKind::Number, figures::amount(amount)),
        Cell::Date(date) => plain(CellKind::Text, figures::day(*date)),
        Cell::Moment(at) => CellView {
            kind: CellKind::Moment,
            text: at.to_string(),
            refers_to: None,
            id: None,
            at: Some(millis(*at)),
        },
        Cell::Bool(true) => plain(CellKind::Text, "Yes".to_owned()),
        Cell::Bool(false) => plain(CellKind::Text, "No".to_owned()),
        Cell::Enum { text, .. } => plain(CellKind::Enum, words(text)),
        Cell::Reference { data_type, id, label } => CellView {
            kind: CellKind::Reference,
            text: cut(label.as_ref().unwrap_or(id).clone()),
            refers_to: data_type.clone(),
            id: Some(id.clone()),
            at: None,
        },
        Cell::Count(count) => plain(CellKind::Number, count.to_string()),
        Cell::Odd(text) => plain(CellKind::Odd, text.clone()),
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// JSON with indents, and otherwise as it was said: no digit is lost, members keep their order.
fn indented(raw: &RawValue) -> String {
    let mut out = String::with_capacity(raw.get().len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut said = raw.get().chars().peekable();
    while let Some(c) = said.next() {
        if in_text {
            out.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                while said.peek().is_some_and(|next| next.is_ascii_whitespace()) {
                    said.next();
                }
                if matches!(said.peek(), Some('}' | ']')) {
                    out.extend(said.next());
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                out.push(c);
                in_text = true;
            }
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(core::iter::repeat_n("  ", depth));
}

fn has_source(company: &Company, category: Category) -> bool {
    category == Category::Accounting
        || company.data_connections.iter().any(|it| is_of(&it.source_type, category))
}

fn shape(data_type: &DataType) -> TypeShape {
    match (data_type.scope, data_type.shape) {
        (Scope::Unpublished, _) => TypeShape::Unpublished,
        (_, Shape::Statement(_)) => TypeShape::Statement,
        (_, Shape::List | Shape::Single) => TypeShape::Records,
    }
}

fn type_view(key: &str, name: &str, shape: TypeShape, standing: Option<&DataStatus>) -> TypeView {
    let status = standing.and_then(|standing| standing.current_status.as_ref());
    TypeView {
        key: key.to_owned(),
        name: name.to_owned(),
        shape,
        word: status.map(|status| words(status.as_str())),
        phase: status.map(|status| row_phase(status.phase())),
        last_read: standing.and_then(|standing| standing.last_successful_sync).map(millis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_indented_and_loses_nothing() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let said = r#"{"b":1.50,"a":[ ],"t":"a\"{,b\\","n":{"x":[1,2]}}"#;
        let shown = indented(&raw(said));
        assert_eq!(
            shown,
            "{\n  \"b\": 1.50,\n  \"a\": [],\n  \"t\": \"a\\\"{,b\\\\\",\n  \"n\": {\n    \"x\": [\n      1,\n      2\n    ]\n  }\n}"
        );
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("é".repeat(400)).chars().count(), LONGEST + 1);
    }
}
