//! Runs and items for the interface.

use codat::{CompanyId, ConnectionId};
use domain::{RunAct, RunCause, RunCounts, RunId, RunState};

use super::{codes, counts, item::ItemState};
use crate::{error::StoreError, sql, store::Store};

/// The maximum number of runs in one answer.
const MAX_RUNS: i64 = 100;
/// The maximum number of items in one answer.
const MAX_ITEMS: u32 = 1_000;

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    /// Its ID.
    pub id: RunId,
    /// Who requested it.
    pub cause: RunCause,
    /// What it does with each company.
    pub act: RunAct,
    /// Its label for the user.
    pub label: String,
    /// Its state.
    pub state: RunState,
    /// When it was created; milliseconds since 1970, UTC.
    pub created_at: i64,
    /// When its first request may go; milliseconds since 1970, UTC.
    pub starts_at: i64,
    /// The time over which its requests are spread, in milliseconds; 0 if they go as soon as possible.
    pub spread: i64,
    /// When it ended; milliseconds since 1970, UTC.
    pub ended_at: Option<i64>,
    /// The counts of its items.
    pub counts: RunCounts,
    /// The number of failed items that may be retried.
    pub can_retry: u32,
}

/// A page of a run's items in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsPage {
    /// The number of items in the requested states.
    pub total: u32,
    /// The page.
    pub rows: Vec<ItemRow>,
}

/// An item in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Its ID.
    pub id: i64,
    /// The company.
    pub company: CompanyId,
    /// The company's name. `None` if nothing is stored of it.
    pub name: Option<String>,
    /// Whether the company is stored.
    pub is_known: bool,
    /// The data type. `None`: all types that are fetched on first link.
    pub data_type: Option<String>,
    /// The connection.
    pub connection: Option<ConnectionId>,
    /// Its state.
    pub state: ItemState,
    /// When it was requested; milliseconds since 1970, UTC.
    pub sent_at: Option<i64>,
    /// When it reached its state; milliseconds since 1970, UTC.
    pub at: Option<i64>,
    /// Why it was skipped: `unlinked`, `gone`, `kept`, `tagged`.
    pub skipped: Option<String>,
    /// Why it failed, as the caller gave it.
    pub why: Option<String>,
    /// Whether a retry may succeed.
    pub can_retry: bool,
    /// For an item of all data types: whether each of them was checked.
    pub types: Option<DataTypeCheck>,
}

/// Whether the single data types of a read company were checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataTypeCheck {
    /// Each was checked in the history.
    Checked,
    /// The check is pending.
    Pending,
    /// They are not checked.
    NotChecked,
}

impl DataTypeCheck {
    pub(super) fn from_code(code: i64) -> Result<Self, StoreError> {
        match code {
            0 => Ok(Self::Checked),
            1 => Ok(Self::Pending),
            2 => Ok(Self::NotChecked),
            _ => Err(StoreError::unreadable("what is known of data types", &code)),
        }
    }
}

impl Store {
    /// The open runs and the newest ended ones, newest first, at most 100 of each.
    ///
    /// # Errors
    /// Database errors.
    pub async fn runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        let mut reader = self.database.readers().acquire().await?;
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: i64", cause AS "cause!: String", schedule AS "schedule?: i64",
                      label AS "label!: String", state AS "state!: i64", created_at AS "created_at!: i64",
                      starts_at AS "starts_at!: i64", spread AS "spread!: i64",
                      ended_at AS "ended_at?: i64", counts AS "counts?: String",
                      act AS "act?: String", tags AS "tags?: String",
                      (SELECT count(*) FROM run_items AS item
                       WHERE item.run = runs.id AND item.state = 5 AND item.can_retry = 1) AS "can_retry!: u32"
               FROM runs
               WHERE id IN (SELECT id FROM runs WHERE ended_at IS NULL ORDER BY id DESC LIMIT +?1)
                  OR id IN (SELECT id FROM runs WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT +?1)"#,
            MAX_RUNS
        )
        .fetch_all(&mut *reader)
        .await?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in rows {
            let saved = row.counts.as_deref().and_then(|text| serde_json::from_str(text).ok());
            let counts = match saved {
                Some(counts) => counts,
                None => counts::count_items(&mut reader, row.id).await?,
            };
            runs.push(RunSummary {
                id: RunId(row.id),
                cause: codes::parse_cause(&row.cause, row.schedule)?,
                act: codes::parse_act(row.act.as_deref(), row.tags.as_deref())?,
                label: row.label,
                state: codes::parse_state(row.state)?,
                created_at: row.created_at,
                starts_at: row.starts_at,
                spread: row.spread,
                ended_at: row.ended_at,
                counts,
                can_retry: row.can_retry,
            });
        }
        runs.sort_by_key(|run| (run.ended_at.is_some(), core::cmp::Reverse(run.id)));
        Ok(runs)
    }

    /// A page of a run's items in these states; all if empty. At most 1,000.
    ///
    /// # Errors
    /// Database errors.
    pub async fn run_items(
        &self,
        RunId(run): RunId,
        states: &[ItemState],
        offset: u32,
        limit: u32,
    ) -> Result<ItemsPage, StoreError> {
        let states = if states.is_empty() { &ItemState::ALL[..] } else { states };
        let states = sql::json_parameter(&states.iter().map(|state| state.code()).collect::<Vec<_>>())?;
        let limit = limit.min(MAX_ITEMS);
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "total!: u32" FROM run_items
               WHERE run = ?1 AND state IN (SELECT value FROM json_each(?2))"#,
            run,
            states
        )
        .fetch_one(self.database.readers())
        .await?;
        let rows = sqlx::query!(
            r#"SELECT item.id AS "id!: i64", item.company_id AS "company!: String",
                      coalesce(company.name, item.name) AS "name?: String",
                      company.id IS NOT NULL AS "is_known!: bool", item.data_type AS "data_type?: String",
                      item.connection_id AS "connection?: String", item.state AS "state!: i64",
                      item.sent_at AS "sent_at?: i64", item.at AS "at?: i64", item.skipped AS "skipped?: String",
                      item.why AS "why?: String", item.can_retry AS "can_retry!: bool",
                      item.types AS "types?: i64", run.ended_at IS NOT NULL AS "ended!: bool"
               FROM run_items AS item CROSS JOIN runs AS run ON run.id = item.run
               LEFT JOIN companies AS company ON company.id = item.company_id
               WHERE item.run = ?1 AND item.state IN (SELECT value FROM json_each(?2))
               ORDER BY item.id LIMIT +?3 OFFSET ?4"#,
            run,
            states,
            limit,
            offset
        )
        .fetch_all(self.database.readers())
        .await?;
        let rows = rows
            .into_iter()
            .map(|row| {
                Ok(ItemRow {
                    id: row.id,
                    company: sql::parse_id(&row.company)?,
                    name: row.name,
                    is_known: row.is_known,
                    data_type: row.data_type,
                    connection: row.connection.as_deref().map(sql::parse_id).transpose()?,
                    state: ItemState::from_code(row.state, row.ended)?,
                    sent_at: row.sent_at,
                    at: row.at,
                    skipped: row.skipped,
                    why: row.why,
                    can_retry: row.can_retry,
                    types: row.types.map(DataTypeCheck::from_code).transpose()?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(ItemsPage { total, rows })
    }
}
