//! Opening a database file: one writer, a few readers, its schema brought up to date.

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

/// What the writer keeps of the file in memory, as SQLite says it: 16 MiB, for the pages that every sweep
/// writes again.
const WRITER_CACHE_SIZE: &str = "-16384";
/// Rows that a statement may be ahead of whoever reads them: neither waits for the other at every few.
const ROW_BUFFER_SIZE: usize = 1_024;
/// Readers beside the one writer; a list, a completion and the tray may ask at the same time.
const MAX_READERS: u32 = 3;

/// How every file of SQLite begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// An open database file, held by this process alone.
#[derive(Debug)]
pub(crate) struct Database {
    writer: Mutex<SqliteConnection>,
    /// How another writer is opened where the connection has become useless.
    connector: WriterConnector,
    readers: SqlitePool,
    _lock: FileLock,
}

/// How the file of a simulation is opened: it outlives the program, not a power cut, and its work is counted.
#[derive(Debug, Clone, Default)]
pub struct SimulationOptions {
    /// Transactions that wrote something, those of single statements among them.
    pub transactions: Arc<AtomicU64>,
}

impl Database {
    /// Opens or creates the file, private to its owner, and migrates it after a backup.
    pub(crate) async fn open(path: &Path, schema: &Migrator, now: Timestamp) -> Result<Self, StoreError> {
        Self::open_for(path, schema, now, None).await
    }

    /// The same, for a simulation where one is given.
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

    /// The readers.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// The writer, when its turn has come. A transaction on it begins with [`begin`].
    ///
    /// On a full disk or an I/O error SQLite rolls a transaction back by itself. The ROLLBACK that sqlx sends
    /// afterwards fails, and sqlx goes on counting the transaction as open: every later one would be refused.
    /// Such a connection is replaced.
    ///
    /// # Errors
    /// When the connection has to be replaced and the file cannot be opened.
    pub(crate) async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, StoreError> {
        let mut writer = self.writer.lock().await;
        if writer.is_in_transaction() {
            // A transaction that was dropped is rolled back by the connection's thread, which answers after it.
            let answered = writer.ping().await;
            if answered.is_err() || writer.is_in_transaction() {
                tracing::warn!("a connection to the database is replaced: SQLite ended its transaction");
                self.connector.replace(&mut writer).await?;
            }
        }
        Ok(writer)
    }

    /// Looks through the whole file for damage: to be asked of small ones.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        quick_check(&self.readers).await
    }

    /// Its file.
    pub(crate) fn path(&self) -> &Path {
        &self.connector.path
    }

    /// Closes the readers, and folds the log back into the file.
    pub(crate) async fn checkpoint(&self) {
        self.readers.close().await;
        let mut writer = self.writer.lock().await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *writer).await {
            tracing::warn!(%error, "the log could not be folded into the database");
        }
    }

    /// Closes all connections, the writer last, which folds the log back into the file.
    pub(crate) async fn close(self) {
        self.readers.close().await;
        if let Err(error) = self.writer.into_inner().close().await {
            tracing::warn!(%error, "closing the database");
        }
    }
}

/// Opens the connection that writes.
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
        // What was told or sent once must be known to be so even after a power cut.
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

    /// In a simulation, counts the transactions of a writer.
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

/// Looks through a whole file for damage.
pub(crate) async fn quick_check(executor: impl SqliteExecutor<'_>) -> Result<(), StoreError> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_all(executor).await?;
    match found.as_slice() {
        [only] if only == "ok" => Ok(()),
        other => Err(StoreError::Corrupt { detail: other.join("; ") }),
    }
}

/// A transaction that is a writer from the start: one that turns writer later is refused at once when
/// another came first.
pub(crate) async fn begin(
    writer: &mut SqliteConnection,
) -> Result<Transaction<'_, sqlx::Sqlite>, StoreError> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

fn options(path: &Path) -> SqliteConnectOptions {
    logged_options(path).disable_statement_logging()
}

/// Tells of each statement, to whoever listens for `sqlx::query`.
fn logged_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .row_buffer_size(ROW_BUFFER_SIZE)
}

/// The newest migration of a schema.
pub(crate) fn latest_version(schema: &Migrator) -> i64 {
    schema.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Whether there is a database, by its first bytes; something else in its place is left alone.
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
        return Err(StoreError::Corrupt { detail: "it is not a database".to_owned() });
    }
    Ok(true)
}

/// Looks without writing: a newer file is refused before anything touches it, an older one is copied.
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

/// The newest migration that the file has seen; none where it was never migrated.
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
    // SQLite fills an empty file that is there already, and so keeps its rights.
    drop(files::create_private_file(&copy)?);
    sqlx::query("VACUUM INTO ?1").bind(path_text(&copy)?).execute(connection).await?;
    Ok(copy)
}

/// A path as SQLite takes it.
pub(crate) fn path_text(path: &Path) -> Result<&str, StoreError> {
    path.to_str().ok_or_else(|| StoreError::Sql { detail: "the path is not UTF-8".to_owned() })
}
