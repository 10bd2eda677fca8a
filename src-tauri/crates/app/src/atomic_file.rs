//! Writes downloads and exports to a temporary file next to the target and renames it at the end, so that the
//! target is never incomplete.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{fs, io::AsyncWriteExt};

use crate::error::{Code, WireError};

/// A file that is being written. Dropping it before [`commit`](Self::commit) deletes the temporary file.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    target: PathBuf,
    temporary: PathBuf,
    file: Option<fs::File>,
}

impl AtomicFile {
    /// Creates the temporary file. An existing target stays until [`commit`](Self::commit).
    ///
    /// # Errors
    /// If the folder is not writable.
    pub(crate) async fn create(target: &Path) -> io::Result<Self> {
        let temporary = temporary_path(target);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&temporary).await?;
        let atomic_file = Self { target: target.to_owned(), temporary, file: Some(file) };
        // The new file has the permissions of the file that it replaces, from the start.
        if let (Ok(replaced), Some(file)) = (fs::metadata(target).await, &atomic_file.file) {
            file.set_permissions(replaced.permissions()).await?;
        }
        Ok(atomic_file)
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// Errors of the file system, such as a full disk.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_mut().ok_or(io::ErrorKind::NotConnected)?.write_all(bytes).await
    }

    /// Flushes the file to the disk and renames it to the target.
    ///
    /// # Errors
    /// Errors of the file system. The target is then unchanged.
    pub(crate) async fn commit(mut self) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            file.flush().await?;
            file.sync_all().await?;
        }
        fs::rename(&self.temporary, &self.target).await?;
        self.temporary = PathBuf::new();
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        drop(self.file.take());
        if !self.temporary.as_os_str().is_empty()
            && let Err(error) = std::fs::remove_file(&self.temporary)
        {
            tracing::warn!(%error, "a half-written file could not be removed");
        }
    }
}

/// The error message for a file that was not saved.
#[expect(clippy::wildcard_enum_match_arm, reason = "the standard library's own, few of which help a person")]
pub(crate) fn save_error(name: &str, error: &io::Error) -> WireError {
    let (code, why) = match error.kind() {
        io::ErrorKind::StorageFull => (Code::DiskFull, "The disk is full. Make room and save it again."),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            (Code::Unwritable, "We can’t write to this folder. Choose another one.")
        }
        io::ErrorKind::NotFound => (Code::Unwritable, "The folder no longer exists. Choose another one."),
        _ => (Code::Unwritable, "The file system rejected it. Choose another place."),
    };
    let unchanged = "We left no partial file, and didn’t touch any existing file of that name.";
    WireError::new(code, format!("We couldn’t save {name}. {why} {unchanged}")).with_detail(error.to_string())
}

/// The name of a file as users know it.
pub(crate) fn file_name_of(target: &Path) -> String {
    target.file_name().unwrap_or(target.as_os_str()).to_string_lossy().into_owned()
}

/// An unused name in the folder of the target.
fn temporary_path(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.part", uuid::Uuid::new_v4().simple()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[tokio::test]
    async fn what_is_not_whole_leaves_nothing_and_touches_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("files.zip");
        std::fs::write(&target, b"before").unwrap();
        let mut atomic_file = AtomicFile::create(&target).await.unwrap();
        atomic_file.write(b"half").await.unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"before");
        drop(atomic_file);
        assert_eq!(names(folder.path()), ["files.zip"]);
        assert_eq!(std::fs::read(&target).unwrap(), b"before");
    }

    #[tokio::test]
    async fn what_is_whole_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("files.zip");
        std::fs::write(&target, b"before").unwrap();
        let mut atomic_file = AtomicFile::create(&target).await.unwrap();
        atomic_file.write(b"who").await.unwrap();
        atomic_file.write(b"le").await.unwrap();
        atomic_file.commit().await.unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["files.zip"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_keeps_the_rights_of_the_one_it_replaces_from_its_first_byte() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("files.zip");
        drop(crate::folders::private_file(&target).unwrap());
        let mut atomic_file = AtomicFile::create(&target).await.unwrap();
        atomic_file.write(b"half").await.unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let rights = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(rights & 0o777, 0o600);
        }
        atomic_file.commit().await.unwrap();
        assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn two_at_once_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.csv");
        let mut first = AtomicFile::create(&target).await.unwrap();
        let mut second = AtomicFile::create(&target).await.unwrap();
        first.write(b"first").await.unwrap();
        second.write(b"second").await.unwrap();
        first.commit().await.unwrap();
        second.commit().await.unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_told_in_plain_words() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("gone").join("files.zip");
        let error = AtomicFile::create(&target).await.unwrap_err();
        let error_shown = save_error(&file_name_of(&target), &error);
        assert_eq!(error_shown.code, Code::Unwritable);
        assert!(error_shown.message.starts_with("We couldn’t save files.zip"), "{}", error_shown.message);
        assert!(error_shown.message.contains("no longer exists"), "{}", error_shown.message);
    }
}
