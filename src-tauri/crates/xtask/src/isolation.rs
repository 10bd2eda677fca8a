//! Checks that the tests write nowhere but where they should.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use xshell::Cmd;

use crate::process::output_of;
use crate::repository::Repository;

/// Where an application keeps files, below a home.
const DATA_FOLDERS: &[&str] = &[
    ".local/share",
    ".local/state",
    ".config",
    ".config/autostart",
    ".cache",
    "Library/Application Support",
];
/// A part of all names of the app's files.
const APP: &str = "portal";

/// A home for the programs of the lanes. A test makes its own inside; what lands here directly was not meant to be
/// written.
#[derive(Debug)]
pub(crate) struct PrivateHome(PathBuf);

impl PrivateHome {
    pub(crate) fn create() -> Result<Self> {
        let home = Self(std::env::temp_dir().join(format!("portal-lanes-{}", std::process::id())));
        home.create_folders().with_context(|| format!("can’t create {}", home.0.display()))?;
        Ok(home)
    }

    fn create_folders(&self) -> std::io::Result<()> {
        fs::create_dir(&self.0)?;
        for name in ["home", "runtime", "tmp"] {
            fs::create_dir(self.0.join(name))?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for private in [self.0.clone(), self.0.join("runtime")] {
                fs::set_permissions(private, fs::Permissions::from_mode(0o700))?;
            }
        }
        Ok(())
    }

    /// The command with this home, and without display and desktop bus. The Rust tools keep their own folders.
    pub(crate) fn apply<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        let real = std::env::home_dir().unwrap_or_default();
        let kept = |name: &str, folder: &str| {
            std::env::var_os(name).unwrap_or_else(|| real.join(folder).into_os_string())
        };
        let home = self.0.join("home");
        let removed = ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "DATABASE_URL"];
        removed
            .iter()
            .fold(command, |command, name| command.env_remove(name))
            .env("CARGO_HOME", kept("CARGO_HOME", ".cargo"))
            .env("RUSTUP_HOME", kept("RUSTUP_HOME", ".rustup"))
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", self.0.join("runtime"))
            .env("TMPDIR", self.0.join("tmp"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
    }

    /// Fails when the application wrote a file here.
    pub(crate) fn check_unused(&self) -> Result<()> {
        let found = app_files(&self.0.join("home"));
        ensure!(found.is_empty(), "a test wrote into the home it was started with: {:?}", found.keys());
        Ok(())
    }
}

impl Drop for PrivateHome {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What could be changed by accident, as it is now.
#[derive(Debug)]
pub(crate) struct Snapshot {
    home: BTreeMap<PathBuf, Option<SystemTime>>,
    git_status: Option<String>,
}

impl Snapshot {
    pub(crate) fn take(repository: &Repository) -> Self {
        let home = std::env::home_dir().map(|home| app_files(&home)).unwrap_or_default();
        let status = ["status", "--porcelain", "--untracked-files=all"];
        Self { home, git_status: output_of(repository.command("git").args(status)) }
    }

    pub(crate) fn check_home(&self, later: &Self) -> Result<()> {
        ensure!(
            self.home == later.home,
            "the app's folders changed: {:?} became {:?}",
            self.home,
            later.home
        );
        Ok(())
    }

    /// Without git there is nothing to compare.
    pub(crate) fn check_repository(&self, later: &Self) -> Result<()> {
        if let (Some(before), Some(after)) = (&self.git_status, &later.git_status) {
            ensure!(before == after, "git status was:\n{before}\nand is now:\n{after}");
        }
        Ok(())
    }
}

fn app_files(home: &Path) -> BTreeMap<PathBuf, Option<SystemTime>> {
    let folders = DATA_FOLDERS.iter().map(|folder| home.join(folder)).chain([home.to_owned()]);
    folders
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .filter(|entry| entry.file_name().to_string_lossy().to_lowercase().contains(APP))
        .map(|entry| (entry.path(), entry.metadata().and_then(|data| data.modified()).ok()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_writes_into_the_home_of_a_lane_is_found() {
        let home = PrivateHome::create().expect("a home");
        assert!(home.check_unused().is_ok());
        fs::create_dir_all(home.0.join("home/.cache/fontconfig")).expect("a cache of a library");
        assert!(home.check_unused().is_ok(), "what libraries cache is theirs");
        fs::create_dir_all(home.0.join("home/.local/share/portal-desktop")).expect("a folder");
        let error = home.check_unused().expect_err("found").to_string();
        assert!(error.contains(".local/share/portal-desktop"), "{error}");
    }
}
