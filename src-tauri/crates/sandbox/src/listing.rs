//! Lists: filtering, sorting and paging (§2.2 to §2.4).

use std::{cmp::Ordering, sync::Arc};

use bytes::Bytes;
use codat::query::{OrderBy, Query, QueryError, SortKey, TagQuery, UnknownProperty};
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    context::{Context, HandlerOutput, HandlerResult},
    list_cache::{Key, Page},
    lock::lock,
    paging::Window,
    read::{Dataset, History},
    record::{CompanyRecord, Slot, Status},
    response::{ApiError, Response, Service},
    time_format, wire,
};

/// The properties by which companies can be queried.
const COMPANY_PROPERTIES: &[&str] = &[
    "id",
    "name",
    "description",
    "platform",
    "redirect",
    "lastSync",
    "created",
    "createdByUserName",
    "tags.*",
    "referenceParentCompany.id",
    "referenceParentCompany.name",
    "referenceParentCompany.description",
    "dataConnections.id",
    "dataConnections.integrationId",
    "dataConnections.integrationKey",
    "dataConnections.sourceId",
    "dataConnections.sourceType",
    "dataConnections.platformName",
    "dataConnections.linkUrl",
    "dataConnections.status",
    "dataConnections.lastSync",
    "dataConnections.created",
];

/// The same for connections.
const CONNECTION_PROPERTIES: &[&str] = &[
    "id",
    "integrationId",
    "integrationKey",
    "sourceId",
    "sourceType",
    "platformName",
    "linkUrl",
    "status",
    "lastSync",
    "created",
];

/// The same for integrations.
const INTEGRATION_PROPERTIES: &[&str] = &[
    "key",
    "logoUrl",
    "name",
    "enabled",
    "sourceId",
    "sourceType",
    "integrationId",
    "isOfflineConnector",
    "isBeta",
    "dataProvidedBy",
    "linkedConnectionsCount",
    "totalConnectionsCount",
];

/// The same for reads. `isCompleted` is missing in the reference, too.
const DATASET_PROPERTIES: &[&str] = &[
    "id",
    "companyId",
    "connectionId",
    "dataType",
    "status",
    "statusDescription",
    "errorMessage",
    "requested",
    "completed",
    "progress",
    "isErrored",
];

/// The same for write operations.
const PUSH_PROPERTIES: &[&str] = &[
    "dataType",
    "companyId",
    "pushOperationKey",
    "dataConnectionKey",
    "requestedOnUtc",
    "completedOnUtc",
    "status",
    "errorMessage",
    "statusCode",
];

/// What a list contains.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ListKind {
    Company,
    Connection,
    Integration,
    Dataset,
    Push,
    /// Records of a data type.
    Record {
        name: &'static str,
        properties: &'static [&'static str],
    },
}

impl ListKind {
    fn name(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::Connection => "Connection",
            Self::Integration => "Integration",
            Self::Dataset => "Dataset",
            Self::Push => "PushOperation",
            Self::Record { name, .. } => name,
        }
    }

    fn properties(self) -> &'static [&'static str] {
        match self {
            Self::Company => COMPANY_PROPERTIES,
            Self::Connection => CONNECTION_PROPERTIES,
            Self::Integration => INTEGRATION_PROPERTIES,
            Self::Dataset => DATASET_PROPERTIES,
            Self::Push => PUSH_PROPERTIES,
            Self::Record { properties, .. } => properties,
        }
    }

    fn part(self) -> Service {
        match self {
            Self::Company | Self::Connection | Self::Integration => Service::Clients,
            Self::Dataset => Service::Pull,
            Self::Push | Self::Record { .. } => Service::Public,
        }
    }

    fn malformed(self, error: &QueryError, parameter: &str) -> ApiError {
        let problem = ApiError::new(StatusCode::BAD_REQUEST, self.part(), error.to_string());
        match error {
            QueryError::Malformed { reason } => problem.with_item(parameter, reason, "Query"),
            QueryError::TooLong { .. } => problem,
        }
    }

    fn unresolved(self, error: &UnknownProperty) -> ApiError {
        ApiError::new(StatusCode::BAD_REQUEST, self.part(), error.on(self.name()))
    }
}

/// The parsed query and sort order of a request.
struct ListQuery {
    kind: ListKind,
    query: Option<Query>,
    order: Option<OrderBy>,
}

