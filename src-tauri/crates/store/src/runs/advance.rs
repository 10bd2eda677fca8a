//! One step of a run: store the results of items, and mark the next ones as sent.

use codat::{CompanyId, ConnectionId};
use domain::{ItemId, OpenRun, ReadRequest, RunAct, RunId, RunProgress, SentItem, TakeRequest};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{
    changes, codes, counts,
    item::{Candidate, ItemResult, ItemState},
    origin_updates, pending_reads,
};
use crate::{database::begin, error::StoreError, sql, store::Store};

/// A read that was requested longer ago no longer counts as running.
pub(super) const RUNNING_TIMEOUT: SignedDuration = SignedDuration::from_mins(30);

/// The result of an item. The field names are JSON keys of the statement.
#[derive(Serialize)]
struct ResultRow<'a> {
    id: i64,
    state: i64,
    tried: bool,
    not_before: Option<i64>,
    why: Option<&'a str>,
    can_retry: bool,
}

/// A taken item. The field names are JSON keys of the statement.
#[derive(Serialize)]
struct TakenRow {
    id: i64,
    state: i64,
    key: Option<String>,
    was_read: Option<i64>,
    skipped: Option<&'static str>,
}

impl Store {
    /// Stores the results of items and marks the next ones as sent, in one transaction. Requests may go only
    /// afterwards. Also turns some pending reads into items.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
    pub async fn advance_run(
        &self,
        RunId(run): RunId,
        results: &[ItemResult],
        take: Option<&TakeRequest>,
        now: Timestamp,
    ) -> Result<RunProgress, StoreError> {
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        write_results(&mut transaction, run, results, now).await?;
        let (mut taken, mut next_at) = (Vec::new(), None);
        if let Some(take) = take.filter(|take| !take.keys.is_empty()) {
            let candidates = waiting_items(&mut transaction, run, take, now).await?;
            let rows: Vec<_> =
                candidates.iter().zip(&take.keys).map(|(candidate, key)| candidate.row(*key)).collect();
            write_taken(&mut transaction, &rows, now).await?;
            taken.extend(
                candidates
                    .into_iter()
                    .zip(&take.keys)
                    .filter_map(|(candidate, key)| candidate.into_sent(*key, now)),
            );
            if rows.is_empty() {
                next_at = earliest_start(&mut transaction, run, now).await?;
            }
        }
        let (mut counts, mut pending_reads) =
            counts::count_items_and_pending_reads(&mut transaction, run).await?;
        if pending_reads > 0 {
            pending_reads::expand_next_chunk(&mut transaction, run, now).await?;
            (counts, pending_reads) = counts::count_items_and_pending_reads(&mut transaction, run).await?;
        }
        transaction.commit().await?;
        Ok(RunProgress { id: RunId(run), taken, counts, pending_reads, next_at })
    }

    /// The open runs, with their items that are sent and have no result.
    ///
    /// # Errors
    /// Database errors.
    pub async fn open_runs(&self) -> Result<Vec<OpenRun>, StoreError> {
        let mut reader = self.database.readers().acquire().await?;
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: i64", cause AS "cause!: String", schedule AS "schedule?: i64",
                      state AS "state!: i64", starts_at AS "starts_at!: i64", spread AS "spread!: i64",
                      act AS "act?: String", tags AS "tags?: String"
               FROM runs WHERE ended_at IS NULL ORDER BY id"#
        )
        .fetch_all(&mut *reader)
        .await?;
        let mut open = Vec::with_capacity(rows.len());
        for row in rows {
            let (counts, pending_reads) = counts::count_items_and_pending_reads(&mut reader, row.id).await?;
            open.push(OpenRun {
                id: RunId(row.id),
                cause: codes::parse_cause(&row.cause, row.schedule)?,
                act: codes::parse_act(row.act.as_deref(), row.tags.as_deref())?,
                state: codes::parse_state(row.state)?,
                starts_at: sql::timestamp(row.starts_at),
                spread: SignedDuration::from_millis(row.spread),
                counts,
                pending_reads,
                sent: sent_items(&mut reader, row.id).await?,
            });
        }
        Ok(open)
    }
}

