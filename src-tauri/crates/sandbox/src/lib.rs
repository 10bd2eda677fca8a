//! An emulator of Codat's API: a library and the program `portal-sandbox`.
//!
//! It implements the protocol of the project's API reference (§ numbers refer to it), stores changes, and can
//! inject faults. Requests are handled by pure functions of the state and the time. Changes are stored first
//! and applied afterwards. Only the TCP server delays or drops anything.

#![forbid(unsafe_code)]

mod access_control;
mod change;
mod clock;
mod company_json;
mod context;
mod data;
mod data_type;
mod document_store;
mod endpoint;
mod faults;
mod http_server;
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
mod persistence;
mod product;
mod read;
mod read_outcome;
mod record;
mod request;
mod request_log;
mod response;
mod routes;
mod seed;
mod server;
mod snapshot;
mod state;
mod sync_settings;
mod time_format;
mod webhook;
mod wire;
mod world;

pub use clock::{ParseTimeScaleError, TimeScale};
pub use endpoint::Endpoint;
pub use faults::{Delivery, Fault, RetryAfter};
pub use limits::{LimitValue, Limits, ParseLimitsError, RetryAfterFormat};
pub use options::{Clock, Options, Plan, StartError};
pub use request::BODY_LIMIT;
pub use server::Sandbox;
