//! Request processing: host check, API key, stored responses, faults, routing, changes. Usable in process, as
//! a `tower` service, and behind the TCP server.

mod current_time;
mod headers;
mod outgoing;
mod restore;
mod webhooks;

use std::{
    convert::Infallible,
    num::NonZeroU64,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture};
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full, StreamBody};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    access_control,
    change::Change,
    clock::{ClockAnchor, ClockReading, TimeScale},
    context::Context,
    data::BooksCache,
    faults::{Delivery, Fault, FaultTarget, Faults},
    idempotency::{self, Replay},
    limits::{InFlightRequest, Limits, RateLimited, RequestCounter},
    list_cache::ListCache,
    lock::lock,
    options::{Clock, Options, StartError},
    persistence::{Persistence, PersistenceError},
    request::{BODY_LIMIT, Request, SNAPSHOT_LIMIT},
    request_log::RequestLog,
    response::{ApiError, Response, Service},
    routes, seed, snapshot,
    state::State,
    webhook::delivery,
    world::{self, Origin},
};
use outgoing::OutgoingResponse;

/// How a request body is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyIntake {
    /// In bytes.
    pub(crate) limit: usize,
    /// Set by a fault.
    pub(crate) pace: Option<NonZeroU64>,
}

/// Answers requests. Clones share one state.
#[derive(Clone)]
pub struct Endpoint(Arc<Inner>);

struct Inner {
    state: RwLock<State>,
    /// Serializes writers, from reading the state to applying the changes.
    turn: tokio::sync::Mutex<()>,
    keeper: Option<Persistence>,
    faults: Mutex<Faults>,
    lists: Mutex<ListCache>,
    log: Mutex<RequestLog>,
    library: Mutex<BooksCache>,
    limits: Limits,
    meter: Mutex<RequestCounter>,
    /// Since the start.
    response_count: AtomicU64,
    clock: Clock,
    scale: TimeScale,
    /// The latest time that was used. Time never goes backwards.
    last: Mutex<Timestamp>,
    /// Whether webhooks may be sent to other hosts.
    webhooks_anywhere: bool,
    hosts: Vec<String>,
    /// The URL of the sandbox, such as `http://127.0.0.1:8787`.
    base_url: String,
    /// This key is always accepted.
    api_key: String,
    /// The namespace of the correlation IDs of this start.
    space: Uuid,
}

impl Endpoint {
    /// An endpoint without a TCP server, for tests and simulations. `options.port` is only used in URLs.
    ///
    /// # Errors
    /// If the database file of `options` cannot be used.
    pub async fn in_process(options: &Options, clock: Clock) -> Result<Self, StartError> {
        let host = clock();
        let now = options.now.unwrap_or(host);
        let wanted = Origin {
            seed: options.seed,
            companies: options.companies.unwrap_or_else(world::designed_count),
            born: now,
        };
        let (keeper, origin, changes) = match &options.db {
            Some(path) => {
                let (keeper, origin, changes) = Persistence::open(path, wanted).await?;
                (Some(keeper), origin, changes)
            }
            None => (None, wanted, Vec::new()),
        };
        let hosts = access_control::hosts(options.port, &options.host_names);
        let base_url = format!("http://{}", hosts.first().map_or("127.0.0.1", String::as_str));
        let mut state = State::new(origin, &base_url);
        state.plan = options.plan;
        let stored_anchor =
            changes.iter().find_map(|it| if let Change::Clock(anchor) = it { Some(*anchor) } else { None });
        changes.into_iter().for_each(|change| state.apply(change));
        let anchor = ClockAnchor::resume(stored_anchor, host, options.now, options.time_scale);
        let anchor = ClockAnchor { sandbox: anchor.sandbox.max(origin.born), ..anchor };
        let now = anchor.sandbox;
        let mut first = vec![Change::Clock(anchor)];
        if !state.has_api_key(&options.api_key) {
            first.push(state.new_key(Some("Default".to_owned()), Some(&options.api_key), now));
        }
        if let (Some(keeper), Some(path)) = (&keeper, &options.db) {
            let failed =
                |error: PersistenceError| StartError::File { path: path.clone(), reason: error.to_string() };
            keeper.keep(&first).await.map_err(failed)?;
        }
        first.into_iter().for_each(|change| state.apply(change));
        Ok(Self(Arc::new(Inner {
            state: RwLock::new(state),
            turn: tokio::sync::Mutex::new(()),
            keeper,
            faults: Mutex::default(),
            lists: Mutex::default(),
            log: Mutex::default(),
            library: Mutex::default(),
            limits: options.limits,
            meter: Mutex::default(),
            response_count: AtomicU64::new(0),
            clock,
            scale: options.time_scale,
            last: Mutex::new(now),
            webhooks_anywhere: options.webhooks_anywhere,
            hosts,
            base_url,
            api_key: options.api_key.clone(),
            space: seed::derive_id(seed::namespace(origin.seed), &format!("start at {now}"), 0),
        })))
    }

