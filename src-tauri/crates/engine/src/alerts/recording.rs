//! Stores the decisions, one batch after the other.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Alerts, NewAlert};
use crate::runs::STORE_AGAIN;

/// Decisions to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    /// All changes up to this sequence number are decided.
    pub(crate) cursor: i64,
    /// Changes beyond the cursor that send no alert.
    pub(crate) passed: Vec<i64>,
    /// The alerts.
    pub(crate) alerts: Vec<NewAlert>,
}

impl Alerts {
    /// Whether something is to be told that is not recorded yet.
    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty() || self.recording.iter().any(|(decided, _)| !decided.alerts.is_empty())
    }

    /// When to record again what the store refused. Decisions that the store is still saving come first; their end is
    /// an event of its own.
    pub(crate) fn record_at(&self) -> Option<Timestamp> {
        self.record_at.filter(|_| !self.is_recording())
    }

    /// Whether the store is saving decisions. A cursor alone does not count.
    fn is_recording(&self) -> bool {
        let mut recording = self.recording.iter().map(|(decided, _)| decided);
        recording.any(|decided| !decided.alerts.is_empty() || !decided.passed.is_empty())
    }

    /// What to record now. Should it fail, nothing may be recorded beyond it; a cursor that does not move is no harm.
    pub(crate) fn take_decided(&mut self, now: Timestamp) -> Option<Decided> {
        if self.is_recording() || self.record_at.is_some_and(|at| at > now) {
            return None;
        }
        self.record_at = None;
        let oldest = self.waiting.values().map(|waiting| waiting.alert.seq).min();
        let cursor = oldest.map_or(self.newest, |seq| seq - 1).max(self.cursor);
        self.passed.retain(|seq| *seq > cursor);
        if cursor <= self.cursor && self.ready.is_empty() && self.passed.is_empty() {
            return None;
        }
        self.ready.sort_by_key(|alert| alert.seq);
        let passed = core::mem::take(&mut self.passed).into_iter().collect();
        let decided = Decided { cursor, passed, alerts: core::mem::take(&mut self.ready) };
        self.recording.push_back((decided.clone(), self.cursor));
        self.cursor = cursor;
        Some(decided)
    }

    /// It was recorded, and got these numbers by its places in the journal; none of what had been before.
    pub(crate) fn recorded(&mut self, numbers: &BTreeMap<i64, i64>) -> Vec<(i64, NewAlert)> {
        let Some((decided, _)) = self.recording.pop_front() else { return Vec::new() };
        let alerts = decided.alerts.into_iter();
        alerts.filter_map(|alert| Some((*numbers.get(&alert.seq)?, alert))).collect()
    }

    /// It could not be recorded: that is tried again in a while.
    pub(crate) fn not_recorded(&mut self, now: Timestamp) {
        if let Some((decided, cursor)) = self.recording.pop_front() {
            self.ready.extend(decided.alerts);
            self.passed.extend(decided.passed);
            self.cursor = self.cursor.min(cursor);
        }
        self.record_at = now.checked_add(STORE_AGAIN).ok();
    }
}
