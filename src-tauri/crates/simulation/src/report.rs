//! The report of a simulation.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::scenario::Scenario;

/// The report of a simulation. Lists of violations are empty if all is well.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What was simulated.
    pub scenario: Scenario,
    /// The command that repeats the run.
    pub replay: String,
    /// The seed of the run.
    pub seed: u64,
    /// The number of companies at the start.
    pub companies: u32,
    /// Events that the engine handled.
    pub steps: u64,
    /// Requests by cause.
    pub requests: BTreeMap<&'static str, u64>,
    /// Responses by status; 0: no response.
    pub answers: BTreeMap<u16, u64>,
    /// Requests that never left the computer.
    pub unreachable: u64,
    /// Bytes of response bodies.
    pub bytes: u64,
    /// Write transactions of the app's database.
    pub transactions: u64,
    /// SQL statements of the app's database.
    pub statements: u64,
    /// The most requests in a day, and the quota of that day.
    pub busiest_day: (u64, u64),
    /// Violations of the quota.
    pub budget_breaches: Vec<String>,
    /// Reads that were queued again while the app's own earlier one ran.
    pub double_queues: Vec<String>,
    /// Companies that an act created twice.
    pub double_acts: Vec<String>,
    /// Alerts that were shown twice.
    pub double_alerts: Vec<String>,
    /// Requests with the key or the address of another workspace.
    pub foreign_requests: Vec<String>,
    /// Companies and connections of another workspace that notifications mentioned.
    pub foreign_news: Vec<String>,
    /// Times at which the weekly schedule was due.
    pub schedule_times: u32,
    /// Times that were met punctually.
    pub schedule_times_met: u32,
    /// Times that were met late, by reason.
    pub schedule_times_late: BTreeMap<String, u32>,
    /// Times that a later one replaced, by reason.
    pub schedule_times_missed: BTreeMap<String, u32>,
    /// Reads that the schedule requested.
    pub schedule_reads: u64,
    /// Reads that failed or were skipped, with a reason.
    pub schedule_reads_explained: u64,
    /// Times and reads without a result or a reason.
    pub schedules_unexplained: Vec<String>,
    /// Consents that ended.
    pub consent_endings: u64,
    /// The shortest warning, in days, of a consent that was given after the first sweep.
    pub shortest_consent_warning_days: Option<f64>,
    /// Consents that ended without a warning of 14 days, although the app was running.
    pub consents_unwarned: Vec<String>,
    /// The same while the app was away.
    pub consents_unwarned_while_away: u64,
    /// Keep-alive reads that the server accepted.
    pub idle_reads: u64,
    /// Idle clocks that would have expired without such a read.
    pub idle_deaths_saved: u64,
    /// Idle clocks that expired although the app was running.
    pub idle_deaths_lost: Vec<String>,
    /// The same while the app was away.
    pub idle_deaths_while_away: u64,
    /// The fraction of consents forecast to end within a week that did.
    pub forecast_precision: Option<f64>,
    /// The fraction of consents that ended within a week and were forecast.
    pub forecast_recall: Option<f64>,
    /// Acts of the user by result.
    pub acts: BTreeMap<&'static str, u64>,
    /// Acts that were never settled, although the app was running.
    pub acts_never_settled: usize,
    /// Notifications that were shown.
    pub notifications: u64,
    /// The alerts in them.
    pub alerts: u64,
    /// Starts of the app.
    pub starts: u64,
    /// Companies that differed between store and world in the end.
    pub disagreements: Vec<String>,
    /// A digest of all requests with their times and responses. It is equal for equal runs.
    pub digest: String,
    /// The duration of the simulation.
    pub wall_seconds: f64,
    /// What is simpler than in the app.
    pub simplified: Vec<&'static str>,
}

impl Report {
    /// The violated invariants as text; empty if all is well.
    pub fn faults(&self) -> Vec<String> {
        let lists = [
            ("over budget", &self.budget_breaches),
            ("queued twice", &self.double_queues),
            ("made twice", &self.double_acts),
            ("told twice", &self.double_alerts),
            ("in another workspace's name", &self.foreign_requests),
            ("another workspace's news", &self.foreign_news),
            ("a schedule's time missed without a reason", &self.schedules_unexplained),
            ("a consent ended unwarned", &self.consents_unwarned),
            ("idle access lost", &self.idle_deaths_lost),
            ("not known as it is", &self.disagreements),
        ];
        let mut all: Vec<String> = lists
            .into_iter()
            .filter(|(_, found)| !found.is_empty())
            .map(|(what, found)| {
                format!("{what}: {} times, first {}", found.len(), found.first().map_or("", String::as_str))
            })
            .collect();
        if self.acts_never_settled > 0 {
            all.push(format!("{} acts were never settled", self.acts_never_settled));
        }
        all
    }
}

/// What is simpler than in the app, in every simulation.
pub(crate) const SIMPLIFIED: &[&str] = &[
    "SQLite does not wait for the disk (synchronous=OFF); the app's does (FULL)",
    "no TCP and no TLS: the client's HTTP requests are handed to the sandbox in process",
    "one request at a time is answered, and its answer delivered later",
    "the engine is woken when it asks to be, not every 15 seconds besides",
];
