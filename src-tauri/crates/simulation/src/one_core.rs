//! Runs a simulation on one core.

use std::{panic::resume_unwind, path::Path, thread};

use crate::{error::SimulationError, report::Report, scenario::Scenario, together::run_alone};

/// Simulates like [`run_alone`], on one core. Engine, store and world take turns, and a switch on the same
/// core is cheaper.
///
/// # Errors
/// As [`run`](crate::run).
pub fn run_on_one_core(scenario: &Scenario, folder: &Path) -> Result<Report, SimulationError> {
    let alone = || {
        stay();
        run_alone(scenario, folder)
    };
    thread::scope(|scope| scope.spawn(alone).join()).unwrap_or_else(|panic| resume_unwind(panic))
}

/// Pins this thread and its children to the current core. If the system does not support it, the simulation
/// is only slower.
#[cfg(target_os = "linux")]
fn stay() {
    use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

    let mut core = CpuSet::new();
    core.set(sched_getcpu());
    if let Err(error) = sched_setaffinity(None, &core) {
        tracing::debug!(%error, "the thread goes wherever it is sent");
    }
}

/// Not supported.
#[cfg(not(target_os = "linux"))]
fn stay() {}
