//! Checks whether each time of the schedule was met or its miss explained, and the result of each read.

use std::collections::{BTreeMap, BTreeSet};

use domain::RunId;
use jiff::{SignedDuration, Timestamp};
use store::{ItemState, ScheduleOutcome, Store};

use crate::error::SimulationError;

/// The maximum number of outcomes: more than occur between two updates.
const OUTCOMES: u32 = 100;
/// Items per page.
const ITEMS: u32 = 1_000;
/// A run that starts within this time is punctual, since it may wait for a sweep.
const IN_TIME: SignedDuration = SignedDuration::from_mins(15);
/// After this time each read of a run has a result or timed out.
const OVER: SignedDuration = SignedDuration::from_hours(24 * 3);
/// States of an item without a result.
const OPEN: &[ItemState] = &[ItemState::Waiting, ItemState::Sent];
/// States that need a reason.
const NOT_READ: &[ItemState] = &[ItemState::Failed, ItemState::Skipped];

/// The results of the schedule.
#[derive(Debug, Default)]
pub(crate) struct ScheduleResults {
    seen: BTreeSet<(Option<Timestamp>, Timestamp)>,
    /// Runs whose items are still to be checked, and when each was decided.
    runs: BTreeMap<RunId, Timestamp>,
    /// Decided times.
    pub(crate) decided: u32,
    /// Times that were met punctually.
    pub(crate) in_time: u32,
    /// Times that were met late, by reason.
    pub(crate) late: BTreeMap<String, u32>,
    /// Times that a later one replaced, by reason.
    pub(crate) missed: BTreeMap<String, u32>,
    /// Requested reads.
    pub(crate) reads: u64,
    /// Reads that failed or were skipped, with a reason.
    pub(crate) not_read: u64,
    /// What was neither met nor explained.
    pub(crate) unexplained: Vec<String>,
}

impl ScheduleResults {
    /// Adds the decisions since the last update.
    pub(crate) async fn update(&mut self, store: &Store, now: Timestamp) -> Result<(), SimulationError> {
        for schedule in store.schedules().await? {
            for outcome in store.schedule_outcomes(schedule.id, OUTCOMES).await? {
                if self.seen.insert((outcome.due, outcome.at)) {
                    self.add(&outcome);
                }
            }
        }
        let over: Vec<RunId> = self
            .runs
            .iter()
            .filter(|(_, at)| now.duration_since(**at) >= OVER)
            .map(|(run, _)| *run)
            .collect();
        for run in over {
            self.runs.remove(&run);
            self.check_items(store, run).await?;
        }
        Ok(())
    }

    /// Compares the number of decided times with the labels that passed.
    pub(crate) fn check_count(&mut self, labels: u32) {
        if self.decided != labels {
            self.unexplained.push(format!("{} of {labels} times were decided about", self.decided));
        }
    }

    fn add(&mut self, outcome: &ScheduleOutcome) {
        let Some(due) = outcome.due else { return };
        self.decided += 1 + outcome.earlier;
        self.reads += u64::from(outcome.queued);
        self.runs.extend(outcome.run.map(|run| (run, outcome.at)));
        let is_late = outcome.at.duration_since(due) > IN_TIME;
        match &outcome.reason {
            Some(reason) => {
                if outcome.earlier > 0 {
                    *self.missed.entry(reason.clone()).or_default() += outcome.earlier;
                }
                let met =
                    if is_late { self.late.entry(reason.clone()).or_default() } else { &mut self.in_time };
                *met += 1;
            }
            None if is_late || outcome.earlier > 0 => {
                self.unexplained.push(format!("{due} was met at {} without a reason", outcome.at));
            }
            None if outcome.queued + outcome.done + outcome.unreadable == 0 => {
                self.unexplained.push(format!("{due} was met by nothing"));
            }
            None => self.in_time += 1,
        }
        if outcome.queued > 0 && outcome.run.is_none() {
            self.unexplained.push(format!("{due} has {} reads and no run", outcome.queued));
        }
    }

    async fn check_items(&mut self, store: &Store, run: RunId) -> Result<(), SimulationError> {
        let open = store.run_items(run, OPEN, 0, 1).await?;
        if let Some(item) = open.rows.first() {
            self.unexplained
                .push(format!("run {}: {} was not asked for, nor explained", run.0, item.company));
        }
        for page in 0.. {
            let rows = store.run_items(run, NOT_READ, page * ITEMS, ITEMS).await?.rows;
            self.not_read += rows.len() as u64;
            for item in rows.iter().filter(|item| item.why.is_none() && item.skipped.is_none()) {
                self.unexplained
                    .push(format!("run {}: {} was not read, without a reason", run.0, item.company));
            }
            if rows.len() < ITEMS as usize {
                return Ok(());
            }
        }
        Ok(())
    }
}
