//! The core in simulated time: engine, client, store and sandbox in one process, driven through months in
//! seconds.
//!
//! One event is handled at a time. Answers arrive at `now + latency`, from one ordered queue, so the same
//! scenario gives the same run. Disturbances (rate limits, outages, lost responses, withdrawn consents, kills
//! of the app) are random from the seed. The invariants are checked against the sandbox; see [`Report`].

#![forbid(unsafe_code)]

mod account;
mod alert_replay;
mod app_instance;
mod calm_simulation;
mod check;
mod clock;
mod disturbance;
mod driver;
mod error;
#[cfg(test)]
mod faulty_pages;
mod headless_desktop;
mod network;
mod one_core;
mod person;
mod random;
mod report;
mod scenario;
mod schedule_requests;
mod sql_statements;
mod together;
mod weekly_schedule;
mod world;

pub use alert_replay::{AlertFigures, replay_alerts, replay_thousand_losses};
pub use error::SimulationError;
pub use headless_desktop::HeadlessDesktop;
pub use one_core::run_on_one_core;
pub use report::Report;
pub use scenario::Scenario;
pub use schedule_requests::{ScheduleRequests, count_schedule_requests};
pub use together::{run, run_alone, run_together};