impl ListQuery {
    fn parse(cx: &Context<'_>, kind: ListKind) -> Result<Self, ApiError> {
        let query = non_empty_parameter(cx, "query").map(Query::parse).transpose();
        let query = query.map_err(|error| kind.malformed(&error, "query"))?;
        let order = non_empty_parameter(cx, "orderBy").map(OrderBy::parse).transpose();
        let order = order.map_err(|error| kind.malformed(&error, "orderBy"))?;
        if let Some(query) = &query {
            query.resolve(kind.properties()).map_err(|error| kind.unresolved(&error))?;
        }
        if let Some(order) = &order {
            order.resolve(kind.properties()).map_err(|error| kind.unresolved(&error))?;
        }
        Ok(Self { kind, query, order })
    }

    fn needs_values(&self) -> bool {
        self.query.is_some() || self.order.is_some()
    }

    fn matches(&self, value: &Value) -> Result<bool, ApiError> {
        let matches = self.query.as_ref().map(|query| query.matches(value)).transpose();
        Ok(matches.map_err(|error| self.kind.unresolved(&error))?.unwrap_or(true))
    }

    fn compare(&self, a: &SortKey, b: &SortKey) -> Ordering {
        self.order.as_ref().map_or(Ordering::Equal, |order| order.compare_keys(a, b))
    }

    /// Only the sort key is kept while sorting, to save memory.
    fn sort_key(&self, value: &Value) -> SortKey {
        self.order.as_ref().map(|order| order.key(value)).unwrap_or_default()
    }

    /// All used properties in lower case.
    fn property_names(&self) -> Vec<String> {
        let mut property_names = Vec::new();
        let mut add = |property: &str| property_names.push(property.to_ascii_lowercase());
        if let Some(order) = &self.order {
            add(&order.property);
        }
        let mut parts: Vec<&Query> = self.query.iter().collect();
        while let Some(part) = parts.pop() {
            match part {
                Query::Compare(comparison) => add(&comparison.property),
                Query::All(more) | Query::Any(more) => parts.extend(more),
            }
        }
        property_names
    }
}

fn non_empty_parameter<'a>(cx: &Context<'a>, name: &str) -> Option<&'a str> {
    cx.request.parameter(name).map(str::trim).filter(|text| !text.is_empty())
}

/// Responds with a page of a list that is small enough to be built completely.
pub(crate) fn small<T: Serialize>(
    cx: &Context<'_>,
    all: impl Iterator<Item = T>,
    kind: ListKind,
) -> HandlerResult {
    let list_query = ListQuery::parse(cx, kind)?;
    let window = Window::parse(cx.request)?;
    let mut matching = Vec::new();
    for item in all {
        let value = if list_query.needs_values() { json(&item)? } else { Value::Null };
        if list_query.matches(&value)? {
            matching.push((item, list_query.sort_key(&value)));
        }
    }
    matching.sort_by(|a, b| list_query.compare(&a.1, &b.1));
    let results = window.cut(&matching).iter().map(|(item, _)| item).collect();
    let page = window.page(cx.request, results, matching.len());
    Ok(HandlerOutput { answer: Response::json(StatusCode::OK, &page)?, changes: Vec::new() })
}

/// Responds with a page of reads. Without a query, only the reads of the page are built.
pub(crate) fn reads<T: Serialize>(
    cx: &Context<'_>,
    all: History,
    wire: impl Fn(Dataset) -> T,
) -> HandlerResult {
    let window = Window::parse(cx.request)?;
    if ListQuery::parse(cx, ListKind::Dataset)?.needs_values() {
        return small(cx, all.map(wire), ListKind::Dataset);
    }
    let total = all.total();
    let (before, size) = window.span();
    let results = if before < total { all.skip(before).take(size).map(wire).collect() } else { Vec::new() };
    let page = window.page(cx.request, results, total);
    Ok(HandlerOutput { answer: Response::json(StatusCode::OK, &page)?, changes: Vec::new() })
}

fn json(item: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(item).map_err(|error| ApiError::internal(&error))
}

/// The companies of the requested page, the total number, and the page.
///
/// Without a query only the page is read. With one, the result is cached until the state changes, so that
/// reading all pages costs one search.
pub(crate) fn companies(cx: &Context<'_>) -> Result<(Vec<Slot>, usize, Window), ApiError> {
    let window = Window::parse(cx.request)?;
    let list_query = ListQuery::parse(cx, ListKind::Company)?;
    let tags = non_empty_parameter(cx, "tags").map(TagQuery::parse).transpose();
    let tags = tags.map_err(|error| ListKind::Company.malformed(&error, "tags"))?;
    let all = cx.state.world.slots();
    if !list_query.needs_values() && tags.is_none() {
        return Ok((window.cut(all).to_vec(), all.len(), window));
    }
    let key = Key {
        query: list_query.query.as_ref().map(Query::to_string),
        order: list_query.order.as_ref().map(OrderBy::to_string),
        tags: tags.as_ref().map(TagQuery::to_string),
        version: cx.state.world.version(),
        epoch: cx.state.epoch(),
    };
    let known = lock(cx.lists).get(&key);
    let found = match known {
        Some(found) => found,
        None => {
            let found = Arc::new(search(cx, &list_query, tags.as_ref())?);
            lock(cx.lists).put(key, Arc::clone(&found));
            found
        }
    };
    Ok((window.cut(&found).to_vec(), found.len(), window))
}

