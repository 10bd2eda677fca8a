//! What the engine wants done.

use std::collections::BTreeSet;

use codat::{CompanyId, ConnectionId, Failure, Integration, Item, Listed, Topic};
use domain::{Cause, Health, KeepAliveRead, NewRun, RunCause, RunId, ScheduleId, Severity, TakeRequest};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::{
    acts::{ActError, Settled},
    alerts::NewAlert,
    call::Call,
    expiry::consent_warning::ConsentWarning,
    ids::{ActId, RequestId, Ticket},
    notification::Notification,
    runs::{ItemEnd, RunEnded},
    schedule::{RecordedDecision, Target},
    tray::TrayState,
};

/// Something to do. Effects are carried out in order.
#[derive(Debug)]
pub enum Effect {
    /// Send a request. Its result comes back as [`Event::Answer`](crate::Event::Answer).
    Send(RequestId, Call),
    /// Run a store task. Its result comes back as [`Event::StoreResult`](crate::Event::StoreResult).
    Store(Ticket, StoreTask),
    /// Send the result of an act to its caller.
    Settle(ActId, Result<Settled, ActError>),
    /// Show a desktop notification once, after claiming its alerts. The result comes back as
    /// [`Event::NotificationShown`](crate::Event::NotificationShown) or
    /// [`Event::NotificationFailed`](crate::Event::NotificationFailed).
    Notify(Notification),
    /// The connection is linked again. A notification that is only about such connections is closed.
    CloseNotification(ConnectionId),
    /// The topic has ended. Its notification is closed, and its notice in the inbox too.
    CloseNotice(String),
    /// Update the tray entry of the workspace.
    Tray(TrayState),
    /// Send a signal to the windows.
    Signal(Signal),
}

/// A task for the store.
#[derive(Debug)]
pub enum StoreTask {
    /// Apply companies from a response, in one transaction.
    Apply {
        /// The companies.
        companies: Vec<Item<Listed>>,
        /// Why they were read.
        cause: Cause,
        /// Since when the whole portfolio is known to be as stored; none before the first sweep.
        known: Option<Timestamp>,
    },
    /// Remove a company that no longer exists at the server.
    RemoveCompany(CompanyId, Cause),
    /// Remove a connection that no longer exists at the server.
    RemoveConnection(CompanyId, ConnectionId, Cause),
    /// Find the companies that a complete sweep did not return.
    FindMissing(BTreeSet<CompanyId>),
    /// Store the response for a topic, or a refusal that is an answer (§2.19: 404 and 409).
    SaveTopic(Topic, Result<Box<RawValue>, Box<Failure>>),
    /// Store the integrations.
    Integrations(Vec<Item<Integration>>),
    /// Record alerts and other decisions, and move the cursor, in one transaction.
    RecordAlerts {
        /// All changes up to this sequence number are decided.
        cursor: i64,
        /// Changes beyond the cursor that send no alert.
        skipped: Vec<i64>,
        /// The alerts to send.
        alerts: Vec<NewAlert>,
    },
    /// End the snoozes that are over.
    EndSnoozes,
    /// Find the alerts that are still open.
    OpenAlerts,
    /// Mark these recorded alerts as not to be shown.
    SkipAlerts(Vec<i64>),
    /// Load the runs that have not ended.
    OpenRuns,
    /// Store the results of items of a run, and mark the next items as sent, in one transaction.
    AdvanceRun {
        /// The run.
        id: RunId,
        /// The results of items.
        ends: Vec<ItemEnd>,
        /// The next items, if some are to be sent.
        take: Option<TakeRequest>,
    },
    /// Check the results of queued items from the data of sweeps, and find items whose history should be
    /// read.
    CheckQueued {
        /// The maximum number of histories.
        most: u32,
    },
    /// Mark a run as ended.
    EndRun {
        /// The run.
        id: RunId,
        /// Who started it.
        cause: RunCause,
    },
    /// Load the read histories of the companies of a schedule, for this data type or all.
    ReadHistories(ScheduleId, Target, Vec<String>),
    /// Store a decision about a schedule, and start its run if there is one, in one transaction.
    Schedule(Box<RecordedDecision>, Option<NewRun>),
    /// Find the consents whose warning is due.
    ConsentsDue {
        /// The maximum number.
        limit: u32,
    },
    /// Store warnings as alerts, and when the next ones are due, in one transaction.
    Warn(Vec<ConsentWarning>),
    /// Skip the warnings that are due: what was so before the first sweep sends no alert.
    SkipConsentWarnings,
    /// Find the connections whose idle clock is due for a read.
    IdleDue {
        /// The maximum number.
        limit: u32,
    },
    /// Store what is done about idle connections and when each is due again, and start the run that reads
    /// them if there is one, in one transaction.
    KeepAlive(Vec<KeepAliveRead>, Option<NewRun>),
    /// Store the engine's own state.
    SaveState,
}

/// A signal to the windows. It is small: it says what to query again, not the data.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// The lists changed.
    Changed {
        /// The store's version.
        version: u64,
    },
    /// The health changed.
    Health(Health),
    /// The pending deletes changed.
    PendingDeletes,
    /// A delete was completed.
    Deleted {
        /// The company.
        company: CompanyId,
        /// Its name.
        name: String,
    },
    /// A delete failed, or its result is not known.
    DeleteFailed {
        /// The company.
        company: CompanyId,
        /// Its name.
        name: String,
        /// Why it failed.
        error: ActError,
    },
    /// The schedules, their holds or their results changed.
    Schedules,
    /// The progress of a run changed.
    Run(RunId),
    /// A run has ended.
    RunEnded(RunEnded),
    /// A message to show once.
    Notice {
        /// How severe it is.
        severity: Severity,
        /// One or two plain sentences.
        message: String,
    },
}
