//! What became of reads that the server took: seen by the company's last read, or to be looked for.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;

use super::{Read, RunCounts, list};
use crate::{change::instant, database::begin, error::StoreError, record, store::Store};

/// Most reads have ended by then.
const MOST_READS: SignedDuration = SignedDuration::from_mins(5);

/// What is known of reads that the server took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Runs of which some are now known to be complete, and how their items stand.
    pub moved: Vec<(i64, RunCounts)>,
    /// Those whose history should be looked at, the longest unseen first.
    pub look: Vec<QueuedItem>,
    /// When the next of the others should be; nothing where only a sweep can tell.
    pub next: Option<Timestamp>,
}

/// An item that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedItem {
    /// Its number.
    pub id: i64,
    /// Its run.
    pub run: i64,
    /// What it reads.
    pub read: Read,
    /// When it was asked for.
    pub sent_at: Timestamp,
}

impl Store {
    /// Counts items as read whose company has been read since they were asked for, and finds at most `most`
    /// of the others whose history is due to be looked at: soon at first, then ever more seldom. Of runs for
    /// which nobody waits, only what a sweep that began at `swept`, the last one, should have shown.
    ///
    /// # Errors
    /// Those of the database; then nothing was written.
    pub async fn settle_queued(
        &self,
        most: u32,
        swept: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let mut writer = self.database.writer().await;
        let mut transaction = begin(&mut writer).await?;
        let runs = count_read(&mut transaction, now).await?;
        forget_counts(&mut transaction, &runs).await?;
        let shown = shown_by(swept);
        let look = due(&mut transaction, most, shown, now).await?;
        let next = next(&mut transaction, shown, now).await?;
        let mut moved = Vec::with_capacity(runs.len());
        for run in runs {
            moved.push((run, list::counts(&mut transaction, run).await?));
        }
        transaction.commit().await?;
        Ok(Settled { moved, look, next })
    }
}

/// The last read that is kept moved past the one that was known when an item was sent.
async fn count_read(connection: &mut SqliteConnection, now: Timestamp) -> Result<BTreeSet<i64>, StoreError> {
    let now = now.as_millisecond();
    let runs = sqlx::query_scalar!(
        r#"UPDATE run_items SET state = 4, at = ?1
           WHERE state = 2 AND at <= ?1
             AND EXISTS (SELECT 1 FROM companies AS company
                         WHERE company.id = run_items.company_id AND company.last_read IS NOT NULL
                           AND (run_items.was_read IS NULL OR company.last_read > run_items.was_read))
           RETURNING run AS "run!: i64""#,
        now
    )
    .fetch_all(connection)
    .await?;
    Ok(runs.into_iter().collect())
}

/// A run that had ended already is counted anew when it is shown.
async fn forget_counts(connection: &mut SqliteConnection, runs: &BTreeSet<i64>) -> Result<(), StoreError> {
    if runs.is_empty() {
        return Ok(());
    }
    let runs = record::json(runs)?;
    sqlx::query!(
        "UPDATE runs SET counts = NULL
         WHERE id IN (SELECT value FROM json_each(?1)) AND ended_at IS NOT NULL",
        runs
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What was asked for before then, in milliseconds, should have been shown by the last sweep.
fn shown_by(swept: Option<Timestamp>) -> i64 {
    swept.and_then(|swept| swept.checked_sub(MOST_READS).ok()).map_or(i64::MIN, Timestamp::as_millisecond)
}

/// When the first look that is not due yet will be.
async fn next(
    connection: &mut SqliteConnection,
    shown: i64,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let now = now.as_millisecond();
    let next = sqlx::query_scalar!(
        r#"SELECT min(item.at + max(3000, min((?1 - item.sent_at) / 4, 300000))) AS "next?: i64"
           FROM run_items AS item CROSS JOIN runs AS run ON run.id = item.run
           WHERE item.state = 2 AND run.ended_at IS NULL AND (run.cause = 'person' OR item.sent_at < ?2)"#,
        now,
        shown
    )
    .fetch_one(connection)
    .await?;
    Ok(next.map(instant))
}

/// Looks come after a quarter of the time that has passed since the request, three seconds to five minutes.
async fn due(
    connection: &mut SqliteConnection,
    most: u32,
    shown: i64,
    now: Timestamp,
) -> Result<Vec<QueuedItem>, StoreError> {
    let now = now.as_millisecond();
    let rows = sqlx::query!(
        r#"SELECT item.id AS "id!: i64", item.run AS "run!: i64", item.company_id AS "company!: String",
                  item.data_type AS "data_type?: String", item.connection_id AS "connection?: String",
                  item.sent_at AS "sent_at!: i64"
           FROM run_items AS item CROSS JOIN runs AS run ON run.id = item.run
           WHERE item.state = 2 AND item.at <= ?1 - max(3000, min((?1 - item.sent_at) / 4, 300000))
             AND run.ended_at IS NULL AND (run.cause = 'person' OR item.sent_at < ?3)
           ORDER BY item.at LIMIT ?2"#,
        now,
        most,
        shown
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let connection = row.connection.as_deref().map(record::id).transpose()?;
            Ok(QueuedItem {
                id: row.id,
                run: row.run,
                read: Read { company: record::id(&row.company)?, data_type: row.data_type, connection },
                sent_at: instant(row.sent_at),
            })
        })
        .collect()
}
