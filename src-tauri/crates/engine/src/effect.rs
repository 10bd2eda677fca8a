//! What the engine wants done.

use std::collections::BTreeSet;

use codat::{
    CompanyId, ConnectionId, Failure, Integration, Item, Listed, Topic,
    model::{CompanyPatch, NewCompany},
    page::PageRequest,
};
use jiff::Timestamp;
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

use crate::{
    act::{ActError, ActId, Settled},
    alerts::NewAlert,
    endings::ConsentWarning,
    event::Cause,
    health::Health,
    keep_alive::KeepAliveRead,
    policy::SafeMode,
    run::{ItemEnd, NewRun, RunCause, RunEnded, RunId, Take},
    schedule::{Decided, ScheduleId, Target},
    tray::TrayState,
};

/// One request, from sending to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Something to do. Effects are carried out in their order.
#[derive(Debug)]
pub enum Effect {
    /// Send a request; its end comes back as [`Event::Answer`](crate::Event::Answer).
    Send(RequestId, Call),
    /// Work for the store; its end comes back as [`Event::Stored`](crate::Event::Stored).
    Store(Ticket, StoreTask),
    /// Tell whoever asked what came of an act.
    Settle(ActId, Result<Settled, ActError>),
    /// Show a desktop notification, once: its alerts are claimed before. What came of it comes back as
    /// [`Event::Shown`](crate::Event::Shown) or [`Event::NotShown`](crate::Event::NotShown).
    Notify(Notification),
    /// The tray is to say this of the workspace.
    Tray(TrayState),
    /// Tell the windows.
    Signal(Signal),
}

/// The calls of the API that the engine makes. Writes carry their idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the call it names, with its parameters")]
pub enum Call {
    Companies(PageRequest),
    Company(CompanyId),
    Connection(CompanyId, ConnectionId),
    Create { body: NewCompany, key: Uuid },
    Update { company: CompanyId, patch: CompanyPatch, key: Uuid },
    Delete(CompanyId),
    Refresh { company: CompanyId, key: Uuid },
    RefreshType { company: CompanyId, data_type: String, connection: Option<ConnectionId>, key: Uuid },
    AddConnection { company: CompanyId, platform: String, key: Uuid },
    Unlink { company: CompanyId, connection: ConnectionId, key: Uuid },
    DeleteConnection(CompanyId, ConnectionId),
    SetSyncSettings { company: Option<CompanyId>, settings: Value, key: Uuid },
    Topic(Topic),
    Integrations(PageRequest),
}

impl Call {
    /// The least safe mode in which it may go.
    pub(crate) fn needs(&self) -> SafeMode {
        match self {
            Self::Companies(_)
            | Self::Company(_)
            | Self::Connection(..)
            | Self::Topic(_)
            | Self::Integrations(_) => SafeMode::View,
            Self::Create { .. }
            | Self::Update { .. }
            | Self::Refresh { .. }
            | Self::RefreshType { .. }
            | Self::AddConnection { .. } => SafeMode::Operate,
            Self::Delete(_)
            | Self::Unlink { .. }
            | Self::DeleteConnection(..)
            | Self::SetSyncSettings { .. } => SafeMode::Administer,
        }
    }
}

/// What a store task belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticket {
    /// A page of the sweep that another follows.
    SweepPage,
    /// The last page of the sweep.
    LastPage,
    /// A look or an answer that nobody waits for.
    Look,
    /// An act.
    Act(ActId),
    /// The end of a sweep.
    Missing,
    /// Alerts.
    Alerts,
    /// A step of a run.
    Run(RunId),
    /// Which runs there are.
    Runs,
    /// A step of a schedule.
    Schedule(ScheduleId),
    /// Consents whose warning is due.
    Consents,
    /// Warnings of them.
    Warnings,
    /// Keeping idle clocks from ending.
    KeepAlive,
    /// The engine's own state.
    Saved,
    /// Anything whose end changes nothing.
    Aside,
}