impl Candidate {
    fn row(&self, key: Uuid) -> TakenRow {
        let (state, skipped) = self.next;
        TakenRow {
            id: self.id,
            state: state.code(),
            key: (state == ItemState::Sent).then(|| key.to_string()),
            was_read: self.was_read,
            skipped,
        }
    }

    fn into_sent(self, key: Uuid, now: Timestamp) -> Option<SentItem> {
        (self.next.0 == ItemState::Sent).then(|| SentItem {
            id: ItemId(self.id),
            read: self.read,
            key,
            sent_at: sql::round_to_millis(now),
            tries: self.tries,
        })
    }
}

async fn write_results(
    connection: &mut SqliteConnection,
    run: i64,
    results: &[ItemResult],
    now: Timestamp,
) -> Result<(), StoreError> {
    if results.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = results
        .iter()
        .map(|result| ResultRow {
            id: result.id.0,
            state: result.state.code(),
            tried: result.tried,
            not_before: result.not_before.map(Timestamp::as_millisecond),
            why: result.why.as_deref(),
            can_retry: result.can_retry,
        })
        .collect();
    let (rows, now) = (sql::json_parameter(&rows)?, now.as_millisecond());
    // An item that would wait again in a cancelled run is cancelled.
    let ended = sqlx::query!(
        r#"UPDATE run_items SET
             state = CASE WHEN ends.value ->> 'state' = 0
                           AND (SELECT run.state FROM runs AS run WHERE run.id = ?1) = 3
                          THEN 7
                          WHEN run_items.types = 1 AND ends.value ->> 'state' = 2 THEN 4
                          ELSE ends.value ->> 'state' END,
             types = CASE WHEN data_type IS NULL AND ends.value ->> 'state' IN (4, 5) THEN 0 ELSE types END,
             tries = tries + (ends.value ->> 'tried'), not_before = ends.value ->> 'not_before',
             why = ends.value ->> 'why', can_retry = ends.value ->> 'can_retry', at = ?3
         FROM jsonb_each(?2) AS ends
         WHERE run_items.id = ends.value ->> 'id' AND +run_items.run = ?1
           AND (+run_items.state IN (1, 2) OR +run_items.types = 1)
         RETURNING id AS "id!: i64", (SELECT cause FROM runs WHERE id = run) AS "cause!: String""#,
        run,
        rows,
        now
    )
    .fetch_all(&mut *connection)
    .await?;
    let items: Vec<_> = ended.iter().map(|item| item.id).collect();
    origin_updates::items_ended(connection, ended.first().map(|item| item.cause.as_str()), &items, now).await
}

