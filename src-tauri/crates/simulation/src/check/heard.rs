//! One request as it went over the line.

use bytes::Bytes;
use http::{HeaderMap, Request};
use jiff::Timestamp;

/// A request, and how it was answered.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    /// The path, with what is asked of it.
    pub(crate) target: String,
    /// 0 where no answer came.
    pub(crate) status: u16,
    /// Of the answer's body; 0 where it was cut off.
    pub(crate) bytes: u64,
    /// The day's allowance, as the answer says it.
    pub(crate) limit: Option<u64>,
    /// The answer's body, where it is looked at.
    pub(crate) said: Bytes,
}

impl Heard {
    pub(crate) fn of(request: &Request<Bytes>, at: Timestamp) -> Self {
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let method = request.method().as_str().to_owned();
        Self { at, method, target, status: 0, bytes: 0, limit: None, said: Bytes::new() }
    }

    pub(crate) fn limit(&mut self, headers: &HeaderMap) {
        let header = headers.get("x-rate-limit-limit").and_then(|value| value.to_str().ok());
        self.limit = header.and_then(|text| text.parse().ok());
    }

    /// Whether it asks for a read of one type.
    pub(crate) fn queues(&self) -> bool {
        self.cause() == "read"
    }

    /// What it is for, as far as its address tells.
    pub(crate) fn cause(&self) -> &'static str {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match (self.method.as_str(), segments.as_slice()) {
            ("GET", ["companies"]) if !query.contains("query=") => "sweep",
            ("GET", ["companies"]) if query.contains("tatus") => "statusSweep",
            ("GET", ["companies"]) => "check",
            ("GET", ["companies", _]) => "look",
            ("GET", ["companies", _, "connections", ..]) => "connectionLook",
            ("GET", ["integrations", ..]) => "catalogue",
            ("GET", ["companies", _, "data", "history", ..]) => "watch",
            ("GET", ["companies", _, "dataStatus"]) => "readStatus",
            ("POST", ["companies", _, "data", "all"]) => "refresh",
            ("POST", ["companies", _, "data", "queue", ..]) => "read",
            ("GET", _) => "fetch",
            _ => "write",
        }
    }
}
