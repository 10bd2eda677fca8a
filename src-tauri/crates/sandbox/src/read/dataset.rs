//! One read of one type on one connection: its stages over time and its JSON (§2.11, §3.2).

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{read_outcome::Ending, seed, stamp};

/// One read.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    pub(crate) id: Uuid,
    pub(crate) connection: Uuid,
    pub(crate) data_type: &'static str,
    pub(crate) requested: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) ending: Ending,
    /// The duration of an uninterrupted successful read.
    work: SignedDuration,
    /// The time in the queue until the source is available.
    wait: SignedDuration,
    /// The pause during the fetch.
    pause: SignedDuration,
}

/// The properties of a read that do not depend on its start time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub(super) work: SignedDuration,
    pub(super) pause: SignedDuration,
    pub(super) ending: Ending,
}

/// The stages: name, end as a percentage of the work, and progress.
pub(super) const STAGES: [(&str, i32, i64); 9] = [
    ("Initial", 6, 10),
    ("Queued", QUEUE, 10),
    ("Fetching", 45, 30),
    ("MapQueued", 49, 45),
    ("Mapping", 64, 50),
    ("ValidationQueued", 68, 65),
    ("Validating", 80, 70),
    ("ProcessingQueued", 84, 85),
    ("Processing", 100, 90),
];

/// The percentages of the work at which the queue ends, and at which a rate-limited source pauses the read.
const QUEUE: i32 = 14;
const PAUSE: i32 = 35;

fn share(work: SignedDuration, percent: i32) -> SignedDuration {
    let nanos = work.as_nanos() * i128::from(percent) / 100;
    SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
}

impl Course {
    /// The time until it leaves the queue if its source is available.
    pub(super) fn queues(&self) -> SignedDuration {
        share(self.work, QUEUE)
    }

    /// The duration without waiting for the source.
    pub(super) fn lasts(&self) -> SignedDuration {
        let work = share(self.work, self.ending.share());
        if self.ending.share() > PAUSE { work.saturating_add(self.pause) } else { work }
    }
}

impl Dataset {
    /// A read with this timing. `opens` returns when the source is available, given the end of the queue.
    pub(super) fn new(
        (id, connection, data_type): (Uuid, Uuid, &'static str),
        requested: Timestamp,
        course: Course,
        opens: impl FnOnce(Timestamp) -> Timestamp,
    ) -> Self {
        let ready = after(requested, course.queues());
        let wait = opens(ready).duration_since(ready);
        Self {
            id,
            connection,
            data_type,
            requested,
            ends: after(after(requested, course.lasts()), wait),
            ending: course.ending,
            work: course.work,
            wait,
            pause: course.pause,
        }
    }

    /// Ends the read at `at` if it is still running.
    pub(super) fn cut(mut self, at: Timestamp, ending: Ending) -> Self {
        if self.ends > at {
            self.ends = at;
            self.ending = ending;
        }
        self
    }

    /// The stage and the progress at `now`.
    pub(crate) fn stage(&self, now: Timestamp) -> (&'static str, i64) {
        if !self.running(now) {
            return (self.ending.status(), self.ending.progress());
        }
        let done = self.work_done(now).as_nanos() * 100 / self.work.as_nanos().max(1);
        let stage = STAGES.iter().find(|stage| done < i128::from(stage.1)).unwrap_or(&STAGES[8]);
        (stage.0, stage.2)
    }

    /// The completed part of the work at `now`. Waiting and pausing do not count.
    fn work_done(&self, now: Timestamp) -> SignedDuration {
        let gone = now.duration_since(self.requested).max(SignedDuration::ZERO);
        // One nanosecond before the end of the stage, which is the start of the next one.
        let moment = SignedDuration::from_nanos(1);
        let held = |gone: SignedDuration, percent: i32, by: SignedDuration| {
            let last = share(self.work, percent) - moment;
            if by.is_zero() || gone <= last { gone } else { gone.saturating_sub(by).max(last) }
        };
        held(held(gone, QUEUE, self.wait), PAUSE, self.pause)
    }

    /// The end of the pause, if the read is paused at `now`.
    pub(crate) fn paused(&self, now: Timestamp) -> Option<Timestamp> {
        let from = after(after(self.requested, share(self.work, PAUSE)), self.wait);
        let until = after(from, self.pause);
        (from <= now && now < until && self.running(now)).then_some(until)
    }

    pub(crate) fn running(&self, now: Timestamp) -> bool {
        now < self.ends
    }

    /// Whether it has succeeded.
    pub(crate) fn complete(&self, now: Timestamp) -> bool {
        !self.running(now) && self.ending.succeeds()
    }

    pub(crate) fn wire(&self, company: Uuid, now: Timestamp) -> PullOperationWire {
        let (status, progress) = self.stage(now);
        let over = !self.running(now);
        PullOperationWire {
            id: self.id,
            company_id: company,
            connection_id: self.connection,
            data_type: self.data_type,
            status,
            status_description: self.paused(now).map(|until| format!("Paused until {until:.3}")),
            error_message: self.ending.message().filter(|_| over),
            requested: stamp::precise(self.requested),
            completed: over.then(|| stamp::precise(self.ends)),
            progress,
            is_completed: self.complete(now),
            is_errored: over && self.ending.is_error(),
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
    seed::named(connection, data_type, number)
}
