//! Beginning a run: what it reads is found and written down at once, before anything is asked for.

use std::collections::{BTreeSet, HashSet};

use codat::CompanyId;
use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;

use super::{OpenRun, Read, RunState, list, rest, step};
use crate::{database::begin, error::StoreError, search::Search, store::Store};

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

    pub(crate) fn of(name: &str, schedule: Option<i64>) -> Result<Self, StoreError> {
        match (name, schedule) {
            ("person", _) => Ok(Self::Person),
            ("schedule", Some(number)) => Ok(Self::Schedule(number)),
            ("keepAlive", _) => Ok(Self::KeepAlive),
            _ => Err(StoreError::unreadable("who wanted a refresh", &name)),
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

impl Store {
    /// Writes a run down: the first of its reads as items, which is fast, and the others so that
    /// [`move_run`](Self::move_run) makes items of them. All of it is in the database before this returns.
    ///
    /// # Errors
    /// Those of the database; then there is no run.
    pub async fn begin_run(&self, run: &NewRun, now: Timestamp) -> Result<OpenRun, StoreError> {
        let reads = self.reads(&run.reads, now).await?;
        let mut writer = self.database.writer().await?;
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
        let search = Search::parse(search, &self.here(now));
        let ids = self.id_hits(&search).await?;
        self.in_memory(move |columns| columns.ids_matching(&search, &ids)).await
    }

    /// What a run reads, where there is one: found before the transaction in which it begins.
    pub(crate) async fn reads_if_any(
        &self,
        run: Option<&NewRun>,
        now: Timestamp,
    ) -> Result<Vec<Read>, StoreError> {
        match run {
            Some(run) => self.reads(&run.reads, now).await,
            None => Ok(Vec::new()),
        }
    }

    async fn reads(&self, reads: &Reads, now: Timestamp) -> Result<Vec<Read>, StoreError> {
        match reads {
            Reads::Each(reads) => {
                let mut seen = HashSet::with_capacity(reads.len());
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
async fn begin_within(
    connection: &mut SqliteConnection,
    run: &NewRun,
    reads: &[Read],
    now: Timestamp,
) -> Result<OpenRun, StoreError> {
    let id = insert(connection, run, now).await?;
    rest::write(connection, id, reads, now).await?;
    let (counts, rest) = list::counts_and_rest(connection, id).await?;
    Ok(OpenRun {
        id,
        cause: run.cause,
        state: RunState::Running,
        starts_at: run.starts_at,
        spread: run.spread,
        counts,
        rest,
        sent: Vec::new(),
    })
}

/// The same, where there is a run.
pub(crate) async fn begin_if_any(
    connection: &mut SqliteConnection,
    run: Option<&NewRun>,
    reads: &[Read],
    now: Timestamp,
) -> Result<Option<OpenRun>, StoreError> {
    match run {
        Some(run) => Ok(Some(begin_within(connection, run, reads, now).await?)),
        None => Ok(None),
    }
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

#[cfg(test)]
mod tests {
    use super::RunCause;
    use crate::{ItemState, RunState, StoreError};

    #[test]
    fn what_this_version_does_not_know_is_not_guessed() {
        assert_eq!(RunCause::of("keepAlive", None).unwrap(), RunCause::KeepAlive);
        for unknown in [RunCause::of("webhook", None), RunCause::of("schedule", None)] {
            assert!(matches!(unknown, Err(StoreError::Unreadable { .. })), "{unknown:?}");
        }
        assert!(matches!(RunState::of(9), Err(StoreError::Unreadable { .. })));
        assert!(matches!(ItemState::of(9, false), Err(StoreError::Unreadable { .. })));
    }
}
