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
mod config;
mod effect;
mod event;
mod health;
mod machine;
mod outbox;
mod quota;
mod reach;
mod run;
mod runs;
mod sweep;
mod tray;
mod watch;

pub use act::{Act, ActError, ActId, PendingDelete, Settled};
pub use alerts::{NewAlert, notification};
pub use config::Config;
pub use effect::{Call, Effect, Notification, RequestId, Signal, StoreTask, Ticket, Tone};
pub use event::{Applied, Cause, Change, Event, Outcome, Reply, Stored};
pub use health::{Health, HealthState};
pub use machine::{Engine, Saved};
pub use run::{
    How, ItemEnd, ItemId, NewRun, OpenRun, QueuedItem, Read, Reads, RunCause, RunCounts, RunEnded, RunId,
    RunMoved, RunState, SentItem, Take, Why,
};
pub use tray::{Attention, AttentionCompany, AttentionConnection, TrayIcon, TrayItem, TrayMenu, tray};
