//! A file that a person asked for: whole under its name, or not there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A file that is being written, beside the place where it will be. Dropped before it is finished, it is gone,
/// and what was there before is as it was.
#[derive(Debug)]
pub(crate) struct Draft {
    writer: Option<BufWriter<File>>,
    beside: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// Begins one.
    ///
    /// # Errors
    /// Those of the file system: the folder is gone, or not ours to write.
    pub(crate) fn begin(target: PathBuf) -> io::Result<Self> {
        let (file, beside) = free_file(&target)?;
        Ok(Self { writer: Some(BufWriter::new(file)), beside, target })
    }

    /// Writes more of it.
    ///
    /// # Errors
    /// Those of the file system, such as a full disk.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.as_mut().ok_or(io::ErrorKind::NotConnected)?.write_all(bytes)
    }

    /// It is whole: on the disk to its last byte, it takes its name. Blocks until it is there.
    ///
    /// # Errors
    /// Those of the file system; then nothing has the name that had it not before.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let writer = self.writer.take().ok_or(io::ErrorKind::NotConnected)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&self.beside, &self.target)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.writer = None;
        // After the end it has another name, and nothing is there to remove.
        let _ = fs::remove_file(&self.beside);
    }
}

/// A new file beside the target, hidden where names with a dot are.
fn free_file(target: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    for number in 0..1_000_u32 {
        let beside = target.with_file_name(format!(".{name}.{number}.part"));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_when_it_is_whole_and_what_was_there_stays_until_then() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.csv");
        fs::write(&target, "before").unwrap();
        let mut draft = Draft::begin(target.clone()).unwrap();
        draft.write(b"after").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "before");
        draft.finish().unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "after");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    fn one_that_is_given_up_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut draft = Draft::begin(folder.path().join("a.csv")).unwrap();
        draft.write(b"half").unwrap();
        drop(draft);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn two_at_once_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.csv");
        let mut first = Draft::begin(target.clone()).unwrap();
        let mut second = Draft::begin(target.clone()).unwrap();
        first.write(b"first").unwrap();
        second.write(b"second").unwrap();
        first.finish().unwrap();
        second.finish().unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "second");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }
}
