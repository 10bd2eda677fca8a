//! What can go wrong with a database file, in words that say what to do.

use std::io;

use sqlx::migrate::MigrateError;

/// Why the database did not do what it was asked.
///
/// Whatever it is, nothing was half done: every write is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be written.
    #[error(
        "The local database cannot be written. Check the permissions of its folder and that its disk is not read-only. ({detail})"
    )]
    ReadOnly {
        /// What the system said.
        detail: String,
    },
    /// Another process has it.
    #[error("Another program is using the local database. Close the other Portal Desktop and try again.")]
    Locked,
    /// A newer version of this app wrote it. Nothing was touched.
    #[error(
        "The local database is from a newer version of Portal Desktop (schema {found}; this version knows {known}). Update the app. Nothing was changed."
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is damaged, or is no database. It was left as it is.
    #[error(
        "The local database is damaged and was left as it is. It can be set aside and built again from the server. ({detail})"
    )]
    Corrupt {
        /// What SQLite said.
        detail: String,
    },
    /// No room for the write, which was taken back whole.
    #[error("The disk is full: the last change was not kept. Free some space and try again.")]
    DiskFull,
    /// The system refused something else about the files.
    #[error("The local database could not be reached: {0}")]
    Io(#[from] io::Error),
    /// SQLite refused a statement; a mistake of this program.
    #[error("The local database refused a request: {detail}")]
    Sql {
        /// What SQLite said.
        detail: String,
    },
    /// Something kept cannot be read by this version.
    #[error("An entry of the local database cannot be read: {detail}")]
    Unreadable {
        /// Which one and why.
        detail: String,
    },
}

/// Primary result codes of SQLite, of which the extended ones are made.
mod code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const IOERR: u32 = 10;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const CANTOPEN: u32 = 14;
    pub(super) const NOT_A_DATABASE: u32 = 26;
    /// An extended one: no room for the file beside a database that all its connections share (`-shm`).
    pub(super) const IOERR_SHMSIZE: u32 = IOERR | (19 << 8);
}

impl StoreError {
    /// Something kept that this version cannot read.
    pub(crate) fn unreadable(what: &str, why: &dyn std::fmt::Display) -> Self {
        Self::Unreadable { detail: format!("{what}: {why}") }
    }

    /// An error of the file system, told apart by what it asks of the person.
    pub(crate) fn from_files(error: io::Error) -> Self {
        let kind = error.kind();
        if matches!(kind, io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
            return Self::ReadOnly { detail: error.to_string() };
        }
        if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return Self::DiskFull;
        }
        Self::Io(error)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Io(error) = error {
            return Self::from_files(error);
        }
        let detail = error.to_string();
        let said = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        if said == Some(code::IOERR_SHMSIZE) {
            return Self::DiskFull;
        }
        match said.map(|extended| extended & 0xff) {
            Some(code::BUSY | code::LOCKED) => Self::Locked,
            Some(code::READONLY) => Self::ReadOnly { detail },
            Some(code::CORRUPT | code::NOT_A_DATABASE) => Self::Corrupt { detail },
            Some(code::FULL) => Self::DiskFull,
            Some(code::IOERR | code::CANTOPEN) => Self::Io(io::Error::other(detail)),
            Some(_) | None => Self::Sql { detail },
        }
    }
}

impl StoreError {
    /// `known` is the newest schema of this version.
    pub(crate) fn from_migration(error: MigrateError, known: i64) -> Self {
        if let MigrateError::VersionMissing(found) = error {
            return if found > known {
                Self::Newer { found, known }
            } else {
                Self::Sql { detail: format!("schema {found} is unknown") }
            };
        }
        if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
            return error.into();
        }
        Self::Sql { detail: error.to_string() }
    }
}

impl From<tokio::task::JoinError> for StoreError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Io(io::Error::other(error))
    }
}