/// What a run does.
async fn run_act(connection: &mut SqliteConnection, run: i64) -> Result<RunAct, StoreError> {
    let row =
        sqlx::query!(r#"SELECT act AS "act?: String", tags AS "tags?: String" FROM runs WHERE id = ?1"#, run)
            .fetch_one(connection)
            .await?;
    codes::parse_act(row.act.as_deref(), row.tags.as_deref())
}

/// The next waiting items in order.
async fn waiting_items(
    connection: &mut SqliteConnection,
    run: i64,
    take: &TakeRequest,
    now: Timestamp,
) -> Result<Vec<Candidate>, StoreError> {
    let act = run_act(connection, run).await?;
    if act != RunAct::Read {
        return changes::waiting_items(connection, run, &act, take.keys.len(), now).await;
    }
    let limit = i64::try_from(take.keys.len()).unwrap_or(i64::MAX);
    let since = now.saturating_sub(RUNNING_TIMEOUT).unwrap_or(Timestamp::MIN).as_millisecond();
    let now = now.as_millisecond();
    let rows = sqlx::query!(
        r#"SELECT item.id AS "id!: i64", item.company_id AS "company!: String",
                  item.data_type AS "data_type?: String", item.connection_id AS "connection?: String",
                  item.tries AS "tries!: u32",
                  CASE WHEN item.connection_id IS NULL THEN company.last_read
                       ELSE (SELECT own.last_read FROM connections AS own WHERE own.id = item.connection_id)
                  END AS "last_read?: i64",
                  company.number IS NOT NULL AS "known!: bool",
                  (item.connection_id IS NULL AND company.colours & 8 <> 0)
                  OR EXISTS (SELECT 1 FROM connections AS own
                             WHERE own.company = company.number AND own.clock IS NOT NULL
                               AND (item.connection_id IS NULL OR own.id = item.connection_id)) AS "linked!: bool",
                  EXISTS (SELECT 1 FROM run_items AS other
                          WHERE other.company_id = item.company_id AND other.data_type IS item.data_type
                            AND other.state IN (1, 2) AND other.sent_at > ?3 AND other.id <> item.id
                            AND (SELECT act FROM runs AS run WHERE run.id = other.run) IS NULL
                            AND other.connection_id IS item.connection_id) AS "running!: bool",
                  EXISTS (SELECT 1 FROM runs AS run
                          CROSS JOIN connections AS own ON own.id = item.connection_id
                          WHERE run.id = item.run AND run.cause = 'keepAlive'
                            AND own.last_read > run.created_at) AS "kept!: bool"
           FROM run_items AS item
           LEFT JOIN companies AS company ON company.id = item.company_id
           WHERE item.run = ?1 AND item.state = 0 AND (item.not_before IS NULL OR item.not_before <= ?2)
           ORDER BY item.id LIMIT +?4"#,
        run,
        now,
        since,
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let connection = row.connection.as_deref().map(sql::parse_id::<ConnectionId>).transpose()?;
            let company = sql::parse_id::<CompanyId>(&row.company)?;
            let reading = row.data_type.is_none() && take.reading.contains(&company);
            let next = match () {
                () if !row.known => (ItemState::Skipped, Some("gone")),
                () if !row.linked => (ItemState::Skipped, Some("unlinked")),
                () if row.kept => (ItemState::Skipped, Some("kept")),
                () if row.running || reading => (ItemState::Running, None),
                () => (ItemState::Sent, None),
            };
            Ok(Candidate {
                id: row.id,
                read: ReadRequest { company, data_type: row.data_type, connection },
                tries: row.tries,
                was_read: row.last_read,
                next,
            })
        })
        .collect()
}

async fn write_taken(
    connection: &mut SqliteConnection,
    rows: &[TakenRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    let (rows, now) = (sql::json_parameter(&rows)?, now.as_millisecond());
    sqlx::query!(
        "UPDATE run_items SET state = taken.value ->> 'state', key = taken.value ->> 'key',
                sent_at = CASE WHEN taken.value ->> 'state' = 1 THEN ?2 END,
                was_read = taken.value ->> 'was_read', skipped = taken.value ->> 'skipped', at = ?2
         FROM jsonb_each(?1) AS taken
         WHERE run_items.id = taken.value ->> 'id' AND +run_items.state = 0",
        rows,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// When the first waiting item may be sent. `None` if one may now or none waits.
async fn earliest_start(
    connection: &mut SqliteConnection,
    run: i64,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let next = sqlx::query_scalar!(
        r#"SELECT min(coalesce(not_before, 0)) AS "next?: i64" FROM run_items WHERE run = ?1 AND state = 0"#,
        run
    )
    .fetch_one(connection)
    .await?;
    Ok(next.map(sql::timestamp).filter(|at| *at > now))
}

async fn sent_items(connection: &mut SqliteConnection, run: i64) -> Result<Vec<SentItem>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", company_id AS "company!: String", data_type AS "data_type?: String",
                  connection_id AS "connection?: String", key AS "key!: String", sent_at AS "sent_at!: i64",
                  tries AS "tries!: u32"
           FROM run_items WHERE run = ?1 AND state = 1 ORDER BY id"#,
        run
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let connection = row.connection.as_deref().map(sql::parse_id).transpose()?;
            Ok(SentItem {
                id: ItemId(row.id),
                read: ReadRequest {
                    company: sql::parse_id(&row.company)?,
                    data_type: row.data_type,
                    connection,
                },
                key: sql::parse_id(&row.key)?,
                sent_at: sql::timestamp(row.sent_at),
                tries: row.tries,
            })
        })
        .collect()
}
