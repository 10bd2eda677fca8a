//! The only module that knows the paths of all files.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::options::SANDBOX;

/// The name of the app's folder.
const NAME: &str = "portal-desktop";

/// The data folder and the state folder.
#[derive(Debug, Clone)]
pub struct Folders {
    data: PathBuf,
    state: PathBuf,
}

/// Why there is no usable folder.
#[derive(Debug, thiserror::Error)]
pub enum FoldersError {
    /// The system reports no home folder.
    #[error("This computer has no home folder to store data in. Start the app with --data-dir.")]
    NoHome,
    /// A folder cannot be created or written.
    #[error("We can’t use the folder {}: {source}. Fix its permissions, or start the app with --data-dir.", folder.display())]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
}

impl Folders {
    /// The folders of the platform: XDG on Linux, Application Support on macOS, AppData on Windows.
    ///
    /// # Errors
    /// If the system reports no home folder.
    pub fn platform() -> Result<Self, FoldersError> {
        let base = directories::BaseDirs::new().ok_or(FoldersError::NoHome)?;
        let state = base.state_dir().unwrap_or_else(|| base.data_local_dir());
        Ok(Self { data: base.data_dir().join(NAME), state: state.join(NAME) })
    }

    /// All folders under one folder, for `--data-dir`.
    pub fn under(dir: &Path) -> Self {
        Self { data: dir.to_owned(), state: dir.join("state") }
    }

    /// Creates the folders, readable only by the user.
    ///
    /// # Errors
    /// If one cannot be created or written.
    pub fn prepare(&self) -> Result<(), FoldersError> {
        let folders = [self.data.clone(), self.state.clone(), self.log(), self.data.join(SANDBOX)];
        for folder in folders {
            private_folder(&folder).map_err(|source| FoldersError::Unusable { folder, source })?;
        }
        Ok(())
    }

    /// The folder of the databases.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The database of workspaces and preferences.
    pub fn registry(&self) -> PathBuf {
        self.data.join("portal.db")
    }

    /// The database of a workspace.
    pub fn workspace(&self, id: &str) -> PathBuf {
        self.data.join("workspaces").join(format!("{id}.db"))
    }

    /// The database of the embedded sandbox.
    pub fn sandbox(&self) -> PathBuf {
        self.data.join(SANDBOX).join("sandbox.db")
    }

    /// The address and the key of the embedded sandbox, for developers and tests.
    pub fn sandbox_address(&self) -> PathBuf {
        self.data.join("sandbox.json")
    }

    /// The lock file that keeps other processes away.
    pub fn lock(&self) -> PathBuf {
        self.data.join("portal.lock")
    }

    /// Files that a page will save.
    pub(crate) fn exports(&self) -> PathBuf {
        self.state.join("exports")
    }

    /// Panic reports.
    pub fn panics(&self) -> PathBuf {
        self.state.join("panics")
    }

    /// The log files.
    pub fn log(&self) -> PathBuf {
        self.state.join("log")
    }
}

/// Writes a small private file atomically.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    io::Write::write_all(&mut private_file(&beside)?, text.as_bytes())?;
    std::fs::rename(beside, path)
}

/// Creates or truncates a private file.
pub(crate) fn private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a private file, or restricts the permissions of an existing one.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

/// Creates a private folder and checks that it is writable.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let probe = folder.join(".write");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(probe)
}
