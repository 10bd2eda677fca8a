//! Copies of all records of a type, read from the server in one go, so that sorting, searching and paging
//! need nobody. They lie in a file of their own beside the workspace's: making one holds up no other write,
//! and losing it loses nothing.

mod index;
mod pages;
mod select;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use codat::{CompanyId, ConnectionId};
use jiff::Timestamp;
use sqlx::migrate::Migrator;

use self::index::Index;
use crate::{
    change::instant,
    database::{Database, Rehearsal, begin},
    error::StoreError,
    files,
    store::Store,
};

pub use self::select::{Found, Wanted};

static SCHEMA: Migrator = sqlx::migrate!("migrations/copies");

/// What is kept of all copies together, in bytes; beyond that the oldest go.
const MOST: i64 = 2 * 1024 * 1024 * 1024;
/// Rows deleted at once.
const STRIDE: i64 = 5_000;

/// Which records a copy is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CopyOf {
    /// Whose.
    pub company: CompanyId,
    /// The data type's key, and the account where it is read by account.
    pub data_type: String,
    /// From which connection, for types that are read by connection.
    pub connection: Option<ConnectionId>,
}

/// A copy that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its number.
    pub number: i64,
    /// When it was whole.
    pub at: Timestamp,
    /// How many records it has.
    pub records: u32,
}

/// How far a copy has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Records it has.
    pub records: u32,
    /// Records there are, as the last page said.
    pub total: u32,
    /// Whether that was another number on another page: what was read does not fit together.
    pub moved: bool,
}

/// The file of the copies, and what the copy on screen is searched by.
#[derive(Debug)]
pub(crate) struct Copies {
    pub(crate) database: Database,
    open: Mutex<Option<Arc<Index>>>,
    making: tokio::sync::Mutex<()>,
}

impl Copies {
    /// Opens the file beside a workspace's database, for a simulation where one is given. One that cannot be
    /// read is begun anew.
    pub(crate) async fn open(
        workspace: &Path,
        now: Timestamp,
        rehearsal: Option<&Rehearsal>,
    ) -> Result<Self, StoreError> {
        let path = place(workspace);
        let database = match Database::open_for(&path, &SCHEMA, now, rehearsal).await {
            Ok(database) => database,
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Newer { .. })) => {
                tracing::warn!(%error, "the copies of records are begun anew");
                files::delete(&path)?;
                Database::open_for(&path, &SCHEMA, now, rehearsal).await?
            }
            Err(error) => return Err(error),
        };
        let copies = Self { database, open: Mutex::default(), making: tokio::sync::Mutex::default() };
        copies.clear().await?;
        Ok(copies)
    }

    pub(crate) async fn close(self) {
        self.database.close().await;
    }

    /// Frees the memory of the copy on screen.
    pub(crate) fn forget(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Deletes what was given up, a stride at a time, so that other writes come in between.
    async fn clear(&self) -> Result<(), StoreError> {
        let given_up = sqlx::query_scalar!("SELECT number FROM copies WHERE at IS NULL")
            .fetch_all(self.database.readers())
            .await?;
        for number in given_up {
            self.delete(number).await?;
        }
        Ok(())
    }

    async fn delete(&self, number: i64) -> Result<(), StoreError> {
        let (first, last) = pages::places(number);
        loop {
            let mut writer = self.database.writer().await?;
            let gone = sqlx::query!(
                "DELETE FROM copied WHERE place IN
                     (SELECT place FROM copied WHERE place BETWEEN ?1 AND ?2 LIMIT +?3)",
                first,
                last,
                STRIDE
            )
            .execute(&mut *writer)
            .await?;
            if gone.rows_affected() == 0 {
                sqlx::query!("DELETE FROM copies WHERE number = ?1", number).execute(&mut *writer).await?;
                return Ok(());
            }
        }
    }
}

