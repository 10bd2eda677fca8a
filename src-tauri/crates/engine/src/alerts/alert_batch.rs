//! Stores decisions in batches, one after the other.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Alerts, NewAlert};
use crate::backoff::STORE_RETRY;

/// Decisions to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlertBatch {
    /// All changes up to this sequence number are decided.
    pub(crate) cursor: i64,
    /// Changes beyond the cursor that send no alert.
    pub(crate) skipped: Vec<i64>,
    pub(crate) alerts: Vec<NewAlert>,
}

impl Alerts {
    /// Whether there are alerts that are not recorded yet.
    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty() || self.recording.iter().any(|(batch, _)| !batch.alerts.is_empty())
    }

    /// When to retry after a store error. Batches that the store is saving come first; their end is an event.
    pub(crate) fn record_at(&self) -> Option<Timestamp> {
        self.record_at.filter(|_| !self.is_recording())
    }

    /// Whether the store is saving decisions. A batch with only a cursor does not count.
    fn is_recording(&self) -> bool {
        let mut recording = self.recording.iter().map(|(batch, _)| batch);
        recording.any(|batch| !batch.alerts.is_empty() || !batch.skipped.is_empty())
    }

    /// The next batch. A batch waits for the previous one, because a failed batch must not be skipped. A lost
    /// move of the cursor alone is harmless.
    pub(crate) fn take_batch(&mut self, now: Timestamp) -> Option<AlertBatch> {
        if self.is_recording() || self.record_at.is_some_and(|at| at > now) {
            return None;
        }
        self.record_at = None;
        let oldest = self.waiting.values().map(|waiting| waiting.alert.seq).min();
        let cursor = oldest.map_or(self.newest, |seq| seq - 1).max(self.cursor);
        self.skipped.retain(|seq| *seq > cursor);
        if cursor <= self.cursor && self.ready.is_empty() && self.skipped.is_empty() {
            return None;
        }
        self.ready.sort_by_key(|alert| alert.seq);
        let skipped = core::mem::take(&mut self.skipped).into_iter().collect();
        let batch = AlertBatch { cursor, skipped, alerts: core::mem::take(&mut self.ready) };
        self.recording.push_back((batch.clone(), self.cursor));
        self.cursor = cursor;
        Some(batch)
    }

    /// The batch is stored: its alert IDs by sequence number. Alerts that were recorded before have none.
    pub(crate) fn on_recorded(&mut self, numbers: &BTreeMap<i64, i64>) -> Vec<(i64, NewAlert)> {
        let Some((batch, _)) = self.recording.pop_front() else { return Vec::new() };
        let alerts = batch.alerts.into_iter();
        alerts.filter_map(|alert| Some((*numbers.get(&alert.seq)?, alert))).collect()
    }

    /// The batch was not stored and is tried again later.
    pub(crate) fn on_record_error(&mut self, now: Timestamp) {
        if let Some((batch, cursor)) = self.recording.pop_front() {
            self.ready.extend(batch.alerts);
            self.skipped.extend(batch.skipped);
            self.cursor = self.cursor.min(cursor);
        }
        self.record_at = now.checked_add(STORE_RETRY).ok();
    }
}
