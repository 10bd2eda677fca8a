//! What happens to the engine.

use std::collections::BTreeMap;

use codat::{
    Colour, Company, CompanyId, Connection, ConnectionId, Failure, Integration, Item, Listed, Page,
    client::Meta, status::Trouble,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::value::RawValue;

use crate::{
    act::{Act, ActId},
    alerts::NewAlert,
    effect::{Notification, RequestId, Ticket},
    endings::EndingConsent,
    keep_alive::{IdleConnection, KeepAliveMode},
    policy::Policy,
    rhythm::Surroundings,
    run::{OpenRun, QueuedItem, RunCounts, RunEnded, RunId, RunMoved},
    schedule::{Schedule, Standing},
    tray::Attention,
};

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// The engine begins, with what was left over when it ended.
    Started(Unfinished),
    /// The time that [`Engine::next_wake`](crate::Engine::next_wake) named has come.
    Due,
    /// A person asks for something.
    Act(ActId, Act),
    /// A request has come to its end.
    Answer(RequestId, Outcome),
    /// A store task has come to its end.
    Stored(Ticket, Result<Stored, String>),
    /// A notification of these alerts was shown.
    Shown(Vec<i64>),
    /// A notification was not shown; none of its alerts is claimed.
    NotShown(Notification),
    /// What needs attention, after the store changed.
    Attention(Attention),
    /// The key was replaced.
    KeyReplaced,
    /// The network changed: waiting for it is over.
    NetworkChanged,
    /// What the app may do at Codat from now on.
    Policy(Policy),
    /// Which company a window shows now, if any: its reads are followed closely.
    OnScreen(Option<CompanyId>),
    /// The share of background work was set, in percent.
    Share(u8),
    /// A person began, paused, resumed or took back a run, or had what failed of it tried again.
    RunsChanged,
    /// Who looks on, what the computer lives on, and what the network costs, as far as that is known.
    Surroundings(Surroundings),
    /// The computer slept, and woke.
    Woke,
    /// A request that [`Act::Pass`] let go was answered.
    Passed(Result<Meta, Box<Failure>>),
    /// The person lets acts take this day up to so many percent of its allowance.
    Raise(u8),
    /// The schedules as they are kept now.
    Schedules {
        /// Whether they run on this computer.
        here: bool,
        /// Where this computer is.
        zone: TimeZone,
        /// All of them.
        schedules: Vec<Schedule>,
    },
    /// The computer is in another zone.
    Zone(TimeZone),
    /// What is done about idle clocks was set.
    KeepAlive(KeepAliveMode),
}

/// What was left over when an engine ended, however it did.
#[derive(Debug, Clone, Default)]
pub struct Unfinished {
    /// Changes of the journal after the alert cursor, oldest first: those that turned a connection and are not
    /// decided, and the last.
    pub undecided: Vec<Change>,
    /// What was told of lately, and what is recorded to be told, oldest first.
    pub told: Vec<PastAlert>,
    /// Connections that were being unlinked from here, and since when.
    pub unlinking: Vec<(ConnectionId, Timestamp)>,
    /// Alerts that were recorded and not shown yet, by their numbers.
    pub untold: Vec<(i64, NewAlert)>,
    /// The same of warnings of consents that end.
    pub unwarned: Vec<(i64, EndingConsent)>,
}

/// An alert that was recorded before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAlert {
    /// The connection.
    pub connection: ConnectionId,
    /// When it was recorded.
    pub at: Timestamp,
    /// Why it was lost, where that was known.
    pub trouble: Option<Trouble>,
    /// Whether it was shown.
    pub is_shown: bool,
    /// Whether the connection was no longer lost after it.
    pub is_healed: bool,
}

/// What came of a request.
pub type Outcome = Result<(Reply, Meta), Failure>;

/// The answers to the calls of [`Call`](crate::Call).
#[derive(Debug)]
pub enum Reply {
    /// A page of companies.
    Companies(Page<Listed>),
    /// One company.
    Company(Box<Item<Company>>),
    /// One connection.
    Connection(Box<Item<Connection>>),
    /// A page of integrations.
    Integrations(Page<Integration>),
    /// What was said of a topic.
    Said(Box<RawValue>),
    /// Nothing but success.
    Done,
}

/// What came of a store task.
#[derive(Debug)]
pub enum Stored {
    /// Companies were applied, or something was removed.
    Applied(Applied),
    /// Companies that a complete sweep lacks.
    Missing(Vec<CompanyId>),
    /// Alerts were recorded: their numbers by their places in the journal, without those that had been before.
    Alerts(BTreeMap<i64, i64>),
    /// Warnings were recorded, with the numbers they got; none if they had been before.
    Warned(Vec<i64>),
    /// A run began.
    Run(OpenRun),
    /// The runs that have not ended.
    Runs(Vec<OpenRun>),
    /// A step of a run was written down.
    RunMoved(RunMoved),
    /// What is known of reads that were taken.
    QueuedSettled {
        /// Runs that moved, and how their items stand.
        moved: Vec<(RunId, RunCounts)>,
        /// Items whose history should be looked at.
        look: Vec<QueuedItem>,
    },
    /// A run ended.
    RunEnded(RunEnded),
    /// How the companies of a schedule stand.
    Standings(Vec<Standing>),
    /// Consents whose warning is due.
    Consents(Vec<EndingConsent>),
    /// Connections whose idle clock is due for a read.
    Idle {
        /// Those that end soonest.
        idle: Vec<IdleConnection>,
        /// How many there are in all.
        total: u32,
    },
    /// Nothing but success.
    Done,
}

/// What an applied answer changed.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// The store's version after it.
    pub version: u64,
    /// What changed, in order of the journal.
    pub changes: Vec<Change>,
    /// Connections that the store has and the answer lacks.
    pub missing_connections: Vec<(CompanyId, ConnectionId)>,
}

/// Why the store changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A page of a sweep.
    Sweep,
    /// A look at one company.
    Look,
    /// An act from this app.
    Own,
}

/// One change of the journal, as far as alerts are decided from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the journal: this, not time, is the order.
    pub seq: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The connection that turned, and to which colour; nothing for every other kind of change. One that is
    /// deauthorized turned, whatever colour it had.
    pub turned: Option<(ConnectionId, Colour)>,
    /// Whether it was red or grey before.
    pub was_broken: bool,
    /// The integration's name.
    pub platform: String,
    /// An offline connector meant for one time: marked, never alerted.
    pub one_time: bool,
}
