//! Testing the checker: `svelte-check` that finds nothing may have looked at nothing.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::repository::Repository;

const NAME: &str = "planted-error.svelte";
const ERROR: &str = "<script lang=\"ts\">\n  const count: number = 'a text';\n</script>\n\n<p>{count}</p>\n";

/// Plants an error among the sources and demands that the check finds it there.
pub(crate) fn is_found(repository: &Repository) -> Result<()> {
    let arguments = ["--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "human"];
    let check = repository.npm_program("svelte-check", arguments).quiet().ignore_status();
    fs::write(path(repository), ERROR)?;
    let output = check.output();
    remove(repository);
    let output = output?;
    let is_named = String::from_utf8_lossy(&output.stdout).contains(NAME);
    match (output.status.success(), is_named) {
        (false, true) => Ok(()),
        (true, _) => bail!("svelte-check accepts a file with a type error"),
        (false, false) => bail!("svelte-check failed for another reason ({})", output.status),
    }
}

/// Removes what a run that was killed may have left.
pub(crate) fn remove(repository: &Repository) {
    let _ = fs::remove_file(path(repository));
}

fn path(repository: &Repository) -> PathBuf {
    repository.ui().join("src").join(NAME)
}
