//! `cargo xtask bench`: the core and the window against their limits.

use crate::packages::Purpose;
use crate::prepared_queries::Selection;
use crate::shell::{Step, cargo};
use crate::tree::Tree;
use crate::{Trouble, interface, launch, setup};

/// The programs that are measured, and those that measure.
const PROGRAMS: &[&str] = &["portal-sandbox", "portal-bench", "portal-window-bench"];

/// Builds a release of what is measured, measures it, and writes `bench.json` into the target folder.
pub(crate) fn bench(tree: &Tree) -> Result<(), Trouble> {
    setup::prepare(Purpose::Bench, false)?;
    let programs = PROGRAMS.iter().flat_map(|name| ["--bin", name]);
    // The same selection as elsewhere, so that nothing is built twice in other clothes.
    cargo()
        .args(["build", "--release"])
        .args(Selection::Core.args().iter().copied())
        .args(programs)
        .dir(tree.root())
        .attached()?;
    let mut measure = Step::new(tree.built("release", "portal-bench"))
        .args(["--sandbox"])
        .args([tree.built("release", "portal-sandbox")])
        .args(["--out"])
        .args([tree.scratch("bench.json")]);
    // Elsewhere nothing works the window.
    if cfg!(target_os = "linux") {
        interface::build(tree)?;
        let app = launch::build_window(tree)?;
        let driver = tree.built("release", "portal-window-bench");
        measure = measure.args(["--app"]).args([app]).args(["--driver"]).args([driver]);
    }
    measure.attached()
}
