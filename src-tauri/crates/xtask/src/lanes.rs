//! The lanes of the tests, in the order in which they run.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::counting::{Runner, Tally, tally};
use crate::outside::{PrivateHome, Snapshot};
use crate::packages::{self, Purpose};
use crate::prepared_queries::{self, Selection};
use crate::shell::{Step, cargo};
use crate::summary::{self, Line};
use crate::tree::Tree;
use crate::{Trouble, interface, module_cycles, planted_error, python_clients, setup};

/// The test target of the real window; it has a lane of its own.
const WINDOW: &str = "window";
/// Test targets that take their time: `check` leaves them to `test`.
const PATIENT: &[&str] = &[
    "app::app",
    "books::books",
    "sandbox::fuzz",
    "simulation::planner",
    "simulation::seeds",
    "simulation::together",
    "simulation::year",
    "webhost::crash",
    "webhost::keyring",
];
/// What the tests at the size we design for begin with; `check` leaves them to `test` too.
const LARGE: &str = "a_hundred_thousand";

const MINUTE: Duration = Duration::from_secs(60);

/// One lane: a name and its checks, all of which run even when one fails.
struct Lane {
    name: &'static str,
    checks: fn(&Bench) -> Vec<Check>,
}

enum Check {
    /// A program, and whose counts it prints.
    Program(Step, Runner),
    /// Something we look at ourselves.
    Look(&'static str, fn(&Bench) -> Result<(), Trouble>),
}

/// What the lanes share.
struct Bench<'a> {
    tree: &'a Tree,
    selection: Selection,
    home: PrivateHome,
    before: Snapshot,
    has_nextest: bool,
}

const LANES: &[Lane] = &[
    Lane { name: "formatting", checks: formatting },
    Lane { name: "lints", checks: lints },
    Lane { name: "rust", checks: rust },
    Lane { name: "types", checks: types },
    Lane { name: "clients", checks: clients },
    Lane { name: "ui", checks: ui },
    Lane { name: "journeys", checks: journeys },
    Lane { name: "window", checks: window },
    Lane { name: "outside", checks: outside },
];

const QUICK_LANES: &[Lane] = &[
    Lane { name: "formatting", checks: formatting },
    Lane { name: "lints", checks: quick_lints },
    Lane { name: "rust", checks: quick_rust },
    Lane { name: "types", checks: quick_types },
];

/// Runs every lane, or the one named.
pub(crate) fn test(tree: &Tree, only: Option<&str>) -> Result<ExitCode, Trouble> {
    let lanes: Vec<&Lane> = LANES.iter().filter(|lane| only.is_none_or(|name| name == lane.name)).collect();
    if lanes.is_empty() {
        let names: Vec<&str> = LANES.iter().map(|lane| lane.name).collect();
        return Err(format!("there is no such lane; there are {}.", names.join(", ")));
    }
    let prepare = || setup::prepare(Purpose::Test, false).and_then(|()| interface::build(tree));
    go_through(tree, Selection::Whole, &lanes, &prepare)
}

/// Runs what one wants to know many times a day.
pub(crate) fn check(tree: &Tree) -> Result<ExitCode, Trouble> {
    let lanes: Vec<&Lane> = QUICK_LANES.iter().collect();
    let prepare = || setup::prepare(Purpose::Check, false).and_then(|()| interface::install_packages(tree));
    go_through(tree, Selection::Core, &lanes, &prepare)
}

