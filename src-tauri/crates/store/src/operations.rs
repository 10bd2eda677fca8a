//! The operation histories of a company: reads and writes of its data.

use codat::{CompanyId, Item, Page, model::PullOperation, page::PageRequest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::SqliteConnection;

use crate::{error::StoreError, sql, store::Store};

/// The page size of requests for a history. Only an answer of at least this size updates the time of the history's
/// last request.
pub const HISTORY_PAGE: u32 = 100;

/// The kind of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Pull operations (§2.11).
    Read,
    /// Push operations (§2.16).
    Write,
}

/// A filter on a history.
#[derive(Debug, Clone, Default)]
pub struct OperationFilter {
    /// These data types; all if empty.
    pub data_types: Vec<String>,
    /// These statuses; all if empty.
    pub statuses: Vec<String>,
    /// Requested at or after this time.
    pub from: Option<Timestamp>,
    /// Requested before this time.
    pub until: Option<Timestamp>,
}

/// A part of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operations {
    /// The number of matches.
    pub total: u32,
    /// The operations' JSON, newest first.
    pub raw: Vec<String>,
}

/// The indexed fields of a write.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WriteOperation {
    push_operation_key: String,
    #[serde(default)]
    data_type: String,
    #[serde(deserialize_with = "codat::datetime::deserialize")]
    requested_on_utc: Timestamp,
    status: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct OperationRow {
    id: String,
    requested: i64,
    data_type: String,
    status: String,
    raw: String,
}

/// Parses a page. Returns the operations and the server's total. Unreadable operations are left out.
pub(crate) fn parse_page(
    kind: Kind,
    raw: &RawValue,
    page: &PageRequest,
) -> Result<(Vec<OperationRow>, u64), StoreError> {
    let unreadable = |why: String| StoreError::unreadable("a page of a history", &why);
    match kind {
        Kind::Read => {
            let page: Page<PullOperation> = Page::from_raw(raw, page).map_err(unreadable)?;
            Ok((page.results.into_iter().map(OperationRow::from_read).collect(), page.total_results))
        }
        Kind::Write => {
            let page: Page<WriteOperation> = Page::from_raw(raw, page).map_err(unreadable)?;
            Ok((page.results.into_iter().map(OperationRow::from_write).collect(), page.total_results))
        }
    }
}

/// Stores operations. Returns whether anything changed; an unchanged operation is not written.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    company: CompanyId,
    kind: Kind,
    rows: &[OperationRow],
) -> Result<bool, StoreError> {
    let (company, is_write, rows) = (company.to_string(), kind == Kind::Write, sql::json_parameter(&rows)?);
    let result = sqlx::query!(
        "INSERT INTO operations (id, company_id, is_write, requested, data_type, status, raw)
         SELECT value ->> 'id', ?1, ?2, value ->> 'requested', value ->> 'data_type', value ->> 'status',
                value ->> 'raw'
         FROM jsonb_each(?3) WHERE true
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, raw = excluded.raw
         WHERE raw <> excluded.raw",
        company,
        is_write,
        rows
    )
    .execute(connection)
    .await?;
    Ok(result.rows_affected() > 0)
}

impl OperationRow {
    fn from_read(item: Item<PullOperation>) -> Self {
        Self {
            id: item.value.id.to_string(),
            requested: item.value.requested.as_millisecond(),
            data_type: item.value.data_type,
            status: item.value.status.as_str().to_owned(),
            raw: item.raw.get().to_owned(),
        }
    }

    fn from_write(item: Item<WriteOperation>) -> Self {
        Self {
            id: item.value.push_operation_key,
            requested: item.value.requested_on_utc.as_millisecond(),
            data_type: item.value.data_type,
            status: item.value.status,
            raw: item.raw.get().to_owned(),
        }
    }
}

impl Store {
    /// A part of a company's history, newest first: at most `limit` from `offset` on.
    ///
    /// # Errors
    /// Database errors.
    pub async fn operations(
        &self,
        company: CompanyId,
        kind: Kind,
        filter: &OperationFilter,
        offset: u32,
        limit: u32,
    ) -> Result<Operations, StoreError> {
        let (company, is_write) = (company.to_string(), kind == Kind::Write);
        let (types, statuses) =
            (sql::json_parameter(&filter.data_types)?, sql::json_parameter(&filter.statuses)?);
        let from = filter.from.map_or(i64::MIN, Timestamp::as_millisecond);
        let until = filter.until.map_or(i64::MAX, Timestamp::as_millisecond);
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "total!: u32" FROM operations
               WHERE company_id = ?1 AND is_write = ?2 AND requested >= ?3 AND requested < ?4
                 AND (?5 = '[]' OR data_type IN (SELECT value FROM json_each(?5)))
                 AND (?6 = '[]' OR status IN (SELECT value FROM json_each(?6)))"#,
            company,
            is_write,
            from,
            until,
            types,
            statuses
        )
        .fetch_one(self.database.readers())
        .await?;
        let raw = sqlx::query_scalar!(
            r#"SELECT raw AS "raw!: String" FROM operations
               WHERE company_id = ?1 AND is_write = ?2 AND requested >= ?3 AND requested < ?4
                 AND (?5 = '[]' OR data_type IN (SELECT value FROM json_each(?5)))
                 AND (?6 = '[]' OR status IN (SELECT value FROM json_each(?6)))
               ORDER BY requested DESC, id LIMIT +?7 OFFSET ?8"#,
            company,
            is_write,
            from,
            until,
            types,
            statuses,
            limit,
            offset
        )
        .fetch_all(self.database.readers())
        .await?;
        Ok(Operations { total, raw })
    }
}
