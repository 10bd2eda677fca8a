//! The log of requests to the server, with their purpose and result. It exists in memory only and holds no
//! secrets: no headers, no bodies, and no host or credentials of the address.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use codat::client::{Body, Transport, TransportError};
use http_body_util::BodyExt;
use tokio::time::Instant;
use tower::{ServiceExt, service_fn, util::BoxCloneSyncService};

use crate::{
    clock::Clock,
    presenter::WindowEvents,
    request_cause::RequestCause,
    sync,
    wire::{self, millis},
};

/// The number of requests that are kept.
pub(crate) const CAPACITY: usize = 1_000;
/// The shortest time between two events about the log.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(250);
/// The maximum length of a shown path, in characters.
const MAX_PATH_LENGTH: usize = 300;

tokio::task_local! {
    /// The purpose of the requests of the current task.
    static ORIGIN: Arc<Origin>;
}

/// The purpose of a request, and its number in the log.
#[derive(Debug)]
pub(crate) struct Origin {
    cause: RequestCause,
    retry: u32,
    number: AtomicU64,
}

impl Origin {
    pub(crate) fn new(cause: RequestCause, retry: u32) -> Arc<Self> {
        Arc::new(Self { cause, retry, number: AtomicU64::new(0) })
    }

    /// Runs a future whose requests have this purpose.
    pub(crate) async fn scope<T>(self: Arc<Self>, sending: impl Future<Output = T>) -> T {
        ORIGIN.scope(self, sending).await
    }
}

/// A logged request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) at: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) cause: RequestCause,
    pub(crate) retry: u32,
    pub(crate) completion: Completion,
    pub(crate) status: Option<u16>,
    /// The received bytes after decompression.
    pub(crate) bytes: u64,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) correlation_id: Option<String>,
    /// The network error, or the error message of the server.
    pub(crate) error: Option<String>,
}

impl Entry {
    /// Whether the request failed.
    pub(crate) fn has_failed(&self) -> bool {
        match self.completion {
            Completion::Running | Completion::Abandoned => false,
            Completion::Complete => self.error.is_some() || self.status.is_some_and(|status| status >= 400),
            Completion::NoResponse => true,
        }
    }
}

/// The progress of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completion {
    /// It is in progress.
    Running,
    /// The whole response was received.
    Complete,
    /// There is no response, or it is incomplete.
    NoResponse,
    /// The caller dropped it.
    Abandoned,
}

/// The requests of one workspace.
#[derive(Debug)]
pub(crate) struct Log {
    buffer: Mutex<LogBuffer>,
    events: WindowEvents,
    clock: Clock,
    is_notification_pending: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct LogBuffer {
    sent: u64,
    entries: VecDeque<Entry>,
}

impl Log {
    pub(crate) fn new(events: WindowEvents, clock: Clock) -> Arc<Self> {
        Arc::new(Self { buffer: Mutex::default(), events, clock, is_notification_pending: Arc::default() })
    }

    /// The newest entries that pass the filter, the number of all such entries, and the number of requests
    /// ever sent.
    pub(crate) fn newest(&self, limit: usize, filter: impl Fn(&Entry) -> bool) -> (Vec<Entry>, usize, u64) {
        let buffer = self.buffer();
        let matching = || buffer.entries.iter().rev().filter(|entry| filter(entry));
        (matching().take(limit).cloned().collect(), matching().count(), buffer.sent)
    }

    /// Wraps a transport so that its requests are logged.
    pub(crate) fn wrap(self: &Arc<Self>, transport: Transport) -> Transport {
        let log = self.clone();
        BoxCloneSyncService::new(service_fn(move |request| send(log.clone(), transport.clone(), request)))
    }

    /// Adds the correlation ID and the error message, which are known only after the response was parsed.
    pub(crate) fn record_outcome(&self, origin: &Origin, outcome: &engine::Outcome) {
        let (correlation, error) = match outcome {
            Ok((_, meta)) => (meta.correlation_id.clone(), None),
            Err(failure) => (failure.correlation_id.clone(), Some(failure.to_string())),
        };
        self.change(origin.number.load(Ordering::Acquire), |entry| {
            entry.correlation_id = correlation.or(entry.correlation_id.take());
            entry.error = error.or(entry.error.take());
        });
    }

