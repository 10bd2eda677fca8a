//! The state of the schedules.

use domain::ScheduleId;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    ids::ActId,
    schedule::{HoldReason, PendingRun, Schedule, Timing, retry_delay},
    time::after,
};

/// A run that is later than this waits for a sweep that shows recent reads by others.
pub(crate) const LATE_AFTER: SignedDuration = SignedDuration::from_mins(2);

#[derive(Debug)]
pub(crate) struct Schedules {
    pub(crate) here: bool,
    pub(crate) zone: TimeZone,
    pub(crate) list: Vec<ScheduleState>,
    pub(crate) next_wake: Option<Timestamp>,
}

#[derive(Debug)]
pub(crate) struct ScheduleState {
    pub(crate) schedule: Schedule,
    pub(crate) pending: Option<PendingRun>,
    /// The next check: of an every-N-hours schedule after its interval, of any schedule after a store error.
    pub(crate) next_check: Timestamp,
    /// What holds the due run.
    pub(crate) held: Option<HoldReason>,
    /// Since when only the wait for a sweep holds it.
    pub(crate) waiting_since: Option<Timestamp>,
}

impl Default for Schedules {
    fn default() -> Self {
        Self { here: false, zone: TimeZone::UTC, list: Vec::new(), next_wake: None }
    }
}

impl Schedules {
    /// Updates the schedules from the store. The state of an unchanged plan is newer than the store and is
    /// kept. Returns the acts that were cancelled.
    pub(crate) fn sync_from_store(
        &mut self,
        here: bool,
        zone: TimeZone,
        schedules: Vec<Schedule>,
        now: Timestamp,
    ) -> Vec<ActId> {
        let mut known = core::mem::take(&mut self.list);
        self.here = here;
        self.zone = zone;
        self.list = schedules
            .into_iter()
            .map(|mut schedule| {
                // A new schedule starts now.
                schedule.decided.get_or_insert_with(|| self.zone.to_datetime(now));
                let at = known.iter().position(|state| state.schedule.id == schedule.id);
                match at.map(|at| known.swap_remove(at)) {
                    Some(state) if state.schedule.plan == schedule.plan => state.updated(schedule),
                    Some(state) => ScheduleState {
                        pending: state.pending.filter(PendingRun::survives_change),
                        ..ScheduleState::new(schedule)
                    },
                    None => ScheduleState::new(schedule),
                }
            })
            .collect();
        known.into_iter().filter_map(|state| state.pending?.act).collect()
    }

    pub(crate) fn get_mut(&mut self, id: ScheduleId) -> Option<&mut ScheduleState> {
        self.list.iter_mut().find(|state| state.schedule.id == id)
    }

    /// A read failed and may be retried, so the schedule is checked when the first retry is possible.
    pub(crate) fn check_sooner(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(state) = self.get_mut(id) else { return };
        let Some(age) = state.age() else { return };
        let at = after(now, retry_delay(age, 1));
        state.next_check = state.next_check.min(at);
    }

    /// Cancels all pending runs that the store is not starting. Returns their acts.
    pub(crate) fn cancel_pending(&mut self) -> Vec<ActId> {
        let cancelled =
            self.list.iter_mut().filter_map(|state| state.pending.take_if(|pending| !pending.is_storing));
        cancelled.filter_map(|pending| pending.act).collect()
    }

    /// The schedules that are due and held.
    pub(crate) fn held(&self) -> Vec<(ScheduleId, HoldReason)> {
        self.list.iter().filter_map(|state| Some((state.schedule.id, state.held?))).collect()
    }

    /// All times that are relative to now, for the clock rollback. Labels are calendar times, and the times of reads come
    /// from the store.
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.list.iter_mut().flat_map(|state| {
            let next = state.pending.as_mut().and_then(|pending| pending.next.as_mut());
            core::iter::once(&mut state.next_check).chain(&mut state.waiting_since).chain(next)
        })
    }

    pub(crate) fn wake_at(&mut self, at: Timestamp) {
        self.next_wake = Some(self.next_wake.map_or(at, |known| known.min(at)));
    }
}

impl ScheduleState {
    fn new(schedule: Schedule) -> Self {
        Self { schedule, pending: None, next_check: Timestamp::MIN, held: None, waiting_since: None }
    }

    /// The same plan, with a new name, switch or decided label.
    fn updated(self, schedule: Schedule) -> Self {
        let decided = self.schedule.decided.max(schedule.decided);
        Self { schedule: Schedule { decided, ..schedule }, ..self }
    }

    /// The interval of an every-N-hours schedule.
    pub(crate) fn age(&self) -> Option<SignedDuration> {
        match &self.schedule.plan.timing {
            Timing::Every { hours } => Some(SignedDuration::from_hours(i64::from(*hours))),
            Timing::Clock(_) => None,
        }
    }
}
