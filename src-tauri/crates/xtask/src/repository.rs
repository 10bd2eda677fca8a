//! Where things are in the repository, and commands that run there.

use std::env::consts::EXE_SUFFIX;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::Context;
use xshell::{Cmd, Shell};

/// Variables that cargo sets for the program it runs. Some build scripts of dependencies watch them: passed on, they
/// would rebuild each time xtask and cargo are used in turn.
const CARGO_VARIABLES: &[&str] = &[
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_MANIFEST_LINKS",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
    "LD_LIBRARY_PATH",
    "OUT_DIR",
];

/// The repository and the folder that cargo builds into.
#[derive(Debug)]
pub(crate) struct Repository {
    root: PathBuf,
    target: PathBuf,
    /// Runs commands in the root.
    shell: Shell,
    /// Runs commands in `ui`.
    ui_shell: Shell,
}

impl Repository {
    /// Found from where this program's source was, or from the working folder upwards.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let shell = Shell::new()?;
        let built_in = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = built_in
            .iter()
            .chain([&shell.current_dir()])
            .flat_map(|start| start.ancestors())
            .find(|folder| folder.join(".cargo/config.toml").exists() && folder.join("src-tauri").exists())
            .context("run this inside the Portal Desktop repository")?
            .to_owned();
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        shell.change_dir(&root);
        let ui_shell = shell.clone();
        ui_shell.change_dir("ui");
        Ok(Self { root, target, shell, ui_shell })
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

    /// The tests that use Codat's own clients.
    pub(crate) fn clients(&self) -> PathBuf {
        self.root.join("tests/clients")
    }

    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The folder of what this program keeps between two runs, and of temporary files.
    pub(crate) fn state(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A program that cargo built.
    pub(crate) fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{EXE_SUFFIX}"))
    }

    /// A command in the root.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Cmd<'_> {
        without_cargo_variables(self.shell.cmd(program))
    }

    /// The cargo that runs this program, or the one on the path.
    pub(crate) fn cargo(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Cmd<'_> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        self.command(cargo).args(args).env("SQLX_OFFLINE", "true")
    }

    /// `npm` in `ui`.
    pub(crate) fn npm(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Cmd<'_> {
        let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let command = without_cargo_variables(self.ui_shell.cmd(program));
        command.args(args).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
    }

    /// A program of the npm packages, in `ui`.
    pub(crate) fn npm_program(
        &self,
        name: &str,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Cmd<'_> {
        without_cargo_variables(self.ui_shell.cmd(self.npm_path(name))).args(args)
    }

    /// The path of a program of the npm packages.
    pub(crate) fn npm_path(&self, name: &str) -> PathBuf {
        let file = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
        self.ui().join("node_modules/.bin").join(file)
    }
}

fn without_cargo_variables(command: Cmd<'_>) -> Cmd<'_> {
    let is_of_cargo = |name: &OsString| {
        name.to_str().is_some_and(|name| CARGO_VARIABLES.contains(&name) || name.starts_with("CARGO_PKG_"))
    };
    let names = std::env::vars_os().map(|(name, _)| name).filter(is_of_cargo);
    names.fold(command, |command, name| command.env_remove(name))
}
