//! What the engine reacts to.

use std::collections::BTreeMap;

use codat::{CompanyId, ConnectionId, Failure, client::Meta, status::Trouble};
use domain::{
    Attention, EndingConsent, IdleConnection, KeepAliveMode, OpenRun, QueuedItem, ReadHistory, RunCounts,
    RunId, RunProgress,
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    acts::Act,
    alerts::{NewAlert, PastAlert, alert_times::AlertTimes},
    call::Outcome,
    change::Change,
    ids::{ActId, RequestId, Ticket},
    notification::Notification,
    policy::Policy,
    runs::RunEnded,
    schedule::Schedule,
    surroundings::Surroundings,
};

/// An event.
#[derive(Debug)]
pub enum Event {
    /// The engine starts, with the state that the store recovered.
    Started(RecoveryState),
    /// The time from [`Engine::poll_timeout`](crate::Engine::poll_timeout) has come.
    Timeout,
    /// The user requests an act.
    Act(ActId, Act),
    /// A request has a result.
    Answer(RequestId, Outcome),
    /// A store task has a result.
    StoreResult(Ticket, Result<StoreReply, String>),
    /// A notification of these alerts was shown.
    NotificationShown(Vec<i64>),
    /// A notification was not shown. Its alerts are not claimed.
    NotificationFailed(Notification),
    /// The companies that need attention, after the store changed.
    Attention(Attention),
    /// The API key was replaced.
    KeyReplaced,
    /// The network changed, so waiting requests may retry.
    NetworkChanged,
    /// The policy changed.
    Policy(Policy),
    /// The company that a window shows; none if it shows no company.
    OnScreen(Option<CompanyId>),
    /// The share of background work changed, in percent.
    BackgroundShare(u8),
    /// The user started, paused, resumed, cancelled or retried a run.
    RunsChanged,
    /// The window, the power supply or the network changed.
    Surroundings(Surroundings),
    /// The computer resumed from sleep.
    Resumed,
    /// The request of an [`Act::ReserveRequest`] has a result.
    DirectAnswer(Result<Meta, Box<Failure>>),
    /// The user raises the limit of user requests for this day, in percent of the daily quota.
    RaiseUserQuota(u8),
    /// The schedules changed.
    Schedules {
        /// Whether they run on this computer.
        here: bool,
        /// The time zone of this computer.
        zone: TimeZone,
        /// All schedules.
        schedules: Vec<Schedule>,
    },
    /// The time zone of this computer changed.
    Zone(TimeZone),
    /// The keep-alive mode changed.
    KeepAlive(KeepAliveMode),
    /// When the user's pause ends; none if it ends when the user resumes, or if nothing is paused.
    PauseEnd(Option<Timestamp>),
    /// The times of notifications changed.
    AlertTimes(AlertTimes),
    /// When the next snooze ends; none if nothing is snoozed until a time.
    SnoozeEnd(Option<Timestamp>),
}

/// What an earlier engine left behind, however it ended.
#[derive(Debug, Clone, Default)]
pub struct RecoveryState {
    /// Changes after the alert cursor, oldest first: those that changed a connection's color and are not
    /// decided, and the last one.
    pub undecided: Vec<Change>,
    /// Recent alerts, oldest first: those that were shown and those that are recorded to be shown.
    pub recent_alerts: Vec<PastAlert>,
    /// Connections that were being unlinked in this app, and since when.
    pub unlinking: Vec<(ConnectionId, Timestamp)>,
    /// Recorded alerts that were not shown yet, by ID.
    pub undelivered: Vec<(i64, NewAlert)>,
    /// When notifications may be shown.
    pub alert_times: AlertTimes,
    /// Recorded consent warnings that were not shown yet, by ID.
    pub undelivered_warnings: Vec<(i64, EndingConsent)>,
}

/// The result of a store task.
#[derive(Debug)]
pub enum StoreReply {
    /// Companies were applied, or something was removed.
    Applied(Applied),
    /// Companies that a complete sweep did not return.
    Missing(Vec<CompanyId>),
    /// Alerts were recorded.
    Alerts {
        /// Their IDs by sequence number, without those that were recorded before.
        numbers: BTreeMap<i64, i64>,
        /// How many connections the integration of each alert's connection has.
        integration_sizes: BTreeMap<ConnectionId, u32>,
        /// The causes of those losses whose history says more than their status.
        troubles: BTreeMap<ConnectionId, Trouble>,
    },
    /// Warnings were recorded, with these IDs; none if they were recorded before.
    Warned(Vec<i64>),
    /// A run started.
    Run(OpenRun),
    /// The runs that have not ended.
    Runs(Vec<OpenRun>),
    /// A run advanced.
    RunMoved(RunProgress),
    /// The results of queued items.
    QueuedChecked {
        /// Runs whose counts changed.
        moved: Vec<(RunId, RunCounts)>,
        /// Items whose history should be read.
        probe: Vec<QueuedItem>,
    },
    /// A run ended.
    RunEnded(RunEnded),
    /// The read histories of the companies of a schedule.
    ReadHistories(Vec<ReadHistory>),
    /// Consents whose warning is due.
    Consents(Vec<EndingConsent>),
    /// Connections whose idle clock is due for a read.
    Idle {
        /// Those that expire first.
        idle: Vec<IdleConnection>,
        /// The total number.
        total: u32,
    },
    /// Snoozes ended.
    SnoozesEnded(EndedSnoozes),
    /// The alerts that are still open.
    OpenAlerts(OpenAlerts),
    /// Success without data.
    Done,
}

/// What an applied response changed.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// The version of the store after it.
    pub version: u64,
    /// The changes, in order of the journal.
    pub changes: Vec<Change>,
    /// Connections that the store has and the response lacks.
    pub missing_connections: Vec<(CompanyId, ConnectionId)>,
}

/// The alerts whose snooze ended, and when the next one ends.
#[derive(Debug, Clone, Default)]
pub struct EndedSnoozes {
    /// Losses, by alert ID.
    pub losses: Vec<(i64, NewAlert)>,
    /// Warnings, by alert ID.
    pub warnings: Vec<(i64, EndingConsent)>,
    /// When the next snooze ends.
    pub next: Option<Timestamp>,
}

/// The alerts in the inbox that are still open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenAlerts {
    /// Their number, without snoozed ones.
    pub count: u32,
    /// The names of the companies of the newest ones.
    pub companies: Vec<String>,
}
