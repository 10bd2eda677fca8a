//! Runs and their items as a screen shows them.

use codat::{CompanyId, ConnectionId};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use ts_rs::TS;

use super::{ItemState, RunCause};
use crate::{error::StoreError, record, store::Store};

/// The most runs of one answer.
const MOST_RUNS: i64 = 100;
/// The most items of one answer.
const MOST_ITEMS: u32 = 1_000;

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// It does.
    Running,
    /// A person paused it.
    Paused,
    /// Nothing more comes of it.
    Done,
    /// A person took back what was not asked for yet.
    Cancelled,
}

impl RunState {
    pub(crate) fn of(number: i64) -> Result<Self, StoreError> {
        match number {
            0 => Ok(Self::Running),
            1 => Ok(Self::Paused),
            2 => Ok(Self::Done),
            3 => Ok(Self::Cancelled),
            _ => Err(StoreError::unreadable("how a refresh stands", &number)),
        }
    }
}

/// How many items of a run stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RunCounts {
    /// To be asked for.
    pub waiting: u32,
    /// Asked for, or about to be; nothing is known of it.
    pub sent: u32,
    /// Codat took it; its reads have yet to end.
    pub queued: u32,
    /// Was being read already, and was not queued twice.
    pub running: u32,
    /// Its reads are complete.
    pub read: u32,
    /// It failed.
    pub failed: u32,
    /// It was left out, with a reason.
    pub skipped: u32,
    /// Taken back before it was asked for.
    pub cancelled: u32,
    /// Codat took it, and its end was not seen while the run was open.
    pub unseen: u32,
    /// Of those that are read: what became of their single data types is yet to be looked at.
    pub looking: u32,
}

impl RunCounts {
    /// All items.
    pub fn total(&self) -> u32 {
        let ended = self.running + self.read + self.failed + self.skipped + self.cancelled;
        self.waiting + self.sent + self.queued + self.unseen + ended
    }

    fn of(&mut self, state: ItemState) -> &mut u32 {
        match state {
            ItemState::Waiting => &mut self.waiting,
            ItemState::Sent => &mut self.sent,
            ItemState::Queued => &mut self.queued,
            ItemState::Running => &mut self.running,
            ItemState::Read => &mut self.read,
            ItemState::Failed => &mut self.failed,
            ItemState::Skipped => &mut self.skipped,
            ItemState::Cancelled => &mut self.cancelled,
            ItemState::Unseen => &mut self.unseen,
        }
    }
}

/// A run as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    /// Its number.
    pub id: i64,
    /// Who wants it.
    pub cause: RunCause,
    /// What a person reads of it.
    pub label: String,
    /// Whether it goes on.
    pub state: RunState,
    /// When it was written down.
    pub created_at: i64,
    /// When its first request may go.
    pub starts_at: i64,
    /// The time over which its requests are spread, in milliseconds; 0 if they go as soon as they may.
    pub spread: i64,
    /// When nothing more came of it.
    pub ended_at: Option<i64>,
    /// How its items stand.
    pub counts: RunCounts,
    /// How many that failed may be tried again.
    pub can_retry: u32,
}

/// A part of a run's items, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsPage {
    /// How many there are, of those asked for.
    pub total: u32,
    /// The part.
    pub rows: Vec<ItemRow>,
}

/// An item as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Its number.
    pub id: i64,
    /// Of which company.
    pub company: CompanyId,
    /// The company's name; none where it is no longer kept.
    pub name: Option<String>,
    /// Which data type; none: all that are fetched on first link.
    pub data_type: Option<String>,
    /// From which connection.
    pub connection: Option<ConnectionId>,
    /// Where it stands.
    pub state: ItemState,
    /// When it was asked for.
    pub sent_at: Option<i64>,
    /// When it came to where it stands.
    pub at: Option<i64>,
    /// Why it was left out: `unlinked`, `gone`.
    pub skipped: Option<String>,
    /// Why it failed, as it was given.
    pub why: Option<String>,
    /// Whether asking again may help.
    pub can_retry: bool,
    /// What is known of its single data types, of one that reads all of them.
    pub types: Option<Types>,
}

/// What is known of the single data types of a company that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Types {
    /// What became of each was seen.
    Seen,
    /// That is yet to be looked at.
    Looking,
    /// It was not looked at, and will not be.
    Unseen,
}