    /// The sandbox's time. It also moves by request, and goes back only when a snapshot is restored.
    pub fn now(&self) -> Timestamp {
        self.0.peek_time()
    }

    /// The base URL, such as `http://127.0.0.1:8787`.
    pub fn base_url(&self) -> String {
        self.0.base_url.clone()
    }

    /// Answers one request. The response's extensions have a [`Delivery`], which the caller has to apply.
    pub async fn answer(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let (parts, body) = request.into_parts();
        let request = Arc::new(Request::new(parts.method, &parts.uri, parts.headers, body));
        if self.0.keeper.is_some() && request.method != Method::GET {
            // A caller that is dropped must not interrupt a change between the database and the memory.
            let (inner, request) = (Arc::clone(&self.0), Arc::clone(&request));
            let task = tokio::spawn(async move { inner.answer(&request).await });
            task.await.unwrap_or_else(|error| {
                let now = self.0.time();
                let correlation = self.0.correlation();
                self.0.http_response(
                    OutgoingResponse::new(ApiError::internal(&error).to_response(&correlation), correlation),
                    now,
                )
            })
        } else {
            self.0.answer(&request).await
        }
    }

    /// How to read the body of a request with this head. Requests that will be rejected get a small limit.
    pub(crate) fn body_intake(&self, head: &http::request::Parts) -> BodyIntake {
        let request = Request::new(head.method.clone(), &head.uri, head.headers.clone(), Bytes::new());
        if request.method == Method::GET || self.0.admit(&request).is_err() {
            return BodyIntake { limit: BODY_LIMIT, pace: None };
        }
        BodyIntake { limit: body_limit(&request), pace: self.0.pace(&request) }
    }

    /// This endpoint as the transport of a [`codat::Client`]. Drops and truncations are applied. Delays are
    /// not, because the caller controls the time.
    pub fn transport(&self) -> codat::Transport {
        tower::util::BoxCloneSyncService::new(tower::service_fn({
            let endpoint = self.clone();
            move |request: http::Request<Bytes>| {
                let endpoint = endpoint.clone();
                async move {
                    let response = endpoint.answer(request).await;
                    let delivery = response.extensions().get::<Delivery>().copied().unwrap_or_default();
                    if delivery.drop {
                        return Err(no_response("the connection was closed without an answer"));
                    }
                    Ok(response.map(|body| match delivery.cut {
                        Some(at) if at < body.len() => {
                            let error = no_response("the connection was closed in mid-body");
                            let first = http_body::Frame::data(body.slice(..at));
                            let frames = futures_util::stream::iter([Ok(first), Err(error)]);
                            StreamBody::new(frames).boxed_unsync()
                        }
                        Some(_) | None => Full::new(body).map_err(|never| match never {}).boxed_unsync(),
                    }))
                }
            }
        }))
    }

