//! The user's actions on a run, and its end.

use domain::{RunCounts, RunId};
use jiff::{SignedDuration, Timestamp};

use super::{counts, origin_updates};
use crate::{database::begin, error::StoreError, sql, store::Store};

/// A run that ended longer ago is deleted, one with each run that ends.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 30);

impl Store {
    /// Pauses or resumes a run. Returns whether it was open.
    ///
    /// # Errors
    /// Database errors.
    pub async fn pause_run(&self, RunId(run): RunId, paused: bool) -> Result<bool, StoreError> {
        let mut writer = self.database.writer().await?;
        let updated = sqlx::query!(
            "UPDATE runs SET state = ?2 WHERE id = ?1 AND ended_at IS NULL AND state IN (0, 1)",
            run,
            paused
        )
        .execute(&mut *writer)
        .await?;
        Ok(updated.rows_affected() > 0)
    }

    /// Cancels the items that were not requested yet. Returns whether the run was open.
    ///
    /// # Errors
    /// Database errors; then it continues.
    pub async fn cancel_run(&self, RunId(run): RunId, now: Timestamp) -> Result<bool, StoreError> {
        let now = now.as_millisecond();
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let updated = sqlx::query!("UPDATE runs SET state = 3 WHERE id = ?1 AND ended_at IS NULL", run)
            .execute(&mut *transaction)
            .await?;
        if updated.rows_affected() > 0 {
            sqlx::query!("UPDATE run_items SET state = 7, at = ?2 WHERE run = ?1 AND state = 0", run, now)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(updated.rows_affected() > 0)
    }

    /// Cancels the deletes that had not begun when the app stopped: their time for an undo was not over, or nobody
    /// saw it end. Returns whether there were any.
    ///
    /// # Errors
    /// Database errors; then they continue.
    pub async fn cancel_unbegun_deletes(&self, now: Timestamp) -> Result<bool, StoreError> {
        let mut reader = self.database.readers().acquire().await?;
        let runs = sqlx::query_scalar!(
            r#"SELECT id AS "id!: i64" FROM runs
               WHERE ended_at IS NULL AND act = 'deleteCompany' AND state <> 3
                 AND NOT EXISTS (SELECT 1 FROM run_items AS item
                                 WHERE item.run = runs.id AND (item.state <> 0 OR item.tries > 0))"#
        )
        .fetch_all(&mut *reader)
        .await?;
        drop(reader);
        for run in &runs {
            self.cancel_run(RunId(*run), now).await?;
        }
        Ok(!runs.is_empty())
    }

    /// Retries the failed items that may succeed, and reopens the run. Returns their number.
    ///
    /// # Errors
    /// Database errors; then nothing is retried.
    pub async fn retry_run(&self, RunId(run): RunId) -> Result<u64, StoreError> {
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        origin_updates::reopen_keep_alive_entries(&mut transaction, run).await?;
        let updated = sqlx::query!(
            "UPDATE run_items SET state = 0, tries = 0, not_before = NULL, why = NULL, can_retry = 0, key = NULL,
                    sent_at = NULL, types = NULL
             WHERE run = ?1 AND state = 5 AND can_retry = 1",
            run
        )
        .execute(&mut *transaction)
        .await?;
        if updated.rows_affected() > 0 {
            sqlx::query!("UPDATE runs SET state = 0, ended_at = NULL, counts = NULL WHERE id = ?1", run)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(updated.rows_affected())
    }

    /// Ends a run. Returns the final counts of its items.
    ///
    /// # Errors
    /// Database errors; then it is still open.
    pub async fn end_run(&self, RunId(run): RunId, now: Timestamp) -> Result<RunCounts, StoreError> {
        let expired = now.saturating_sub(RETENTION).unwrap_or(Timestamp::MIN).as_millisecond();
        let now = now.as_millisecond();
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        sqlx::query!("UPDATE run_items SET types = 2 WHERE run = ?1 AND types = 1", run)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!(
            "UPDATE runs SET state = CASE state WHEN 3 THEN 3 ELSE 2 END, ended_at = ?2 WHERE id = ?1",
            run,
            now
        )
        .execute(&mut *transaction)
        .await?;
        // A failure says most about a company. The item may have been retried since, so the outcome is overwritten.
        sqlx::query!(
            "UPDATE intents SET outcome = became, outcome_at = ?2
             FROM (SELECT company_id AS whose,
                          CASE WHEN max(state = 5) THEN 'failed' WHEN max(state IN (2, 3, 4)) THEN 'done'
                               WHEN max(state = 7) THEN 'cancelled' ELSE 'skipped' END AS became
                   FROM run_items WHERE run = ?1 GROUP BY company_id)
             WHERE company_id = whose AND act IN ('refreshMany', 'tagMany', 'deleteMany') AND detail ->> 'run' = ?1",
            run,
            now
        )
        .execute(&mut *transaction)
        .await?;
        let counts = counts::count_items(&mut transaction, run).await?;
        let saved = sql::json_parameter(&counts)?;
        sqlx::query!("UPDATE runs SET counts = ?2 WHERE id = ?1", run, saved)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!(
            "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE ended_at < ?1 ORDER BY ended_at LIMIT 1)",
            expired
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(counts)
    }
}
