//! The counts of a run's items by state.

use domain::RunCounts;
use sqlx::SqliteConnection;

use super::item::ItemState;
use crate::error::StoreError;

pub(super) async fn count_items(
    connection: &mut SqliteConnection,
    run: i64,
) -> Result<RunCounts, StoreError> {
    Ok(count_items_and_pending_reads(connection, run).await?.0)
}

/// The counts, and the number of pending reads. Pending reads count as waiting.
pub(super) async fn count_items_and_pending_reads(
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
    let (mut counts, mut pending) = (RunCounts::default(), 0);
    for row in rows {
        if let (Some(state), Some(many)) = (row.state, row.many) {
            *count_mut(&mut counts, ItemState::from_code(state, row.ended)?) += many;
        }
        pending = row.rest;
        counts.looking = if row.ended { 0 } else { row.looking };
    }
    counts.waiting += pending;
    Ok((counts, pending))
}

fn count_mut(counts: &mut RunCounts, state: ItemState) -> &mut u32 {
    match state {
        ItemState::Waiting => &mut counts.waiting,
        ItemState::Sent => &mut counts.sent,
        ItemState::Queued => &mut counts.queued,
        ItemState::Running => &mut counts.running,
        ItemState::Read => &mut counts.read,
        ItemState::Failed => &mut counts.failed,
        ItemState::Skipped => &mut counts.skipped,
        ItemState::Cancelled => &mut counts.cancelled,
        ItemState::Unseen => &mut counts.unseen,
    }
}
