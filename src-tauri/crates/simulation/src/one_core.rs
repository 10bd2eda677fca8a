//! Staying on one core.

/// Keeps this thread, and those that it starts, on the core that it runs on. Where the system does not have that,
/// it goes on as it was, and slower.
#[cfg(target_os = "linux")]
pub(crate) fn stay() {
    use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

    let mut core = CpuSet::new();
    core.set(sched_getcpu());
    if let Err(error) = sched_setaffinity(None, &core) {
        tracing::debug!(%error, "the thread goes wherever it is sent");
    }
}

/// Other systems move it as they like.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stay() {}
