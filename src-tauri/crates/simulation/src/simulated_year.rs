//! A year of the core in simulated time, as `cargo xtask simulate` runs it.

use simulation::Scenario;

use crate::{
    BenchError,
    figure::{Figure, Limit},
    say,
};

/// A year with 10,000 connections and all disturbances.
pub(crate) fn year() -> Result<Figure, BenchError> {
    say("simulation: a year of 10,000 connections");
    let scenario = Scenario { connections: 10_000, days: 365, seed: 7, is_rough: true };
    let wrong = |error: &dyn core::fmt::Display| BenchError::Wrong(error.to_string());
    let folder = tempfile::tempdir().map_err(|error| BenchError::System("a folder", error))?;
    let report = simulation::run_on_one_core(&scenario, folder.path()).map_err(|error| wrong(&error))?;
    if let Some(fault) = report.faults().first() {
        return Err(BenchError::Wrong(format!("{fault}; again: {}", report.replay)));
    }
    let against = Limit::AtMost(120.0);
    Ok(Figure { name: "simulated_year_10k_s", value: report.wall_seconds, unit: "s", against })
}
