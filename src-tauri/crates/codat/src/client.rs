//! The client: one attempt a call, over any transport.

mod api_key;
mod call;
mod companies;
mod connections;
mod data;
mod download;
mod files;
mod head;
mod integrations;
mod leaving;
mod profile;
mod pushes;
mod reads;
mod receive;
mod refusal;
mod topics;

use core::fmt;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use jiff::Timestamp;
use tower::util::BoxCloneSyncService;

pub use api_key::{ApiKey, BadKey};
pub use download::{Download, Progress, SaveError};
pub use leaving::Leaving;

use crate::error::{Failure, RateLimit};

/// The body of a response: streamed, so that a download is not held in memory.
pub type Body = UnsyncBoxBody<Bytes, TransportError>;

/// What carries requests: reqwest in the app, the sandbox's router itself in simulations.
pub type Transport = BoxCloneSyncService<http::Request<Bytes>, http::Response<Body>, TransportError>;

/// Why a transport has no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The request was certainly not sent. Where the transport can explain why, the first line does so in plain
    /// sentences, and technical text follows on the next.
    #[error("{0}")]
    Unreachable(String),
    /// The request may have arrived.
    #[error("{0}")]
    NoAnswer(String),
}

/// What every answer carries besides its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// The HTTP status.
    pub status: u16,
    /// The quota, where the headers tell it.
    pub rate_limit: Option<RateLimit>,
    /// To quote to support.
    pub correlation_id: Option<String>,
    /// The body's size in bytes, as read.
    pub bytes: u64,
    /// When the server says that it answered, in whole seconds by its own clock (`Date`).
    pub date: Option<Timestamp>,
}

/// A call's answer.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// What came with it.
    pub meta: Meta,
}

/// What comes of a call.
pub type Outcome<T> = Result<Answer<T>, Failure>;

/// Speaks Codat's API: one attempt a call, no waiting, no repeating. Dropping a call's future cancels it.
///
/// Its methods stand with their resources: companies, connections, integrations, profile and keys, reads,
/// writes, settings, files, data.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    base: String,
    key: ApiKey,
}

impl Client {
    /// A client for the API at `base`, such as `https://api.codat.io`; slashes at its end do not count.
    pub fn new(base: impl Into<String>, key: ApiKey, transport: Transport) -> Self {
        let mut base = base.into();
        base.truncate(base.trim_end_matches('/').len());
        Self { transport, base, key }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}
