//! The core on stepped time: engine, client, store and sandbox in one process, driven through months in
//! seconds.
//!
//! One effect is done at a time, and its answer is delivered at `now + latency` from one ordered heap, so the
//! same scenario gives the same run. What goes wrong on the way (rate limits, outages, answers that never
//! come, customers who withdraw, the app killed in the middle of an act) is drawn from the seed. What must
//! hold is checked while it runs, against what the sandbox knows; see [`Report`].

#![forbid(unsafe_code)]

mod account;
mod check;
mod clock;
mod counted;
mod days;
mod dice;
mod drive;
mod line;
mod nobody;
mod one_core;
mod person;
mod planned;
mod report;
mod scenario;
mod schedule;
mod site;
#[cfg(test)]
mod spoilt;
mod together;
mod trouble;
mod weather;
mod world;

pub use nobody::Nobody;
pub use one_core::run_on_one_core;
pub use planned::{Planned, planned};
pub use report::Report;
pub use scenario::Scenario;
pub use together::{run, run_alone, run_together};
pub use trouble::Trouble;
