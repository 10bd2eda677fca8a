//! Identifiers.

use domain::{RunId, ScheduleId};
use serde::{Deserialize, Serialize};

/// Identifies an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ActId(pub u64);

/// Identifies a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// What a store task belongs to, to route its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticket {
    /// A page of a sweep, except the last.
    SweepPage,
    /// The last page of a sweep.
    LastPage,
    /// A read of a company outside a sweep.
    Read,
    /// An act.
    Act(ActId),
    /// The search for companies that a sweep did not return.
    Missing,
    /// The recording of alerts.
    Alerts,
    /// The change of a company by an item of a run.
    ItemChange,
    /// A step of a run.
    Run(RunId),
    /// The list of open runs, and the results of queued items.
    Runs,
    /// A step of a schedule.
    Schedule(ScheduleId),
    /// The search for consents whose warning is due.
    Consents,
    /// The recording of consent warnings.
    Warnings,
    /// The end of snoozes.
    Snoozes,
    /// The search for open alerts.
    Reminder,
    /// The search for idle connections, and the recording of their reads.
    KeepAlive,
    /// The engine's own state.
    State,
    /// A task whose success has no effect.
    Untracked,
}
