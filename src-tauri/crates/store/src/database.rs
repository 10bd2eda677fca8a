//! Opens a database file: one writing connection, a few reading ones, and a migrated schema.
//!
//! *Invariant*: one process has the file open. Writes go through one connection, one transaction at a time.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqliteExecutor, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    backup_files,
    error::StoreError,
    files::{self, FileLock},
};

/// The page cache of the writer in SQLite's notation: 16 MiB, for the pages that every sweep writes.
const WRITER_CACHE_SIZE: &str = "-16384";
/// The number of rows that a statement may be ahead of its reader, so that neither waits for the other often.
const ROW_BUFFER_SIZE: usize = 1_024;
/// The number of reading connections. A list, a completion and the tray may read at the same time.
const MAX_READERS: u32 = 3;

/// The first bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// An open database file, locked by this process.
#[derive(Debug)]
pub(crate) struct Database {
    writer: Mutex<SqliteConnection>,
    /// Opens another writer when the connection is broken.
    connector: WriterConnector,
    readers: SqlitePool,
    _lock: FileLock,
}

/// Options for a simulation: no sync to disk, statements are logged, and transactions are counted.
#[derive(Debug, Clone, Default)]
pub struct SimulationOptions {
    /// The number of transactions that wrote something, including single statements.
    pub transactions: Arc<AtomicU64>,
}

impl Database {
    /// Opens or creates the file with permissions for its owner only, and migrates it after a backup.
    pub(crate) async fn open(path: &Path, schema: &Migrator, now: Timestamp) -> Result<Self, StoreError> {
        Self::open_for(path, schema, now, None).await
    }

    /// Like [`open`](Self::open), with options for a simulation.
    pub(crate) async fn open_for(
        path: &Path,
        schema: &Migrator,
        now: Timestamp,
        simulation: Option<&SimulationOptions>,
    ) -> Result<Self, StoreError> {
        let path = std::path::absolute(path).map_err(StoreError::from_files)?;
        files::create_private_folder(&path)?;
        let lock = FileLock::acquire(&path)?;
        let is_new = !is_sqlite_file(&path)?;
        if !is_new {
            back_up_before_migrating(&path, schema, now).await?;
        }
        drop(files::create_private_file(&path)?);
        let connector = WriterConnector { path: path.clone(), simulation: simulation.cloned() };
        let mut writer = connector.connect().await?;
        schema
            .run_direct(None, &mut writer, false)
            .await
            .map_err(|error| StoreError::from_migration(error, latest_version(schema)))?;
        connector.count_transactions(&mut writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(MAX_READERS)
            .test_before_acquire(false)
            .connect_lazy_with(connector.options().read_only(true).pragma("temp_store", "memory"));
        Ok(Self { writer: Mutex::new(writer), connector, readers, _lock: lock })
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Waits for the writer. Start a transaction on it with [`begin`].
    ///
    /// On a full disk or an I/O error SQLite rolls back the transaction itself. The ROLLBACK that sqlx sends
    /// afterwards fails, and sqlx still counts the transaction as open, so every later one would fail. Such a
    /// connection is replaced.
    ///
    /// # Errors
    /// If the connection must be replaced and the file cannot be opened.
    pub(crate) async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, StoreError> {
        let mut writer = self.writer.lock().await;
        if writer.is_in_transaction() {
            // The connection's thread rolls back a dropped transaction before it answers the ping.
            let answered = writer.ping().await;
            if answered.is_err() || writer.is_in_transaction() {
                tracing::warn!("a connection to the database is replaced: SQLite ended its transaction");
                self.connector.replace(&mut writer).await?;
            }
        }
        Ok(writer)
    }

    /// Checks the whole file for damage.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        quick_check(&self.readers).await
    }

    pub(crate) fn path(&self) -> &Path {
        &self.connector.path
    }

    /// Closes the readers and moves the write-ahead log into the file.
    pub(crate) async fn checkpoint(&self) {
        self.readers.close().await;
        let mut writer = self.writer.lock().await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *writer).await {
            tracing::warn!(%error, "the log could not be folded into the database");
        }
    }

    /// Closes all connections. The writer is last and moves the write-ahead log into the file.
    pub(crate) async fn close(self) {
        self.readers.close().await;
        if let Err(error) = self.writer.into_inner().close().await {
            tracing::warn!(%error, "closing the database");
        }
    }
}

#[derive(Debug)]
struct WriterConnector {
    path: PathBuf,
    simulation: Option<SimulationOptions>,
}

