//! Follows reads that the server accepted: they are complete when the company's last read moves, or the history is
//! checked.

use std::collections::BTreeSet;

use domain::{ItemId, QueuedItem, ReadRequest, RunCounts, RunId};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::{counts, origin_updates};
use crate::{database::begin, error::StoreError, sql, store::Store};

/// What became of reads that the server accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueuedItemsUpdate {
    /// Runs with completed items, and their counts.
    pub updated_runs: Vec<(RunId, RunCounts)>,
    /// Items whose history should be checked, the longest unchecked first.
    pub to_check: Vec<QueuedItem>,
}

/// How many histories may be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryCheckLimits {
    /// In this call.
    pub now: u32,
    /// For each run: for the single data types, and in a background run for any reason.
    pub per_run: u32,
}

impl Store {
    /// Marks items as read whose company, or connection if there is one, was read since the request. Also returns
    /// items whose history is due for a check, at growing intervals: whether the read ended, and for a read of all
    /// data types what became of each.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
    pub async fn update_queued_items(
        &self,
        limits: HistoryCheckLimits,
        now: Timestamp,
    ) -> Result<QueuedItemsUpdate, StoreError> {
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let runs = mark_read_items(&mut transaction, now).await?;
        for run in &runs {
            schedule_data_type_checks(&mut transaction, *run, limits.per_run).await?;
        }
        clear_saved_counts(&mut transaction, &runs).await?;
        let to_check = due_checks(&mut transaction, limits, now).await?;
        increment_check_counts(&mut transaction, &to_check).await?;
        let mut updated_runs = Vec::with_capacity(runs.len());
        for run in runs {
            updated_runs.push((RunId(run), counts::count_items(&mut transaction, run).await?));
        }
        transaction.commit().await?;
        Ok(QueuedItemsUpdate { updated_runs, to_check })
    }
}

/// Marks items whose company or connection has a newer read than at send time as read.
async fn mark_read_items(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> Result<BTreeSet<i64>, StoreError> {
    let now = now.as_millisecond();
    let read = sqlx::query!(
        r#"UPDATE run_items SET state = 4, at = ?1, types = CASE WHEN data_type IS NULL THEN 2 END
           WHERE state = 2 AND at <= ?1
             AND CASE WHEN connection_id IS NULL
                      THEN (SELECT company.last_read FROM companies AS company WHERE company.id = company_id)
                      ELSE (SELECT own.last_read FROM connections AS own WHERE own.id = connection_id)
                 END > coalesce(was_read, 0)
           RETURNING run AS "run!: i64", id AS "id!: i64""#,
        now
    )
    .fetch_all(&mut *connection)
    .await?;
    let items: Vec<_> = read.iter().map(|item| item.id).collect();
    origin_updates::items_ended(connection, None, &items, now).await?;
    Ok(read.into_iter().map(|item| item.run).collect())
}

/// A company's new read proves only one of its data types. Schedules a check of all types for some items of an open
/// run.
async fn schedule_data_type_checks(
    connection: &mut SqliteConnection,
    run: i64,
    max_items: u32,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE run_items SET types = 1
         WHERE id IN (SELECT id FROM run_items WHERE run = ?1 AND types = 2 ORDER BY id
                      LIMIT (SELECT max(0, ?2 - count(*)) FROM run_items WHERE run = ?1 AND types IN (0, 1)))
           AND EXISTS (SELECT 1 FROM runs WHERE id = ?1 AND ended_at IS NULL)",
        run,
        max_items
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Clears the saved counts of ended runs, so that they are counted again when shown.
async fn clear_saved_counts(
    connection: &mut SqliteConnection,
    runs: &BTreeSet<i64>,
) -> Result<(), StoreError> {
    if runs.is_empty() {
        return Ok(());
    }
    let runs = sql::json_parameter(runs)?;
    sqlx::query!(
        "UPDATE runs SET counts = NULL
         WHERE id IN (SELECT value FROM json_each(?1)) AND ended_at IS NOT NULL",
        runs
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn increment_check_counts(
    connection: &mut SqliteConnection,
    to_check: &[QueuedItem],
) -> Result<(), StoreError> {
    if to_check.is_empty() {
        return Ok(());
    }
    let runs = sql::json_parameter(&to_check.iter().map(|item| item.run.0).collect::<Vec<_>>())?;
    sqlx::query!(
        "UPDATE runs SET looks = looks + (SELECT count(*) FROM json_each(?1) WHERE value = runs.id)
         WHERE id IN (SELECT value FROM json_each(?1))",
        runs
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Items due for a check. A check is due after a quarter of the time since the request, at least 3 seconds and at
/// most 5 minutes. In a background run, sweeps have 5 minutes to show the read, and single data types have 1 minute,
/// because they end one after the other.
async fn due_checks(
    connection: &mut SqliteConnection,
    limits: HistoryCheckLimits,
    now: Timestamp,
) -> Result<Vec<QueuedItem>, StoreError> {
    let now = now.as_millisecond();
    let rows = sqlx::query!(
        r#"SELECT item.id AS "id!: i64", item.run AS "run!: i64", item.company_id AS "company!: String",
                  item.data_type AS "data_type?: String", item.connection_id AS "connection?: String",
                  item.sent_at AS "sent_at!: i64"
           FROM (SELECT id AS open, cause, looks FROM runs WHERE ended_at IS NULL)
           CROSS JOIN run_items AS item ON item.run = open
           WHERE (item.state = 2 OR item.types = 1)
             AND item.at <= ?1 - max(CASE WHEN cause = 'person' THEN 3000 WHEN item.types = 1 THEN 60000
                                     ELSE 300000 END,
                                     min((?1 - item.sent_at) / 4, 300000))
             AND (cause = 'person' OR looks < ?3)
           ORDER BY item.at LIMIT +?2"#,
        now,
        limits.now,
        limits.per_run
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let connection = row.connection.as_deref().map(sql::parse_id).transpose()?;
            Ok(QueuedItem {
                id: ItemId(row.id),
                run: RunId(row.run),
                read: ReadRequest {
                    company: sql::parse_id(&row.company)?,
                    data_type: row.data_type,
                    connection,
                },
                sent_at: sql::timestamp(row.sent_at),
            })
        })
        .collect()
}
