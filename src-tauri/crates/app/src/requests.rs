//! The log of requests: what went to the server, what for, and what came of it. It is kept in memory alone, and
//! holds no secret: no header, no body, and of the address neither the host nor a password.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
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

use crate::{clock, commands::RequestCause, convert::millis, presenter::WindowEvents, wire};

/// Requests that are remembered; older ones are forgotten.
pub(crate) const KEPT: usize = 1_000;
/// How often the window is told at most that the log differs.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// An address is shown this far.
const LONGEST_PATH: usize = 300;

tokio::task_local! {
    /// What the request that this task makes is for.
    static ORIGIN: Arc<Origin>;
}

/// What a request is for, and which one of the log it became.
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

    /// Whatever is sent by this future is sent for this reason.
    pub(crate) async fn of<T>(self: Arc<Self>, sending: impl Future<Output = T>) -> T {
        ORIGIN.scope(self, sending).await
    }
}

/// A request as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) at: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) cause: RequestCause,
    pub(crate) retry: u32,
    pub(crate) end: End,
    pub(crate) status: Option<u16>,
    /// As read so far, after decompression.
    pub(crate) bytes: u64,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) correlation_id: Option<String>,
    /// Why there is no answer, or what the refusal said.
    pub(crate) error: Option<String>,
}

impl Entry {
    /// Whether it did not come to what it was sent for.
    pub(crate) fn has_failed(&self) -> bool {
        match self.end {
            End::Running | End::GivenUp => false,
            End::Whole => self.error.is_some() || self.status.is_some_and(|status| status >= 400),
            End::Unanswered => true,
        }
    }
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is under way.
    Running,
    /// The whole answer is there.
    Whole,
    /// There is no answer, or it broke off.
    Unanswered,
    /// Nobody wanted it any longer.
    GivenUp,
}

