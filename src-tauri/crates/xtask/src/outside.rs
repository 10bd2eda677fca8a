//! Seeing that the tests write nowhere but where they should.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::Trouble;
use crate::shell::Step;
use crate::tree::Tree;

/// Where an application keeps things, below a home.
const KEPT_IN: &[&str] = &[
    ".local/share",
    ".local/state",
    ".config",
    ".config/autostart",
    ".cache",
    "Library/Application Support",
];
/// What names of ours have in them.
const OURS: &str = "portal";

/// A home for the programs of the lanes. A test makes its own inside; what lands here directly
/// was not meant to be written.
#[derive(Debug)]
pub(crate) struct PrivateHome(PathBuf);

impl PrivateHome {
    pub(crate) fn make() -> Result<Self, Trouble> {
        let folder = std::env::temp_dir().join(format!("portal-lanes-{}", std::process::id()));
        let said = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir(&folder).map_err(said)?;
        for name in ["home", "runtime", "tmp"] {
            fs::create_dir(folder.join(name)).map_err(said)?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for private in [folder.clone(), folder.join("runtime")] {
                fs::set_permissions(private, fs::Permissions::from_mode(0o700)).map_err(said)?;
            }
        }
        Ok(Self(folder))
    }

    /// A step that has this home, no display and no desktop bus. The Rust tools keep theirs.
    pub(crate) fn dress(&self, step: Step) -> Step {
        let real = std::env::home_dir().unwrap_or_default();
        let kept = |name: &str, folder: &str| {
            std::env::var_os(name).unwrap_or_else(|| real.join(folder).into_os_string())
        };
        let home = self.0.join("home");
        step.env("CARGO_HOME", kept("CARGO_HOME", ".cargo"))
            .env("RUSTUP_HOME", kept("RUSTUP_HOME", ".rustup"))
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", self.0.join("runtime"))
            .env("TMPDIR", self.0.join("tmp"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .without(&["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "DATABASE_URL"])
    }

    /// Fails when the application kept something here.
    pub(crate) fn holds_nothing_of_ours(&self) -> Result<(), Trouble> {
        let found = ours_in(&self.0.join("home"));
        if found.is_empty() {
            return Ok(());
        }
        let paths: Vec<String> = found.keys().map(|path| path.display().to_string()).collect();
        Err(format!("a test wrote into the home it was started with: {}", paths.join(", ")))
    }
}

impl Drop for PrivateHome {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What could be touched by accident, as it is now.
#[derive(Debug)]
pub(crate) struct Snapshot {
    home: BTreeMap<PathBuf, Option<SystemTime>>,
    tree: Option<String>,
}

impl Snapshot {
    pub(crate) fn take(tree: &Tree) -> Self {
        let home = std::env::home_dir().map(|home| ours_in(&home)).unwrap_or_default();
        let status =
            Step::new("git").args(["status", "--porcelain", "--untracked-files=all"]).dir(tree.root());
        Self { home, tree: status.answer() }
    }

    pub(crate) fn same_home(&self, later: &Self) -> Result<(), Trouble> {
        if self.home == later.home {
            return Ok(());
        }
        Err(format!("the app's own folders changed: {:?} became {:?}", self.home, later.home))
    }

    pub(crate) fn same_tree(&self, later: &Self) -> Result<(), Trouble> {
        match (&self.tree, &later.tree) {
            (Some(before), Some(after)) if before != after => {
                Err(format!("git status was:\n{before}\nand is now:\n{after}"))
            }
            _ => Ok(()),
        }
    }
}

fn ours_in(home: &Path) -> BTreeMap<PathBuf, Option<SystemTime>> {
    let folders = KEPT_IN.iter().map(|folder| home.join(folder)).chain([home.to_owned()]);
    folders
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .filter(|entry| is_ours(&entry.file_name()))
        .map(|entry| (entry.path(), entry.metadata().and_then(|data| data.modified()).ok()))
        .collect()
}

fn is_ours(name: &OsString) -> bool {
    name.to_string_lossy().to_lowercase().contains(OURS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_writes_into_the_home_of_a_lane_is_found() {
        let home = PrivateHome::make().expect("a home");
        assert_eq!(home.holds_nothing_of_ours(), Ok(()));
        fs::create_dir_all(home.0.join("home/.cache/fontconfig")).expect("a cache of a library");
        assert_eq!(home.holds_nothing_of_ours(), Ok(()), "what libraries cache is theirs");
        fs::create_dir_all(home.0.join("home/.local/share/portal-desktop")).expect("a folder");
        let trouble = home.holds_nothing_of_ours().expect_err("found");
        assert!(trouble.contains(".local/share/portal-desktop"), "{trouble}");
    }
}
