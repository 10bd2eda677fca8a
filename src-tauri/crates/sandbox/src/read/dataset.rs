//! One read of one type on one connection: its stages in time, and its JSON (§2.11, §3.2).

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{read_outcome::Ending, seed, stamp};

/// One read of one type on one connection.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    pub(crate) id: Uuid,
    pub(crate) connection: Uuid,
    pub(crate) data_type: &'static str,
    pub(crate) requested: Timestamp,
    /// When it ends.
    pub(crate) ends: Timestamp,
    /// How it ends.
    pub(crate) ending: Ending,
    /// How long it works if nothing holds it up and it ends well.
    work: SignedDuration,
    /// How long it waits in the queue for its source.
    wait: SignedDuration,
    /// How long it pauses while it fetches.
    pause: SignedDuration,
}

/// What is known of a read before it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub(super) work: SignedDuration,
    pub(super) pause: SignedDuration,
    pub(super) ending: Ending,
}

/// The stages, each with the share of the read's work, in percent, at which it is over, and its progress.
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

/// The shares at which the queue is left, and at which a source that limits its readers makes them pause.
const QUEUE: i32 = 14;
const PAUSE: i32 = 35;

fn share(work: SignedDuration, percent: i32) -> SignedDuration {
    let nanos = work.as_nanos() * i128::from(percent) / 100;
    SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
}

impl Course {
    /// How long after it was asked for it leaves the queue, if its source is there.
    pub(super) fn queues(&self) -> SignedDuration {
        share(self.work, QUEUE)
    }

    /// How long it takes, without waiting in the queue.
    pub(super) fn lasts(&self) -> SignedDuration {
        let work = share(self.work, self.ending.share());
        if self.ending.share() > PAUSE { work.saturating_add(self.pause) } else { work }
    }
}

impl Dataset {
    /// The read that `course` makes of what was requested then. `opens` says when its source is there, given
    /// when the queue would be left.
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

    /// The same read, if it is still under way then: over, and ended so.
    pub(super) fn cut(mut self, at: Timestamp, ending: Ending) -> Self {
        if self.ends > at {
            self.ends = at;
            self.ending = ending;
        }
        self
    }

    /// Its stage at `now`, and its progress.
    pub(crate) fn stage(&self, now: Timestamp) -> (&'static str, i64) {
        if !self.running(now) {
            return (self.ending.status(), self.ending.progress());
        }
        let done = self.work_done(now).as_nanos() * 100 / self.work.as_nanos().max(1);
        let stage = STAGES.iter().find(|stage| done < i128::from(stage.1)).unwrap_or(&STAGES[8]);
        (stage.0, stage.2)
    }

    /// The part of its work that is done at `now`: waiting and pausing are none.
    fn work_done(&self, now: Timestamp) -> SignedDuration {
        let gone = now.duration_since(self.requested).max(SignedDuration::ZERO);
        // Just within the stage, not at its end, which is the next one's beginning.
        let moment = SignedDuration::from_nanos(1);
        let held = |gone: SignedDuration, percent: i32, by: SignedDuration| {
            let last = share(self.work, percent) - moment;
            if by.is_zero() || gone <= last { gone } else { gone.saturating_sub(by).max(last) }
        };
        held(held(gone, QUEUE, self.wait), PAUSE, self.pause)
    }

    /// Until when it pauses, if it does at `now`.
    pub(crate) fn paused(&self, now: Timestamp) -> Option<Timestamp> {
        let from = after(after(self.requested, share(self.work, PAUSE)), self.wait);
        let until = after(from, self.pause);
        (from <= now && now < until && self.running(now)).then_some(until)
    }

    /// Whether it still runs.
    pub(crate) fn running(&self, now: Timestamp) -> bool {
        now < self.ends
    }

    /// Whether it ended well.
    pub(crate) fn complete(&self, now: Timestamp) -> bool {
        !self.running(now) && self.ending.succeeds()
    }

    /// Its JSON.
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

/// The instant so much later; the last there is, where there is no such one.
pub(super) fn after(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The identifier of a read.
pub(super) fn read_id(connection: Uuid, number: u64, data_type: &str) -> Uuid {
    seed::named(connection, data_type, number)
}
