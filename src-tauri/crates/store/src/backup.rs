//! Backups of local data: one small database a day beside the workspace's own, and how to restore from it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    backup_files::{self, Backup},
    database::{self, Database, begin},
    error::StoreError,
    files,
    local_tables::{self, CopiedRows},
    store::{SCHEMA, Store},
};

/// The name under which the other database is attached.
const ATTACHED: &str = "other";

/// The number of rows that were restored from a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreSummary {
    /// When the backup was made.
    pub at: Timestamp,
    /// Notes about companies.
    pub notes: u64,
    /// Schedules.
    pub schedules: u64,
    /// Expiry rules.
    pub rules: u64,
    /// Journal entries.
    pub journal: u64,
    /// Actions of this app.
    pub acts: u64,
}

impl Store {
    /// Whether there is a backup of this day, in the user's time zone.
    ///
    /// # Errors
    /// File system errors.
    pub fn is_backed_up(&self, now: Timestamp) -> Result<bool, StoreError> {
        let local_now = self.local_time(now);
        let day = |at: Timestamp| at.to_zoned_datetime(local_now.time_zone().clone()).date();
        let backups = backup_files::list_backups(self.database.path())?;
        Ok(backups.iter().any(|backup| backup.is_daily && day(backup.at) == local_now.date()))
    }

    /// Writes a backup of the local data. The newest seven are retained.
    ///
    /// # Errors
    /// [`Corrupt`](StoreError::Corrupt) if the database is damaged, and other errors of the database and the file
    /// system. Earlier backups stay.
    pub async fn back_up(&self, now: Timestamp) -> Result<(), StoreError> {
        let path = self.database.path();
        let partial = backup_files::partial_path(path);
        backup_files::save_daily(path, now, write_backup(path, &partial)).await
    }

    /// Creates a workspace's database and fills it from the newest backup that is readable. Returns `None` if there is
    /// no such backup.
    ///
    /// # Errors
    /// Errors of creating the database. Backups that are not readable are logged and skipped.
    pub async fn restore(path: &Path, now: Timestamp) -> Result<Option<RestoreSummary>, StoreError> {
        let database = Database::open(path, &SCHEMA, now).await?;
        let restore = |backup| restore_backup(&database, path, backup);
        let restored = backup_files::restore_newest(path, restore, |_| true).await;
        database.close().await;
        Ok(restored?.map(|(backup, copied)| RestoreSummary::new(&backup, &copied)))
    }
}

/// Writes the local rows of a workspace's database into an empty file, in one read transaction.
async fn write_backup(database: &Path, partial: &Path) -> Result<(), StoreError> {
    let mut connection = connect(partial).await?;
    let written = async {
        migrate(&mut connection).await?;
        attach(&mut connection, database).await?;
        let mut transaction = connection.begin().await?;
        local_tables::copy_rows(&mut transaction, ATTACHED).await?;
        Ok(transaction.commit().await?)
    };
    let written = written.await;
    connection.close().await?;
    written
}

/// Copies the rows of a backup into the database. The backup is migrated in a copy, so the backup itself stays as it is.
async fn restore_backup(database: &Database, path: &Path, backup: PathBuf) -> Result<CopiedRows, StoreError> {
    let copy_path = backup_files::restore_copy_path(path);
    let restored = async {
        backup_files::make_restore_copy(path, backup).await?;
        let mut copy = connect(&copy_path).await?;
        let prepared = async {
            database::quick_check(&mut copy).await?;
            check_is_backup(&mut copy).await?;
            migrate(&mut copy).await
        };
        let prepared = prepared.await;
        copy.close().await?;
        prepared?;
        let mut writer = database.writer().await?;
        attach(&mut writer, &copy_path).await?;
        let copied = copy_rows(&mut writer).await;
        sqlx::query("DETACH DATABASE other").execute(&mut *writer).await?;
        copied
    };
    let restored = restored.await;
    files::delete(&copy_path)?;
    restored
}

/// Copies the rows of the attached backup and turns pending ones into history, in one transaction.
async fn copy_rows(writer: &mut SqliteConnection) -> Result<CopiedRows, StoreError> {
    let mut transaction = begin(writer).await?;
    let copied = local_tables::copy_rows(&mut transaction, ATTACHED).await?;
    for statement in local_tables::AFTER_RESTORE {
        sqlx::query(*statement).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(copied)
}

/// SQLite accepts an empty file as a database, but it is not a backup.
async fn check_is_backup(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    match database::schema_version(connection).await? {
        Some(_) => Ok(()),
        None => Err(StoreError::Corrupt { detail: "the backup has no tables".to_owned() }),
    }
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrated = SCHEMA.run_direct(None, connection, false).await;
    migrated.map_err(|error| StoreError::from_migration(error, database::latest_version(&SCHEMA)))
}

async fn attach(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let path = database::path_text(path)?;
    sqlx::query("ATTACH DATABASE ?1 AS other").bind(path).execute(connection).await?;
    Ok(())
}

/// A connection to a file that is used only when it is complete. It leaves no journal file, and the file is synced
/// once.
async fn connect(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(false)
        .pragma("temp_store", "memory")
        .disable_statement_logging();
    Ok(options.connect().await?)
}

impl RestoreSummary {
    fn new(backup: &Backup, copied: &CopiedRows) -> Self {
        let rows = |table| copied.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| *rows);
        Self {
            at: backup.at,
            notes: rows("notes"),
            schedules: rows("schedules"),
            rules: rows("clocks"),
            journal: rows("journal"),
            acts: rows("intents"),
        }
    }
}
