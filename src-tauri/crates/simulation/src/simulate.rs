//! `portal-simulate`: simulates months in seconds. Started by `cargo xtask simulate`.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal speaks there")]

use std::process::ExitCode;

use clap::Parser;
use simulation::{Report, Scenario, SimulationError};

/// Runs engine, client, store and sandbox through months of simulated time. Prints a report as one JSON object, and
/// fails if a rule was violated.
#[derive(Debug, Parser)]
struct Arguments {
    /// The minimum number of connections.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    connections: u32,
    /// The number of days.
    #[arg(long, value_name = "N", default_value_t = 365)]
    days: u32,
    /// The random seed. The same seed gives the same run.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// Injects no faults. Customers still break their connections.
    #[arg(long)]
    calm: bool,
    /// Replays a labeled history of connections instead, and prints how well the alerts match it.
    #[arg(long)]
    alerts: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.alerts {
        return replay(arguments.seed);
    }
    let scenario = Scenario {
        connections: arguments.connections,
        days: arguments.days,
        seed: arguments.seed,
        is_rough: !arguments.calm,
    };
    match simulate(&scenario) {
        Ok((report, text)) => {
            println!("{text}");
            let faults = report.faults();
            for fault in &faults {
                eprintln!("{fault}");
            }
            if faults.is_empty() {
                return ExitCode::SUCCESS;
            }
            eprintln!("again: {}", report.replay);
        }
        Err(error) => eprintln!("portal-simulate: seed {}: {error}", scenario.seed),
    }
    ExitCode::FAILURE
}

fn replay(seed: u64) -> ExitCode {
    let folder =
        tempfile::tempdir().map_err(|error| SimulationError::System("a folder for the files", error));
    match folder.and_then(|folder| simulation::replay_alerts(seed, folder.path())) {
        Ok(figures) => {
            println!("{figures}");
            figures.faults.iter().for_each(|fault| eprintln!("{fault}"));
            let misses = figures.misses();
            misses.iter().for_each(|miss| eprintln!("missed: {miss}"));
            if misses.is_empty() {
                return ExitCode::SUCCESS;
            }
        }
        Err(error) => eprintln!("portal-simulate: seed {seed}: {error}"),
    }
    ExitCode::FAILURE
}

fn simulate(scenario: &Scenario) -> Result<(Report, String), SimulationError> {
    let folder =
        tempfile::tempdir().map_err(|error| SimulationError::System("a folder for the files", error))?;
    let report = simulation::run_on_one_core(scenario, folder.path())?;
    let text =
        serde_json::to_string_pretty(&report).map_err(|error| SimulationError::Wrong(error.to_string()))?;
    Ok((report, text))
}