    /// Closes the database after pending writes. Without this no data is lost, but the file stays locked for
    /// a moment. Later changes fail with 500.
    pub async fn close(&self) {
        let _turn = self.0.turn.lock().await;
        if let Some(keeper) = &self.0.keeper {
            let anchor = ClockAnchor { host: (self.0.clock)(), sandbox: self.0.time() };
            if let Err(error) = keeper.keep(&[Change::Clock(anchor)]).await {
                tracing::warn!(%error, "where the clock stands could not be kept");
            }
            keeper.close().await;
        }
    }
}

impl tower::Service<http::Request<Bytes>> for Endpoint {
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
        let endpoint = self.clone();
        async move { Ok(endpoint.answer(request).await.map(Full::new)) }.boxed()
    }
}

impl Inner {
    async fn answer(&self, request: &Request) -> http::Response<Bytes> {
        let (reply, now) = self.reply(request).await;
        if !routes::is_control(request) {
            lock(&self.log).add(request, &reply.answer, &reply.correlation, now);
        }
        self.http_response(reply, now)
    }

    /// The response and the time at which it was made.
    async fn reply(&self, request: &Request) -> (OutgoingResponse, Timestamp) {
        let now = self.time();
        let correlation = self.correlation();
        if let Err(problem) = self.admit(request) {
            return (OutgoingResponse::new(problem.to_response(&correlation), correlation), now);
        }
        let in_flight = match self.meter(request, now) {
            Ok(in_flight) => in_flight,
            Err(too_many) => {
                let answer = ApiError::from_status(StatusCode::TOO_MANY_REQUESTS).to_response(&correlation);
                let retry_after = Some(too_many.retry_after(self.limits.retry_after_format, now));
                return (OutgoingResponse { retry_after, ..OutgoingResponse::new(answer, correlation) }, now);
            }
        };
        let (reply, now) = self.respond_to_admitted(request, now, correlation).await;
        (OutgoingResponse { in_flight, ..reply }, now)
    }

    async fn respond_to_admitted(
        &self,
        request: &Request,
        now: Timestamp,
        correlation: String,
    ) -> (OutgoingResponse, Timestamp) {
        if request.method == Method::GET {
            return (self.decide(&self.state(), request, now, correlation).0, now);
        }
        let _turn = self.turn.lock().await;
        // A request that held the lock before may have moved the clock.
        let now = self.time();
        if snapshot::is_restore(request) {
            let answer =
                self.restore(request).await.unwrap_or_else(|problem| problem.to_response(&correlation));
            return (OutgoingResponse::new(answer, correlation), self.time());
        }
        let (reply, mut changes) = self.decide(&self.state(), request, now, correlation);
        let news = self.news();
        let messages = delivery::messages(&self.state(), &changes, news, now);
        changes.extend(messages);
        self.record_clock(&mut changes, now);
        if let Err(error) = self.carry(changes).await {
            return (
                OutgoingResponse::new(
                    ApiError::internal(&error).to_response(&reply.correlation),
                    reply.correlation,
                ),
                now,
            );
        }
        (reply, now)
    }

