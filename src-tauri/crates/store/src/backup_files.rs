//! The files of backups beside a database: their names, writing one, and restoring from the newest usable one.
//!
//! *Invariant*: a file has the name of a backup only when it is complete and synced. Until then it has a name without a
//! time, which is never restored.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::{error::StoreError, files};

/// The number of daily backups that are retained.
const DAILY_BACKUPS: usize = 7;
/// The number of backups from before migrations that are retained.
const MIGRATION_BACKUPS: usize = 3;
/// The suffix of a daily backup's file; its time follows.
const DAILY_PREFIX: &str = ".daily-";
/// The suffix of a backup from before a migration; the schema version and the time follow.
const MIGRATION_PREFIX: &str = ".backup-";
/// The suffix of the backup that is being written.
const PARTIAL: &str = ".daily.part";
/// The suffix of the copy that is made of a backup to restore from.
const RESTORE_COPY: &str = ".restoring";

/// A backup file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Backup {
    /// When it was made, from its name.
    pub(crate) at: Timestamp,
    pub(crate) path: PathBuf,
    pub(crate) is_daily: bool,
}

/// The backups beside a database, newest first.
pub(crate) fn list_backups(database: &Path) -> Result<Vec<Backup>, StoreError> {
    let mut backups = Vec::new();
    for (suffix, path) in files::files_with_prefix(database)? {
        let daily = suffix.strip_prefix(DAILY_PREFIX).and_then(parse_time);
        let before_migration = || {
            let (_, time) = suffix.strip_prefix(MIGRATION_PREFIX)?.split_once('-')?;
            // A second backup within the same second has a number after its time.
            parse_time(time.split_once('-').map_or(time, |(time, _)| time))
        };
        if let Some(at) = daily.or_else(before_migration) {
            backups.push(Backup { at, is_daily: daily.is_some(), path });
        }
    }
    backups.sort_by(|left, right| (right.at, &right.path).cmp(&(left.at, &left.path)));
    Ok(backups)
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let time = civil::DateTime::strptime(files::TIME_FORMAT, text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

/// The path for a backup from before a migration of a database at schema version `found`.
pub(crate) fn migration_backup_path(database: &Path, found: i64, now: Timestamp) -> PathBuf {
    let suffix = format!("{MIGRATION_PREFIX}{found}-{}", files::format_time(now));
    files::unused_path(&files::with_suffix(database, &suffix))
}

/// The path that a daily backup has while it is written.
pub(crate) fn partial_path(database: &Path) -> PathBuf {
    files::with_suffix(database, PARTIAL)
}

/// Creates an empty file at [`partial_path`], lets `write` fill it, and makes it the daily backup of `now`. Deletes the
/// oldest backups afterwards.
pub(crate) async fn save_daily(
    database: &Path,
    now: Timestamp,
    write: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let partial = partial_path(database);
    // A file that an earlier attempt left is not continued.
    files::delete(&partial)?;
    drop(files::create_private_file(&partial)?);
    if let Err(error) = write.await {
        files::delete(&partial)?;
        return Err(error);
    }
    let suffix = format!("{DAILY_PREFIX}{}", files::format_time(now));
    commit_file(partial, files::with_suffix(database, &suffix)).await?;
    delete_old_backups(database)
}

/// Syncs a complete file to disk and gives it its final name.
pub(crate) async fn commit_file(partial: PathBuf, target: PathBuf) -> Result<(), StoreError> {
    let sync_and_rename = move || {
        fs::File::open(&partial)?.sync_all()?;
        fs::rename(&partial, &target)?;
        sync_folder(&target)
    };
    tokio::task::spawn_blocking(sync_and_rename).await?.map_err(StoreError::from_files)
}

/// Syncs the folder of a file, so that the file's name survives a power cut.
#[cfg(unix)]
fn sync_folder(file: &Path) -> std::io::Result<()> {
    file.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Deletes the oldest backups beyond the retained number of each kind.
pub(crate) fn delete_old_backups(database: &Path) -> Result<(), StoreError> {
    let (daily, migration): (Vec<_>, Vec<_>) =
        list_backups(database)?.into_iter().partition(|backup| backup.is_daily);
    let old = daily.iter().skip(DAILY_BACKUPS).chain(migration.iter().skip(MIGRATION_BACKUPS));
    old.map(|backup| &backup.path).try_for_each(|path| files::delete(path))
}

/// Tries the backups from the newest to the oldest. Returns the first that `restore` accepts, with its result. A backup
/// whose error `can_skip` is logged, and an older one is tried.
pub(crate) async fn restore_newest<T, F: Future<Output = Result<T, StoreError>>>(
    database: &Path,
    restore: impl Fn(PathBuf) -> F,
    can_skip: impl Fn(&StoreError) -> bool,
) -> Result<Option<(Backup, T)>, StoreError> {
    for backup in list_backups(database)? {
        match restore(backup.path.clone()).await {
            Ok(restored) => return Ok(Some((backup, restored))),
            Err(error) if can_skip(&error) => {
                let backup = backup.path.display();
                tracing::warn!(%error, %backup, "a backup cannot be restored; an older one is tried");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The path of the copy that is restored from, so that the backup itself is not changed.
pub(crate) fn restore_copy_path(database: &Path) -> PathBuf {
    files::with_suffix(database, RESTORE_COPY)
}

/// Copies a backup to [`restore_copy_path`].
pub(crate) async fn make_restore_copy(database: &Path, backup: PathBuf) -> Result<(), StoreError> {
    let copy = restore_copy_path(database);
    files::delete(&copy)?;
    drop(files::create_private_file(&copy)?);
    tokio::task::spawn_blocking(move || fs::copy(backup, copy)).await?.map_err(StoreError::from_files)?;
    Ok(())
}
