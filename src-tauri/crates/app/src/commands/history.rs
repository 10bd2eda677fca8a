//! The history of a company: reads from its sources and writes to them (§1.6).

mod filter;
mod findings;
mod row;

use std::collections::BTreeSet;

use codat::{
    CompanyId, Topic,
    data::DataType,
    model::{PullOperation, PushOperation},
    page::PageRequest,
};
use engine::RefreshDataType;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{HISTORY_PAGE, OperationFilter, OperationKind};
use ts_rs::TS;

pub(crate) use filter::{HistoryFilter, HistoryStatus};
pub(crate) use findings::{Findings, FindingsRequest};
pub(crate) use row::{HistoryRow, advice, status_words, type_name};
use row::{read_row, write_row};

use super::{
    Nothing,
    acts::{check_linked, run_act},
    company_id,
};
use crate::{
    app::App,
    error::{Code, WireError},
    fetch::{checked_at, company, fetch},
    open_workspace::OpenWorkspace,
    wire::millis,
};

/// The maximum number of rows in one answer.
const MAX_ROWS: u32 = 5_000;
/// The number of IDs in one query, which must be shorter than 2,048 characters (§2.3).
const IDS_PER_QUERY: usize = 35;
/// The maximum number of unfinished operations that are loaded by ID.
const MAX_UNFINISHED: u32 = 200;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryRequest {
    pub filter: HistoryFilter,
    /// The index of the first row.
    pub offset: u32,
    /// The number of rows, at most 5,000.
    pub limit: u32,
}

/// A page of a history to load.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryLoad {
    pub filter: HistoryFilter,
    /// The page number from 1, with 100 operations per page.
    pub page: u32,
}

/// The result of loading a page.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct HistoryLoaded {
    /// Whether there may be a next page.
    pub more: bool,
    /// The time of the last operation on the page. None if this was the last page.
    pub to: Option<i64>,
}

/// A part of the stored history, newest first.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryPage {
    /// The number of matching stored operations.
    pub total: u32,
    /// The number of matching operations at the server. None if unknown.
    #[ts(type = "number | null")]
    pub at_server: Option<u64>,
    /// The number of running operations, including those that do not match.
    pub running: u32,
    /// The number of stored operations that failed, including those that do not match.
    pub failed: u32,
    pub rows: Vec<HistoryRow>,
    /// The filter choices.
    pub data_types: Vec<Choice>,
    /// When the newest page was last loaded. None: never.
    pub as_of: Option<i64>,
}

/// A choice in a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Choice {
    pub key: String,
    /// The displayed name.
    pub name: String,
}

/// A data type to read again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshTypeRequest {
    pub company: String,
    pub data_type: String,
    /// The ID of a connection. None: Codat chooses it.
    pub connection: Option<String>,
}

impl App {
    /// A part of the stored history.
    pub(crate) async fn history(&self, request: HistoryRequest) -> Result<HistoryPage, WireError> {
        let id = company_id(&request.filter.company)?;
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let record = company(&store, id).await?;
        let kind = request.filter.kind();
        let limit = request.limit.min(MAX_ROWS);
        let count = async |status: HistoryStatus| {
            let found = store.operations(id, kind, &status.filter(kind), 0, 0).await?;
            Ok::<_, WireError>(found.total)
        };
        let found =
            store.operations(id, kind, &request.filter.to_store_filter(), request.offset, limit).await?;
        let now = workspace.now();
        let first =
            |query| topic(kind, id, PageRequest { page: 1, page_size: HISTORY_PAGE, query, order_by: None });
        let cached = store.cached_answer(&first(None)).await?;
        let rows = found.raw.iter().filter_map(|raw| match kind {
            OperationKind::Read => serde_json::from_str(raw).ok().map(|read| read_row(read, &record, now)),
            OperationKind::Write => serde_json::from_str(raw).ok().map(|write| write_row(write, &record)),
        });
        Ok(HistoryPage {
            total: found.total,
            at_server: store.history_total(&first(request.filter.query())).await?,
            running: count(HistoryStatus::Running).await?,
            failed: count(HistoryStatus::Failed).await?,
            rows: rows.collect(),
            data_types: DataType::all().map(|it| choice(it.key, it.name)).collect(),
            as_of: cached.as_ref().and_then(checked_at).map(millis),
        })
    }

