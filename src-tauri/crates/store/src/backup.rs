//! Backups of local data: one small database a day beside the workspace's own, and the way back from it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::{Timestamp, civil, tz::TimeZone};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    database::{self, Database, begin},
    error::StoreError,
    files,
    local::{self, Copied},
    store::{SCHEMA, Store},
};

/// Daily backups that are kept.
const DAILY_KEPT: usize = 7;
/// Copies made before migrations that are kept.
const MIGRATION_KEPT: usize = 3;
/// What stands between the name of a workspace's file and the time of a daily backup.
pub(crate) const DAILY: &str = ".daily-";
/// The same of a copy that was made before a migration; the version of its schema follows.
const MIGRATION: &str = ".backup-";
/// The backup that is being written. Its name has no time, so it is never restored.
pub(crate) const PART: &str = ".daily.part";
/// The copy of a backup that is being read.
pub(crate) const READING: &str = ".restoring";
/// The name under which the other database is attached.
const OTHER: &str = "other";

/// What came back from a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was made.
    pub at: Timestamp,
    /// Notes about companies.
    pub notes: u64,
    /// Schedules.
    pub schedules: u64,
    /// Expiry rules.
    pub rules: u64,
    /// Entries of the journal.
    pub journal: u64,
    /// Acts of this app.
    pub acts: u64,
}

/// A backup, by its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Backup {
    /// When it was made, by its name.
    pub(crate) at: Timestamp,
    pub(crate) path: PathBuf,
    pub(crate) is_daily: bool,
}

impl Store {
    /// Whether there is a backup of this day, in the person's time zone.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn is_backed_up(&self, now: Timestamp) -> Result<bool, StoreError> {
        let here = self.here(now);
        let day = |at: Timestamp| at.to_zoned_datetime(here.time_zone().clone()).date();
        let made = backups(self.database.path())?;
        Ok(made.iter().any(|backup| backup.is_daily && day(backup.at) == here.date()))
    }

    /// Writes a backup of the local data. The file takes its name when it is complete and synced. The newest seven are
    /// kept.
    ///
    /// # Errors
    /// [`Corrupt`](StoreError::Corrupt) where damage is found on the way, and others of the database and the file
    /// system. Earlier backups stay.
    pub async fn back_up(&self, now: Timestamp) -> Result<(), StoreError> {
        let path = self.database.path();
        let part = files::beside(path, PART);
        if let Err(error) = write(path, &part).await {
            files::delete(&part)?;
            return Err(error);
        }
        put_in_place(part, files::beside(path, &format!("{DAILY}{}", files::stamp(now)))).await?;
        drop_oldest(path)
    }

    /// Creates a workspace's database and fills it from the newest backup that can be read. Nothing comes back where
    /// there is none.
    ///
    /// # Errors
    /// Those of creating the database. Backups that cannot be read are logged and passed over.
    pub async fn restore(path: &Path, now: Timestamp) -> Result<Option<Restored>, StoreError> {
        let database = Database::open(path, &SCHEMA, now).await?;
        let restored = restore_newest(&database, path).await;
        database.close().await;
        restored
    }
}

/// The backups beside a database, the newest first.
pub(crate) fn backups(database: &Path) -> Result<Vec<Backup>, StoreError> {
    let mut found = Vec::new();
    for (ending, path) in files::all_beside(database)? {
        let daily = ending.strip_prefix(DAILY).and_then(time_of);
        let before_migration = || {
            let (_, stamp) = ending.strip_prefix(MIGRATION)?.split_once('-')?;
            // A second one of the same second has a number behind its time.
            time_of(stamp.split_once('-').map_or(stamp, |(stamp, _)| stamp))
        };
        if let Some(at) = daily.or_else(before_migration) {
            found.push(Backup { at, is_daily: daily.is_some(), path });
        }
    }
    found.sort_by(|a, b| (b.at, &b.path).cmp(&(a.at, &a.path)));
    Ok(found)
}