fn search(cx: &Context<'_>, list_query: &ListQuery, tags: Option<&TagQuery>) -> Result<Vec<Slot>, ApiError> {
    let property_names = list_query.property_names();
    let mut matching = Vec::new();
    for slot in cx.state.world.slots() {
        let Some(value) = candidate(cx, *slot, &property_names, tags)? else { continue };
        if list_query.matches(&value)? {
            matching.push((*slot, list_query.sort_key(&value)));
        }
    }
    matching.sort_by(|a, b| list_query.compare(&a.1, &b.1));
    Ok(matching.into_iter().map(|(slot, _)| slot).collect())
}

/// The company's JSON, or None if its tags do not match. It has only the fields that the query needs, because
/// the query runs over up to a million companies.
fn candidate(
    cx: &Context<'_>,
    slot: Slot,
    property_names: &[String],
    tags: Option<&TagQuery>,
) -> Result<Option<Value>, ApiError> {
    let within = |fields: &[&str]| property_names.iter().all(|property| fields.contains(&property.as_str()));
    if tags.is_none() && within(STATUS_PROPERTIES) {
        return json(&StatusesWire::new(cx.state.world.standing(slot).into_iter())).map(Some);
    }
    let Some(record) = cx.state.world.record(slot) else { return Ok(None) };
    if tags.is_some_and(|tags| !tags.matches(&record.tags)) {
        return Ok(None);
    }
    if within(SUMMARY_PROPERTIES) {
        return json(&SummaryWire::new(cx, slot, &record)).map(Some);
    }
    json(&wire::company(cx.state, slot, &record, cx.now)).map(Some)
}

/// The properties of [`StatusesWire`] in lower case.
const STATUS_PROPERTIES: &[&str] = &["dataconnections.status", "dataconnections.integrationkey"];

/// The properties of [`SummaryWire`] in lower case.
const SUMMARY_PROPERTIES: &[&str] = &[
    "id",
    "name",
    "description",
    "created",
    "createdbyusername",
    "lastsync",
    "dataconnections.status",
    "dataconnections.integrationkey",
];

/// The integrations and statuses of a company's connections.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusesWire<'a> {
    data_connections: Vec<ConnectionStatusWire<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionStatusWire<'a> {
    integration_key: &'a str,
    status: Status,
}

impl<'a> StatusesWire<'a> {
    fn new(standing: impl Iterator<Item = (&'a str, Status)>) -> Self {
        let brief = |(integration_key, status)| ConnectionStatusWire { integration_key, status };
        Self { data_connections: standing.map(brief).collect() }
    }
}

/// The fields that most queries use.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryWire<'a> {
    id: Uuid,
    name: &'a str,
    description: Option<&'a str>,
    created: String,
    created_by_user_name: Option<&'a str>,
    last_sync: Option<String>,
    #[serde(flatten)]
    standing: StatusesWire<'a>,
}

impl<'a> SummaryWire<'a> {
    fn new(cx: &Context<'_>, slot: Slot, record: &'a CompanyRecord) -> Self {
        Self {
            id: record.id,
            name: &record.name,
            description: record.description.as_deref(),
            created: time_format::whole_seconds(record.created),
            created_by_user_name: record.created_by.as_deref(),
            last_sync: wire::company_last_sync(cx.state, slot, record, cx.now)
                .map(time_format::with_fraction),
            standing: StatusesWire::new(record.connection_statuses()),
        }
    }
}

/// The cached body of a page of companies, if nothing has changed.
pub(crate) fn cached_page(cx: &Context<'_>) -> Option<Bytes> {
    let revision = cx.state.revision();
    let lists = lock(cx.lists);
    let is = |page: &&Page| page.revision == revision && page.target == cx.request.target;
    lists.pages.iter().find(is).map(|page| page.body.clone())
}

/// Caches a page of companies. One-time Link URLs and outages depend on the time; such pages are not cached.
pub(crate) fn cache_page(cx: &Context<'_>, body: &Bytes) {
    if cx.state.link.is_one_time() || !cx.state.reads.outages.is_empty() {
        return;
    }
    let (target, revision) = (cx.request.target.clone(), cx.state.revision());
    lock(cx.lists).put_page(Page { target, revision, body: body.clone() });
}
