//! The clock of the computer was set back, while the app ran or between two starts. Every time in the state is moved
//! back by the same amount, so that nothing waits longer than before. Rows in the store keep their times. The labels of
//! schedules are calendar times and do not move.

use jiff::Timestamp;

use super::Engine;
use crate::attempt::Attempt;

impl Engine {
    /// An event came at this time.
    pub(super) fn follow_the_clock(&mut self, now: Timestamp) {
        let Some(back) = self.saved.follow_the_clock(now) else { return };
        for at in self.in_hand() {
            *at = at.saturating_sub(back).unwrap_or(Timestamp::MIN);
        }
    }

    /// Every time in the state that is not saved. Property tests (`tests/machine/clock.rs`, `tests/machine/runs/clock.rs`)
    /// find one that is missing here.
    fn in_hand(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        core::iter::once(&mut self.next_sweep)
            .chain(&mut self.next_status)
            .chain(&mut self.last_started)
            .chain(&mut self.swept_from)
            .chain(&mut self.saved_at)
            .chain(self.sweep.iter_mut().flat_map(|sweep| [&mut sweep.started, &mut sweep.progressed]))
            .chain(self.in_flight.values_mut().map(|(_, asked)| asked))
            .chain(self.attempts.values_mut().flat_map(Attempt::times))
            .chain(self.deletes.values_mut().map(|(_, delete)| &mut delete.sends_at))
            .chain(self.watches.iter_mut().flat_map(|watch| watch.times()))
            .chain(self.reach.times())
            .chain(self.runs.times())
            .chain(self.scheduling.times())
            .chain(self.alerts.times())
            .chain(self.telling.times())
            .chain(self.expiry.times())
    }
}
