//! The histories of a company: what was read from its sources, and what was written to them (§1.6).

mod filter;
mod findings;
mod row;

use std::collections::BTreeSet;

use codat::{
    CompanyId, Topic,
    data::DataType,
    model::{DatasetStatus, PullOperation, PushOperation, PushStatus},
    page::PageRequest,
};
use engine::Act;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{HISTORY_PAGE, OperationFilter, OperationKind};
use ts_rs::TS;

pub(crate) use filter::HistoryFilter;
use filter::running;
pub(crate) use findings::{Findings, FindingsRequest};
pub(crate) use row::{HistoryRow, advice, type_name, words};
use row::{of_read, of_write};

use super::{
    Nothing,
    acts::{act, has_something_linked},
    company_id,
};
use crate::{
    app::App,
    clock,
    convert::millis,
    desk::Desk,
    error::{Code, WireError},
    fetch::{asked_at, company, fetch},
};

/// The most rows of one answer.
const MOST_ROWS: u32 = 5_000;
/// Operations that one question can name: a query has less than 2,048 characters (§2.3).
const NAMED: usize = 35;
/// The most operations whose end is asked for by name.
const MOST_NAMED: u32 = 200;

/// A part of a history.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryRequest {
    /// Of which.
    pub filter: HistoryFilter,
    /// Where to begin.
    pub offset: u32,
    /// How many, at most 5,000.
    pub limit: u32,
}

/// A page of a history to be fetched.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryLoad {
    /// Of which.
    pub filter: HistoryFilter,
    /// From 1; a page has 100.
    pub page: u32,
}

/// What came of fetching a page.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct HistoryLoaded {
    /// Whether there may be more behind it.
    pub more: bool,
    /// When the last of it was asked for; none where it was the last page of all.
    pub to: Option<i64>,
}

/// A part of a history, newest first, as it is kept.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryPage {
    /// How many match of what is kept.
    pub total: u32,
    /// How many match at the server, as it last said; none: not known.
    #[ts(type = "number | null")]
    pub at_server: Option<u64>,
    /// How many still run, also of those that do not match.
    pub running: u32,
    /// The part.
    pub rows: Vec<HistoryRow>,
    /// What can be filtered by.
    pub data_types: Vec<Choice>,
    /// What can be filtered by.
    pub statuses: Vec<Choice>,
    /// When the server was last asked for its newest; none: never.
    pub as_of: Option<i64>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Choice {
    /// Its key.
    pub key: String,
    /// Its name for people.
    pub name: String,
}

/// A type to be read again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshTypeRequest {
    /// The company.
    pub company: String,
    /// The data type's key.
    pub data_type: String,
    /// From this connection; none: wherever Codat finds it.
    pub connection: Option<String>,
}

impl App {
    /// A part of a history as it is kept.
    pub(crate) async fn history(&self, request: HistoryRequest) -> Result<HistoryPage, WireError> {
        let id = company_id(&request.filter.company)?;
        let store = self.desk().await.store()?;
        let record = company(&store, id).await?;
        let kind = request.filter.kind();
        let limit = request.limit.min(MOST_ROWS);
        let found = store.operations(id, kind, &request.filter.of_store(), request.offset, limit).await?;
        let now = clock::now();
        let first =
            |query| topic(kind, id, PageRequest { page: 1, page_size: HISTORY_PAGE, query, order_by: None });
        let said = store.said(&first(None)).await?;
        let rows = found.raw.iter().filter_map(|raw| match kind {
            OperationKind::Read => serde_json::from_str(raw).ok().map(|read| of_read(read, &record, now)),
            OperationKind::Write => serde_json::from_str(raw).ok().map(|write| of_write(write, &record)),
        });
        Ok(HistoryPage {
            total: found.total,
            at_server: store.history_total(&first(request.filter.query())).await?,
            running: store.operations(id, kind, &running(kind), 0, 0).await?.total,
            rows: rows.collect(),
            data_types: DataType::all().map(|it| choice(it.key, it.name)).collect(),
            statuses: statuses(kind),
            as_of: said.as_ref().and_then(asked_at).map(millis),
        })
    }

