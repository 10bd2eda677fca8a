//! The interface's npm packages and its build, each done only when something changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process;
use crate::repository::Repository;

/// Installs the npm packages when the lock file is not the one they were installed from.
pub(crate) fn install_packages(repository: &Repository) -> Result<()> {
    let lock = repository.ui().join("package-lock.json");
    let bytes = fs::read(&lock).with_context(|| format!("can’t read {}", lock.display()))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let stamp = format!("{:016x}", hasher.finish());
    let file = repository.state().join("npm-packages");
    if repository.ui().join("node_modules").is_dir() && is_current(&file, &stamp) {
        return Ok(());
    }
    repository.npm(["ci", "--no-audit", "--no-fund"]).run()?;
    write_stamp(&file, &stamp)
}

/// Builds `ui/dist` when a source is not the one it was built from.
pub(crate) fn build(repository: &Repository) -> Result<()> {
    install_packages(repository)?;
    let mut hasher = DefaultHasher::new();
    hash_sources(&repository.ui(), &mut hasher);
    let stamp = format!("{:016x}", hasher.finish());
    let file = repository.state().join("interface");
    if repository.ui().join("dist/index.html").exists() && is_current(&file, &stamp) {
        return Ok(());
    }
    process::run(repository.npm(["run", "--silent", "build"]), Duration::from_secs(300))
        .context("couldn’t build the interface")?;
    write_stamp(&file, &stamp)
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

fn is_current(file: &Path, stamp: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|written| written == stamp)
}

fn write_stamp(file: &Path, stamp: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, stamp))
        .with_context(|| format!("can’t write {}", file.display()))
}
