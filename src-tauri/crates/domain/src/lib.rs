//! The types that the engine, the store and the app share: what a workspace is allowed to do, how it is doing, and
//! what happens in it.
//!
//! The names for serde are those in the databases and on the way to the interface.
//!
//! *Invariant*: this crate decides, stores and sends nothing. It knows neither the engine nor the store.
#![forbid(unsafe_code)]

mod attention;
mod change;
mod expiry;
mod health;
mod ids;
mod keep_alive;
mod notice;
mod pending_delete;
mod power_source;
mod priority;
mod run;
mod run_act;
mod safe_mode;
mod schedule;

pub use attention::{Attention, AttentionCompany, AttentionConnection};
pub use change::Cause;
pub use expiry::{EndingConsent, IdleConnection, KeepAliveRead};
pub use health::{Health, HealthState, Hold};
pub use ids::{ItemId, RunId, ScheduleId};
pub use keep_alive::KeepAliveMode;
pub use notice::{Place, Severity};
pub use pending_delete::PendingDelete;
pub use power_source::PowerSource;
pub use priority::Priority;
pub use run::{
    NewRun, OpenRun, QueuedItem, ReadRequest, ReadSelection, RunCause, RunCounts, RunProgress, RunState,
    SentItem, TakeRequest,
};
pub use run_act::{ChangedTags, MAX_TAGS, RunAct, TagChange};
pub use safe_mode::SafeMode;
pub use schedule::{KnownRead, ReadHistory};
