//! The one place that knows where things are kept on this computer.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The folder that the platform gives to this app.
const NAME: &str = "portal-desktop";

/// The folder of the embedded sandbox.
const SANDBOX: &str = "sandbox";

/// Where data, state and cache are kept.
#[derive(Debug, Clone)]
pub struct Folders {
    data: PathBuf,
    state: PathBuf,
}

/// Why there is no place to keep things.
#[derive(Debug, thiserror::Error)]
pub enum FoldersError {
    /// The platform names no home folder.
    #[error("This computer names no home folder to keep data in. Start the app with --data-dir.")]
    NoHome,
    /// A folder could not be made or is not ours to write.
    #[error("The folder {} cannot be used: {source}. Mend its permissions, or start the app with --data-dir.", folder.display())]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Folders {
    /// The platform's own folders: XDG on Linux, Application Support on macOS, AppData on Windows.
    ///
    /// # Errors
    /// When the platform names no home.
    pub fn platform() -> Result<Self, FoldersError> {
        let base = directories::BaseDirs::new().ok_or(FoldersError::NoHome)?;
        let state = base.state_dir().unwrap_or_else(|| base.data_local_dir());
        Ok(Self { data: base.data_dir().join(NAME), state: state.join(NAME) })
    }

    /// Everything under one folder, as `--data-dir` asks.
    pub fn under(dir: &Path) -> Self {
        Self { data: dir.to_owned(), state: dir.join("state") }
    }

    /// Makes the folders, readable by nobody else.
    ///
    /// # Errors
    /// When one cannot be made or written.
    pub fn prepare(&self) -> Result<(), FoldersError> {
        let folders = [self.data.clone(), self.state.clone(), self.log(), self.data.join(SANDBOX)];
        for folder in folders {
            private_folder(&folder).map_err(|source| FoldersError::Unusable { folder, source })?;
        }
        Ok(())
    }

    /// The folder with all databases.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The workspaces and preferences.
    pub fn registry(&self) -> PathBuf {
        self.data.join("portal.db")
    }

    /// One workspace's database.
    pub fn workspace(&self, id: &str) -> PathBuf {
        self.data.join("workspaces").join(format!("{id}.db"))
    }

    /// The embedded sandbox's state.
    pub fn sandbox(&self) -> PathBuf {
        self.data.join(SANDBOX).join("sandbox.db")
    }

    /// The embedded sandbox's address and key, for engineers and tests.
    pub fn sandbox_address(&self) -> PathBuf {
        self.data.join("sandbox.json")
    }

    /// What admits one engine to this data.
    pub fn lock(&self) -> PathBuf {
        self.data.join("portal.lock")
    }

    /// Files that wait for a page to save them.
    pub(crate) fn exports(&self) -> PathBuf {
        self.state.join("exports")
    }

    /// Reports of panics.
    pub fn panics(&self) -> PathBuf {
        self.state.join("panics")
    }

    /// The log files.
    pub fn log(&self) -> PathBuf {
        self.state.join("log")
    }
}

/// Writes a small file that nobody else reads, whole or not at all.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    io::Write::write_all(&mut private_file(&beside)?, text.as_bytes())?;
    std::fs::rename(beside, path)
}

/// An empty file that nobody else reads.
pub(crate) fn private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a file where there is none, and takes the rights of others away where there is one.
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

/// A folder that nobody else reads, and that can be written.
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
