//! Whether every time of the schedule was met, or its miss explained, and what became of each read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use store::{ItemState, ScheduleOutcome, Store};

use crate::trouble::Trouble;

/// Outcomes that are looked at: more than there are between two looks.
const OUTCOMES: u32 = 100;
/// Items of a run that are looked at in one go.
const ITEMS: u32 = 1_000;
/// What begins so soon after it was due is in time: a sweep may have been waited for.
const IN_TIME: SignedDuration = SignedDuration::from_mins(15);
/// By then each read of a run was asked for, and its end seen or given up.
const OVER: SignedDuration = SignedDuration::from_hours(24 * 3);
/// States in which an item has not come to its end.
const OPEN: &[ItemState] = &[ItemState::Waiting, ItemState::Sent];
/// States that have to be explained.
const NOT_READ: &[ItemState] = &[ItemState::Failed, ItemState::Skipped];

/// What became of the schedule's times.
#[derive(Debug, Default)]
pub(crate) struct Met {
    seen: BTreeSet<(Option<Timestamp>, Timestamp)>,
    /// Runs whose items have yet to be looked at, and when each was decided.
    runs: BTreeMap<i64, Timestamp>,
    /// Times decided about.
    pub(crate) decided: u32,
    /// Times that were met in time.
    pub(crate) in_time: u32,
    /// Times that were met late, by the reason that was given.
    pub(crate) late: BTreeMap<String, u32>,
    /// Times for which a later one stood in, by the reason that was given.
    pub(crate) missed: BTreeMap<String, u32>,
    /// Reads that were asked for.
    pub(crate) reads: u64,
    /// Reads that failed or were left out, each with its reason.
    pub(crate) not_read: u64,
    /// What is neither met nor explained.
    pub(crate) unexplained: Vec<String>,
}

impl Met {
    /// Looks at what was decided since the last look.
    pub(crate) async fn look(&mut self, store: &Store, now: Timestamp) -> Result<(), Trouble> {
        for schedule in store.schedules().await? {
            for outcome in store.schedule_outcomes(schedule.id, OUTCOMES).await? {
                if self.seen.insert((outcome.due, outcome.at)) {
                    self.take(&outcome);
                }
            }
        }
        let over: Vec<i64> = self
            .runs
            .iter()
            .filter(|(_, at)| now.duration_since(**at) >= OVER)
            .map(|(run, _)| *run)
            .collect();
        for run in over {
            self.runs.remove(&run);
            self.look_at_items(store, run).await?;
        }
        Ok(())
    }

    /// The clock on the wall passed so many of its times in all.
    pub(crate) fn passed(&mut self, labels: u32) {
        if self.decided != labels {
            self.unexplained.push(format!("{} of {labels} times were decided about", self.decided));
        }
    }

    fn take(&mut self, outcome: &ScheduleOutcome) {
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

    async fn look_at_items(&mut self, store: &Store, run: i64) -> Result<(), Trouble> {
        let open = store.run_items(run, OPEN, 0, 1).await?;
        if let Some(item) = open.rows.first() {
            self.unexplained.push(format!("run {run}: {} was not asked for, nor explained", item.company));
        }
        for page in 0.. {
            let rows = store.run_items(run, NOT_READ, page * ITEMS, ITEMS).await?.rows;
            self.not_read += rows.len() as u64;
            for item in rows.iter().filter(|item| item.why.is_none() && item.skipped.is_none()) {
                self.unexplained.push(format!("run {run}: {} was not read, without a reason", item.company));
            }
            if rows.len() < ITEMS as usize {
                return Ok(());
            }
        }
        Ok(())
    }
}