/// What goes to the server of one workspace.
#[derive(Debug)]
pub(crate) struct Log {
    kept: Mutex<Kept>,
    events: WindowEvents,
    is_telling: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Kept {
    sent: u64,
    entries: VecDeque<Entry>,
}

impl Log {
    pub(crate) fn new(events: WindowEvents) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::default(), events, is_telling: Arc::default() })
    }

    /// The newest of those that are wanted, how many of them there are, and how many were ever sent.
    pub(crate) fn newest(&self, most: usize, wanted: impl Fn(&Entry) -> bool) -> (Vec<Entry>, usize, u64) {
        let kept = self.kept();
        let matching = || kept.entries.iter().rev().filter(|entry| wanted(entry));
        (matching().take(most).cloned().collect(), matching().count(), kept.sent)
    }

    /// A transport whose requests are written down here.
    pub(crate) fn around(self: &Arc<Self>, transport: Transport) -> Transport {
        let log = self.clone();
        BoxCloneSyncService::new(service_fn(move |request| send(log.clone(), transport.clone(), request)))
    }

    /// What a refusal said, which only its reader knows.
    pub(crate) fn explain(&self, origin: &Origin, outcome: &engine::Outcome) {
        let (correlation, error) = match outcome {
            Ok((_, meta)) => (meta.correlation_id.clone(), None),
            Err(failure) => (failure.correlation_id.clone(), Some(failure.to_string())),
        };
        self.change(origin.number.load(Ordering::Acquire), |entry| {
            entry.correlation_id = correlation.or(entry.correlation_id.take());
            entry.error = error.or(entry.error.take());
        });
    }

    fn begin(self: &Arc<Self>, request: &http::Request<Bytes>) -> UnderWay {
        let origin = ORIGIN.try_with(Clone::clone).unwrap_or_else(|_| Origin::new(RequestCause::Click, 0));
        let mut kept = self.kept();
        kept.sent += 1;
        let number = kept.sent;
        origin.number.store(number, Ordering::Release);
        if kept.entries.len() == KEPT {
            kept.entries.pop_front();
        }
        kept.entries.push_back(Entry {
            number,
            at: millis(clock::now()),
            method: request.method().to_string(),
            path: path(request.uri()),
            cause: origin.cause,
            retry: origin.retry,
            end: End::Running,
            status: None,
            bytes: 0,
            duration_ms: None,
            correlation_id: None,
            error: None,
        });
        drop(kept);
        self.tell();
        UnderWay { log: self.clone(), number, since: Instant::now(), is_over: false }
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Entry)) {
        let mut kept = self.kept();
        // The newest are changed most, and numbers have no gaps.
        let behind = kept.sent.checked_sub(number).and_then(|behind| usize::try_from(behind).ok());
        let index = behind.and_then(|behind| kept.entries.len().checked_sub(behind + 1));
        if let Some(entry) = index.and_then(|index| kept.entries.get_mut(index)) {
            change(entry);
        }
        drop(kept);
        self.tell();
    }

    /// Tells the window, at most so often, that the log differs.
    fn tell(&self) {
        if !self.events.are_heard() || self.is_telling.swap(true, Ordering::AcqRel) {
            return;
        }
        let (events, is_telling) = (self.events.clone(), self.is_telling.clone());
        tokio::spawn(async move {
            tokio::time::sleep(TELL_EVERY).await;
            is_telling.store(false, Ordering::Release);
            events.send(wire::Event::Requests);
        });
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn send(
    log: Arc<Log>,
    transport: Transport,
    request: http::Request<Bytes>,
) -> Result<http::Response<Body>, TransportError> {
    let mut under_way = log.begin(&request);
    match transport.oneshot(request).await {
        Ok(response) => {
            under_way.answered(&response);
            if http_body::Body::is_end_stream(response.body()) {
                under_way.end(End::Whole, None);
            }
            Ok(response.map(|body| Counted { body, under_way }.boxed_unsync()))
        }
        Err(error) => {
            under_way.end(End::Unanswered, Some(error.to_string()));
            Err(error)
        }
    }
}

/// The path and the query, without the host, and without what works like a password.
fn path(uri: &http::Uri) -> String {
    let whole = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut path: String = whole.chars().take(LONGEST_PATH).collect();
    if path.len() < whole.len() {
        path.push('…');
    }
    path
}

/// A request under way: written down as given up if it is dropped before it ends.
#[derive(Debug)]
struct UnderWay {
    log: Arc<Log>,
    number: u64,
    since: Instant,
    is_over: bool,
}

impl UnderWay {
    fn answered(&self, response: &http::Response<Body>) {
        let status = response.status().as_u16();
        self.log.change(self.number, |entry| entry.status = Some(status));
    }

    fn read(&self, bytes: usize) {
        self.log.change(self.number, |entry| entry.bytes += bytes as u64);
    }

    fn end(&mut self, end: End, error: Option<String>) {
        if core::mem::replace(&mut self.is_over, true) {
            return;
        }
        let duration = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.log.change(self.number, |entry| {
            entry.end = end;
            entry.error = error;
            entry.duration_ms = Some(duration);
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.end(End::GivenUp, None);
    }
}

/// A body whose bytes are counted.
struct Counted {
    body: Body,
    under_way: UnderWay,
}

impl http_body::Body for Counted {
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
                self.under_way.read(bytes);
                if self.body.is_end_stream() {
                    self.under_way.end(End::Whole, None);
                }
            }
            Some(Err(error)) => self.under_way.end(End::Unanswered, Some(error.to_string())),
            None => self.under_way.end(End::Whole, None),
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

    /// A client of a server that answers with this.
    fn client(log: &Arc<Log>, answer: Result<(u16, &'static str), &'static str>) -> Client {
        let transport = BoxCloneSyncService::new(service_fn(move |_: http::Request<Bytes>| async move {
            let (status, body) = answer.map_err(|reason| TransportError::NoAnswer(reason.to_owned()))?;
            let body = http_body_util::Full::new(Bytes::from_static(body.as_bytes()));
            let body = body.map_err(|never| match never {}).boxed_unsync();
            Ok(http::Response::builder().status(status).body(body).unwrap())
        }));
        Client::new("http://127.0.0.1:1", ApiKey::new("a-key").unwrap(), log.around(transport))
    }

    fn log() -> Arc<Log> {
        Log::new(WindowEvents::new(tokio::sync::broadcast::channel(8).0))
    }

    fn newest(log: &Log) -> Entry {
        log.newest(1, |_| true).0.remove(0)
    }

    #[tokio::test]
    async fn an_answer_is_written_down_with_its_size_and_what_it_was_for() {
        let log = log();
        let asked = client(&log, Ok((404, "{\"error\":\"no such company\"}")));
        let origin = Origin::new(RequestCause::Look, 2);
        let outcome = origin.clone().of(asked.get_company(CompanyId(uuid::Uuid::nil()))).await;
        log.explain(&origin, &Err(outcome.expect_err("it is a refusal")));
        let entry = newest(&log);
        assert_eq!((entry.status, entry.end, entry.bytes), (Some(404), End::Whole, 27));
        assert_eq!((entry.cause, entry.retry), (RequestCause::Look, 2));
        assert_eq!(entry.path, "/companies/00000000-0000-0000-0000-000000000000");
        assert!(entry.has_failed() && entry.duration_ms.is_some());
        assert!(entry.error.is_some_and(|error| error.contains("no such company")));
    }

    #[tokio::test]
    async fn no_answer_and_one_that_nobody_wanted_any_longer_are_told_apart() {
        let log = log();
        let asked = client(&log, Err("reset"));
        assert!(asked.profile().await.is_err());
        let entry = newest(&log);
        assert_eq!((entry.end, entry.status, entry.has_failed()), (End::Unanswered, None, true));

        let silent = BoxCloneSyncService::new(service_fn(|_: http::Request<Bytes>| {
            std::future::pending::<Result<http::Response<Body>, TransportError>>()
        }));
        let asked = Client::new("http://127.0.0.1:1", ApiKey::new("a-key").unwrap(), log.around(silent));
        let mut call = Box::pin(asked.profile());
        assert!(call.as_mut().now_or_never().is_none());
        assert_eq!(newest(&log).end, End::Running);
        drop(call);
        let entry = newest(&log);
        assert_eq!((entry.end, entry.has_failed()), (End::GivenUp, false));
    }

    #[tokio::test]
    async fn only_the_newest_are_kept_and_all_are_counted() {
        let log = log();
        let asked = client(&log, Ok((200, "{}")));
        for _ in 0..KEPT + 5 {
            let _ = asked.profile().await;
        }
        let (entries, matching, sent) = log.newest(usize::MAX, |_| true);
        assert_eq!((entries.len(), matching, sent), (KEPT, KEPT, KEPT as u64 + 5));
        assert_eq!(entries.last().map(|entry| entry.number), Some(6));
    }
}
