//! The database file of the copies.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use codat::{CompanyId, ConnectionId};
use jiff::Timestamp;
use sqlx::migrate::Migrator;

use super::index::Index;
use crate::{
    database::{Database, SimulationOptions, begin},
    error::StoreError,
    files, sql,
};

static SCHEMA: Migrator = sqlx::migrate!("migrations/copies");

/// What is kept of all copies together, in bytes; beyond that the oldest go.
const MAX_TOTAL_BYTES: i64 = 2 * 1024 * 1024 * 1024;
/// Rows deleted at once.
const ROWS_PER_DELETE: i64 = 5_000;

/// Which records a copy is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CopyKey {
    /// Whose.
    pub company: CompanyId,
    /// The data type's key, and the account where it is read by account.
    pub data_type: String,
    /// From which connection, for types that are read by connection.
    pub connection: Option<ConnectionId>,
}

/// A copy that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCopy {
    /// Its number.
    pub number: i64,
    /// When it was whole.
    pub at: Timestamp,
    /// How many records it has.
    pub records: u32,
}

/// How far a copy has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyProgress {
    /// Records it has.
    pub records: u32,
    /// Records there are, as the last page said.
    pub total: u32,
    /// Whether that was another number on another page: what was read does not fit together.
    pub total_changed: bool,
}

/// The file of the copies, and what the copy on screen is searched by.
#[derive(Debug)]
pub struct Copies {
    pub(crate) database: Database,
    pub(super) index: Mutex<Option<Arc<Index>>>,
    pub(super) index_lock: tokio::sync::Mutex<()>,
}