    /// Stores the changes, then applies them.
    async fn carry(&self, changes: Vec<Change>) -> Result<(), PersistenceError> {
        if let Some(keeper) = &self.keeper {
            keeper.keep(&changes).await?;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        changes.into_iter().for_each(|change| state.apply(change));
        Ok(())
    }

    fn admit(&self, request: &Request) -> Result<(), ApiError> {
        access_control::host(&self.hosts, request)?;
        if routes::is_page(request) {
            access_control::origin(&self.hosts, request)?;
        } else {
            access_control::key(&self.state(), request)?;
        }
        let limit = body_limit(request);
        if request.body.len() > limit {
            let text = format!("The body has more than {limit} bytes.");
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, Service::Public, text));
        }
        Ok(())
    }

    /// The response, and the changes to store and apply.
    fn decide(
        &self,
        state: &State,
        request: &Request,
        now: Timestamp,
        correlation: String,
    ) -> (OutgoingResponse, Vec<Change>) {
        if routes::is_page(request) {
            let (answer, changes) = self.run_handler(state, request, now, &correlation, &Fault::default());
            return (OutgoingResponse::new(answer, correlation), changes);
        }
        let key = idempotency::key(request);
        let replay = match key.map(|key| state.replays.find(key, request, now)).transpose() {
            Ok(replay) => replay.flatten(),
            Err(problem) => {
                return (OutgoingResponse::new(problem.to_response(&correlation), correlation), Vec::new());
            }
        };
        let fault = (!routes::is_control(request))
            .then(|| lock(&self.faults).meet(&FaultTarget { request, state, now }, replay.is_some()))
            .flatten()
            .unwrap_or_default();
        if let Some(replay) = replay {
            let answer = fault.spoil(replay.answer.clone());
            return (OutgoingResponse::with_fault(answer, replay.correlation.clone(), &fault), Vec::new());
        }
        let (answer, mut changes) = self.run_handler(state, request, now, &correlation, &fault);
        if let Some(key) = key.filter(|_| !fault.releases_idempotency_key()) {
            let delay = SignedDuration::try_from(fault.delivery().delay).unwrap_or(SignedDuration::MAX);
            if let Some(replay) = Replay::new(request, &answer, &correlation, now, delay) {
                changes.extend(state.replays.outdated(now).map(|old| Change::Replay(old.clone(), None)));
                changes.push(Change::Replay(key.to_owned(), Some(Box::new(replay))));
            }
        }
        (OutgoingResponse::with_fault(fault.spoil(answer), correlation, &fault), changes)
    }

    fn run_handler(
        &self,
        state: &State,
        request: &Request,
        now: Timestamp,
        correlation: &str,
        fault: &Fault,
    ) -> (Response, Vec<Change>) {
        if fault.skips_handler() {
            return (fault.instead(correlation), Vec::new());
        }
        let face = ClockReading { host: (self.clock)(), scale: self.scale };
        let (faults, lists, log, library) = (&self.faults, &self.lists, &self.log, &self.library);
        let context = Context { state, request, now, clock: face, faults, lists, log, library };
        match routes::dispatch(&context) {
            Ok(done) => (done.answer, done.changes),
            Err(problem) => (problem.to_response(correlation), Vec::new()),
        }
    }

    /// The read speed that a fault sets for the request's body.
    fn pace(&self, request: &Request) -> Option<NonZeroU64> {
        if routes::is_control(request) || routes::is_page(request) {
            return None;
        }
        // Before taking the read lock, because `time` may take the write lock.
        let now = self.time();
        let state = self.state();
        lock(&self.faults).pace(&FaultTarget { request, state: &state, now })
    }

    fn correlation(&self) -> String {
        let number = self.response_count.fetch_add(1, Ordering::AcqRel) + 1;
        seed::derive_id(self.space, "request", number).simple().to_string()
    }

    /// Counts an API request and rejects it if it exceeds a rate limit (§4.2).
    fn meter(&self, request: &Request, now: Timestamp) -> Result<Option<Arc<InFlightRequest>>, RateLimited> {
        if routes::is_control(request) || routes::is_page(request) {
            return Ok(None);
        }
        let active = self.state().world.connection_counts().linked_companies();
        lock(&self.meter).admit(&self.limits, active, now).map(|it| Some(Arc::new(it)))
    }

    /// Release the guard before calling `time` or `state` again. Both may wait for a writer that waits for
    /// this guard.
    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn body_limit(request: &Request) -> usize {
    if snapshot::is_restore(request) {
        SNAPSHOT_LIMIT
    } else if routes::is_upload(request) {
        routes::UPLOAD_LIMIT
    } else if routes::is_fault(request) {
        routes::FAULT_LIMIT
    } else {
        BODY_LIMIT
    }
}

fn no_response(text: &str) -> codat::client::TransportError {
    codat::client::TransportError::NoAnswer(text.to_owned())
}