impl Store {
    /// The whole copy of these records, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn copy(&self, of: &CopyOf) -> Result<Option<Copy>, StoreError> {
        let (company, connection) = key(of);
        let row = sqlx::query!(
            r#"SELECT number, at AS "at!: i64", records AS "records: u32" FROM copies
               WHERE company_id = ?1 AND data_type = ?2 AND connection = ?3 AND at IS NOT NULL"#,
            company,
            of.data_type,
            connection
        )
        .fetch_optional(self.copies.database.readers())
        .await?;
        Ok(row.map(|row| Copy { number: row.number, at: instant(row.at), records: row.records }))
    }

    /// Begins a copy: one of all records, which can be whole, or of some, for a while. Its pages are kept as
    /// [`Topic::Copy`](codat::Topic::Copy) of its number.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin_copy(&self, of: &CopyOf, of_all: bool, now: Timestamp) -> Result<i64, StoreError> {
        let ((company, connection), begun) = (key(of), now.as_millisecond());
        let mut writer = self.copies.database.writer().await?;
        let row = sqlx::query!(
            "INSERT INTO copies (company_id, data_type, connection, of_all, begun) VALUES (?1, ?2, ?3, ?4, ?5)
             RETURNING number",
            company,
            of.data_type,
            connection,
            of_all,
            begun
        )
        .fetch_one(&mut *writer)
        .await?;
        Ok(row.number)
    }

    /// How far a copy has come; nothing where it is gone.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn copy_progress(&self, number: i64) -> Result<Option<Progress>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT records AS "records: u32", total AS "total: u32", moved AS "moved: bool"
               FROM copies WHERE number = ?1"#,
            number
        )
        .fetch_optional(self.copies.database.readers())
        .await?;
        Ok(row.map(|row| Progress { records: row.records, total: row.total, moved: row.moved }))
    }

    /// A copy is whole: it takes the place of the one before, at once or not at all. Where all copies together
    /// have grown too large, the oldest go.
    ///
    /// # Errors
    /// Those of the database; then the one before stays.
    pub async fn finish_copy(&self, number: i64, now: Timestamp) -> Result<(), StoreError> {
        let at = now.as_millisecond();
        let mut writer = self.copies.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let mut unused = sqlx::query_scalar!(
            "SELECT older.number FROM copies AS newer
             JOIN copies AS older ON older.company_id = newer.company_id AND older.data_type = newer.data_type
                  AND older.connection = newer.connection AND older.at IS NOT NULL
             WHERE newer.number = ?1",
            number
        )
        .fetch_all(&mut *transaction)
        .await?;
        unused.extend(
            sqlx::query_scalar!(
                "SELECT number FROM (SELECT number, sum(bytes) OVER (ORDER BY at DESC, number) AS so_far
                                     FROM copies WHERE at IS NOT NULL)
                 WHERE so_far > ?1",
                MOST
            )
            .fetch_all(&mut *transaction)
            .await?,
        );
        for gone in &unused {
            sqlx::query!("UPDATE copies SET at = NULL WHERE number = ?1", gone)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query!("UPDATE copies SET at = ?2 WHERE number = ?1 AND of_all = 1", number, at)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        drop(writer);
        for gone in unused {
            self.copies.delete(gone).await?;
        }
        Ok(())
    }

    /// A copy is given up, or was only needed for a while.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn drop_copy(&self, number: i64) -> Result<(), StoreError> {
        self.copies.delete(number).await
    }

    /// Copies of a company that is gone, or of one of its connections, are of no use.
    pub(crate) async fn drop_copies_of(
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
        .fetch_all(self.copies.database.readers())
        .await?;
        for number in numbers {
            self.copies.delete(number).await?;
        }
        Ok(())
    }
}

fn key(of: &CopyOf) -> (String, String) {
    (of.company.to_string(), of.connection.map(|id| id.to_string()).unwrap_or_default())
}

/// `x.db` has its copies in `x.records.db`.
fn place(workspace: &Path) -> PathBuf {
    workspace.with_extension("records.db")
}