impl WriterConnector {
    fn options(&self) -> SqliteConnectOptions {
        match self.simulation {
            None => options(&self.path),
            Some(_) => logged_options(&self.path),
        }
    }

    async fn connect(&self) -> Result<SqliteConnection, StoreError> {
        // What was announced or sent once must be known even after a power cut, so production uses full sync.
        let synchronous = match self.simulation {
            None => SqliteSynchronous::Full,
            Some(_) => SqliteSynchronous::Off,
        };
        let options = self
            .options()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .pragma("temp_store", "memory")
            .pragma("cache_size", WRITER_CACHE_SIZE);
        Ok(options.connect().await?)
    }

    /// Counts the writer's transactions in a simulation.
    async fn count_transactions(&self, writer: &mut SqliteConnection) -> Result<(), StoreError> {
        if let Some(SimulationOptions { transactions }) = self.simulation.clone() {
            let count = move || transactions.fetch_add(1, Ordering::AcqRel) < u64::MAX;
            writer.lock_handle().await?.set_commit_hook(count);
        }
        Ok(())
    }

    async fn replace(&self, writer: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut replacement = self.connect().await?;
        self.count_transactions(&mut replacement).await?;
        let broken = std::mem::replace(writer, replacement);
        if let Err(error) = broken.close().await {
            tracing::warn!(%error, "closing a connection of no more use");
        }
        Ok(())
    }
}

/// Checks the whole file for damage.
pub(crate) async fn quick_check(executor: impl SqliteExecutor<'_>) -> Result<(), StoreError> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_all(executor).await?;
    match found.as_slice() {
        [only] if only == "ok" => Ok(()),
        other => Err(StoreError::Corrupt { detail: other.join("; ") }),
    }
}

/// Starts a write transaction. A transaction that begins as a read and writes later fails if another one wrote in
/// between.
pub(crate) async fn begin(
    writer: &mut SqliteConnection,
) -> Result<Transaction<'_, sqlx::Sqlite>, StoreError> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

fn options(path: &Path) -> SqliteConnectOptions {
    logged_options(path).disable_statement_logging()
}

/// Options that log each statement to the target `sqlx::query`.
fn logged_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .row_buffer_size(ROW_BUFFER_SIZE)
}

/// The version of the newest migration.
pub(crate) fn latest_version(schema: &Migrator) -> i64 {
    schema.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Whether the file is an SQLite database, by its first bytes. Any other content is an error, and the file is not
/// touched.
fn is_sqlite_file(path: &Path) -> Result<bool, StoreError> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::from_files(error)),
    };
    let mut first = Vec::with_capacity(MAGIC.len());
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut first).map_err(StoreError::from_files)?;
    if first.is_empty() {
        return Ok(false);
    }
    if first != MAGIC {
        return Err(StoreError::Corrupt { detail: "it isn’t a database".to_owned() });
    }
    Ok(true)
}

/// Inspects the file read-only: a newer schema is refused before anything is written, and an older one is backed up.
async fn back_up_before_migrating(path: &Path, schema: &Migrator, now: Timestamp) -> Result<(), StoreError> {
    let mut connection = options(path).read_only(true).connect().await?;
    let result = back_up_if_older(&mut connection, path, schema, now).await;
    connection.close().await?;
    result
}

async fn back_up_if_older(
    connection: &mut SqliteConnection,
    path: &Path,
    schema: &Migrator,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(found) = schema_version(connection).await? else { return Ok(()) };
    let known = latest_version(schema);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found < known {
        let copy = copy_database(connection, path, found, now).await?;
        tracing::info!(copy = %copy.display(), found, known, "the database was copied before its migration");
        backup_files::delete_old_backups(path)?;
    }
    Ok(())
}

/// The version of the newest applied migration. `None` if the file was never migrated.
pub(crate) async fn schema_version(connection: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    let migrated: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if migrated == 0 {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(connection).await?)
}

async fn copy_database(
    connection: &mut SqliteConnection,
    path: &Path,
    found: i64,
    now: Timestamp,
) -> Result<PathBuf, StoreError> {
    let copy = backup_files::migration_backup_path(path, found, now);
    // SQLite fills an existing empty file and keeps its permissions.
    drop(files::create_private_file(&copy)?);
    sqlx::query("VACUUM INTO ?1").bind(path_text(&copy)?).execute(connection).await?;
    Ok(copy)
}

/// A path as text for SQLite.
pub(crate) fn path_text(path: &Path) -> Result<&str, StoreError> {
    path.to_str().ok_or_else(|| StoreError::Sql { detail: "the path isn’t UTF-8".to_owned() })
}
