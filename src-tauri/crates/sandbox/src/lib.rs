//! An emulator of Codat's API: a library and the program `portal-sandbox`.
//!
//! It implements the protocol of the project's API reference (§ numbers refer to it), stores changes, and can
//! inject faults. Requests are handled by pure functions of the state and the time. Changes are stored first
//! and applied afterwards. Only the TCP server delays or drops anything.

#![forbid(unsafe_code)]

mod answer;
mod change;
mod clock;
mod context;
mod data;
mod datatype;
mod endpoint;
mod faults;
mod gate;
mod host;
mod idempotency;
mod integration;
mod limits;
mod link;
mod link_state;
mod list_cache;
mod listing;
mod lock;
mod options;
mod outage;
mod page;
mod paging;
mod persist;
mod product;
mod read;
mod read_outcome;
mod record;
mod request;
mod request_log;
mod routes;
mod seed;
mod server;
mod shelf;
mod snapshot;
mod stamp;
mod state;
mod sync_settings;
mod texts;
mod webhook;
mod wire;
mod world;

pub use clock::{NoTimeScale, TimeScale};
pub use endpoint::Endpoint;
pub use faults::{Delivery, Fault, RetryAfter};
pub use limits::{Figure, Limits, NoLimits, RetryForm};
pub use options::{Clock, Options, Plan, StartError};
pub use request::BODY_LIMIT;
pub use server::Sandbox;
