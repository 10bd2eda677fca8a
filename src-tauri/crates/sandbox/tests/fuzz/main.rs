//! Hostile requests to every route, in process and over TCP: never a 500, never a hang, never a panic, and
//! bounded memory.
//!
//! A run is a function of its seed: a sandbox of its own, and some hundreds of requests, each built from what
//! the answers before it gave away. A run that fails says its seed; `SANDBOX_FUZZ_SEED=N` goes through that
//! run alone, and `SANDBOX_FUZZ_RUNS=N` through more of them than usual.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a helper that fails is a test that fails"
)]

mod dice;
mod hostile;
mod in_process;
mod memory;
mod over_tcp;
mod requests;

/// How many runs there are when nobody says otherwise.
const RUNS: u64 = 8;

/// The seeds of the runs to go through.
fn seeds() -> Vec<u64> {
    let figure = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    match figure("SANDBOX_FUZZ_SEED") {
        Some(seed) => vec![seed],
        None => (1..=figure("SANDBOX_FUZZ_RUNS").unwrap_or(RUNS)).collect(),
    }
}

/// Says how to go through a run again, if it ends in a panic.
struct Replay {
    seed: u64,
    /// What was asked last.
    last: String,
}

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("\nthis run again: SANDBOX_FUZZ_SEED={}\nits last request: {}", self.seed, self.last);
        }
    }
}
