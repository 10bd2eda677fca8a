//! Backups of the registry: a copy of its file each day, and the way back from it.

use std::{fs, path::Path};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    backup::{self, Backup, DAILY, PART, READING},
    database,
    error::StoreError,
    files,
    registry::Registry,
};

impl Registry {
    /// Writes a backup if there is none of this day in UTC. The newest seven are kept.
    ///
    /// # Errors
    /// [`Corrupt`](StoreError::Corrupt) if the registry is damaged, and others of the database and the file system.
    /// Earlier backups stay.
    pub async fn back_up_daily(&self, now: Timestamp) -> Result<(), StoreError> {
        let path = self.database.path();
        let day = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
        if backup::backups(path)?.iter().any(|backup| backup.is_daily && day(backup.at) == day(now)) {
            return Ok(());
        }
        self.check().await?;
        let part = files::beside(path, PART);
        files::delete(&part)?;
        drop(files::private_file(&part)?);
        if let Err(error) = self.copy_into(&part).await {
            files::delete(&part)?;
            return Err(error);
        }
        backup::put_in_place(part, files::beside(path, &format!("{DAILY}{}", files::stamp(now)))).await?;
        backup::drop_oldest(path)
    }

    /// Opens a copy of the newest backup that is whole in place of a registry whose file is gone. Returns it with the time
    /// of the backup. None if there is no such backup.
    ///
    /// # Errors
    /// Those of the database and the file system. A damaged backup is logged, and an older one is tried.
    pub async fn restore(path: &Path, now: Timestamp) -> Result<Option<(Self, Timestamp)>, StoreError> {
        for backup in backup::backups(path)? {
            match copy_back(path, &backup, now).await {
                Ok(()) => return Ok(Some((Self::open(path, now).await?, backup.at))),
                Err(error @ (StoreError::Corrupt { .. } | StoreError::Unreadable { .. })) => {
                    let backup = backup.path.display();
                    tracing::warn!(%error, %backup, "a backup cannot be restored; an older one is tried");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn copy_into(&self, part: &Path) -> Result<(), StoreError> {
        let part = database::text_of(part)?;
        sqlx::query("VACUUM INTO ?1").bind(part).execute(self.database.readers()).await?;
        Ok(())
    }
}

/// Copies a backup to a file beside the registry, checks the copy, and then gives it the registry's name.
async fn copy_back(path: &Path, backup: &Backup, now: Timestamp) -> Result<(), StoreError> {
    let reading = files::beside(path, READING);
    files::delete(&reading)?;
    drop(files::private_file(&reading)?);
    let (from, to) = (backup.path.clone(), reading.clone());
    tokio::task::spawn_blocking(move || fs::copy(from, to)).await?.map_err(StoreError::from_files)?;
    let checked = check_copy(&reading, now).await;
    // The lock of the copy was needed for the check alone.
    files::delete(&files::beside(&reading, ".lock"))?;
    if checked.is_err() {
        files::delete(&reading)?;
        return checked;
    }
    backup::put_in_place(reading, path.to_owned()).await
}

async fn check_copy(copy: &Path, now: Timestamp) -> Result<(), StoreError> {
    let registry = Registry::open(copy, now).await?;
    let usable = async {
        registry.check().await?;
        match registry.workspaces().await?.is_empty() {
            true => Err(StoreError::Corrupt { detail: "the backup has no workspaces".to_owned() }),
            false => Ok(()),
        }
    };
    let usable = usable.await;
    registry.fold().await;
    registry.close().await;
    usable
}
