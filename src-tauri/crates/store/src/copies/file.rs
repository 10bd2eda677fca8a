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

/// The maximum size of all copies, in bytes. Beyond it the oldest are deleted.
const MAX_TOTAL_BYTES: i64 = 2 * 1024 * 1024 * 1024;
/// The number of records that one transaction deletes.
const ROWS_PER_DELETE: i64 = 5_000;

/// The records that a copy is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CopyKey {
    /// The company.
    pub company: CompanyId,
    /// The data type's key; with the account, if it is read by account.
    pub data_type: String,
    /// The connection, for types that are read by connection.
    pub connection: Option<ConnectionId>,
}

/// A complete copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCopy {
    /// Its ID.
    pub number: i64,
    /// When it was completed.
    pub at: Timestamp,
    /// The number of its records.
    pub records: u32,
}

/// The progress of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyProgress {
    /// The number of records so far.
    pub records: u32,
    /// The total number, from the last page.
    pub total: u32,
    /// Whether the total differed between pages, so that the pages are not consistent.
    pub total_changed: bool,
}

/// The database file of the copies, and the index of the copy on screen.
#[derive(Debug)]
pub struct Copies {
    pub(crate) database: Database,
    pub(super) index: Mutex<Option<Arc<Index>>>,
    pub(super) index_lock: tokio::sync::Mutex<()>,
}

impl Copies {
    /// Opens the file beside a workspace's database. An unreadable file is deleted and created again.
    pub(crate) async fn open(
        workspace: &Path,
        now: Timestamp,
        simulation: Option<&SimulationOptions>,
    ) -> Result<Self, StoreError> {
        let path = copies_path(workspace);
        let database = match Database::open_for(&path, &SCHEMA, now, simulation).await {
            Ok(database) => database,
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Newer { .. })) => {
                tracing::warn!(%error, "the file of record copies cannot be used; a new one is created");
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

    /// Frees the index in memory.
    pub(crate) fn drop_index(&self) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Deletes copies that were not completed.
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

    /// The complete copy of these records, if there is one.
    ///
    /// # Errors
    /// Database errors.
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

    /// Starts a copy and returns its ID. `is_complete` is false for a temporary copy of some records. Pages are
    /// stored as [`Topic::Copy`](codat::Topic::Copy) with this ID.
    ///
    /// # Errors
    /// Database errors.
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

    /// The progress of a copy. `None` if it was deleted.
    ///
    /// # Errors
    /// Database errors.
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

    /// Completes a copy, which replaces the one before it in one transaction. If all copies are too large together,
    /// the oldest are deleted.
    ///
    /// # Errors
    /// Database errors; then the copy before it stays.
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

    /// Deletes the copies of a removed company or of one of its connections.
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

/// The copies of `x.db` are in `x.records.db`.
fn copies_path(workspace: &Path) -> PathBuf {
    workspace.with_extension("records.db")
}

/// The first and the last possible key of a copy's records.
pub(super) fn record_range(number: i64) -> (i64, i64) {
    let first = number << 32;
    (first, first | i64::from(u32::MAX))
}
