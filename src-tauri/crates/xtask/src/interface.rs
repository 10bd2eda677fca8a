//! The interface's npm packages and its build, each done only when something changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use crate::Trouble;
use crate::shell::Step;
use crate::tree::Tree;

/// Installs the npm packages when the lock file is not the one they were installed from.
pub(crate) fn install_packages(tree: &Tree) -> Result<(), Trouble> {
    let lock = tree.ui().join("package-lock.json");
    let bytes = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let stamp = format!("{:016x}", hasher.finish());
    let note = tree.notes().join("npm-packages");
    if tree.ui().join("node_modules").is_dir() && is_noted(&note, &stamp) {
        return Ok(());
    }
    npm(tree, &["ci", "--no-audit", "--no-fund"]).attached()?;
    write_note(&note, &stamp)
}

/// Builds `ui/dist` when a source is not the one it was built from.
pub(crate) fn build(tree: &Tree) -> Result<(), Trouble> {
    install_packages(tree)?;
    let mut hasher = DefaultHasher::new();
    hash_sources(&tree.ui(), &mut hasher);
    let stamp = format!("{:016x}", hasher.finish());
    let note = tree.notes().join("interface");
    if tree.ui().join("dist/index.html").exists() && is_noted(&note, &stamp) {
        return Ok(());
    }
    let ended = npm(tree, &["run", "--silent", "build"]).limit(Duration::from_secs(300)).run();
    if !ended.success {
        return Err(format!("the interface could not be built: {}", ended.reason));
    }
    write_note(&note, &stamp)
}

/// `npm` in the interface's folder.
pub(crate) fn npm(tree: &Tree, args: &[&str]) -> Step {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    Step::new(program).args(args.iter().copied()).dir(tree.ui()).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
}

/// Names and contents of what the build reads, in one order.
fn hash_sources(folder: &Path, hasher: &mut DefaultHasher) {
    const NOT_READ: &[&str] =
        &["node_modules", "dist", "test-results", "playwright-report", "journeys", "e2e"];
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        if NOT_READ.iter().any(|skipped| name == *skipped) {
            continue;
        }
        if path.is_dir() {
            hash_sources(&path, hasher);
        } else if let Ok(bytes) = fs::read(&path) {
            path.hash(hasher);
            bytes.hash(hasher);
        }
    }
}

fn is_noted(note: &Path, stamp: &str) -> bool {
    fs::read_to_string(note).is_ok_and(|noted| noted == stamp)
}

fn write_note(note: &Path, stamp: &str) -> Result<(), Trouble> {
    let folder = note.parent().unwrap_or(note);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(note, stamp))
        .map_err(|error| format!("{}: {error}", note.display()))
}
