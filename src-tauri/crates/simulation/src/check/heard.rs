//! One request as it went over the line.

use bytes::Bytes;
use engine::Priority;
use http::{HeaderMap, Request};
use jiff::Timestamp;

/// A request, and how it was answered.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) at: Timestamp,
    /// What it is for.
    pub(crate) cause: &'static str,
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
    pub(crate) fn of(request: &Request<Bytes>, cause: &'static str, at: Timestamp) -> Self {
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let method = request.method().as_str().to_owned();
        Self { at, cause, method, target, status: 0, bytes: 0, limit: None, said: Bytes::new() }
    }

    pub(crate) fn limit(&mut self, headers: &HeaderMap) {
        let header = headers.get("x-rate-limit-limit").and_then(|value| value.to_str().ok());
        self.limit = header.and_then(|text| text.parse().ok());
    }

    /// The connection that it names.
    pub(crate) fn connection(&self) -> Option<&str> {
        let (_, asked) = self.target.split_once('?')?;
        asked.split('&').find_map(|part| part.strip_prefix("connectionId="))
    }

    /// Whether it asks for a read of one type.
    pub(crate) fn queues(&self) -> bool {
        self.method == "POST" && self.target.contains("/data/queue/")
    }
}

/// A name for what a request is for.
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
