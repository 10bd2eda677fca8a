//! `cargo xtask fuzz`: the property tests over what others write, with many cases.

use std::time::{Duration, Instant};

use crate::Trouble;
use crate::packages::Purpose;
use crate::setup;
use crate::shell::cargo;
use crate::tree::Tree;

/// All crates but the window, as the other tests are built.
const PACKAGES: &[&str] = &["--workspace", "--exclude", "portal-desktop"];
/// Parts of the tests' names: answers, query and filter languages, exported and imported files, links.
const PROPERTIES: &[&str] = &[
    "csv::tests",
    "deep_link::tests",
    "export::tests",
    "models::",
    "order_by::",
    "pages::",
    "query_properties::",
    "search::tests",
    "statement_properties::",
    "tests::local_files",
    "transport::decoding",
];
/// Cases of each property in one round, 64 times as many as in the usual tests. Each round has others.
const CASES: u32 = 16_384;

/// Runs rounds until this many minutes are over; the last one is finished.
pub(crate) fn fuzz(tree: &Tree, minutes: u32) -> Result<(), Trouble> {
    setup::prepare(Purpose::Check, false)?;
    let (begun, time) = (Instant::now(), Duration::from_secs(60 * u64::from(minutes)));
    for round in 1.. {
        println!("\n==== round {round}, {CASES} cases of each property ====");
        cargo()
            .args(["test", "--quiet", "--lib", "--tests"])
            .args(PACKAGES.iter().copied())
            .args(["--"])
            .args(PROPERTIES.iter().copied())
            .env("PROPTEST_CASES", CASES.to_string())
            .dir(tree.root())
            .unsaid()?;
        if begun.elapsed() >= time {
            break;
        }
    }
    Ok(())
}
