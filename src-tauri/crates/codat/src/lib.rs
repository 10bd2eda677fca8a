//! What Codat says: its models, its errors, its query language, and a client that makes one attempt a call.
//!
//! Nothing here decides when to call or whether to call again; that is the engine's. Nothing here knows
//! where an answer is kept; that is the store's. Section numbers (§) in the docs of this crate are those of
//! the API's reference as the project keeps it.

#![forbid(unsafe_code)]

pub mod amount;
pub mod client;
pub mod data;
pub mod datetime;
pub mod error;
pub mod expiry;
pub mod id;
pub mod model;
pub mod open_enum;
pub mod page;
pub mod query;
mod reading;
pub mod statements;
pub mod status;
pub mod summary;
pub mod topic;
pub mod upload;

pub use client::{ApiKey, BadKey, Client, Transport};
pub use error::{Failure, FailureKind};
pub use id::{CompanyId, ConnectionId, DatasetId, PushKey};
pub use model::{Company, Connection, ConnectionStatus, Integration, Listed, Profile};
pub use page::{Item, Page};
pub use status::Colour;
pub use topic::{StatementKind, Topic};
