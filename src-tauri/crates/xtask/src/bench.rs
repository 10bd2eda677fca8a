//! `cargo xtask bench`: the core against its limits.

use crate::Trouble;
use crate::packages::Purpose;
use crate::prepared_queries::Selection;
use crate::setup;
use crate::shell::cargo;
use crate::tree::Tree;

/// The programs that are measured, and the one that measures.
const PROGRAMS: &[&str] = &["portal-sandbox", "portal-bench"];

/// Builds a release of what is measured, measures it, and writes `bench.json` into the target folder.
pub(crate) fn bench(tree: &Tree) -> Result<(), Trouble> {
    setup::prepare(Purpose::Check, false)?;
    let programs = PROGRAMS.iter().flat_map(|name| ["--bin", name]);
    // The same selection as elsewhere, so that nothing is built twice in other clothes.
    cargo()
        .args(["build", "--release"])
        .args(Selection::Core.args().iter().copied())
        .args(programs)
        .dir(tree.root())
        .attached()?;
    crate::shell::Step::new(tree.built("release", "portal-bench"))
        .args(["--sandbox"])
        .args([tree.built("release", "portal-sandbox")])
        .args(["--out"])
        .args([tree.scratch("bench.json")])
        .attached()
}