/// Work for the store.
#[derive(Debug)]
pub enum StoreTask {
    /// Apply companies as the server said them, in one transaction.
    Apply {
        /// The companies.
        companies: Vec<Item<Listed>>,
        /// Why.
        cause: Cause,
        /// When the whole portfolio was last known to be as it is kept; nothing before the first sweep.
        known: Option<Timestamp>,
    },
    /// Remove a company that the server no longer has.
    RemoveCompany(CompanyId, Cause),
    /// Remove a connection that the server no longer has.
    RemoveConnection(CompanyId, ConnectionId, Cause),
    /// Find the companies that a complete sweep lacks.
    Missing(BTreeSet<CompanyId>),
    /// Keep what was said of a topic: the answer, or the refusal that is one (§2.19: 404 and 409).
    Keep(Topic, Result<Box<RawValue>, Box<Failure>>),
    /// Keep the integrations.
    Integrations(Vec<Item<Integration>>),
    /// Record alerts and what else is decided, and move the cursor, in one transaction.
    Alerts {
        /// Everything up to here is decided.
        cursor: i64,
        /// Beyond it, what is decided and not told.
        passed: Vec<i64>,
        /// What is to be told.
        alerts: Vec<NewAlert>,
    },
    /// Nobody is to be told of these recorded alerts any more.
    PassOverAlerts(Vec<i64>),
    /// Find the runs that have not ended.
    OpenRuns,
    /// Write down what came of items of a run, and as sent those that are next, in one transaction.
    MoveRun {
        /// Which.
        id: RunId,
        /// What came of items.
        ends: Vec<ItemEnd>,
        /// The next ones, where some are to be asked for.
        take: Option<Take>,
    },
    /// Find what is known of reads that were taken, and at most so many whose history should be looked at.
    SettleQueued {
        /// So many.
        most: u32,
    },
    /// Write down that nothing more comes of a run.
    EndRun {
        /// Which.
        id: RunId,
        /// Who wanted it.
        cause: RunCause,
    },
    /// Find how the companies of a schedule stand, which reads this data type, or all.
    Standings(ScheduleId, Target, Option<String>),
    /// Keep what is decided about a schedule, and begin its run if there is one, in one transaction.
    Schedule(Box<Decided>, Option<NewRun>),
    /// Find the consents whose warning is due.
    ConsentsDue {
        /// At most so many.
        limit: u32,
    },
    /// Keep warnings as alerts, and when the next ones are due, in one transaction.
    Warn(Vec<ConsentWarning>),
    /// Pass over the warnings that are due: what was so before the first sweep is told to nobody.
    PassOverConsents,
    /// Find the connections whose idle clock is due for a read.
    IdleDue {
        /// At most so many.
        limit: u32,
    },
    /// Write down what is done about idle connections and when each is due again, and begin the run that reads
    /// them if there is one, in one transaction.
    KeepAlive(Vec<KeepAliveRead>, Option<NewRun>),
    /// Keep the engine's own state.
    Save,
}

/// A desktop notification as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The alerts it tells of; each is claimed before it is shown.
    pub alerts: Vec<i64>,
    /// One line.
    pub title: String,
    /// One or two more.
    pub body: String,
    /// What a click opens, where it is about one company.
    pub company: Option<CompanyId>,
    /// The broken connection whose Link URL *Copy Link URL* copies.
    pub connection: Option<ConnectionId>,
    /// What a click searches for, where it is about many.
    pub search: Option<String>,
    /// The page that a click opens, where it is neither.
    pub place: Option<Place>,
}

/// A page that a notification opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// *Expiry*, with what is due selected.
    Expiry,
}

/// What the windows are told: small, and a reason to ask, not the data.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// A list may differ.
    Changed {
        /// The store's version.
        version: u64,
    },
    /// The status bar differs.
    Health(Health),
    /// Which deletes wait differs.
    PendingDeletes,
    /// A delete was carried out.
    Deleted {
        /// The company.
        company: CompanyId,
        /// Its name.
        name: String,
    },
    /// A delete was not carried out, or is not known to have been.
    DeleteFailed {
        /// The company.
        company: CompanyId,
        /// Its name.
        name: String,
        /// Why.
        error: ActError,
    },
    /// Schedules, what holds them up or what they did differ.
    Schedules,
    /// How a run stands differs.
    Run(RunId),
    /// A run has ended.
    RunEnded(RunEnded),
    /// Something to say once.
    Notice {
        /// How grave.
        tone: Tone,
        /// One or two plain sentences.
        message: String,
    },
}

/// How grave a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// Something does not work for now.
    Warning,
    /// Something does not work until somebody acts.
    Error,
}
