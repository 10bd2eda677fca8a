//! Codat's API: its models, failures and query language, and a client that makes one attempt per call.
//!
//! The engine decides when to call and when to retry. The store keeps the responses. Section numbers (§) in the docs
//! of this crate refer to the project's reference of the API.
//!
//! - [`client`]: the calls, over any transport; [`error`]: their failures; [`page`]: pages of results.
//! - [`model`], [`data`], [`statements`], [`amount`], [`datetime`], [`id`]: what responses contain.
//! - [`query`]: the query language of lists; [`topic`]: the requests that screens read from.
//! - [`status`], [`summary`], [`expiry`]: what follows from responses; [`upload`]: files to send.

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

pub use client::{ApiKey, BadKey, Client, Transport, Write};
pub use error::{Failure, FailureKind};
pub use id::{CompanyId, ConnectionId, DatasetId, PushKey};
pub use model::{Company, Connection, ConnectionStatus, Integration, Listed, Profile};
pub use page::{Item, Page};
pub use status::Color;
pub use topic::{StatementKind, Topic};
