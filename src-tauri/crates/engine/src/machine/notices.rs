//! Notices that are about no connection: a schedule that fails again and again, and a quota that will not last.

use domain::{Place, RunCause, RunCounts, ScheduleId};
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::{effect::Effect, notification::Notification, runs::RunEnded};

/// How many runs of a schedule fail one after the other before the user is notified.
const FAILED_RUNS: u32 = 3;
/// The quota is not judged before this time of its day, because the first hours say little about the rest.
const MIN_ELAPSED: SignedDuration = SignedDuration::from_hours(3);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const QUOTA_TOPIC: &str = "quota";

impl Engine {
    /// Counts the failed runs of a schedule, and notifies once when there are several in a row.
    pub(super) fn on_scheduled_run_ended(&mut self, ended: &RunEnded, now: Timestamp) {
        let RunCause::Schedule(id) = ended.cause else { return };
        let tried = ended.counts.total() - ended.counts.skipped - ended.counts.cancelled;
        if tried == 0 {
            return;
        }
        if ended.counts.failed * 2 <= tried {
            if self.saved.failed_runs.remove(&id).is_some_and(|failed| failed >= FAILED_RUNS) {
                self.end_notice(schedule_topic(id));
            }
            return self.save_state(now);
        }
        let failed = self.saved.failed_runs.entry(id).or_default();
        *failed = failed.saturating_add(1);
        let is_new = *failed == FAILED_RUNS;
        self.save_state(now);
        if is_new {
            self.delivery.add_notice(self.schedule_failed(id, &ended.counts));
        }
    }

    /// Ends the notices of schedules that no longer exist.
    pub(super) fn forget_removed_schedules(&mut self) {
        let exists = |id: &ScheduleId| self.schedules.list.iter().any(|known| known.schedule.id == *id);
        let removed: Vec<_> = self.saved.failed_runs.keys().filter(|id| !exists(id)).copied().collect();
        for id in removed {
            self.saved.failed_runs.remove(&id);
            self.end_notice(schedule_topic(id));
        }
    }

    fn schedule_failed(&self, id: ScheduleId, counts: &RunCounts) -> Notification {
        let schedule =
            self.schedules.list.iter().map(|known| &known.schedule).find(|schedule| schedule.id == id);
        let name = schedule.map_or("A schedule", |schedule| schedule.name.as_str());
        Notification {
            title: format!("{name} failed {FAILED_RUNS} times in a row"),
            body: format!(
                "In the last run, {} of {} refreshes failed. Open Schedules to see why.",
                counts.failed,
                counts.total()
            ),
            place: Some(Place::Schedules),
            topic: Some(schedule_topic(id)),
            ..Notification::default()
        }
    }

    /// Notifies once a day if the requests of the day will be used up before it ends.
    pub(super) fn check_quota(&mut self, now: Timestamp) {
        let ends = self.saved.quota.day_ends(now);
        if self.saved.quota_warned_for.is_some_and(|warned| warned <= now) {
            self.saved.quota_warned_for = None;
            self.end_notice(QUOTA_TOPIC.to_owned());
        }
        let quota = &self.saved.quota;
        let (Some(limit), Some(remaining)) = (quota.known_limit(), quota.remaining()) else { return };
        if self.saved.quota_warned_for.is_some() || remaining == 0 {
            return;
        }
        let Some(empty) = runs_out_at(limit, remaining, ends, now) else { return };
        self.saved.quota_warned_for = Some(ends);
        self.save_state(now);
        let time = |at: Timestamp| self.schedules.zone.to_datetime(at).strftime("%H:%M").to_string();
        self.delivery.add_notice(Notification {
            title: format!("Today’s requests may run out at about {}", time(empty)),
            body: format!(
                "{} of {limit} requests are used. After the last one, nothing is checked until {}.",
                limit - remaining,
                time(ends)
            ),
            topic: Some(QUOTA_TOPIC.to_owned()),
            ..Notification::default()
        });
    }

    pub(super) fn end_notice(&mut self, topic: String) {
        self.delivery.drop_notice(&topic);
        self.effects.push(Effect::CloseNotice(topic));
    }
}

fn schedule_topic(id: ScheduleId) -> String {
    format!("schedule:{}", id.0)
}

/// When the requests are used up at the mean rate of the day, if that is before it ends and more than half are used.
fn runs_out_at(limit: u64, remaining: u64, ends: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let left = ends.duration_since(now);
    let elapsed = DAY.checked_sub(left).filter(|elapsed| *elapsed >= MIN_ELAPSED)?;
    let spent = limit.checked_sub(remaining).filter(|spent| *spent > limit / 2)?;
    let seconds = u128::from(remaining) * u128::from(elapsed.as_secs().unsigned_abs()) / u128::from(spent);
    let seconds = i64::try_from(seconds).ok()?;
    let empty = now.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    (empty < ends).then_some(empty)
}
