//! A recorded request.

use bytes::Bytes;
use domain::Priority;
use http::{HeaderMap, Request};
use jiff::Timestamp;

/// A request and its response.
#[derive(Debug)]
pub(crate) struct RecordedRequest {
    pub(crate) at: Timestamp,
    pub(crate) cause: &'static str,
    pub(crate) method: String,
    /// The path with the query.
    pub(crate) target: String,
    /// 0 without a response.
    pub(crate) status: u16,
    /// The size of the response body; 0 if it was cut off.
    pub(crate) bytes: u64,
    /// The daily quota in the response.
    pub(crate) limit: Option<u64>,
    /// The response body, if it is recorded.
    pub(crate) body: Bytes,
}

impl RecordedRequest {
    pub(crate) fn new(request: &Request<Bytes>, cause: &'static str, at: Timestamp) -> Self {
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let method = request.method().as_str().to_owned();
        Self { at, cause, method, target, status: 0, bytes: 0, limit: None, body: Bytes::new() }
    }

    pub(crate) fn set_limit(&mut self, headers: &HeaderMap) {
        let header = headers.get("x-rate-limit-limit").and_then(|value| value.to_str().ok());
        self.limit = header.and_then(|text| text.parse().ok());
    }

    /// The connection in the query.
    pub(crate) fn connection(&self) -> Option<&str> {
        let (_, asked) = self.target.split_once('?')?;
        asked.split('&').find_map(|part| part.strip_prefix("connectionId="))
    }

    /// Whether it queues a read of one data type.
    pub(crate) fn queues_one_type(&self) -> bool {
        self.method == "POST" && self.target.contains("/data/queue/")
    }
}

/// The name of a priority in the report.
pub(crate) fn name(priority: Option<Priority>) -> &'static str {
    match priority {
        None => "other",
        Some(Priority::Click) => "click",
        Some(Priority::Screen) => "screen",
        Some(Priority::Run) => "run",
        Some(Priority::Confirmation) => "look",
        Some(Priority::Sweep) => "sweep",
        Some(Priority::KeepAlive) => "keepAlive",
        Some(Priority::Schedule) => "schedule",
    }
}
