//! Reports the results of items to what requested their run: schedules retry sooner, and keep-alive updates its
//! ledger.
//!
//! The queries name states of items by their code, the index in `ItemState::ALL`: 4 is read, 5 is failed.

use sqlx::SqliteConnection;

use crate::{error::StoreError, sql};

/// Reports that items have a result. `cause` is that of their run, or `None` if there are several.
pub(super) async fn items_ended(
    connection: &mut SqliteConnection,
    cause: Option<&str>,
    items: &[i64],
    now: i64,
) -> Result<(), StoreError> {
    if items.is_empty() {
        return Ok(());
    }
    let items = sql::json_parameter(&items)?;
    if cause.is_none_or(|cause| cause == "schedule") {
        count_failures(connection, &items, now).await?;
        reset_failures(connection, &items).await?;
    }
    if cause.is_none_or(|cause| cause == "keepAlive") {
        update_keep_alive_ledger(connection, &items, now).await?;
    }
    Ok(())
}

/// Counts temporary failures, after which a schedule retries sooner. A run counts once for each company.
async fn count_failures(connection: &mut SqliteConnection, items: &str, now: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE schedule_standings
         SET failures = failures + (failed_at IS NULL OR failed_at < coalesce(attempted, 0)), failed_at = ?2
         WHERE (schedule, company_id) IN (
             SELECT run.schedule, item.company_id FROM json_each(?1) AS ended
             CROSS JOIN run_items AS item ON item.id = ended.value
             CROSS JOIN runs AS run ON run.id = item.run
             WHERE item.state = 5 AND item.can_retry = 1)",
        items,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Resets the failures of companies that were read, or that failed permanently, unless another type of the same run
/// failed temporarily.
async fn reset_failures(connection: &mut SqliteConnection, items: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE schedule_standings SET failures = 0, failed_at = NULL
         WHERE failures > 0 AND (schedule, company_id) IN (
             SELECT run.schedule, item.company_id FROM json_each(?1) AS ended
             CROSS JOIN run_items AS item ON item.id = ended.value
             CROSS JOIN runs AS run ON run.id = item.run
             WHERE (item.state = 4 AND item.types IS NOT 1 OR item.state = 5 AND item.can_retry = 0)
               AND NOT EXISTS (SELECT 1 FROM run_items AS other
                               WHERE other.run = item.run AND other.state = 5 AND other.can_retry = 1
                                 AND other.company_id = item.company_id))",
        items
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Updates the ledger at once, with the item's failure text, before the connection shows the result.
async fn update_keep_alive_ledger(
    connection: &mut SqliteConnection,
    items: &str,
    now: i64,
) -> Result<(), StoreError> {
    // If a connection has two items, the better result counts.
    sqlx::query!(
        "UPDATE keep_alive SET outcome = CASE became WHEN 4 THEN 'read' ELSE 'failed' END, outcome_at = ?2,
             detail = why
         FROM (SELECT item.connection_id AS whose, min(item.state) AS became, item.why
               FROM json_each(?1) AS ended
               CROSS JOIN run_items AS item ON item.id = ended.value
               CROSS JOIN runs AS run ON run.id = item.run
               WHERE run.cause = 'keepAlive' AND item.state IN (4, 5)
               GROUP BY item.connection_id)
         WHERE outcome = 'queued' AND connection_id = whose",
        items,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Reopens the newest ledger entries of a keep-alive run whose failed items the user retries.
pub(super) async fn reopen_keep_alive_entries(
    connection: &mut SqliteConnection,
    run: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE keep_alive SET outcome = 'queued', outcome_at = NULL, detail = NULL
         WHERE outcome = 'failed' AND id IN (
             SELECT max(line.id) FROM run_items AS item
             CROSS JOIN runs AS run ON run.id = item.run AND run.cause = 'keepAlive'
             CROSS JOIN keep_alive AS line ON line.connection_id = item.connection_id
             WHERE item.run = ?1 AND item.state = 5 AND item.can_retry = 1
             GROUP BY line.connection_id)",
        run
    )
    .execute(connection)
    .await?;
    Ok(())
}
