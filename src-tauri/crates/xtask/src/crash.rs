//! `cargo xtask crash`: the program killed at random moments, many times.

use crate::Trouble;
use crate::packages::Purpose;
use crate::setup;
use crate::shell::cargo;
use crate::tree::Tree;

/// Runs the crash test with this number of kills, and shows its figures.
pub(crate) fn crash(tree: &Tree, kills: u32) -> Result<(), Trouble> {
    setup::prepare(Purpose::Check, false)?;
    cargo()
        .args(["test", "--package", "webhost", "--test", "crash", "--", "--nocapture"])
        .env("PORTAL_CRASH_KILLS", kills.to_string())
        .dir(tree.root())
        .unsaid()
}
