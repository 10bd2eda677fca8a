//! Beginning a run: what it reads is found and written down at once, before anything is asked for.

use std::collections::BTreeSet;

use codat::CompanyId;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use sqlx::SqliteConnection;

use super::{OpenRun, Read, RunState, list, step};
use crate::{database::begin, error::StoreError, record, search::Search, store::Store};

/// Who wants a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCause {
    /// A person.
    Person,
    /// A schedule, by its number.
    Schedule(i64),
    /// Keeping idle clocks from ending.
    KeepAlive,
}

impl RunCause {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Schedule(_) => "schedule",
            Self::KeepAlive => "keepAlive",
        }
    }

    pub(crate) fn schedule(self) -> Option<i64> {
        match self {
            Self::Schedule(number) => Some(number),
            Self::Person | Self::KeepAlive => None,
        }
    }

    pub(crate) fn of(name: &str, schedule: Option<i64>) -> Self {
        match (name, schedule) {
            ("schedule", Some(number)) => Self::Schedule(number),
            ("keepAlive", _) => Self::KeepAlive,
            _ => Self::Person,
        }
    }
}

/// Which reads a run is made of; the same read twice is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// These.
    Each(Vec<Read>),
    /// Of the companies that a search finds now, these data types; none given: all that are fetched on first
    /// link.
    Matching {
        /// As the search box has it.
        search: String,
        /// Keys of data types.
        data_types: Vec<String>,
    },
}

/// A run to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Who wants it.
    pub cause: RunCause,
    /// What a person reads of it.
    pub label: String,
    /// What it reads.
    pub reads: Reads,
    /// When its first request may go.
    pub starts_at: Timestamp,
    /// Over what time its requests go.
    pub spread: SignedDuration,
}

/// A read as one row of the parameter.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(serialize_with = "as_text")]
    company: CompanyId,
    data_type: Option<&'a str>,
    connection: Option<String>,
}

impl Store {
    /// Writes a run down with all its items; those of companies that have nothing linked are left out with
    /// that reason. It is in the database before this returns.
    ///
    /// # Errors
    /// Those of the database; then there is no run.
    pub async fn begin_run(&self, run: &NewRun, now: Timestamp) -> Result<OpenRun, StoreError> {
        let reads = self.reads(&run.reads, now).await?;
        let mut writer = self.database.writer().await;
        let mut transaction = begin(&mut writer).await?;
        let open = begin_within(&mut transaction, run, &reads, now).await?;
        transaction.commit().await?;
        Ok(open)
    }

    /// The companies that a search finds, in no order.
    ///
    /// # Errors
    /// Those of the database; a search is never an error.
    pub async fn matching(&self, search: &str, now: Timestamp) -> Result<Vec<CompanyId>, StoreError> {
        let search = Search::parse(search, now);
        let is_open = self.is_open();
        let current = self.current().await?;
        let ids = self.id_hits(&search).await?;
        let found = tokio::task::spawn_blocking(move || current.columns.ids_matching(&search, &ids));
        let found = found.await?;
        // What a schedule asks while no window is open is not kept in memory for one.
        if !is_open {
            self.drop_columns();
        }
        Ok(found)
    }

    pub(crate) async fn reads(&self, reads: &Reads, now: Timestamp) -> Result<Vec<Read>, StoreError> {
        match reads {
            Reads::Each(reads) => {
                let mut seen = BTreeSet::new();
                Ok(reads.iter().filter(|read| seen.insert(*read)).cloned().collect())
            }
            Reads::Matching { search, data_types } => {
                let types: BTreeSet<_> = data_types.iter().cloned().map(Some).collect();
                let types = if types.is_empty() { BTreeSet::from([None]) } else { types };
                let read = |company| {
                    let of = move |data_type: &Option<String>| Read {
                        company,
                        data_type: data_type.clone(),
                        connection: None,
                    };
                    types.iter().map(of)
                };
                Ok(self.matching(search, now).await?.into_iter().flat_map(read).collect())
            }
        }
    }
}

/// Writes a run down with its items, within a transaction.
pub(crate) async fn begin_within(
    connection: &mut SqliteConnection,
    run: &NewRun,
    reads: &[Read],
    now: Timestamp,
) -> Result<OpenRun, StoreError> {
    let id = insert(connection, run, now).await?;
    insert_items(connection, id, reads).await?;
    if run.cause == RunCause::Person {
        tell_each_company(connection, id, &run.label, now).await?;
    }
    Ok(OpenRun {
        id,
        cause: run.cause,
        state: RunState::Running,
        starts_at: run.starts_at,
        spread: run.spread,
        counts: list::counts(connection, id).await?,
        sent: Vec::new(),
    })
}

async fn insert(connection: &mut SqliteConnection, run: &NewRun, now: Timestamp) -> Result<i64, StoreError> {
    let (cause, schedule, label) = (run.cause.name(), run.cause.schedule(), &run.label);
    let (now, starts_at) = (now.as_millisecond(), run.starts_at.as_millisecond());
    let spread = step::millis(run.spread);
    let done = sqlx::query!(
        "INSERT INTO runs (cause, schedule, label, state, created_at, starts_at, spread)
         VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6)",
        cause,
        schedule,
        label,
        now,
        starts_at,
        spread
    )
    .execute(connection)
    .await?;
    Ok(done.last_insert_rowid())
}

async fn insert_items(connection: &mut SqliteConnection, run: i64, reads: &[Read]) -> Result<(), StoreError> {
    let rows: Vec<_> = reads
        .iter()
        .map(|read| Row {
            company: read.company,
            data_type: read.data_type.as_deref(),
            connection: read.connection.map(|id| id.to_string()),
        })
        .collect();
    let rows = record::json(&rows)?;
    sqlx::query!(
        "INSERT INTO run_items (run, company_id, data_type, connection_id, state)
         SELECT ?1, value ->> 'company', value ->> 'data_type', value ->> 'connection', 0
         FROM json_each(?2)",
        run,
        rows
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Each company's timeline has the run as one act from here, whatever number of its types are read. Runs are
/// forgotten; this is not.
async fn tell_each_company(
    connection: &mut SqliteConnection,
    run: i64,
    label: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now = now.as_millisecond();
    sqlx::query!(
        "INSERT INTO intents (at, act, company_id, detail)
         SELECT ?1, 'refreshMany', company_id, json_object('run', ?2, 'label', ?3)
         FROM run_items WHERE run = ?2 GROUP BY company_id ORDER BY min(id)",
        now,
        run,
        label
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn as_text<S: Serializer>(id: &CompanyId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