impl Copies {
    /// Opens the file beside a workspace's database, for a simulation where one is given. One that cannot be
    /// read is begun anew.
    pub(crate) async fn open(
        workspace: &Path,
        now: Timestamp,
        simulation: Option<&SimulationOptions>,
    ) -> Result<Self, StoreError> {
        let path = copies_path(workspace);
        let database = match Database::open_for(&path, &SCHEMA, now, simulation).await {
            Ok(database) => database,
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Newer { .. })) => {
                tracing::warn!(%error, "the copies of records are begun anew");
                files::delete(&path)?;
                Database::open_for(&path, &SCHEMA, now, simulation).await?
            }
            Err(error) => return Err(error),
        };
        let copies = Self { database, index: Mutex::default(), index_lock: tokio::sync::Mutex::default() };
        copies.delete_unfinished().await?;
        Ok(copies)
    }

    pub(crate) async fn close(self) {
        self.database.close().await;
    }

    /// Frees the memory of the copy on screen.
    pub(crate) fn drop_index(&self) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Deletes what was given up, a stride at a time, so that other writes come in between.
    async fn delete_unfinished(&self) -> Result<(), StoreError> {
        let unfinished = sqlx::query_scalar!("SELECT number FROM copies WHERE at IS NULL")
            .fetch_all(self.database.readers())
            .await?;
        for number in unfinished {
            self.delete(number).await?;
        }
        Ok(())
    }

    /// Deletes a copy that was abandoned or is no longer needed. Deletes a few thousand records per transaction, so that
    /// other writes are not blocked.
    ///
    /// # Errors
    /// Database errors.
    pub async fn delete(&self, number: i64) -> Result<(), StoreError> {
        let (first, last) = record_range(number);
        loop {
            let mut writer = self.database.writer().await?;
            let deleted = sqlx::query!(
                "DELETE FROM copied WHERE place IN
                     (SELECT place FROM copied WHERE place BETWEEN ?1 AND ?2 LIMIT +?3)",
                first,
                last,
                ROWS_PER_DELETE
            )
            .execute(&mut *writer)
            .await?;
            if deleted.rows_affected() == 0 {
                sqlx::query!("DELETE FROM copies WHERE number = ?1", number).execute(&mut *writer).await?;
                return Ok(());
            }
        }
    }

    /// The whole copy of these records, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(&self, source: &CopyKey) -> Result<Option<RecordCopy>, StoreError> {
        let (company, connection) = key_columns(source);
        let row = sqlx::query!(
            r#"SELECT number, at AS "at!: i64", records AS "records: u32" FROM copies
               WHERE company_id = ?1 AND data_type = ?2 AND connection = ?3 AND at IS NOT NULL"#,
            company,
            source.data_type,
            connection
        )
        .fetch_optional(self.database.readers())
        .await?;
        Ok(row.map(|row| RecordCopy { number: row.number, at: sql::timestamp(row.at), records: row.records }))
    }

    /// Begins a copy: one of all records, which can be whole, or of some, for a while. Its pages are kept as
    /// [`Topic::Copy`](codat::Topic::Copy) of its number.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(
        &self,
        source: &CopyKey,
        is_complete: bool,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let ((company, connection), started) = (key_columns(source), now.as_millisecond());
        let mut writer = self.database.writer().await?;
        let row = sqlx::query!(
            "INSERT INTO copies (company_id, data_type, connection, of_all, begun) VALUES (?1, ?2, ?3, ?4, ?5)
             RETURNING number",
            company,
            source.data_type,
            connection,
            is_complete,
            started
        )
        .fetch_one(&mut *writer)
        .await?;
        Ok(row.number)
    }

    /// How far a copy has come; nothing where it is gone.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn progress(&self, number: i64) -> Result<Option<CopyProgress>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT records AS "records: u32", total AS "total: u32", moved AS "moved: bool"
               FROM copies WHERE number = ?1"#,
            number
        )
        .fetch_optional(self.database.readers())
        .await?;
        Ok(row.map(|row| CopyProgress { records: row.records, total: row.total, total_changed: row.moved }))
    }

    /// A copy is whole: it takes the place of the one before, at once or not at all. Where all copies together
    /// have grown too large, the oldest go.
    ///
    /// # Errors
    /// Those of the database; then the one before stays.
    pub async fn finish(&self, number: i64, now: Timestamp) -> Result<(), StoreError> {
        let at = now.as_millisecond();
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let mut replaced = sqlx::query_scalar!(
            "SELECT older.number FROM copies AS newer
             JOIN copies AS older ON older.company_id = newer.company_id AND older.data_type = newer.data_type
                  AND older.connection = newer.connection AND older.at IS NOT NULL
             WHERE newer.number = ?1",
            number
        )
        .fetch_all(&mut *transaction)
        .await?;
        replaced.extend(
            sqlx::query_scalar!(
                "SELECT number FROM (SELECT number, sum(bytes) OVER (ORDER BY at DESC, number) AS so_far
                                     FROM copies WHERE at IS NOT NULL)
                 WHERE so_far > ?1",
                MAX_TOTAL_BYTES
            )
            .fetch_all(&mut *transaction)
            .await?,
        );
        for deleted in &replaced {
            sqlx::query!("UPDATE copies SET at = NULL WHERE number = ?1", deleted)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query!("UPDATE copies SET at = ?2 WHERE number = ?1 AND of_all = 1", number, at)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        drop(writer);
        for deleted in replaced {
            self.delete(deleted).await?;
        }
        Ok(())
    }

    /// Copies of a company that is gone, or of one of its connections, are of no use.
    pub(crate) async fn delete_of(
        &self,
        company: CompanyId,
        connection: Option<ConnectionId>,
    ) -> Result<(), StoreError> {
        let (company, connection) = (company.to_string(), connection.map(|id| id.to_string()));
        let numbers = sqlx::query_scalar!(
            "SELECT number FROM copies WHERE company_id = ?1 AND (?2 IS NULL OR connection = ?2)",
            company,
            connection
        )
        .fetch_all(self.database.readers())
        .await?;
        for number in numbers {
            self.delete(number).await?;
        }
        Ok(())
    }
}

fn key_columns(source: &CopyKey) -> (String, String) {
    (source.company.to_string(), source.connection.map(|id| id.to_string()).unwrap_or_default())
}

/// `x.db` has its copies in `x.records.db`.
fn copies_path(workspace: &Path) -> PathBuf {
    workspace.with_extension("records.db")
}

/// The places of a copy's records: the first that there can be, and the last.
pub(super) fn record_range(number: i64) -> (i64, i64) {
    let first = number << 32;
    (first, first | i64::from(u32::MAX))
}
