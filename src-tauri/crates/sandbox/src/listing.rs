//! Lists: filtering, sorting and paging (§2.2 to §2.4).

use std::{cmp::Ordering, sync::Arc};

use bytes::Bytes;
use codat::query::{OrderBy, Query, QueryError, SortKey, TagQuery, UnknownProperty};
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    answer::{Answer, Part, Problem},
    context::{Context, Done, Outcome},
    list_cache::{Key, Page},
    lock::lock,
    paging::Window,
    read::{Dataset, History},
    record::{CompanyRecord, Slot, Status},
    stamp, wire,
};

/// The properties by which companies can be queried.
const COMPANY: &[&str] = &[
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
const CONNECTION: &[&str] = &[
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
const INTEGRATION: &[&str] = &[
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
const DATASET: &[&str] = &[
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
const PUSH: &[&str] = &[
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
pub(crate) enum Kind {
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

impl Kind {
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
            Self::Company => COMPANY,
            Self::Connection => CONNECTION,
            Self::Integration => INTEGRATION,
            Self::Dataset => DATASET,
            Self::Push => PUSH,
            Self::Record { properties, .. } => properties,
        }
    }

    fn part(self) -> Part {
        match self {
            Self::Company | Self::Connection | Self::Integration => Part::Clients,
            Self::Dataset => Part::Pull,
            Self::Push | Self::Record { .. } => Part::Public,
        }
    }

    fn malformed(self, error: &QueryError, parameter: &str) -> Problem {
        let problem = Problem::new(StatusCode::BAD_REQUEST, self.part(), error.to_string());
        match error {
            QueryError::Malformed { reason } => problem.with_item(parameter, reason, "Query"),
            QueryError::TooLong { .. } => problem,
        }
    }

    fn unresolved(self, error: &UnknownProperty) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, self.part(), error.on(self.name()))
    }
}

/// The parsed query and sort order of a request.
struct Ask {
    kind: Kind,
    query: Option<Query>,
    order: Option<OrderBy>,
}

impl Ask {
    fn of(cx: &Context<'_>, kind: Kind) -> Result<Self, Problem> {
        let query = said(cx, "query").map(Query::parse).transpose();
        let query = query.map_err(|error| kind.malformed(&error, "query"))?;
        let order = said(cx, "orderBy").map(OrderBy::parse).transpose();
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

    fn keeps(&self, value: &Value) -> Result<bool, Problem> {
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
    fn asked(&self) -> Vec<String> {
        let mut asked = vec![];
        let mut add = |property: &str| asked.push(property.to_ascii_lowercase());
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
        asked
    }
}

fn said<'a>(cx: &Context<'a>, name: &str) -> Option<&'a str> {
    cx.request.parameter(name).map(str::trim).filter(|text| !text.is_empty())
}

/// Responds with a page of a list that is small enough to be built completely.
pub(crate) fn small<T: Serialize>(cx: &Context<'_>, all: impl Iterator<Item = T>, kind: Kind) -> Outcome {
    let ask = Ask::of(cx, kind)?;
    let window = Window::of(cx.request)?;
    let mut kept = vec![];
    for item in all {
        let value = if ask.needs_values() { json(&item)? } else { Value::Null };
        if ask.keeps(&value)? {
            kept.push((item, ask.sort_key(&value)));
        }
    }
    kept.sort_by(|a, b| ask.compare(&a.1, &b.1));
    let results = window.cut(&kept).iter().map(|(item, _)| item).collect();
    let page = window.page(cx.request, results, kept.len());
    Ok(Done { answer: Answer::json(StatusCode::OK, &page)?, changes: vec![] })
}

/// Responds with a page of reads. Without a query, only the reads of the page are built.
pub(crate) fn reads<T: Serialize>(cx: &Context<'_>, all: History, wire: impl Fn(Dataset) -> T) -> Outcome {
    let window = Window::of(cx.request)?;
    if Ask::of(cx, Kind::Dataset)?.needs_values() {
        return small(cx, all.map(wire), Kind::Dataset);
    }
    let total = all.total();
    let (before, size) = window.span();
    let results = if before < total { all.skip(before).take(size).map(wire).collect() } else { vec![] };
    let page = window.page(cx.request, results, total);
    Ok(Done { answer: Answer::json(StatusCode::OK, &page)?, changes: vec![] })
}

fn json(item: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(item).map_err(|error| Problem::broken(&error))
}

/// The companies of the requested page, the total number, and the page.
///
/// Without a query only the page is read. With one, the result is cached until the state changes, so that
/// reading all pages costs one search.
pub(crate) fn companies(cx: &Context<'_>) -> Result<(Vec<Slot>, usize, Window), Problem> {
    let window = Window::of(cx.request)?;
    let ask = Ask::of(cx, Kind::Company)?;
    let tags = said(cx, "tags").map(TagQuery::parse).transpose();
    let tags = tags.map_err(|error| Kind::Company.malformed(&error, "tags"))?;
    let all = cx.state.world.slots();
    if !ask.needs_values() && tags.is_none() {
        return Ok((window.cut(all).to_vec(), all.len(), window));
    }
    let key = Key {
        query: ask.query.as_ref().map(Query::to_string),
        order: ask.order.as_ref().map(OrderBy::to_string),
        tags: tags.as_ref().map(TagQuery::to_string),
        version: cx.state.world.version(),
        epoch: cx.state.epoch(),
    };
    let known = lock(cx.lists).get(&key);
    let found = match known {
        Some(found) => found,
        None => {
            let found = Arc::new(search(cx, &ask, tags.as_ref())?);
            lock(cx.lists).put(key, Arc::clone(&found));
            found
        }
    };
    Ok((window.cut(&found).to_vec(), found.len(), window))
}

fn search(cx: &Context<'_>, ask: &Ask, tags: Option<&TagQuery>) -> Result<Vec<Slot>, Problem> {
    let asked = ask.asked();
    let mut kept = vec![];
    for slot in cx.state.world.slots() {
        let Some(value) = candidate(cx, *slot, &asked, tags)? else { continue };
        if ask.keeps(&value)? {
            kept.push((*slot, ask.sort_key(&value)));
        }
    }
    kept.sort_by(|a, b| ask.compare(&a.1, &b.1));
    Ok(kept.into_iter().map(|(slot, _)| slot).collect())
}

/// The company's JSON, or None if its tags do not match. It has only the fields that the query needs, because
/// the query runs over up to a million companies.
fn candidate(
    cx: &Context<'_>,
    slot: Slot,
    asked: &[String],
    tags: Option<&TagQuery>,
) -> Result<Option<Value>, Problem> {
    let within = |fields: &[&str]| asked.iter().all(|property| fields.contains(&property.as_str()));
    if tags.is_none() && within(STANDING) {
        return json(&StandingWire::of(cx.state.world.standing(slot).into_iter())).map(Some);
    }
    let Some(record) = cx.state.world.record(slot) else { return Ok(None) };
    if tags.is_some_and(|tags| !tags.matches(&record.tags)) {
        return Ok(None);
    }
    if within(CHEAP) {
        return json(&CheapWire::of(cx, slot, &record)).map(Some);
    }
    json(&wire::company(cx.state, slot, &record, cx.now)).map(Some)
}

/// The properties of [`StandingWire`] in lower case.
const STANDING: &[&str] = &["dataconnections.status", "dataconnections.integrationkey"];

/// The properties of [`CheapWire`] in lower case.
const CHEAP: &[&str] = &[
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
struct StandingWire<'a> {
    data_connections: Vec<BriefWire<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BriefWire<'a> {
    integration_key: &'a str,
    status: Status,
}

impl<'a> StandingWire<'a> {
    fn of(standing: impl Iterator<Item = (&'a str, Status)>) -> Self {
        let brief = |(integration_key, status)| BriefWire { integration_key, status };
        Self { data_connections: standing.map(brief).collect() }
    }
}

/// The fields that most queries use.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheapWire<'a> {
    id: Uuid,
    name: &'a str,
    description: Option<&'a str>,
    created: String,
    created_by_user_name: Option<&'a str>,
    last_sync: Option<String>,
    #[serde(flatten)]
    standing: StandingWire<'a>,
}

impl<'a> CheapWire<'a> {
    fn of(cx: &Context<'_>, slot: Slot, record: &'a CompanyRecord) -> Self {
        Self {
            id: record.id,
            name: &record.name,
            description: record.description.as_deref(),
            created: stamp::seconds(record.created),
            created_by_user_name: record.created_by.as_deref(),
            last_sync: wire::company_last_sync(cx.state, slot, record, cx.now).map(stamp::precise),
            standing: StandingWire::of(record.standing()),
        }
    }
}

/// The cached body of a page of companies, if nothing has changed.
pub(crate) fn kept_page(cx: &Context<'_>) -> Option<Bytes> {
    let revision = cx.state.revision();
    let lists = lock(cx.lists);
    let is = |page: &&Page| page.revision == revision && page.target == cx.request.target;
    lists.pages.iter().find(is).map(|page| page.body.clone())
}

/// Caches a page of companies. One-time Link URLs and outages depend on the time; such pages are not cached.
pub(crate) fn keep_page(cx: &Context<'_>, body: &Bytes) {
    if cx.state.link.is_one_time() || !cx.state.reads.outages.is_empty() {
        return;
    }
    let (target, revision) = (cx.request.target.clone(), cx.state.revision());
    lock(cx.lists).put_page(Page { target, revision, body: body.clone() });
}
