//! Backups of the registry: a copy of its file each day, and how to restore from it.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, tz::TimeZone};

use crate::{backup_files, database, error::StoreError, files, registry::Registry};

impl Registry {
    /// Writes a backup if there is none of this day in UTC. The newest seven are retained.
    ///
    /// # Errors
    /// [`Corrupt`](StoreError::Corrupt) if the registry is damaged, and other errors of the database and the file
    /// system. Earlier backups stay.
    pub async fn back_up_daily(&self, now: Timestamp) -> Result<(), StoreError> {
        let path = self.database.path();
        let day = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
        let backups = backup_files::list_backups(path)?;
        if backups.iter().any(|backup| backup.is_daily && day(backup.at) == day(now)) {
            return Ok(());
        }
        self.check().await?;
        let partial = backup_files::partial_path(path);
        backup_files::save_daily(path, now, self.copy_to(&partial)).await
    }

    /// Opens a copy of the newest intact backup in place of a registry whose file is gone. Returns it with the time of
    /// the backup, or `None` if there is no such backup.
    ///
    /// # Errors
    /// Errors of the database and the file system. A damaged backup is logged, and an older one is tried.
    pub async fn restore(path: &Path, now: Timestamp) -> Result<Option<(Self, Timestamp)>, StoreError> {
        let restore = |backup| restore_backup(path, backup, now);
        let is_damaged =
            |error: &StoreError| matches!(error, StoreError::Corrupt { .. } | StoreError::Unreadable { .. });
        match backup_files::restore_newest(path, restore, is_damaged).await? {
            Some((backup, ())) => Ok(Some((Self::open(path, now).await?, backup.at))),
            None => Ok(None),
        }
    }

    async fn copy_to(&self, partial: &Path) -> Result<(), StoreError> {
        let partial = database::path_text(partial)?;
        sqlx::query("VACUUM INTO ?1").bind(partial).execute(self.database.readers()).await?;
        Ok(())
    }
}

/// Copies a backup to a file beside the registry, checks the copy, and then gives it the registry's name.
async fn restore_backup(path: &Path, backup: PathBuf, now: Timestamp) -> Result<(), StoreError> {
    let copy_path = backup_files::restore_copy_path(path);
    backup_files::make_restore_copy(path, backup).await?;
    let checked = check_registry(&copy_path, now).await;
    // The lock of the copy is no longer needed.
    files::delete(&files::with_suffix(&copy_path, ".lock"))?;
    if checked.is_err() {
        files::delete(&copy_path)?;
        return checked;
    }
    backup_files::commit_file(copy_path, path.to_owned()).await
}

async fn check_registry(copy: &Path, now: Timestamp) -> Result<(), StoreError> {
    let registry = Registry::open(copy, now).await?;
    let result = async {
        registry.check().await?;
        match registry.workspaces().await?.is_empty() {
            true => Err(StoreError::Corrupt { detail: "the backup has no workspaces".to_owned() }),
            false => Ok(()),
        }
    };
    let result = result.await;
    registry.checkpoint().await;
    registry.close().await;
    result
}
