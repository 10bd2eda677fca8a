//! The log of requests as the interface has it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::RequestCause;
use crate::{
    app::App,
    error::WireError,
    requests::{End, Entry, KEPT},
};

/// Requests that are shown at most at one time.
const MOST: usize = KEPT;

/// Which of the requests are wanted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestsWanted {
    /// Those of one cause alone.
    pub cause: Option<RequestCause>,
    /// Those that failed alone.
    pub failures: bool,
    /// At most so many, the newest.
    pub most: u32,
}

/// The newest of the requests that were wanted.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestLog {
    /// Newest first.
    pub entries: Vec<RequestEntry>,
    /// How many there are of those that were wanted, among those that are kept.
    pub matching: u32,
    /// How many are kept at most.
    pub kept: u32,
    /// How many were sent since the workspace was opened, kept or not.
    pub sent: u64,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RequestState {
    /// It is under way.
    Running,
    /// It was answered as it should be.
    Done,
    /// It was refused, or there is no answer.
    Failed,
    /// Nobody wanted it any longer.
    GivenUp,
}

/// A request of the log.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestEntry {
    /// Its place in the order of all.
    pub number: u64,
    /// When it was sent.
    pub at: i64,
    /// Such as `GET`.
    pub method: String,
    /// Path and query, without the host.
    pub path: String,
    /// What for.
    pub cause: RequestCause,
    /// How far it has come.
    pub state: RequestState,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// From sending to the end of the answer, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Bytes of the answer.
    pub bytes: u64,
    /// How often it had been tried before.
    pub retry: u32,
    /// To quote to support.
    pub correlation_id: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl App {
    pub(crate) async fn requests(&self, wanted: RequestsWanted) -> Result<RequestLog, WireError> {
        let most = usize::try_from(wanted.most).unwrap_or(MOST).min(MOST);
        let desk = self.desk().await;
        let (entries, matching, sent) = desk.log().newest(most, |entry| {
            wanted.cause.is_none_or(|cause| cause == entry.cause) && (!wanted.failures || entry.has_failed())
        });
        Ok(RequestLog {
            entries: entries.into_iter().map(shown).collect(),
            matching: u32::try_from(matching).unwrap_or(u32::MAX),
            kept: u32::try_from(KEPT).unwrap_or(u32::MAX),
            sent,
        })
    }
}

fn shown(entry: Entry) -> RequestEntry {
    let state = match entry.end {
        End::Running => RequestState::Running,
        End::GivenUp => RequestState::GivenUp,
        End::Whole | End::Unanswered if entry.has_failed() => RequestState::Failed,
        End::Whole | End::Unanswered => RequestState::Done,
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