    /// Loads a page of the history from the server.
    pub(crate) async fn load_history(&self, load: HistoryLoad) -> Result<HistoryLoaded, WireError> {
        let id = company_id(&load.filter.company)?;
        let workspace = self.command_workspace().await;
        let page = PageRequest {
            page: load.page.max(1),
            page_size: HISTORY_PAGE,
            query: load.filter.query(),
            order_by: Some(load.filter.order().to_owned()),
        };
        let number = page.page;
        fetch(&workspace, topic(load.filter.kind(), id, page)).await?;
        if number == 1 {
            fetch_unfinished(&workspace, id, &load.filter).await?;
        }
        let store = workspace.store()?;
        let stored_count =
            store.operations(id, load.filter.kind(), &load.filter.to_store_filter(), 0, 0).await?.total;
        // If fewer operations are stored than this many full pages have, this was the last page.
        let last = number.saturating_mul(HISTORY_PAGE);
        let found =
            store.operations(id, load.filter.kind(), &load.filter.to_store_filter(), last - 1, 1).await?;
        let to = found.raw.first().and_then(|raw| requested_at(load.filter.kind(), raw)).map(millis);
        Ok(HistoryLoaded { more: stored_count >= last, to })
    }

    /// Starts a read of one data type.
    pub(crate) async fn refresh_type(&self, request: RefreshTypeRequest) -> Result<Nothing, WireError> {
        let company = company_id(&request.company)?;
        let connection = request.connection.map(|text| text.parse()).transpose();
        let connection =
            connection.map_err(|_| WireError::new(Code::BadArguments, "This isn’t a connection ID."))?;
        let data_type = request.data_type;
        let workspace = self.command_workspace().await;
        check_linked(&workspace, company).await?;
        let refresh = RefreshDataType { company, data_type: data_type.clone(), connection };
        run_act(&workspace, Some(company), "refreshType", &data_type, refresh).await?;
        Ok(Nothing {})
    }
}

/// When an operation was requested.
fn requested_at(kind: OperationKind, raw: &str) -> Option<Timestamp> {
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

/// Loads unfinished operations by ID if the newest page did not contain them, so that their end is not missed.
async fn fetch_unfinished(
    workspace: &OpenWorkspace,
    company: CompanyId,
    filter: &HistoryFilter,
) -> Result<(), WireError> {
    let (store, kind) = (workspace.store()?, filter.kind());
    let ids = async |operations: &OperationFilter, limit: u32| -> Result<BTreeSet<String>, WireError> {
        let found = store.operations(company, kind, operations, 0, limit).await?;
        Ok(found.raw.iter().filter_map(|raw| operation_id(kind, raw)).collect())
    };
    let listed = match kind {
        // The engine polls the running reads of the newest page, whatever the filter was.
        OperationKind::Read => ids(&OperationFilter::default(), HISTORY_PAGE).await?,
        OperationKind::Write if filter.query().is_none() => {
            ids(&OperationFilter::default(), HISTORY_PAGE).await?
        }
        // Finished writes do not match this filter, so the page says nothing about unfinished ones.
        OperationKind::Write => BTreeSet::new(),
    };
    let running = ids(&HistoryStatus::Running.filter(kind), MAX_UNFINISHED).await?;
    let property = match kind {
        OperationKind::Read => "id",
        OperationKind::Write => "pushOperationKey",
    };
    let missing: Vec<String> = running.difference(&listed).map(|id| format!("{property}={id}")).collect();
    for named in missing.chunks(IDS_PER_QUERY) {
        let page =
            PageRequest { page: 1, page_size: HISTORY_PAGE, query: Some(named.join("||")), order_by: None };
        fetch(workspace, topic(kind, company, page)).await?;
    }
    Ok(())
}

fn operation_id(kind: OperationKind, raw: &str) -> Option<String> {
    Some(match kind {
        OperationKind::Read => serde_json::from_str::<PullOperation>(raw).ok()?.id.to_string(),
        OperationKind::Write => {
            serde_json::from_str::<PushOperation>(raw).ok()?.push_operation_key.to_string()
        }
    })
}

pub(crate) fn choice(key: &str, name: &str) -> Choice {
    Choice { key: key.to_owned(), name: name.to_owned() }
}

pub(crate) fn unreadable(why: impl std::fmt::Display) -> WireError {
    WireError::new(Code::Unreadable, "We couldn’t read Codat’s answer. We stored it unchanged.")
        .with_detail(why.to_string())
}
