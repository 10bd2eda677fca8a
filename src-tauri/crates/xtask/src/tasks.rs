//! Tasks that build something and run it.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::flags::Simulate;
use crate::packages::Purpose;
use crate::prepared_queries::Selection;
use crate::repository::Repository;
use crate::{interface, launch, setup};

/// The programs that are measured, and those that measure.
const MEASURED: &[&str] = &["portal-sandbox", "portal-bench", "portal-window-bench"];

/// Parts of the names of property tests: answers, query and filter languages, exported and imported files, links.
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

/// Cases of each property in one round of fuzz, 64 times as many as in the usual tests. Each round has others.
const CASES: u32 = 16_384;

/// Builds a release of what is measured, measures it, and writes `bench.json` into the target folder.
pub(crate) fn bench(repository: &Repository) -> Result<()> {
    setup::prepare(repository, Purpose::Bench, false)?;
    // The same selection as elsewhere, so that nothing is built twice with other features.
    repository
        .cargo(["build", "--release"])
        .args(Selection::Core.args())
        .args(MEASURED.iter().flat_map(|name| ["--bin", name]))
        .run()?;
    let mut measure = repository
        .command(repository.built("release", "portal-bench"))
        .arg("--sandbox")
        .arg(repository.built("release", "portal-sandbox"))
        .arg("--out")
        .arg(repository.target().join("bench.json"));
    // The window can be driven on Linux only.
    if cfg!(target_os = "linux") {
        interface::build(repository)?;
        let app = launch::build_window(repository)?;
        let driver = repository.built("release", "portal-window-bench");
        measure = measure.arg("--app").arg(app).arg("--driver").arg(driver);
    }
    Ok(measure.run()?)
}

/// Builds a release of the simulation and runs it. On standard output is its JSON alone.
pub(crate) fn simulate(repository: &Repository, flags: &Simulate) -> Result<()> {
    setup::prepare(repository, Purpose::Build, false)?;
    repository
        .cargo(["build", "--quiet", "--release", "--package", "simulation", "--bin", "portal-simulate"])
        .quiet()
        .run()?;
    let simulation = repository.command(repository.built("release", "portal-simulate"));
    Ok(simulation.args(arguments(flags)).quiet().run()?)
}

/// The flags as the simulation takes them.
pub(crate) fn arguments(flags: &Simulate) -> Vec<OsString> {
    let numbers = [
        ("--connections", flags.connections.map(u64::from)),
        ("--days", flags.days.map(u64::from)),
        ("--seed", flags.seed),
    ];
    let given =
        numbers.iter().filter_map(|(name, value)| Some([(*name).into(), value.as_ref()?.to_string().into()]));
    given.flatten().chain(flags.calm.then(|| "--calm".into())).collect()
}

/// Runs the crash test with this number of kills, and shows its figures.
pub(crate) fn crash(repository: &Repository, kills: u32) -> Result<()> {
    setup::prepare(repository, Purpose::Build, false)?;
    let test = repository.cargo(["test", "--package", "webhost", "--test", "crash", "--", "--nocapture"]);
    Ok(test.env("PORTAL_CRASH_KILLS", kills.to_string()).run()?)
}

/// Runs rounds of the property tests until this many minutes are over; the last one is finished.
pub(crate) fn fuzz(repository: &Repository, minutes: u32) -> Result<()> {
    setup::prepare(repository, Purpose::Build, false)?;
    let (start, time) = (Instant::now(), Duration::from_secs(60 * u64::from(minutes)));
    for round in 1.. {
        println!("\n==== round {round}, {CASES} cases of each property ====");
        repository
            .cargo(["test", "--quiet", "--lib", "--tests"])
            .args(Selection::Core.args())
            .arg("--")
            .args(PROPERTIES)
            .env("PROPTEST_CASES", CASES.to_string())
            .run()?;
        if start.elapsed() >= time {
            break;
        }
    }
    Ok(())
}

/// Builds the release app and its packages. AppImages need downloads that not every machine can reach.
pub(crate) fn bundle(repository: &Repository) -> Result<()> {
    setup::prepare(repository, Purpose::Bundle, false)?;
    interface::build(repository)?;
    let mut tauri = repository.command(repository.npm_path("tauri")).arg("build").env("SQLX_OFFLINE", "true");
    if cfg!(target_os = "linux") {
        // Names the tray library. Otherwise the bundler looks for one that the app does not load.
        tauri = tauri.args(["--bundles", "deb,rpm"]).env("TAURI_LINUX_AYATANA_APPINDICATOR", "true");
    }
    Ok(tauri.run()?)
}
