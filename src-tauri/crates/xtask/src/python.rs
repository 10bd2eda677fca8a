//! Python packages in environments of their own: Codat's clients, and tools that come as packages for Python, because
//! these are compiled.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::Cmd;

use crate::process::output_of;
use crate::repository::Repository;

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// The tools and their versions.
const TOOLS: &str = include_str!("tools.txt");

/// Whether Python is there, new enough for the clients, and able to make environments.
pub(crate) fn is_available(repository: &Repository) -> bool {
    let script = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
    output_of(repository.command(PYTHON).args(["-c", script])).is_some()
}

/// An environment in the target folder.
struct Environment {
    folder: PathBuf,
}

/// Installs the tools, unless they are there.
pub(crate) fn install_tools(repository: &Repository) -> Result<()> {
    tools(repository).install(repository, TOOLS, &["--only-binary", ":all:"])
}

/// A tool, started by its path: the machine may have another version of it.
pub(crate) fn tool<'a>(repository: &'a Repository, name: &str) -> Cmd<'a> {
    repository.command(tools(repository).programs().join(name)).env("SQLX_OFFLINE", "true")
}

/// Installs Codat's clients, unless they are there.
pub(crate) fn install_clients(repository: &Repository) -> Result<()> {
    let requirements = repository.clients().join("requirements.txt");
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("can’t read {}", requirements.display()))?;
    clients(repository).install(repository, &wanted, &[])
}

/// Runs the tests with Codat's clients against the sandbox that was built.
pub(crate) fn test_clients<'a>(repository: &'a Repository, report: &Path) -> Cmd<'a> {
    repository
        .command(clients(repository).python())
        .arg(repository.clients().join("run.py"))
        .env("PORTAL_JUNIT", report)
        .env("PORTAL_SANDBOX_BIN", repository.built("debug", "portal-sandbox"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONUTF8", "1")
}

fn tools(repository: &Repository) -> Environment {
    Environment { folder: repository.target().join("tools") }
}

fn clients(repository: &Repository) -> Environment {
    Environment { folder: repository.target().join("clients") }
}

impl Environment {
    /// The folder with its programs.
    fn programs(&self) -> PathBuf {
        self.folder.join(if cfg!(windows) { "venv/Scripts" } else { "venv/bin" })
    }

    fn python(&self) -> PathBuf {
        self.programs().join(format!("python{EXE_SUFFIX}"))
    }

    /// Makes it with exactly the wanted packages, unless it has them. The list of what it has is written last.
    fn install(&self, repository: &Repository, wanted: &str, options: &[&str]) -> Result<()> {
        let installed = self.folder.join("installed.txt");
        if self.python().exists() && fs::read_to_string(&installed).is_ok_and(|there| there == wanted) {
            return Ok(());
        }
        ensure!(
            is_available(repository),
            "`{PYTHON}` of version 3.11 or newer with its venv module is missing (on Debian and Ubuntu: the package python3-venv)"
        );
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::create_dir_all(&self.folder)?;
        let requirements = self.folder.join("requirements.txt");
        fs::write(&requirements, wanted)?;
        repository.command(PYTHON).args(["-m", "venv"]).arg(self.folder.join("venv")).run()?;
        repository
            .command(self.python())
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(options)
            .arg("-r")
            .arg(&requirements)
            .run()?;
        Ok(fs::write(installed, wanted)?)
    }
}