fn go_through(
    tree: &Tree,
    selection: Selection,
    lanes: &[&Lane],
    prepare: &dyn Fn() -> Result<(), Trouble>,
) -> Result<ExitCode, Trouble> {
    planted_error::take_out(tree);
    let begun = Instant::now();
    let prepared = prepare();
    let mut lines = Vec::new();
    if let Err(trouble) = &prepared {
        let tally = Tally { passed: 0, failed: 1 };
        lines.push(Line { lane: "preparing", tally, took: begun.elapsed(), reasons: vec![trouble.clone()] });
    } else {
        let has_nextest = cargo().args(["nextest", "--version"]).answer().is_some();
        let home = PrivateHome::make()?;
        let bench = Bench { tree, selection, home, before: Snapshot::take(tree), has_nextest };
        let tally = Tally::default();
        lines.push(Line { lane: "preparing", tally, took: begun.elapsed(), reasons: Vec::new() });
        lines.extend(lanes.iter().map(|lane| lane.go(&bench)));
    }
    println!("{}", summary::text(&lines));
    let failed = lines.iter().any(|line| line.tally.failed > 0);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Lane {
    fn go(&self, bench: &Bench) -> Line {
        println!("\n==== {} ====", self.name);
        let begun = Instant::now();
        let mut line =
            Line { lane: self.name, tally: Tally::default(), took: Duration::ZERO, reasons: Vec::new() };
        for check in (self.checks)(bench) {
            let (tally, reason) = check.go(bench);
            line.tally = line.tally + tally;
            line.reasons.extend((tally.failed > 0).then_some(reason));
        }
        line.took = begun.elapsed();
        line
    }
}

impl Check {
    fn go(self, bench: &Bench) -> (Tally, String) {
        match self {
            Self::Program(step, runner) => {
                let ended = bench.home.dress(step).run();
                let tally = tally(runner, &ended.lines, ended.success);
                let reason = if ended.success { "it ran no tests".to_owned() } else { ended.reason };
                (tally, reason)
            }
            Self::Look(what, look) => {
                println!("{what}");
                match look(bench) {
                    Ok(()) => (Tally { passed: 1, failed: 0 }, String::new()),
                    Err(trouble) => {
                        println!("{trouble}");
                        (Tally { passed: 0, failed: 1 }, trouble)
                    }
                }
            }
        }
    }
}

impl Bench<'_> {
    fn cargo(&self, args: &[&str]) -> Step {
        cargo().args(args.iter().copied()).dir(self.tree.root())
    }

    fn npm_program(&self, name: &str, args: &[&str]) -> Step {
        Step::new(self.tree.npm_program(name))
            .args(args.iter().copied())
            .dir(self.tree.ui())
            .limit(10 * MINUTE)
    }

    /// `cargo COMMAND` on the chosen packages.
    fn cargo_on(&self, command: &[&str], more: &[&str]) -> Step {
        self.cargo(command).args(self.selection.args().iter().copied()).args(more.iter().copied())
    }
}

fn formatting(bench: &Bench) -> Vec<Check> {
    let rust = bench.cargo(&["fmt", "--all", "--check"]);
    let ui = bench.npm_program("prettier", &["--check", "--log-level", "warn", "."]);
    vec![Check::Program(rust, Runner::None), Check::Program(ui, Runner::None)]
}

fn lints(bench: &Bench) -> Vec<Check> {
    let scripts = bench.npm_program("eslint", &["--max-warnings", "0", "."]);
    let styles = bench.npm_program("stylelint", &["--max-warnings", "0", "src/**/*.{css,svelte}"]);
    let mut checks = quick_lints(bench);
    checks.push(Check::Program(scripts, Runner::None));
    checks.push(Check::Program(styles, Runner::None));
    checks
}

fn quick_lints(bench: &Bench) -> Vec<Check> {
    let clippy = bench.cargo_on(&["clippy"], &["--all-targets", "--", "-D", "warnings"]);
    let cycles = Check::Look("no modules of a crate use each other in a circle", |bench| {
        module_cycles::check(&bench.tree.root().join("src-tauri/crates"))
    });
    vec![cycles, Check::Program(clippy, Runner::None)]
}

/// All tests but the window's. Documentation examples have no runner but cargo.
fn rust(bench: &Bench) -> Vec<Check> {
    let examples = Check::Program(bench.cargo_on(&["test"], &["--doc"]), Runner::Cargo);
    vec![rust_tests(bench, &[], None), examples]
}

/// What ends soon.
fn quick_rust(bench: &Bench) -> Vec<Check> {
    vec![rust_tests(bench, PATIENT, Some(LARGE))]
}

