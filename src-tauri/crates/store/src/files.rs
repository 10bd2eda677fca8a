//! Files of a database: permissions, the lock, and deletion.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::error::StoreError;

/// Locks a database against other processes while it exists.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock file of the database. [`Locked`](StoreError::Locked) if another process has it.
    pub(crate) fn acquire(database: &Path) -> Result<Self, StoreError> {
        let file = create_private_file(&with_suffix(database, ".lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
            Err(TryLockError::Error(error)) => Err(StoreError::from_files(error)),
        }
    }
}

/// Creates the folder of a database with permissions for its owner only, independent of the umask.
pub(crate) fn create_private_folder(database: &Path) -> Result<(), StoreError> {
    let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    create_folder(folder).map_err(StoreError::from_files)
}

/// Creates a file, or removes the permissions of others from an existing one.
pub(crate) fn create_private_file(path: &Path) -> Result<File, StoreError> {
    create_file(path).map_err(StoreError::from_files)
}

/// The path of the database with a suffix.
pub(crate) fn with_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The time format in file names, in UTC.
pub(crate) const TIME_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// A time for a file name, in UTC.
pub(crate) fn format_time(now: Timestamp) -> String {
    now.strftime(TIME_FORMAT).to_string()
}

/// The files whose name begins with the database's name, each with the rest of its name.
pub(crate) fn files_with_prefix(database: &Path) -> Result<Vec<(String, PathBuf)>, StoreError> {
    let (Some(folder), Some(name)) = (database.parent(), database.file_name()) else { return Ok(Vec::new()) };
    let name = name.to_string_lossy();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(StoreError::from_files)? {
        let entry = entry.map_err(StoreError::from_files)?;
        if let Some(suffix) = entry.file_name().to_string_lossy().strip_prefix(&*name) {
            found.push((suffix.to_owned(), entry.path()));
        }
    }
    Ok(found)
}

/// Renames a damaged database and its `-wal` and `-shm` files. Deletes nothing.
pub(crate) fn set_aside(database: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let _lock = FileLock::acquire(database)?;
    let renamed = unused_path(&with_suffix(database, &format!(".corrupt-{}", format_time(now))));
    fs::rename(database, &renamed).map_err(StoreError::from_files)?;
    for suffix in ["-wal", "-shm"] {
        let companion = with_suffix(database, suffix);
        if companion.exists() {
            fs::rename(companion, with_suffix(&renamed, suffix)).map_err(StoreError::from_files)?;
        }
    }
    Ok(renamed)
}

/// Deletes a database and its `-wal` and `-shm` files.
pub(crate) fn delete(database: &Path) -> Result<(), StoreError> {
    for path in [database.to_owned(), with_suffix(database, "-wal"), with_suffix(database, "-shm")] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::from_files(error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Deletes a database and all files whose name begins with its name up to the first dot.
pub(crate) fn delete_all(database: &Path) -> Result<(), StoreError> {
    let (Some(folder), Some(stem)) = (database.parent(), database.file_stem()) else { return Ok(()) };
    if !folder.is_dir() {
        return Ok(());
    }
    let _lock = FileLock::acquire(database)?;
    let prefix = format!("{}.", stem.to_string_lossy());
    let mut last_error = None;
    for entry in fs::read_dir(folder).map_err(StoreError::from_files)? {
        let entry = entry.map_err(StoreError::from_files)?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            last_error = fs::remove_file(entry.path()).err().or(last_error);
        }
    }
    last_error.map_or(Ok(()), |error| Err(StoreError::from_files(error)))
}

/// The path itself, or the first one with a number that does not exist.
pub(crate) fn unused_path(path: &Path) -> PathBuf {
    if !path.exists() {
        return path.to_owned();
    }
    (2..u32::MAX)
        .map(|number| with_suffix(path, &format!("-{number}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path.to_owned())
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if !folder.is_dir() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        return fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
    // A folder that its owner made read-only stays so; only permissions of others are removed.
    let mode = fs::metadata(folder)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

#[cfg(unix)]
fn create_file(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let new = !path.exists();
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    let wanted = if new { 0o600 } else { mode & 0o600 };
    if mode != wanted {
        file.set_permissions(fs::Permissions::from_mode(wanted))?;
    }
    Ok(file)
}

// On other systems the user's data folder is private by inheritance.
#[cfg(not(unix))]
fn create_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn create_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}
