//! The request log in the interface's types.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    app::App,
    error::WireError,
    request_cause::RequestCause,
    requests::{CAPACITY, Completion, Entry},
};

/// The maximum number of entries in one answer.
const MOST: usize = CAPACITY;

#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "RequestsWanted")]
pub(crate) struct RequestFilter {
    /// Only requests with this cause.
    pub cause: Option<RequestCause>,
    /// Only failed requests.
    pub failures: bool,
    /// The maximum number of entries.
    pub most: u32,
}

/// The newest entries that match a filter.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestLog {
    pub entries: Vec<RequestEntry>,
    /// The number of matching entries in the log.
    pub matching: u32,
    /// The capacity of the log.
    pub kept: u32,
    /// The number of requests since the workspace was opened.
    pub sent: u64,
}

/// The state of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RequestState {
    /// It is in progress.
    Running,
    /// It succeeded.
    Done,
    /// The server refused it, or there is no response.
    Failed,
    /// The caller dropped it.
    GivenUp,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestEntry {
    /// Its sequence number.
    pub number: u64,
    pub at: i64,
    /// Such as `GET`.
    pub method: String,
    /// Path and query, without the host.
    pub path: String,
    pub cause: RequestCause,
    pub state: RequestState,
    /// The HTTP status, if there is a response.
    pub status: Option<u16>,
    /// From sending to the end of the response, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The size of the response body.
    pub bytes: u64,
    /// The number of earlier attempts.
    pub retry: u32,
    /// Codat's ID of the request, for support.
    pub correlation_id: Option<String>,
    pub error: Option<String>,
}

impl App {
    pub(crate) async fn requests(&self, filter: RequestFilter) -> Result<RequestLog, WireError> {
        let limit = usize::try_from(filter.most).unwrap_or(MOST).min(MOST);
        let workspace = self.command_workspace().await;
        let (entries, matching, sent) = workspace.log().newest(limit, |entry| {
            filter.cause.is_none_or(|cause| cause == entry.cause) && (!filter.failures || entry.has_failed())
        });
        Ok(RequestLog {
            entries: entries.into_iter().map(request_entry).collect(),
            matching: u32::try_from(matching).unwrap_or(u32::MAX),
            kept: u32::try_from(CAPACITY).unwrap_or(u32::MAX),
            sent,
        })
    }
}

fn request_entry(entry: Entry) -> RequestEntry {
    let state = match entry.completion {
        Completion::Running => RequestState::Running,
        Completion::Abandoned => RequestState::GivenUp,
        Completion::Complete | Completion::NoResponse if entry.has_failed() => RequestState::Failed,
        Completion::Complete | Completion::NoResponse => RequestState::Done,
    };
    RequestEntry {
        number: entry.number,
        at: entry.at,
        method: entry.method,
        path: entry.path,
        cause: entry.cause,
        state,
        status: entry.status,
        duration_ms: entry.duration_ms,
        bytes: entry.bytes,
        retry: entry.retry,
        correlation_id: entry.correlation_id,
        error: entry.error,
    }
}
