//! One read of one type on one connection: its stages over time and its JSON (§2.11, §3.2).

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{read_outcome::ReadOutcome, seed, time_format};

/// One read.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    pub(crate) id: Uuid,
    pub(crate) connection: Uuid,
    pub(crate) data_type: &'static str,
    pub(crate) requested: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) outcome: ReadOutcome,
    /// The duration of an uninterrupted successful read.
    work: SignedDuration,
    /// The time in the queue until the source is available.
    wait: SignedDuration,
    /// The pause during the fetch.
    pause: SignedDuration,
}

/// The properties of a read that do not depend on its start time.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadTiming {
    pub(super) work: SignedDuration,
    pub(super) pause: SignedDuration,
    pub(super) outcome: ReadOutcome,
}

/// The stages: name, end as a percentage of the work, and progress.
pub(super) const STAGES: [(&str, i32, i64); 9] = [
    ("Initial", 6, 10),
    ("Queued", QUEUE_END, 10),
    ("Fetching", 45, 30),
    ("MapQueued", 49, 45),
    ("Mapping", 64, 50),
    ("ValidationQueued", 68, 65),
    ("Validating", 80, 70),
    ("ProcessingQueued", 84, 85),
    ("Processing", 100, 90),
];

/// The percentages of the work at which the queue ends, and at which a rate-limited source pauses the read.
const QUEUE_END: i32 = 14;
const PAUSE_START: i32 = 35;

fn percent_of(work: SignedDuration, percent: i32) -> SignedDuration {
    let nanos = work.as_nanos() * i128::from(percent) / 100;
    SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
}

impl ReadTiming {
    /// The time until it leaves the queue if its source is available.
    pub(super) fn queue_delay(&self) -> SignedDuration {
        percent_of(self.work, QUEUE_END)
    }

    /// The duration without waiting for the source.
    pub(super) fn duration(&self) -> SignedDuration {
        let work = percent_of(self.work, self.outcome.share());
        if self.outcome.share() > PAUSE_START { work.saturating_add(self.pause) } else { work }
    }
}

impl Dataset {
    /// A read with this timing. `opens` returns when the source is available, given the end of the queue.
    pub(super) fn new(
        (id, connection, data_type): (Uuid, Uuid, &'static str),
        requested: Timestamp,
        course: ReadTiming,
        opens: impl FnOnce(Timestamp) -> Timestamp,
    ) -> Self {
        let ready = after(requested, course.queue_delay());
        let wait = opens(ready).duration_since(ready);
        Self {
            id,
            connection,
            data_type,
            requested,
            ends: after(after(requested, course.duration()), wait),
            outcome: course.outcome,
            work: course.work,
            wait,
            pause: course.pause,
        }
    }

    /// Ends the read at `at` if it is still running.
    pub(super) fn interrupt(mut self, at: Timestamp, outcome: ReadOutcome) -> Self {
        if self.ends > at {
            self.ends = at;
            self.outcome = outcome;
        }
        self
    }

    /// The stage and the progress at `now`.
    pub(crate) fn stage(&self, now: Timestamp) -> (&'static str, i64) {
        if !self.is_running(now) {
            return (self.outcome.status(), self.outcome.progress());
        }
        let done = self.completed_work(now).as_nanos() * 100 / self.work.as_nanos().max(1);
        let stage = STAGES.iter().find(|stage| done < i128::from(stage.1)).unwrap_or(&STAGES[8]);
        (stage.0, stage.2)
    }

    /// The completed part of the work at `now`. Waiting and pausing do not count.
    fn completed_work(&self, now: Timestamp) -> SignedDuration {
        let gone = now.duration_since(self.requested).max(SignedDuration::ZERO);
        // One nanosecond before the end of the stage, which is the start of the next one.
        let moment = SignedDuration::from_nanos(1);
        let held = |gone: SignedDuration, percent: i32, by: SignedDuration| {
            let last = percent_of(self.work, percent) - moment;
            if by.is_zero() || gone <= last { gone } else { gone.saturating_sub(by).max(last) }
        };
        held(held(gone, QUEUE_END, self.wait), PAUSE_START, self.pause)
    }

    /// The end of the pause, if the read is paused at `now`.
    pub(crate) fn paused_until(&self, now: Timestamp) -> Option<Timestamp> {
        let from = after(after(self.requested, percent_of(self.work, PAUSE_START)), self.wait);
        let until = after(from, self.pause);
        (from <= now && now < until && self.is_running(now)).then_some(until)
    }

    pub(crate) fn is_running(&self, now: Timestamp) -> bool {
        now < self.ends
    }

    /// Whether it has succeeded.
    pub(crate) fn is_complete(&self, now: Timestamp) -> bool {
        !self.is_running(now) && self.outcome.succeeds()
    }

    pub(crate) fn wire(&self, company: Uuid, now: Timestamp) -> PullOperationWire {
        let (status, progress) = self.stage(now);
        let over = !self.is_running(now);
        PullOperationWire {
            id: self.id,
            company_id: company,
            connection_id: self.connection,
            data_type: self.data_type,
            status,
            status_description: self.paused_until(now).map(|until| format!("Paused until {until:.3}")),
            error_message: self.outcome.message().filter(|_| over),
            requested: time_format::with_fraction(self.requested),
            completed: over.then(|| time_format::with_fraction(self.ends)),
            progress,
            is_completed: self.is_complete(now),
            is_errored: over && self.outcome.is_error(),
        }
    }
}

/// A read as the API sends it (§2.11).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PullOperationWire {
    id: Uuid,
    company_id: Uuid,
    connection_id: Uuid,
    data_type: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'static str>,
    requested: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
    progress: i64,
    is_completed: bool,
    is_errored: bool,
}

/// Saturates at the maximum.
pub(super) fn after(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_add(span).unwrap_or(Timestamp::MAX)
}

pub(super) fn read_id(connection: Uuid, number: u64, data_type: &str) -> Uuid {
    seed::derive_id(connection, data_type, number)
}
