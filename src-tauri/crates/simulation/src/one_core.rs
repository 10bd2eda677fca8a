//! Staying on one core.

use std::{panic::resume_unwind, path::Path, thread};

use crate::{report::Report, scenario::Scenario, together::run_alone, trouble::Trouble};

/// Simulates as [`run_alone`] does, on one core: engine, store and world take turns, and a turn costs less than to wake another core.
///
/// # Errors
/// As [`run`](crate::run).
pub fn run_on_one_core(scenario: &Scenario, folder: &Path) -> Result<Report, Trouble> {
    let alone = || {
        stay();
        run_alone(scenario, folder)
    };
    thread::scope(|scope| scope.spawn(alone).join()).unwrap_or_else(|panic| resume_unwind(panic))
}

/// Keeps this thread, and those that it starts, on the core that it runs on. Where the system does not have that,
/// it goes on as it was, and slower.
#[cfg(target_os = "linux")]
fn stay() {
    use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

    let mut core = CpuSet::new();
    core.set(sched_getcpu());
    if let Err(error) = sched_setaffinity(None, &core) {
        tracing::debug!(%error, "the thread goes wherever it is sent");
    }
}

/// Other systems move it as they like.
#[cfg(not(target_os = "linux"))]
fn stay() {}
