//! How much memory this process takes, as Linux tells it.

/// The most that was ever resident, in MB. None where the system does not say.
pub(crate) fn peak() -> Option<u64> {
    figure("VmHWM:")
}

/// What is resident now, in MB.
pub(crate) fn now() -> Option<u64> {
    figure("VmRSS:")
}

fn figure(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1_024)
}