    fn begin(self: &Arc<Self>, request: &http::Request<Bytes>) -> ActiveRequest {
        let origin = ORIGIN.try_with(Clone::clone).unwrap_or_else(|_| Origin::new(RequestCause::Click, 0));
        let mut buffer = self.buffer();
        buffer.sent += 1;
        let number = buffer.sent;
        origin.number.store(number, Ordering::Release);
        if buffer.entries.len() == CAPACITY {
            buffer.entries.pop_front();
        }
        buffer.entries.push_back(Entry {
            number,
            at: millis(self.clock.now()),
            method: request.method().to_string(),
            path: path(request.uri()),
            cause: origin.cause,
            retry: origin.retry,
            completion: Completion::Running,
            status: None,
            bytes: 0,
            duration_ms: None,
            correlation_id: None,
            error: None,
        });
        drop(buffer);
        self.notify_windows();
        ActiveRequest { log: self.clone(), number, since: Instant::now(), has_ended: false }
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Entry)) {
        let mut buffer = self.buffer();
        // Numbers have no gaps, so the index follows from the number.
        let age = buffer.sent.checked_sub(number).and_then(|age| usize::try_from(age).ok());
        let index = age.and_then(|age| buffer.entries.len().checked_sub(age + 1));
        if let Some(entry) = index.and_then(|index| buffer.entries.get_mut(index)) {
            change(entry);
        }
        drop(buffer);
        self.notify_windows();
    }

    /// Sends an event about the changed log, after a delay that merges several changes.
    fn notify_windows(&self) {
        if !self.events.have_listeners() || self.is_notification_pending.swap(true, Ordering::AcqRel) {
            return;
        }
        let (events, is_notification_pending) = (self.events.clone(), self.is_notification_pending.clone());
        tokio::spawn(async move {
            tokio::time::sleep(NOTIFY_INTERVAL).await;
            is_notification_pending.store(false, Ordering::Release);
            events.send(wire::Event::Requests);
        });
    }

    fn buffer(&self) -> std::sync::MutexGuard<'_, LogBuffer> {
        sync::lock(&self.buffer)
    }
}

async fn send(
    log: Arc<Log>,
    transport: Transport,
    request: http::Request<Bytes>,
) -> Result<http::Response<Body>, TransportError> {
    let mut active_request = log.begin(&request);
    match transport.oneshot(request).await {
        Ok(response) => {
            active_request.response_received(&response);
            if http_body::Body::is_end_stream(response.body()) {
                active_request.end(Completion::Complete, None);
            }
            Ok(response.map(|body| CountedBody { body, active_request }.boxed_unsync()))
        }
        Err(error) => {
            active_request.end(Completion::NoResponse, Some(error.to_string()));
            Err(error)
        }
    }
}

/// The path and the query, without the host.
fn path(uri: &http::Uri) -> String {
    let whole = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut path: String = whole.chars().take(MAX_PATH_LENGTH).collect();
    if path.len() < whole.len() {
        path.push('…');
    }
    path
}

/// A request in progress. Dropping it marks the entry as abandoned.
#[derive(Debug)]
struct ActiveRequest {
    log: Arc<Log>,
    number: u64,
    since: Instant,
    has_ended: bool,
}

impl ActiveRequest {
    fn response_received(&self, response: &http::Response<Body>) {
        let status = response.status().as_u16();
        self.log.change(self.number, |entry| entry.status = Some(status));
    }

    fn bytes_received(&self, bytes: usize) {
        self.log.change(self.number, |entry| entry.bytes += bytes as u64);
    }

    fn end(&mut self, completion: Completion, error: Option<String>) {
        if core::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let duration = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.log.change(self.number, |entry| {
            entry.completion = completion;
            entry.error = error;
            entry.duration_ms = Some(duration);
        });
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.end(Completion::Abandoned, None);
    }
}