/// The time in a file's name.
fn time_of(stamp: &str) -> Option<Timestamp> {
    let time = civil::DateTime::strptime(files::STAMP, stamp).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

/// Writes the local rows of a workspace's database into a file of their own, in one read transaction.
async fn write(database: &Path, part: &Path) -> Result<(), StoreError> {
    // One that an earlier attempt left is not continued.
    files::delete(part)?;
    drop(files::private_file(part)?);
    let mut connection = connect(part).await?;
    let written = async {
        migrate(&mut connection).await?;
        attach(&mut connection, database).await?;
        let mut transaction = connection.begin().await?;
        local::copy(&mut transaction, OTHER).await?;
        Ok(transaction.commit().await?)
    };
    let written = written.await;
    connection.close().await?;
    written
}

/// Gives a complete file its name, once it is on the disk.
pub(crate) async fn put_in_place(part: PathBuf, target: PathBuf) -> Result<(), StoreError> {
    let put = move || {
        fs::File::open(&part)?.sync_all()?;
        fs::rename(&part, &target)?;
        sync_folder(&target)
    };
    tokio::task::spawn_blocking(put).await?.map_err(StoreError::from_files)
}

/// The name of a file is on the disk too.
#[cfg(unix)]
fn sync_folder(of: &Path) -> std::io::Result<()> {
    of.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Deletes the oldest backups beyond those that are kept.
pub(crate) fn drop_oldest(database: &Path) -> Result<(), StoreError> {
    let (daily, of_migrations): (Vec<_>, Vec<_>) =
        backups(database)?.into_iter().partition(|backup| backup.is_daily);
    let old = daily.iter().skip(DAILY_KEPT).chain(of_migrations.iter().skip(MIGRATION_KEPT));
    old.map(|backup| &backup.path).try_for_each(|path| files::delete(path))
}

async fn restore_newest(database: &Database, path: &Path) -> Result<Option<Restored>, StoreError> {
    for backup in backups(path)? {
        match read_in(database, path, &backup).await {
            Ok(copied) => return Ok(Some(Restored::of(&backup, &copied))),
            Err(error) => {
                let backup = backup.path.display();
                tracing::warn!(%error, %backup, "a backup cannot be restored; an older one is tried");
            }
        }
    }
    Ok(None)
}

/// Reads a backup in. It is brought to today's schema in a copy, so the backup stays as it is.
async fn read_in(database: &Database, path: &Path, backup: &Backup) -> Result<Copied, StoreError> {
    let reading = files::beside(path, READING);
    let read = async {
        files::delete(&reading)?;
        drop(files::private_file(&reading)?);
        let (from, to) = (backup.path.clone(), reading.clone());
        tokio::task::spawn_blocking(move || fs::copy(from, to)).await?.map_err(StoreError::from_files)?;
        let mut copy = connect(&reading).await?;
        let usable = async {
            database::check(&mut copy).await?;
            check_is_backup(&mut copy).await?;
            migrate(&mut copy).await
        };
        let usable = usable.await;
        copy.close().await?;
        usable?;
        let mut writer = database.writer().await?;
        attach(&mut writer, &reading).await?;
        let copied = copy_in(&mut writer).await;
        sqlx::query("DETACH DATABASE other").execute(&mut *writer).await?;
        copied
    };
    let read = read.await;
    files::delete(&reading)?;
    read
}

/// Copies the rows of the attached backup, and settles what they would set going, in one transaction.
async fn copy_in(writer: &mut SqliteConnection) -> Result<Copied, StoreError> {
    let mut transaction = begin(writer).await?;
    let copied = local::copy(&mut transaction, OTHER).await?;
    for statement in local::SETTLE {
        sqlx::query(*statement).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(copied)
}

/// An empty file is a database for SQLite, and no backup.
async fn check_is_backup(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    match database::schema_of(connection).await? {
        Some(_) => Ok(()),
        None => Err(StoreError::Corrupt { detail: "the backup has no tables".to_owned() }),
    }
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrated = SCHEMA.run_direct(None, connection, false).await;
    migrated.map_err(|error| StoreError::from_migration(error, database::newest(&SCHEMA)))
}

async fn attach(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let path = database::text_of(path)?;
    sqlx::query("ATTACH DATABASE ?1 AS other").bind(path).execute(connection).await?;
    Ok(())
}

/// A connection to a file that counts only when it is complete: nothing is left beside it, and it is synced once.
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

impl Restored {
    fn of(backup: &Backup, copied: &Copied) -> Self {
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
