//! What to do and when: a pure state machine.
//!
//! The [`Engine`] decides; a runner carries out. The engine has no async, SQL, HTTP, clock or randomness: the same
//! events at the same times give the same effects. Every time is passed in. Jitter and idempotency keys come from the
//! seed in [`Config`].
//!
//! The runner (in the crate `app`) repeats these steps:
//!
//! 1. Wait for an [`Event`], at most until the time from [`Engine::poll_timeout`]. If that time comes first, the event
//!    is [`Event::Timeout`].
//! 2. Pass the event to [`Engine::handle`]. It adjusts the state to a clock rollback, handles the event, and does
//!    everything that is due. Then it sends the queued requests that the quota admits. It returns the collected
//!    [`Effect`]s.
//! 3. Carry out the effects in order. The result of an effect is a new event: [`Event::Answer`] for a request,
//!    [`Event::StoreResult`] for a store task, [`Event::NotificationShown`] for a notification.
//! 4. Save [`Engine::saved`] for [`Effect::Store`] with [`StoreTask::SaveState`], and [`Engine::final_state`] at the
//!    end.
//!
//! ```
//! use std::collections::VecDeque;
//!
//! use engine::{Config, Effect, Engine, Event, RecoveryState, StoreReply};
//! use jiff::Timestamp;
//!
//! let mut now = Timestamp::UNIX_EPOCH;
//! let mut engine = Engine::new(Config::default(), None, now);
//! let mut events = VecDeque::from([Event::Started(RecoveryState::default())]);
//! let mut requests = Vec::new();
//! for _ in 0..10 {
//!     let event = events.pop_front().unwrap_or_else(|| {
//!         now = engine.poll_timeout(now).unwrap_or(now).max(now);
//!         Event::Timeout
//!     });
//!     for effect in engine.handle(now, event) {
//!         match effect {
//!             Effect::Send(id, call) => requests.push((id, call)),
//!             Effect::Store(ticket, _) => events.push_back(Event::StoreResult(ticket, Ok(StoreReply::Done))),
//!             Effect::Notify(notification) => events.push_back(Event::NotificationShown(notification.alerts)),
//!             Effect::CloseNotification(_) | Effect::CloseNotice(_) => {}
//!             Effect::Settle(..) | Effect::Tray(_) | Effect::Signal(_) => {}
//!         }
//!     }
//! }
//! assert!(!requests.is_empty(), "the first sweep starts at once");
//! ```
//!
//! The modules: `machine/` handles the events, one file per subject. The other modules have the state and the types of
//! a subject: `alerts/`, `expiry/` (consents and keep-alive), `runs/`, `schedule/`, [`Act`]s, sweeps, the quota.
#![forbid(unsafe_code)]

mod acts;
mod alerts;
mod backoff;
mod call;
mod change;
mod config;
mod connectivity;
mod cost;
mod day_plan;
mod effect;
mod event;
mod expiry;
mod forecast;
mod ids;
mod machine;
mod notification;
mod pending_act;
mod policy;
mod quota;
mod quota_report;
mod rate_limiter;
mod request_queue;
mod runs;
pub mod schedule;
mod surroundings;
mod sweep;
mod sweep_intervals;
mod time;
mod tray;
mod usage;
mod watch;

pub use acts::*;
pub use alerts::{NewAlert, PastAlert, alert_times::AlertTimes, loss_notification::loss_texts};
pub use call::{Call, Outcome, Reply};
pub use change::Change;
pub use config::Config;
pub use cost::{IdleClocks, ScheduleCost, keep_alive_interval, rest_of_day};
pub use day_plan::{DayPlan, Planned};
pub use effect::{Effect, Signal, StoreTask};
pub use event::{Applied, EndedSnoozes, Event, OpenAlerts, RecoveryState, StoreReply};
pub use expiry::{consent_warning::ConsentWarning, keep_alive::cheapest_read};
pub use forecast::{Basis, Forecast};
pub use ids::{ActId, RequestId, Ticket};
pub use machine::{Engine, RequestInfo, SavedState};
pub use notification::Notification;
pub use policy::Policy;
pub use quota_report::QuotaReport;
pub use runs::{FailureReason, ItemEnd, ItemOutcome, MAX_PROBES_PER_RUN, RunEnded};
pub use surroundings::{Surroundings, Window};
pub use tray::{TrayIcon, TrayState, tray};
pub use usage::{DayUsage, Usage};
