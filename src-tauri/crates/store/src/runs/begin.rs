//! Starts a run: finds and stores all its reads before anything is requested.

use std::collections::{BTreeSet, HashSet};

use codat::CompanyId;
use domain::{NewRun, OpenRun, ReadRequest, ReadSelection, RunId, RunState};
use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;

use super::{codes, counts, pending_reads};
use crate::{database::begin, error::StoreError, search::Search, store::Store};

impl Store {
    /// Stores a run. The first reads become items at once, which is fast; [`advance_run`](Self::advance_run) turns
    /// the others into items. All of it is in the database when this returns.
    ///
    /// # Errors
    /// Database errors; then there is no run.
    pub async fn begin_run(&self, run: &NewRun, now: Timestamp) -> Result<OpenRun, StoreError> {
        let reads = self.resolve_reads(&run.reads, now).await?;
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let open = insert_run(&mut transaction, run, &reads, now).await?;
        transaction.commit().await?;
        Ok(open)
    }

    /// The companies that match a search, in no order.
    ///
    /// # Errors
    /// Database errors. An invalid search is not an error.
    pub async fn matching_companies(
        &self,
        search: &str,
        now: Timestamp,
    ) -> Result<Vec<CompanyId>, StoreError> {
        let search = Search::parse(search, &self.local_time(now));
        let ids = self.id_hits(&search).await?;
        self.query_columns(move |columns| columns.matching_ids(&search, &ids)).await
    }

    /// The reads of a run, if there is one. They are found before the transaction that starts it.
    pub(crate) async fn resolve_optional_reads(
        &self,
        run: Option<&NewRun>,
        now: Timestamp,
    ) -> Result<Vec<ReadRequest>, StoreError> {
        match run {
            Some(run) => self.resolve_reads(&run.reads, now).await,
            None => Ok(Vec::new()),
        }
    }

    async fn resolve_reads(
        &self,
        reads: &ReadSelection,
        now: Timestamp,
    ) -> Result<Vec<ReadRequest>, StoreError> {
        match reads {
            ReadSelection::List(reads) => {
                let mut seen = HashSet::with_capacity(reads.len());
                Ok(reads.iter().filter(|read| seen.insert(*read)).cloned().collect())
            }
            ReadSelection::Search { search, data_types } => {
                let types: BTreeSet<_> = data_types.iter().cloned().map(Some).collect();
                let types = if types.is_empty() { BTreeSet::from([None]) } else { types };
                let read = |company| {
                    let request = move |data_type: &Option<String>| ReadRequest {
                        company,
                        data_type: data_type.clone(),
                        connection: None,
                    };
                    types.iter().map(request)
                };
                Ok(self.matching_companies(search, now).await?.into_iter().flat_map(read).collect())
            }
        }
    }
}

/// Stores a run and its reads, within a transaction.
async fn insert_run(
    connection: &mut SqliteConnection,
    run: &NewRun,
    reads: &[ReadRequest],
    now: Timestamp,
) -> Result<OpenRun, StoreError> {
    let id = insert_run_row(connection, run, now).await?;
    pending_reads::write(connection, id, reads, now).await?;
    let (counts, pending_reads) = counts::count_items_and_pending_reads(connection, id).await?;
    Ok(OpenRun {
        id: RunId(id),
        cause: run.cause,
        act: run.act.clone(),
        state: RunState::Running,
        starts_at: run.starts_at,
        spread: run.spread,
        counts,
        pending_reads,
        sent: Vec::new(),
    })
}

/// Like [`insert_run`], if there is a run.
pub(crate) async fn begin_optional_run(
    connection: &mut SqliteConnection,
    run: Option<&NewRun>,
    reads: &[ReadRequest],
    now: Timestamp,
) -> Result<Option<OpenRun>, StoreError> {
    match run {
        Some(run) => Ok(Some(insert_run(connection, run, reads, now).await?)),
        None => Ok(None),
    }
}

async fn insert_run_row(
    connection: &mut SqliteConnection,
    run: &NewRun,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let ((cause, schedule), label) = (codes::cause_columns(run.cause), &run.label);
    let (act, tags) = codes::act_columns(&run.act)?;
    let (now, starts_at) = (now.as_millisecond(), run.starts_at.as_millisecond());
    let spread = whole_milliseconds(run.spread);
    let done = sqlx::query!(
        "INSERT INTO runs (cause, schedule, label, state, created_at, starts_at, spread, act, tags)
         VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8)",
        cause,
        schedule,
        label,
        now,
        starts_at,
        spread,
        act,
        tags
    )
    .execute(connection)
    .await?;
    Ok(done.last_insert_rowid())
}

fn whole_milliseconds(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX).max(0)
}
