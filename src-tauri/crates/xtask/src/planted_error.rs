//! Testing the checker: `svelte-check` that finds nothing may have looked at nothing.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process;
use crate::repository::Repository;

const NAME: &str = "planted-error.svelte";
const ERROR: &str = "<script lang=\"ts\">\n  const count: number = 'a text';\n</script>\n\n<p>{count}</p>\n";

/// Plants an error among the sources and demands that the check finds it there.
pub(crate) fn is_found(repository: &Repository) -> Result<()> {
    let arguments = ["--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "human"];
    let check = repository.npm_program("svelte-check", arguments);
    let output = repository.state().join("planted-error.txt");
    let file = File::create(&output)?;
    fs::write(path(repository), ERROR)?;
    let checked = process::run_into(file, check, Duration::from_secs(300));
    remove(repository);
    match checked {
        Ok(()) => bail!("svelte-check accepts a file with a type error"),
        Err(_) if String::from_utf8_lossy(&fs::read(output)?).contains(NAME) => Ok(()),
        Err(error) => Err(error.context("svelte-check failed, but not because of the planted error")),
    }
}

/// Removes what a run that was killed may have left.
pub(crate) fn remove(repository: &Repository) {
    let _ = fs::remove_file(path(repository));
}

fn path(repository: &Repository) -> PathBuf {
    repository.ui().join("src").join(NAME)
}
