//! Adjusts the state to a clock that was set back, while the app ran or between two starts.
//!
//! Every time in the state moves back by the same amount, so that nothing waits longer than before. Rows in
//! the store keep their times. The labels of schedules are calendar times and do not move.

use jiff::Timestamp;

use super::Engine;
use crate::{pending_act::PendingAct, time::before};

impl Engine {
    pub(super) fn adjust_for_clock_rollback(&mut self, now: Timestamp) {
        let Some(back) = self.saved.adjust_for_clock_rollback(now) else { return };
        for at in self.deadlines_mut() {
            *at = before(*at, back);
        }
    }

    /// Every time in the state that is not saved. A property test (`tests/machine/clock.rs`) detects a
    /// missing one.
    fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        core::iter::once(&mut self.next_sweep)
            .chain(&mut self.next_status)
            .chain(&mut self.last_sweep_start)
            .chain(&mut self.last_full_sweep_start)
            .chain(&mut self.saved_at)
            .chain(self.sweep.iter_mut().flat_map(|sweep| [&mut sweep.started, &mut sweep.progressed]))
            .chain(self.in_flight.values_mut().map(|(_, sent_at)| sent_at))
            .chain(self.pending_acts.values_mut().flat_map(PendingAct::deadlines_mut))
            .chain(self.deletes.values_mut().map(|(_, delete)| &mut delete.sends_at))
            .chain(self.watches.iter_mut().flat_map(|watch| watch.deadlines_mut()))
            .chain(self.connectivity.deadlines_mut())
            .chain(self.runs.deadlines_mut())
            .chain(self.schedules.deadlines_mut())
            .chain(self.alerts.deadlines_mut())
            .chain(self.delivery.deadlines_mut())
            .chain(self.expiry.deadlines_mut())
            .chain(&mut self.snooze_end)
            .chain(&mut self.pause_end)
    }
}
