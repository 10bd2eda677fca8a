//! What a simulation found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::scenario::Scenario;

/// What a simulation found. Lists of what must not be are empty where all is well.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What was simulated.
    pub scenario: Scenario,
    /// How to see the same again.
    pub replay: String,
    /// What chance was drawn from.
    pub seed: u64,
    /// Companies of the world as it began.
    pub companies: u32,
    /// Events that the engine was given.
    pub steps: u64,
    /// Requests by what they were for.
    pub requests: BTreeMap<&'static str, u64>,
    /// Answers by their status; 0: none came.
    pub answers: BTreeMap<u16, u64>,
    /// Requests that never left the computer.
    pub unreachable: u64,
    /// Bytes of the answers' bodies.
    pub bytes: u64,
    /// Transactions of the app's database that wrote something.
    pub transactions: u64,
    /// Statements of the app's database.
    pub statements: u64,
    /// The most requests of one day, and the allowance of that day.
    pub busiest_day: (u64, u64),
    /// When there were more requests than the budget has.
    pub budget_breaches: Vec<String>,
    /// Reads that were asked for while the app's own earlier one ran.
    pub double_queues: Vec<String>,
    /// Companies that an act made twice.
    pub double_acts: Vec<String>,
    /// Alerts that were told twice.
    pub double_alerts: Vec<String>,
    /// Requests with the key or to the address of another workspace.
    pub foreign_requests: Vec<String>,
    /// Companies and connections of another workspace that notifications told of.
    pub foreign_news: Vec<String>,
    /// Times at which the weekly schedule was due.
    pub schedule_times: u32,
    /// Those that were met in time.
    pub schedule_times_met: u32,
    /// Those that were met late, by what held them up.
    pub schedule_times_late: BTreeMap<String, u32>,
    /// Those that a later one stood in for, by what had held them up.
    pub schedule_times_missed: BTreeMap<String, u32>,
    /// Reads that the schedule asked for.
    pub schedule_reads: u64,
    /// Those that failed or were left out, each for a reason that is kept.
    pub schedule_reads_explained: u64,
    /// Times, and reads, of which nothing came and nothing was said.
    pub schedules_unexplained: Vec<String>,
    /// Consents that ended.
    pub consent_endings: u64,
    /// The shortest warning of one that was given after the app had looked for the first time, in days.
    pub shortest_consent_warning_days: Option<f64>,
    /// Consents that ended without a warning of 14 days, though the app was there.
    pub consents_unwarned: Vec<String>,
    /// The same, while the app was away.
    pub consents_unwarned_while_away: u64,
    /// Reads that the server took to keep idle clocks from ending.
    pub idle_reads: u64,
    /// Idle clocks that would have ended but for such a read, if nothing else had been read.
    pub idle_deaths_saved: u64,
    /// Idle clocks that ended, though the app was there.
    pub idle_deaths_lost: Vec<String>,
    /// The same, while the app was away.
    pub idle_deaths_while_away: u64,
    /// Of the consents that the app foretold to end within a week, the part that did.
    pub forecast_precision: Option<f64>,
    /// Of the consents that ended within a week, the part that the app had foretold.
    pub forecast_recall: Option<f64>,
    /// What a person did, by what came of it.
    pub acts: BTreeMap<&'static str, u64>,
    /// Acts that were never settled, though the app ran on.
    pub acts_never_settled: usize,
    /// Notifications shown.
    pub notifications: u64,
    /// Alerts told by them.
    pub alerts: u64,
    /// How often the app was started.
    pub starts: u64,
    /// Companies of which the store said something else than the world in the end.
    pub disagreements: Vec<String>,
    /// Tells runs apart: the same digest, the same requests at the same times with the same answers.
    pub digest: String,
    /// How long it took.
    pub wall_seconds: f64,
    /// What is simpler here than in the app.
    pub simplified: Vec<&'static str>,
}

impl Report {
    /// What must not be and was, in words; empty where all is well.
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

/// What is simpler in every simulation than in the app.
pub(crate) const SIMPLIFIED: &[&str] = &[
    "SQLite does not wait for the disk (synchronous=OFF); the app's does (FULL)",
    "no TCP and no TLS: the client's HTTP requests are handed to the sandbox in process",
    "one request at a time is answered, and its answer delivered later",
    "the engine is woken when it asks to be, not every 15 seconds besides",
];
