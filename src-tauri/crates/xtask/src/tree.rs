//! Where things are in the repository.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};

use crate::Trouble;

/// The repository and the folder that cargo builds into.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    root: PathBuf,
    target: PathBuf,
}

impl Tree {
    /// Found from where this program's source was, or from the working folder upwards.
    pub(crate) fn find() -> Result<Self, Trouble> {
        let built_in = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here = std::env::current_dir().map_err(|error| format!("no working folder: {error}"))?;
        let root = built_in
            .iter()
            .chain([&here])
            .flat_map(|start| start.ancestors())
            .find(|folder| folder.join(".cargo/config.toml").exists() && folder.join("src-tauri").exists())
            .ok_or("this is not inside the Portal Desktop repository.")?
            .to_owned();
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.root.join("src-tauri/crates/store")
    }

    /// What drives Codat's own clients.
    pub(crate) fn clients(&self) -> PathBuf {
        self.root.join("tests/clients")
    }

    /// A place for what is made here, thrown away with everything that was built.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// What this program remembers between two starts, and its scratch space.
    pub(crate) fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A program that cargo built.
    pub(crate) fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{EXE_SUFFIX}"))
    }

    /// A program that came with the npm packages.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        let file = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
        self.ui().join("node_modules/.bin").join(file)
    }
}
