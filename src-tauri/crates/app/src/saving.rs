//! Files that a person saves, downloads as well as exports: written beside their place and moved there when they
//! are whole, so that nothing half-written ever stands under the name that was chosen.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{fs, io::AsyncWriteExt};

use crate::error::{Code, WireError};

/// A file on its way to its place. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Saving {
    place: PathBuf,
    beside: PathBuf,
    file: Option<fs::File>,
}

impl Saving {
    /// Begins beside the place, which may be taken: what is there stays until this is whole.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub(crate) async fn begin(place: &Path) -> io::Result<Self> {
        let beside = beside(place);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&beside).await?;
        let saving = Self { place: place.to_owned(), beside, file: Some(file) };
        // Who may read what it replaces may read this, and nobody else.
        if let (Ok(replaced), Some(file)) = (fs::metadata(place).await, &saving.file) {
            file.set_permissions(replaced.permissions()).await?;
        }
        Ok(saving)
    }

    /// Writes a piece.
    ///
    /// # Errors
    /// Those of the file system, such as that the disk is full.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.as_mut().ok_or(io::ErrorKind::NotConnected)?.write_all(piece).await
    }

    /// The file is whole: on the disk to its last byte, it takes its place.
    ///
    /// # Errors
    /// Those of the file system; then nothing is in its place that was not there before.
    pub(crate) async fn finish(mut self) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            file.flush().await?;
            file.sync_all().await?;
        }
        fs::rename(&self.beside, &self.place).await?;
        self.beside = PathBuf::new();
        Ok(())
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        drop(self.file.take());
        if !self.beside.as_os_str().is_empty()
            && let Err(error) = std::fs::remove_file(&self.beside)
        {
            tracing::warn!(%error, "a half-written file could not be removed");
        }
    }
}

/// Why a file was not saved, for a person who knows it by this name.
#[expect(clippy::wildcard_enum_match_arm, reason = "the standard library's own, few of which help a person")]
pub(crate) fn not_saved(name: &str, error: &io::Error) -> WireError {
    let (code, why) = match error.kind() {
        io::ErrorKind::StorageFull => (Code::DiskFull, "The disk is full. Make room and save it again."),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            (Code::Unwritable, "The folder cannot be written. Choose another one.")
        }
        io::ErrorKind::NotFound => (Code::Unwritable, "The folder is no longer there. Choose another one."),
        _ => (Code::Unwritable, "The file system refused it. Choose another place."),
    };
    let kept = "Nothing half-written was left, and a file of that name is as it was.";
    WireError::new(code, format!("{name} was not saved. {why} {kept}")).with_detail(error.to_string())
}

/// What a person calls the file at this place.
pub(crate) fn name_of(place: &Path) -> String {
    place.file_name().unwrap_or(place.as_os_str()).to_string_lossy().into_owned()
}

/// A name beside the place that nothing has yet.
fn beside(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.{}.part", uuid::Uuid::new_v4().simple()))
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
        let place = folder.path().join("files.zip");
        std::fs::write(&place, b"before").unwrap();
        let mut saving = Saving::begin(&place).await.unwrap();
        saving.write(b"half").await.unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"before");
        drop(saving);
        assert_eq!(names(folder.path()), ["files.zip"]);
        assert_eq!(std::fs::read(&place).unwrap(), b"before");
    }

    #[tokio::test]
    async fn what_is_whole_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("files.zip");
        std::fs::write(&place, b"before").unwrap();
        let mut saving = Saving::begin(&place).await.unwrap();
        saving.write(b"who").await.unwrap();
        saving.write(b"le").await.unwrap();
        saving.finish().await.unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["files.zip"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_keeps_the_rights_of_the_one_it_replaces_from_its_first_byte() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("files.zip");
        drop(crate::folders::private_file(&place).unwrap());
        let mut saving = Saving::begin(&place).await.unwrap();
        saving.write(b"half").await.unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let rights = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(rights & 0o777, 0o600);
        }
        saving.finish().await.unwrap();
        assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn two_at_once_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.csv");
        let mut first = Saving::begin(&place).await.unwrap();
        let mut second = Saving::begin(&place).await.unwrap();
        first.write(b"first").await.unwrap();
        second.write(b"second").await.unwrap();
        first.finish().await.unwrap();
        second.finish().await.unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_told_in_plain_words() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("gone").join("files.zip");
        let error = Saving::begin(&place).await.unwrap_err();
        let told = not_saved(&name_of(&place), &error);
        assert_eq!(told.code, Code::Unwritable);
        assert!(told.message.starts_with("files.zip was not saved"), "{}", told.message);
        assert!(told.message.contains("no longer there"), "{}", told.message);
    }
}