impl Types {
    fn of(number: i64) -> Result<Self, StoreError> {
        match number {
            0 => Ok(Self::Seen),
            1 => Ok(Self::Looking),
            2 => Ok(Self::Unseen),
            _ => Err(StoreError::unreadable("what is known of data types", &number)),
        }
    }
}

impl Store {
    /// The runs that have not ended, and the newest of those that have; newest first, at most 100
    /// of each.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        let mut reader = self.database.readers().acquire().await?;
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: i64", cause AS "cause!: String", schedule AS "schedule?: i64",
                      label AS "label!: String", state AS "state!: i64", created_at AS "created_at!: i64",
                      starts_at AS "starts_at!: i64", spread AS "spread!: i64",
                      ended_at AS "ended_at?: i64", counts AS "counts?: String",
                      (SELECT count(*) FROM run_items AS item
                       WHERE item.run = runs.id AND item.state = 5 AND item.can_retry = 1) AS "can_retry!: u32"
               FROM runs
               WHERE id IN (SELECT id FROM runs WHERE ended_at IS NULL ORDER BY id DESC LIMIT +?1)
                  OR id IN (SELECT id FROM runs WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT +?1)"#,
            MOST_RUNS
        )
        .fetch_all(&mut *reader)
        .await?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in rows {
            let kept = row.counts.as_deref().and_then(|text| serde_json::from_str(text).ok());
            let counts = match kept {
                Some(counts) => counts,
                None => counts(&mut reader, row.id).await?,
            };
            runs.push(RunSummary {
                id: row.id,
                cause: RunCause::of(&row.cause, row.schedule)?,
                label: row.label,
                state: RunState::of(row.state)?,
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

    /// A part of a run's items, those in these states alone; none given: all. At most 1,000.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn run_items(
        &self,
        run: i64,
        states: &[ItemState],
        offset: u32,
        limit: u32,
    ) -> Result<ItemsPage, StoreError> {
        let states = if states.is_empty() { &ItemState::ALL[..] } else { states };
        let states = record::json(&states.iter().map(|state| state.number()).collect::<Vec<_>>())?;
        let limit = limit.min(MOST_ITEMS);
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
                      company.name AS "name?: String", item.data_type AS "data_type?: String",
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
                    company: record::id(&row.company)?,
                    name: row.name,
                    data_type: row.data_type,
                    connection: row.connection.as_deref().map(record::id).transpose()?,
                    state: ItemState::of(row.state, row.ended)?,
                    sent_at: row.sent_at,
                    at: row.at,
                    skipped: row.skipped,
                    why: row.why,
                    can_retry: row.can_retry,
                    types: row.types.map(Types::of).transpose()?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(ItemsPage { total, rows })
    }
}

/// How a run's items stand.
pub(super) async fn counts(connection: &mut SqliteConnection, run: i64) -> Result<RunCounts, StoreError> {
    Ok(counts_and_rest(connection, run).await?.0)
}

/// How a run's items stand, and how many of its reads are not written down as items yet: those wait.
pub(super) async fn counts_and_rest(
    connection: &mut SqliteConnection,
    run: i64,
) -> Result<(RunCounts, u32), StoreError> {
    let rows = sqlx::query!(
        r#"SELECT run.ended_at IS NOT NULL AS "ended!: bool",
                  (SELECT coalesce(sum(many), 0) FROM run_rests WHERE run = ?1) AS "rest!: u32",
                  (SELECT count(*) FROM run_items WHERE run = ?1 AND types = 1) AS "looking!: u32",
                  of_state AS "state?: i64", items AS "many?: u32"
           FROM runs AS run
           LEFT JOIN (SELECT state AS of_state, count(*) AS items FROM run_items WHERE run = ?1 GROUP BY state)
           WHERE run.id = ?1"#,
        run
    )
    .fetch_all(connection)
    .await?;
    let (mut counts, mut rest) = (RunCounts::default(), 0);
    for row in rows {
        if let (Some(state), Some(many)) = (row.state, row.many) {
            *counts.of(ItemState::of(state, row.ended)?) += many;
        }
        rest = row.rest;
        counts.looking = if row.ended { 0 } else { row.looking };
    }
    counts.waiting += rest;
    Ok((counts, rest))
}
