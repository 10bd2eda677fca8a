//! The client. It makes one attempt per call, over any transport.

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
mod write;

use core::fmt;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use jiff::Timestamp;
use tower::util::BoxCloneSyncService;

pub use api_key::{ApiKey, BadKey};
pub use download::{Download, Progress, SaveError};
pub use leaving::Leaving;
pub use write::Write;

use crate::error::{Failure, RateLimit};

/// The body of a response. It is streamed, so that a download is not held in memory.
pub type Body = UnsyncBoxBody<Bytes, TransportError>;

/// Sends requests: reqwest in the app, the sandbox's own router in simulations.
pub type Transport = BoxCloneSyncService<http::Request<Bytes>, http::Response<Body>, TransportError>;

/// Why a transport has no response.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The request was certainly not sent. If the transport can explain why, the first line does so in plain
    /// sentences, and technical text follows on the next line.
    #[error("{0}")]
    Unreachable(String),
    /// The request may have arrived.
    #[error("{0}")]
    NoAnswer(String),
}

/// What every response has besides its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// The HTTP status.
    pub status: u16,
    /// The quota, if the headers contain it.
    pub rate_limit: Option<RateLimit>,
    /// The ID to quote to Codat's support.
    pub correlation_id: Option<String>,
    /// The size of the body in bytes.
    pub bytes: u64,
    /// The time of the response by the server's clock (`Date`), in whole seconds.
    pub date: Option<Timestamp>,
}

/// The response of a call.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    /// The decoded value.
    pub value: T,
    /// Status, quota and size of the response.
    pub meta: Meta,
}

/// The result of a call.
pub type Outcome<T> = Result<Answer<T>, Failure>;

/// A client of Codat's API. It makes one attempt per call and never waits or retries. Dropping the future of a call
/// cancels the call.
///
/// The methods are in one module per resource: companies, connections, integrations, profile, reads, pushes, topics,
/// files and data.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    base: String,
    key: ApiKey,
}

impl Client {
    /// A client for the API at `base`, for example `https://api.codat.io`. Trailing slashes are ignored.
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
