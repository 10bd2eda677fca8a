//! Backups of the registry: a copy of its file each day, and the way back from it.

use std::{fs, path::Path};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    backup::{self, Backup, DAILY, PART},
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

    /// Opens a copy of the newest backup that can be read in place of a registry whose file is gone. Returns it with the
    /// time of the backup. None if there is no such backup.
    ///
    /// # Errors
    /// Those of the file system. Backups that cannot be read are logged, and older ones are tried.
    pub async fn restore(path: &Path, now: Timestamp) -> Result<Option<(Self, Timestamp)>, StoreError> {
        for backup in backup::backups(path)? {
            match Self::open_copy(path, &backup, now).await {
                Ok(registry) => return Ok(Some((registry, backup.at))),
                Err(error) => {
                    let backup = backup.path.display();
                    tracing::warn!(%error, %backup, "a backup cannot be restored; an older one is tried");
                    files::delete(path)?;
                }
            }
        }
        Ok(None)
    }

    async fn open_copy(path: &Path, backup: &Backup, now: Timestamp) -> Result<Self, StoreError> {
        drop(files::private_file(path)?);
        let (from, to) = (backup.path.clone(), path.to_owned());
        tokio::task::spawn_blocking(move || fs::copy(from, to)).await?.map_err(StoreError::from_files)?;
        let registry = Self::open(path, now).await?;
        let usable = async {
            registry.check().await?;
            match registry.workspaces().await?.is_empty() {
                true => Err(StoreError::Corrupt { detail: "the backup has no workspaces".to_owned() }),
                false => Ok(()),
            }
        };
        match usable.await {
            Ok(()) => Ok(registry),
            Err(error) => {
                registry.close().await;
                Err(error)
            }
        }
    }

    async fn copy_into(&self, part: &Path) -> Result<(), StoreError> {
        let part = database::text_of(part)?;
        sqlx::query("VACUUM INTO ?1").bind(part).execute(self.database.readers()).await?;
        Ok(())
    }
}
