//! Errors of a database file, with messages that say what to do.

use std::io;

use sqlx::migrate::MigrateError;

/// Why an operation failed.
///
/// *Invariant*: every write is one transaction, so after an error nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be written.
    #[error(
        "We can’t write to the local database. Check its folder’s permissions and that its disk isn’t \
         read-only. ({detail})"
    )]
    ReadOnly {
        /// The message of the system.
        detail: String,
    },
    /// Another process has the database open.
    #[error("Another program is using the local database. Close the other Portal Desktop and try again.")]
    Locked,
    /// A newer version of this app wrote it. The file was not changed.
    #[error(
        "The local database is from a newer version of Portal Desktop (schema {found}; this version knows {known}). Update the app. Nothing was changed."
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is damaged or is not a database. It was not changed.
    #[error(
        "The local database is damaged. We didn’t change it. You can set it aside and rebuild it from \
         Codat. ({detail})"
    )]
    Corrupt {
        /// The message of SQLite.
        detail: String,
    },
    /// No space for the write, which was rolled back.
    #[error("The disk is full, so we couldn’t save the last change. Free some space and try again.")]
    DiskFull,
    /// Another I/O error.
    #[error("We couldn’t open the local database: {0}")]
    Io(#[from] io::Error),
    /// SQLite rejected a statement, which is a bug in this app.
    #[error("The local database rejected a request: {detail}")]
    Sql {
        /// The message of SQLite.
        detail: String,
    },
    /// A stored value that this version cannot parse.
    #[error("We can’t read an entry of the local database: {detail}")]
    Unreadable {
        /// Which value, and why.
        detail: String,
    },
}

/// Primary result codes of SQLite. The low byte of an extended code is the primary one.
mod code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const IOERR: u32 = 10;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const CANTOPEN: u32 = 14;
    pub(super) const NOT_A_DATABASE: u32 = 26;
    /// An extended code: no space for the shared-memory file (`-shm`).
    pub(super) const IOERR_SHMSIZE: u32 = IOERR | (19 << 8);
}

impl StoreError {
    /// A stored value that this version cannot parse.
    pub(crate) fn unreadable(what: &str, why: &dyn std::fmt::Display) -> Self {
        Self::Unreadable { detail: format!("{what}: {why}") }
    }

    /// Classifies a file system error by what the user has to do.
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
