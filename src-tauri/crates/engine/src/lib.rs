//! What to do and when: a pure state machine.
//!
//! [`Engine::handle`] takes an event and the time, and returns effects; [`Engine::next_wake`] says when it
//! wants to be woken. There is no async, no SQL, no HTTP, no clock and no randomness in here: the same events
//! at the same times give the same effects. One runner, in the crate `app`, carries the effects out.
#![forbid(unsafe_code)]

mod act;
mod alerts;
mod attempt;
mod backoff;
mod class;
mod config;
mod cost;
mod effect;
mod endings;
mod event;
mod forecast;
mod health;
mod keep_alive;
mod look;
mod machine;
mod news;
mod outbox;
mod pace;
mod planner;
mod policy;
mod quota;
mod reach;
mod report;
mod rhythm;
mod run;
mod runs;
pub mod schedule;
mod scheduling;
mod sweep;
mod telling;
mod tray;
mod usage;
mod watch;

pub use act::{Act, ActError, ActId, PendingDelete, Settled};
pub use alerts::NewAlert;
pub use class::Class;
pub use config::Config;
pub use cost::{IdleClocks, ScheduleCost, keep_alive_every, rest_of_day};
pub use effect::{Call, Effect, Notification, Place, RequestId, Signal, StoreTask, Ticket, Tone};
pub use endings::{ConsentWarning, EndingConsent};
pub use event::{Applied, Cause, Change, Event, Outcome, PastAlert, Reply, Stored, Unfinished};
pub use forecast::{Basis, Forecast};
pub use health::{Health, HealthState, Hold};
pub use keep_alive::{IdleConnection, KeepAliveMode, KeepAliveRead, cheapest_read};
pub use machine::{Asked, Engine, Saved};
pub use planner::{DayPlan, Planned};
pub use policy::{Policy, SafeMode};
pub use report::QuotaReport;
pub use rhythm::{Power, Surroundings, Window};
pub use run::{
    How, ItemEnd, ItemId, LOOKED_AT, NewRun, OpenRun, QueuedItem, Read, Reads, RunCause, RunCounts, RunEnded,
    RunId, RunMoved, RunState, SentItem, Take, Why,
};
pub use scheduling::Known;
pub use tray::{Attention, AttentionCompany, AttentionConnection, TrayIcon, TrayState, tray};
pub use usage::{DayUsage, Usage};
