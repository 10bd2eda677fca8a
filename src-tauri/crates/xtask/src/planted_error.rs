//! Checking the checker: `svelte-check` that finds nothing may have looked at nothing.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::Trouble;
use crate::shell::Step;
use crate::tree::Tree;

const NAME: &str = "planted-error.svelte";
const ERROR: &str = "<script lang=\"ts\">\n  const count: number = 'a text';\n</script>\n\n<p>{count}</p>\n";

/// Plants an error among the sources and demands that the check finds it there.
pub(crate) fn is_found(tree: &Tree) -> Result<(), Trouble> {
    let planted = Planted::plant(tree)?;
    let ended = svelte_check(tree).run_quietly();
    drop(planted);
    let named = ended.lines.iter().any(|line| line.contains(NAME));
    match (ended.success, named) {
        (false, true) => Ok(()),
        (true, _) => Err("svelte-check passes a file with a type error: it does not look.".into()),
        (false, false) => Err(format!("svelte-check failed for another reason: {}", ended.reason)),
    }
}

/// Takes out what a run that was killed may have left.
pub(crate) fn take_out(tree: &Tree) {
    let _ = fs::remove_file(place(tree));
}

fn svelte_check(tree: &Tree) -> Step {
    Step::new(tree.npm_program("svelte-check"))
        .args(["--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "human"])
        .dir(tree.ui())
        .limit(Duration::from_secs(300))
}

fn place(tree: &Tree) -> PathBuf {
    tree.ui().join("src").join(NAME)
}

struct Planted(PathBuf);

impl Planted {
    fn plant(tree: &Tree) -> Result<Self, Trouble> {
        let path = place(tree);
        fs::write(&path, ERROR).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
