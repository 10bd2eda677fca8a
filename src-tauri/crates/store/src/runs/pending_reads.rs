//! Pending reads of a large run. All reads are stored at once as text, so that a crash loses none, and become items
//! in chunks, so that nobody waits for a hundred thousand rows.

use domain::ReadRequest;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use sqlx::SqliteConnection;

use crate::{error::StoreError, sql};

/// The number of reads that become items at a time.
const READS_PER_CHUNK: usize = 1_000;

/// A read as a JSON array: the company, and if given the data type and the connection. An array is much shorter than
/// an object, and there may be a hundred thousand.
struct ReadRow<'a>(&'a ReadRequest);

impl Serialize for ReadRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ReadRequest { company, data_type, connection } = self.0;
        match (data_type, connection) {
            (None, None) => (company,).serialize(serializer),
            (data_type, None) => (company, data_type).serialize(serializer),
            (data_type, connection) => (company, data_type, connection).serialize(serializer),
        }
    }
}

/// A chunk of pending reads. `reads` is JSON text that SQLite does not parse here.
#[derive(Serialize)]
struct PendingChunk {
    reads: String,
    many: usize,
}

/// Stores the reads of a new run, the first of them as items.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    run: i64,
    reads: &[ReadRequest],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut chunks = reads.chunks(READS_PER_CHUNK);
    if let Some(first) = chunks.next() {
        insert_items(connection, run, &sql::json_parameter(&rows(first))?, now).await?;
    }
    let pending =
        chunks.map(|chunk| Ok(PendingChunk { reads: sql::json_parameter(&rows(chunk))?, many: chunk.len() }));
    let pending = pending.collect::<Result<Vec<_>, StoreError>>()?;
    if pending.is_empty() {
        return Ok(());
    }
    let pending = sql::json_parameter(&pending)?;
    sqlx::query!(
        "INSERT INTO run_rests (run, reads, many)
         SELECT ?1, value ->> 'reads', value ->> 'many' FROM jsonb_each(?2) ORDER BY key",
        run,
        pending
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Turns the next chunk into items, if there is one.
pub(super) async fn expand_next_chunk(
    connection: &mut SqliteConnection,
    run: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let chunk = sqlx::query!(
        r#"DELETE FROM run_rests WHERE id = (SELECT id FROM run_rests WHERE run = ?1 ORDER BY id LIMIT 1)
           RETURNING reads AS "reads!: String""#,
        run
    )
    .fetch_optional(&mut *connection)
    .await?;
    match chunk {
        Some(chunk) => insert_items(connection, run, &chunk.reads, now).await,
        None => Ok(()),
    }
}

/// Inserts items. In a cancelled run they are inserted as cancelled.
async fn insert_items(
    connection: &mut SqliteConnection,
    run: i64,
    reads: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now = now.as_millisecond();
    let before = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "last!: i64" FROM run_items"#)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query!(
        "INSERT INTO run_items (run, company_id, data_type, connection_id, state, at, name)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2,
                CASE run.state WHEN 3 THEN 7 ELSE 0 END, CASE run.state WHEN 3 THEN ?3 END,
                CASE WHEN run.act IS NOT NULL
                     THEN (SELECT name FROM companies AS company WHERE company.id = value ->> 0) END
         FROM runs AS run CROSS JOIN jsonb_each(?2) WHERE run.id = ?1",
        run,
        reads,
        now
    )
    .execute(&mut *connection)
    .await?;
    insert_company_intents(connection, run, before).await
}

/// Stores an action for each company of the items after `before` in a user's run, for the company's timeline. One for
/// each company, whatever number of types is read. Runs are deleted later; actions are not.
async fn insert_company_intents(
    connection: &mut SqliteConnection,
    run: i64,
    before: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO intents (at, act, company_id, detail)
         SELECT run.created_at,
                CASE run.act WHEN 'changeTags' THEN 'tagMany' WHEN 'deleteCompany' THEN 'deleteMany'
                             ELSE 'refreshMany' END, item.company_id, json_object('run', run.id, 'label', run.label)
         FROM runs AS run CROSS JOIN run_items AS item
         WHERE run.id = ?1 AND run.cause = 'person' AND item.id > ?2
           AND NOT EXISTS (SELECT 1 FROM intents AS told
                           WHERE told.company_id = item.company_id AND told.at = run.created_at
                             AND told.act IN ('refreshMany', 'tagMany', 'deleteMany') AND told.detail ->> 'run' = run.id)
         GROUP BY item.company_id ORDER BY min(item.id)",
        run,
        before
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn rows(reads: &[ReadRequest]) -> Vec<ReadRow<'_>> {
    reads.iter().map(ReadRow).collect()
}