    /// Fetches a page of a history from the server.
    pub(crate) async fn load_history(&self, load: HistoryLoad) -> Result<HistoryLoaded, WireError> {
        let id = company_id(&load.filter.company)?;
        let desk = self.desk().await;
        let page = PageRequest {
            page: load.page.max(1),
            page_size: HISTORY_PAGE,
            query: load.filter.query(),
            order_by: Some(load.filter.order().to_owned()),
        };
        let number = page.page;
        fetch(&desk, topic(load.filter.kind(), id, page)).await?;
        if number == 1 {
            fetch_left_behind(&desk, id, &load.filter).await?;
        }
        let store = desk.store()?;
        let kept = store.operations(id, load.filter.kind(), &load.filter.of_store(), 0, 0).await?.total;
        // Where fewer are kept than so many full pages hold, this one was the last.
        let last = number.saturating_mul(HISTORY_PAGE);
        let found = store.operations(id, load.filter.kind(), &load.filter.of_store(), last - 1, 1).await?;
        let to = found.raw.first().and_then(|raw| requested(load.filter.kind(), raw)).map(millis);
        Ok(HistoryLoaded { more: kept >= last, to })
    }

    /// Has one data type read again.
    pub(crate) async fn refresh_type(&self, request: RefreshTypeRequest) -> Result<Nothing, WireError> {
        let company = company_id(&request.company)?;
        let connection = request.connection.map(|text| text.parse()).transpose();
        let connection = connection
            .map_err(|_| WireError::new(Code::BadArguments, "That is not the ID of a connection."))?;
        let data_type = request.data_type;
        let desk = self.desk().await;
        has_something_linked(&desk, company).await?;
        let refresh = Act::RefreshType { company, data_type: data_type.clone(), connection };
        act(&desk, Some(company), "refreshType", &data_type, refresh).await?;
        Ok(Nothing {})
    }
}

/// When an operation was asked for.
fn requested(kind: OperationKind, raw: &str) -> Option<Timestamp> {
    match kind {
        OperationKind::Read => Some(serde_json::from_str::<PullOperation>(raw).ok()?.requested),
        OperationKind::Write => Some(serde_json::from_str::<PushOperation>(raw).ok()?.requested_on_utc),
    }
}

fn topic(kind: OperationKind, company: CompanyId, page: PageRequest) -> Topic {
    match kind {
        OperationKind::Read => Topic::Reads(company, page),
        OperationKind::Write => Topic::Writes(company, page),
    }
}

/// Asks by name for operations that ran when they were last heard of and that the newest page cannot have told
/// of: how they ended is not missed.
async fn fetch_left_behind(desk: &Desk, company: CompanyId, asked: &HistoryFilter) -> Result<(), WireError> {
    let (store, kind) = (desk.store()?, asked.kind());
    let ids = async |filter: &OperationFilter, limit: u32| -> Result<BTreeSet<String>, WireError> {
        let found = store.operations(company, kind, filter, 0, limit).await?;
        Ok(found.raw.iter().filter_map(|raw| id_of(kind, raw)).collect())
    };
    let told = match kind {
        // The engine follows what runs of the newest, whatever the page was filtered by.
        OperationKind::Read => ids(&OperationFilter::default(), HISTORY_PAGE).await?,
        OperationKind::Write if asked.query().is_none() => {
            ids(&OperationFilter::default(), HISTORY_PAGE).await?
        }
        // A write that ended no longer is what was asked for.
        OperationKind::Write => BTreeSet::new(),
    };
    let running = ids(&running(kind), MOST_NAMED).await?;
    let property = match kind {
        OperationKind::Read => "id",
        OperationKind::Write => "pushOperationKey",
    };
    let left: Vec<String> = running.difference(&told).map(|id| format!("{property}={id}")).collect();
    for named in left.chunks(NAMED) {
        let page =
            PageRequest { page: 1, page_size: HISTORY_PAGE, query: Some(named.join("||")), order_by: None };
        fetch(desk, topic(kind, company, page)).await?;
    }
    Ok(())
}

fn id_of(kind: OperationKind, raw: &str) -> Option<String> {
    Some(match kind {
        OperationKind::Read => serde_json::from_str::<PullOperation>(raw).ok()?.id.to_string(),
        OperationKind::Write => {
            serde_json::from_str::<PushOperation>(raw).ok()?.push_operation_key.to_string()
        }
    })
}

fn statuses(kind: OperationKind) -> Vec<Choice> {
    match kind {
        OperationKind::Read => {
            DatasetStatus::KNOWN.iter().map(|it| choice(it.as_str(), &words(it.as_str()))).collect()
        }
        OperationKind::Write => {
            PushStatus::KNOWN.iter().map(|it| choice(it.as_str(), &words(it.as_str()))).collect()
        }
    }
}

pub(crate) fn choice(key: &str, name: &str) -> Choice {
    Choice { key: key.to_owned(), name: name.to_owned() }
}

pub(crate) fn unreadable(why: impl std::fmt::Display) -> WireError {
    WireError::new(Code::Unreadable, "What Codat said of this cannot be read. It was kept as it is.")
        .with_detail(why.to_string())
}
