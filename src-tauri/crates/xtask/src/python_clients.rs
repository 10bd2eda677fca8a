//! Codat's own Python clients: a place of their own to stand in, and the program that drives them.

use std::fs;
use std::path::PathBuf;

use crate::Trouble;
use crate::shell::Step;
use crate::tree::Tree;

/// What runs Python here.
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// Whether Python is there, new enough for the clients, and able to make environments.
pub(crate) fn python_is_there() -> bool {
    let script = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
    Step::new(PYTHON).args(["-c", script]).answer().is_some()
}

/// Makes the environment with exactly what `tests/clients/requirements.txt` names, unless it is there.
pub(crate) fn install(tree: &Tree) -> Result<(), Trouble> {
    if !python_is_there() {
        return Err(format!(
            "`{PYTHON}` of version 3.11 or newer with its venv module is not here (on Debian and Ubuntu: the package python3-venv). Codat's clients need it."
        ));
    }
    let place = Place::of(tree);
    let said = |error: std::io::Error| format!("{}: {error}", place.folder.display());
    let wanted = fs::read_to_string(&place.requirements)
        .map_err(|error| format!("{}: {error}", place.requirements.display()))?;
    if place.python.exists() && fs::read_to_string(&place.installed).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    if place.folder.exists() {
        fs::remove_dir_all(&place.folder).map_err(said)?;
    }
    fs::create_dir_all(&place.folder).map_err(said)?;
    Step::new(PYTHON).args(["-m", "venv"]).args([place.folder.join("venv")]).attached()?;
    Step::new(&place.python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .args([&place.requirements])
        .attached()?;
    fs::write(&place.installed, wanted).map_err(said)
}

/// Runs the clients against the sandbox that was built.
pub(crate) fn step(tree: &Tree) -> Step {
    Step::new(Place::of(tree).python)
        .args([tree.clients().join("run.py")])
        .env("PORTAL_SANDBOX_BIN", tree.built("debug", "portal-sandbox"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONUTF8", "1")
}

/// Where things are.
struct Place {
    folder: PathBuf,
    python: PathBuf,
    /// What is to be installed.
    requirements: PathBuf,
    /// What was installed, written when all of it is there.
    installed: PathBuf,
}

impl Place {
    fn of(tree: &Tree) -> Self {
        let folder = tree.scratch("clients");
        let inner = if cfg!(windows) { "venv/Scripts/python.exe" } else { "venv/bin/python" };
        Self {
            python: folder.join(inner),
            requirements: tree.clients().join("requirements.txt"),
            installed: folder.join("installed.txt"),
            folder,
        }
    }
}
