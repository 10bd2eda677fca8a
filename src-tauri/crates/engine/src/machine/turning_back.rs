//! A clock that is set back: what is in hand is as far off after it as before. What the store keeps is as it was
//! written down, and what a schedule has in mind goes by the calendar.

use jiff::Timestamp;

use super::Engine;
use crate::attempt::Attempt;

impl Engine {
    /// An event came at this time.
    pub(super) fn follow_the_clock(&mut self, now: Timestamp) {
        let back = self.clock.duration_since(now);
        self.clock = now;
        if !back.is_positive() {
            return;
        }
        for at in self.in_hand() {
            *at = at.saturating_sub(back).unwrap_or(Timestamp::MIN);
        }
    }

    /// Every time that the engine has in hand: of what was asked, and of what is to be done.
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
            .chain(self.alerts.times())
            .chain(self.telling.times())
            .chain(self.expiry.times())
    }
}