/// A body that counts its bytes.
struct CountedBody {
    body: Body,
    active_request: ActiveRequest,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, TransportError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.active_request.bytes_received(bytes);
                if self.body.is_end_stream() {
                    self.active_request.end(Completion::Complete, None);
                }
            }
            Some(Err(error)) => self.active_request.end(Completion::NoResponse, Some(error.to_string())),
            None => self.active_request.end(Completion::Complete, None),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use codat::{ApiKey, Client, CompanyId};
    use futures_util::FutureExt;

    use super::*;

    /// A client whose server gives this answer.
    fn client(log: &Arc<Log>, answer: Result<(u16, &'static str), &'static str>) -> Client {
        let transport = BoxCloneSyncService::new(service_fn(move |_: http::Request<Bytes>| async move {
            let (status, body) = answer.map_err(|reason| TransportError::NoAnswer(reason.to_owned()))?;
            let body = http_body_util::Full::new(Bytes::from_static(body.as_bytes()));
            let body = body.map_err(|never| match never {}).boxed_unsync();
            Ok(http::Response::builder().status(status).body(body).unwrap())
        }));
        Client::new("http://127.0.0.1:1", ApiKey::new("a-key").unwrap(), log.wrap(transport))
    }

    fn log() -> Arc<Log> {
        Log::new(WindowEvents::new(tokio::sync::broadcast::channel(8).0), Clock::Computer)
    }

    fn newest(log: &Log) -> Entry {
        log.newest(1, |_| true).0.remove(0)
    }

    #[tokio::test]
    async fn an_answer_is_written_down_with_its_size_and_what_it_was_for() {
        let log = log();
        let requester = client(&log, Ok((404, "{\"error\":\"no such company\"}")));
        let origin = Origin::new(RequestCause::Look, 2);
        let outcome = origin.clone().scope(requester.get_company(CompanyId(uuid::Uuid::nil()))).await;
        log.record_outcome(&origin, &Err(outcome.expect_err("it is a refusal")));
        let entry = newest(&log);
        assert_eq!((entry.status, entry.completion, entry.bytes), (Some(404), Completion::Complete, 27));
        assert_eq!((entry.cause, entry.retry), (RequestCause::Look, 2));
        assert_eq!(entry.path, "/companies/00000000-0000-0000-0000-000000000000");
        assert!(entry.has_failed() && entry.duration_ms.is_some());
        assert!(entry.error.is_some_and(|error| error.contains("no such company")));
    }

    #[tokio::test]
    async fn no_answer_and_one_that_nobody_wanted_any_longer_are_told_apart() {
        let log = log();
        let requester = client(&log, Err("reset"));
        assert!(requester.profile().await.is_err());
        let entry = newest(&log);
        assert_eq!(
            (entry.completion, entry.status, entry.has_failed()),
            (Completion::NoResponse, None, true)
        );

        let silent = BoxCloneSyncService::new(service_fn(|_: http::Request<Bytes>| {
            std::future::pending::<Result<http::Response<Body>, TransportError>>()
        }));
        let requester = Client::new("http://127.0.0.1:1", ApiKey::new("a-key").unwrap(), log.wrap(silent));
        let mut call = Box::pin(requester.profile());
        assert!(call.as_mut().now_or_never().is_none());
        assert_eq!(newest(&log).completion, Completion::Running);
        drop(call);
        let entry = newest(&log);
        assert_eq!((entry.completion, entry.has_failed()), (Completion::Abandoned, false));
    }

    #[tokio::test]
    async fn only_the_newest_are_kept_and_all_are_counted() {
        let log = log();
        let requester = client(&log, Ok((200, "{}")));
        for _ in 0..CAPACITY + 5 {
            let _ = requester.profile().await;
        }
        let (entries, matching, sent) = log.newest(usize::MAX, |_| true);
        assert_eq!((entries.len(), matching, sent), (CAPACITY, CAPACITY, CAPACITY as u64 + 5));
        assert_eq!(entries.last().map(|entry| entry.number), Some(6));
    }
}