/// The tests without those of the window, of these targets, and whose name begins so.
fn rust_tests(bench: &Bench, without: &[&str], nor: Option<&str>) -> Check {
    if bench.has_nextest {
        let mut filter = format!("not binary({WINDOW})");
        for target in without {
            filter.push_str(&format!(" and not binary_id({target})"));
        }
        if let Some(name) = nor {
            filter.push_str(&format!(" and not test({name})"));
        }
        let step = bench.cargo_on(&["nextest", "run"], &["--no-fail-fast", "-E", &filter]);
        return Check::Program(step, Runner::Nextest);
    }
    let is_left_out =
        |name: &str| name == WINDOW || without.iter().any(|target| target.ends_with(&format!("::{name}")));
    let mut step = bench.cargo_on(&["test"], &["--no-fail-fast", "--lib", "--bins"]);
    for name in integration_tests(bench.tree.root()).iter().filter(|name| !is_left_out(name)) {
        step = step.args(["--test", name]);
    }
    if let Some(name) = nor {
        step = step.args(["--", "--skip", name]);
    }
    Check::Program(step, Runner::Cargo)
}

/// The names of all test targets in the crates.
fn integration_tests(root: &Path) -> Vec<String> {
    let children = |folder: &Path| -> Vec<_> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let crates = children(&root.join("src-tauri/crates"));
    let files = crates.iter().flat_map(|folder| children(&folder.join("tests")));
    let targets = files.filter(|path| {
        path.join("main.rs").exists() || path.extension().is_some_and(|ending| ending == "rs")
    });
    let mut names: Vec<String> =
        targets.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names.dedup();
    names
}

fn types(bench: &Bench) -> Vec<Check> {
    let mut checks =
        vec![Check::Look(".sqlx says what the migrations say", |bench| prepared_queries::check(bench.tree))];
    checks.extend(quick_types(bench));
    checks.push(Check::Look("svelte-check finds an error that was planted", |bench| {
        planted_error::is_found(bench.tree)
    }));
    checks
}

fn quick_types(bench: &Bench) -> Vec<Check> {
    let step = interface::npm(bench.tree, &["run", "--silent", "check"]).limit(10 * MINUTE);
    vec![Check::Program(step, Runner::None)]
}

/// Codat's own clients against the sandbox.
fn clients(bench: &Bench) -> Vec<Check> {
    let install = Check::Look("Codat's clients are installed", |bench| python_clients::install(bench.tree));
    let run = python_clients::step(bench.tree).limit(20 * MINUTE);
    vec![programs(bench), install, Check::Program(run, Runner::Clients)]
}

fn ui(bench: &Bench) -> Vec<Check> {
    vec![Check::Program(bench.npm_program("vitest", &["run"]), Runner::Vitest)]
}

/// Builds what the lane starts: the same build as for the tests, so that nothing is built twice.
fn programs(bench: &Bench) -> Check {
    Check::Program(bench.cargo_on(&["test"], &["--no-run"]), Runner::None)
}

fn journeys(bench: &Bench) -> Vec<Check> {
    let mut step = bench
        .npm_program("playwright", &["test"])
        .env("PORTAL_WEBHOST_BIN", bench.tree.built("debug", "webhost"))
        .limit(30 * MINUTE);
    if let Some(chromium) = packages::chromium() {
        step = step.env("CHROMIUM", chromium);
    }
    vec![programs(bench), Check::Program(step, Runner::Playwright)]
}

fn window(bench: &Bench) -> Vec<Check> {
    if !cfg!(target_os = "linux") {
        return vec![Check::Look("the real window is driven on Linux only", |_| Ok(()))];
    }
    let check = if bench.has_nextest {
        let only = format!("binary({WINDOW})");
        let step =
            bench.cargo_on(&["nextest", "run"], &["--no-fail-fast", "--test-threads", "2", "-E", &only]);
        Check::Program(step.limit(30 * MINUTE), Runner::Nextest)
    } else {
        let step =
            bench.cargo_on(&["test"], &["--no-fail-fast", "--test", WINDOW, "--", "--test-threads", "2"]);
        Check::Program(step.limit(30 * MINUTE), Runner::Cargo)
    };
    vec![programs(bench), check]
}

fn outside(_: &Bench) -> Vec<Check> {
    vec![
        Check::Look("the tests wrote nothing into the home of the one who ran them", |bench| {
            bench
                .home
                .holds_nothing_of_ours()
                .and_then(|()| bench.before.same_home(&Snapshot::take(bench.tree)))
        }),
        Check::Look("the tests left the repository as it was", |bench| {
            bench.before.same_tree(&Snapshot::take(bench.tree))
        }),
    ]
}
