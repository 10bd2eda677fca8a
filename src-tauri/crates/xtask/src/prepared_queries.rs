//! `.sqlx`: what the database says about each SQL query, so that they are checked without one.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::repository::Repository;

/// Which packages a cargo command takes. There are only these two: another choice would turn on
/// other features in the dependencies and build them all once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All that builds without the window's libraries.
    Core,
    /// Everything.
    Whole,
}

impl Selection {
    /// Its arguments.
    pub(crate) fn args(self) -> &'static [&'static str] {
        match self {
            Self::Core => &["--workspace", "--exclude", "portal-desktop"],
            Self::Whole => &["--workspace"],
        }
    }
}

/// Writes `.sqlx` anew.
pub(crate) fn rewrite(repository: &Repository) -> Result<()> {
    crate::setup::prepare(repository, crate::packages::Purpose::Sqlx, false)?;
    let fresh = generate(repository, Selection::Core)?;
    let kept = repository.root().join(".sqlx");
    replace(&kept, &fresh).with_context(|| format!("can’t write {}", kept.display()))?;
    println!("{} queries in .sqlx", fresh.len());
    Ok(())
}

/// Fails when `.sqlx` is not what the migrations and the queries give today.
pub(crate) fn check(repository: &Repository) -> Result<()> {
    let fresh = generate(repository, Selection::Whole)?;
    let kept = contents(&repository.root().join(".sqlx"));
    if fresh == kept {
        println!("{} queries in .sqlx, all fresh", fresh.len());
        return Ok(());
    }
    let stale = kept.keys().filter(|name| !fresh.contains_key(*name)).count();
    let new = fresh.iter().filter(|(name, bytes)| kept.get(*name) != Some(bytes)).count();
    bail!(".sqlx is stale ({new} queries new or changed, {stale} no longer there): run cargo xtask sqlx")
}

type Contents = BTreeMap<OsString, Vec<u8>>;

/// Has the compiler ask a database, made from the migrations alone, about every query.
fn generate(repository: &Repository, selection: Selection) -> Result<Contents> {
    let folder = repository.state().join("sqlx");
    let database = repository.state().join("prepared.db");
    let _ = fs::remove_dir_all(&folder);
    let _ = fs::remove_file(&database);
    fs::create_dir_all(&folder)?;
    for migration in migrations(&repository.store()) {
        apply(repository, &migration, &database)?;
    }
    let touched = Touched::touch(&repository.store().join("src/lib.rs"), &database)?;
    let check = repository
        .cargo(["check", "--quiet", "--all-targets"])
        .args(selection.args())
        .env("DATABASE_URL", format!("sqlite://{}", database.display()))
        .env("SQLX_OFFLINE_DIR", &folder)
        .env("SQLX_OFFLINE", "false");
    let checked = process::run(check, Duration::from_secs(45 * 60));
    drop(touched);
    checked.map(|()| contents(&folder))
}

fn migrations(store: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![store.join("migrations")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "sql") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn apply(repository: &Repository, migration: &Path, database: &Path) -> Result<()> {
    let sqlite = repository.command("sqlite3").arg("-bail").arg(database).quiet().ignore_stdout();
    let run = fs::read(migration).map_err(anyhow::Error::new).and_then(|sql| Ok(sqlite.stdin(sql).run()?));
    run.with_context(|| format!("{} doesn’t run", migration.display()))
}

/// A file made to look changed, which makes the compiler read it again; its own time comes back
/// at the end, so that nothing else is built again for it.
struct Touched {
    file: File,
    modified: std::time::SystemTime,
}

impl Touched {
    fn touch(path: &Path, as_new_as: &Path) -> std::io::Result<Self> {
        let file = File::options().append(true).open(path)?;
        let modified = file.metadata()?.modified()?;
        let now = if as_new_as.exists() { fs::metadata(as_new_as)?.modified()? } else { modified };
        file.set_modified(now)?;
        Ok(Self { file, modified })
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        let _ = self.file.set_modified(self.modified);
    }
}

fn contents(folder: &Path) -> Contents {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "json"))
        .filter_map(|entry| Some((entry.file_name(), fs::read(entry.path()).ok()?)))
        .collect()
}

fn replace(folder: &Path, fresh: &Contents) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for name in contents(folder).keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, bytes) in fresh {
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
