//! `cargo xtask simulate`: the core driven through months in seconds.

use crate::Trouble;
use crate::packages::Purpose;
use crate::setup;
use crate::shell::{Step, cargo};
use crate::tree::Tree;

/// Builds a release of the simulation and runs it with these arguments. On standard output is its JSON alone.
pub(crate) fn simulate(tree: &Tree, pass_on: &[String]) -> Result<(), Trouble> {
    setup::prepare(Purpose::Check, false)?;
    cargo()
        .args(["build", "--quiet", "--release", "--package", "simulation", "--bin", "portal-simulate"])
        .dir(tree.root())
        .unsaid()?;
    Step::new(tree.built("release", "portal-simulate")).args(pass_on.iter().cloned()).unsaid()
}
