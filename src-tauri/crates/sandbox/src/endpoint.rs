//! Request processing: host check, API key, stored responses, faults, routing, changes. Usable in process, as
//! a `tower` service, and behind the TCP server.

mod headers;
mod moment;
mod posting;
mod reply;
mod restore;

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
    answer::{Answer, Part, Problem},
    change::Change,
    clock::{Anchor, Face, TimeScale},
    context::Context,
    data::Library,
    faults::{Delivery, Fault, Faults, Meeting},
    gate,
    idempotency::{self, Replay},
    limits::{Limits, Meter, TooMany, UnderWay},
    list_cache::ListCache,
    lock::lock,
    options::{Clock, Options, StartError},
    persist::{KeepError, Keeper},
    request::{BODY_LIMIT, Request, SNAPSHOT_LIMIT},
    request_log::RequestLog,
    routes, seed, snapshot,
    state::State,
    webhook::post,
    world::{self, Origin},
};
use reply::Reply;

/// How a request body is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Intake {
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
    keeper: Option<Keeper>,
    faults: Mutex<Faults>,
    lists: Mutex<ListCache>,
    log: Mutex<RequestLog>,
    library: Mutex<Library>,
    limits: Limits,
    meter: Mutex<Meter>,
    /// Since the start.
    answered: AtomicU64,
    clock: Clock,
    scale: TimeScale,
    /// The latest time that was used. Time never goes backwards.
    last: Mutex<Timestamp>,
    /// Whether webhooks may be sent to other hosts.
    webhooks_anywhere: bool,
    hosts: Vec<String>,
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
                let (keeper, origin, changes) = Keeper::open(path, wanted).await?;
                (Some(keeper), origin, changes)
            }
            None => (None, wanted, vec![]),
        };
        let mut state = State::new(origin, &format!("http://127.0.0.1:{}", options.port));
        state.plan = options.plan;
        let kept =
            changes.iter().find_map(|it| if let Change::Clock(kept) = it { Some(*kept) } else { None });
        changes.into_iter().for_each(|change| state.apply(change));
        let anchor = Anchor::resume(kept, host, options.now, options.time_scale);
        let anchor = Anchor { here: anchor.here.max(origin.born), ..anchor };
        let now = anchor.here;
        let mut first = vec![Change::Clock(anchor)];
        if !state.knows_key(&options.api_key) {
            first.push(state.new_key(Some("Default".to_owned()), Some(&options.api_key), now));
        }
        if let (Some(keeper), Some(path)) = (&keeper, &options.db) {
            let failed =
                |error: KeepError| StartError::File { path: path.clone(), reason: error.to_string() };
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
            answered: AtomicU64::new(0),
            clock,
            scale: options.time_scale,
            last: Mutex::new(now),
            webhooks_anywhere: options.webhooks_anywhere,
            hosts: gate::hosts(options.port),
            api_key: options.api_key.clone(),
            space: seed::named(seed::namespace(origin.seed), &format!("start at {now}"), 0),
        })))
    }

    /// Answers one request. The response's extensions have a [`Delivery`], which the caller has to apply.
    pub async fn answer(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let (parts, body) = request.into_parts();
        let request = Arc::new(Request::new(parts.method, &parts.uri, parts.headers, body));
        if self.0.keeper.is_some() && request.method != Method::GET {
            // A caller that is dropped must not interrupt a change between the database and the memory.
            let (inner, request) = (Arc::clone(&self.0), Arc::clone(&request));
            let answered = tokio::spawn(async move { inner.answer(&request).await });
            answered.await.unwrap_or_else(|error| {
                let now = self.0.time();
                let correlation = self.0.correlation();
                self.0.dress(Reply::of(Problem::broken(&error).answer(&correlation), correlation), now)
            })
        } else {
            self.0.answer(&request).await
        }
    }

    /// How to read the body of a request with this head. Requests that will be rejected get a small limit.
    pub(crate) fn intake(&self, head: &http::request::Parts) -> Intake {
        let request = Request::new(head.method.clone(), &head.uri, head.headers.clone(), Bytes::new());
        if request.method == Method::GET || self.0.admit(&request).is_err() {
            return Intake { limit: BODY_LIMIT, pace: None };
        }
        Intake { limit: body_limit(&request), pace: self.0.pace(&request) }
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
                        return Err(no_answer("the connection was closed without an answer"));
                    }
                    Ok(response.map(|body| match delivery.cut {
                        Some(at) if at < body.len() => {
                            let error = no_answer("the connection was closed in mid-body");
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
            let anchor = Anchor { host: (self.0.clock)(), here: self.0.time() };
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
        self.dress(reply, now)
    }

    /// The response and the time at which it was made.
    async fn reply(&self, request: &Request) -> (Reply, Timestamp) {
        let now = self.time();
        let correlation = self.correlation();
        if let Err(problem) = self.admit(request) {
            return (Reply::of(problem.answer(&correlation), correlation), now);
        }
        let under_way = match self.meter(request, now) {
            Ok(under_way) => under_way,
            Err(too_many) => {
                let answer = Problem::of_status(StatusCode::TOO_MANY_REQUESTS).answer(&correlation);
                let retry_after = Some(too_many.retry_after(self.limits.form, now));
                return (Reply { retry_after, ..Reply::of(answer, correlation) }, now);
            }
        };
        let (reply, now) = self.admitted(request, now, correlation).await;
        (Reply { under_way, ..reply }, now)
    }

    async fn admitted(&self, request: &Request, now: Timestamp, correlation: String) -> (Reply, Timestamp) {
        if request.method == Method::GET {
            return (self.decide(&self.state(), request, now, correlation).0, now);
        }
        let _turn = self.turn.lock().await;
        // A request that held the lock before may have moved the clock.
        let now = self.time();
        if snapshot::is_restore(request) {
            let answer = self.restore(request).await.unwrap_or_else(|problem| problem.answer(&correlation));
            return (Reply::of(answer, correlation), self.time());
        }
        let (reply, mut changes) = self.decide(&self.state(), request, now, correlation);
        let news = self.news();
        let told = post::messages(&self.state(), &changes, news, now);
        changes.extend(told);
        self.note_time(&mut changes, now);
        if let Err(error) = self.carry(changes).await {
            return (Reply::of(Problem::broken(&error).answer(&reply.correlation), reply.correlation), now);
        }
        (reply, now)
    }

    /// Stores the changes, then applies them.
    async fn carry(&self, changes: Vec<Change>) -> Result<(), KeepError> {
        if let Some(keeper) = &self.keeper {
            keeper.keep(&changes).await?;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        changes.into_iter().for_each(|change| state.apply(change));
        Ok(())
    }

    fn admit(&self, request: &Request) -> Result<(), Problem> {
        gate::host(&self.hosts, request)?;
        if routes::is_page(request) {
            gate::origin(&self.hosts, request)?;
        } else {
            gate::key(&self.state(), request)?;
        }
        let limit = body_limit(request);
        if request.body.len() > limit {
            let text = format!("The body has more than {limit} bytes.");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, Part::Public, text));
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
    ) -> (Reply, Vec<Change>) {
        if routes::is_page(request) {
            let (answer, changes) = self.carry_out(state, request, now, &correlation, &Fault::default());
            return (Reply::of(answer, correlation), changes);
        }
        let key = idempotency::key(request);
        let kept = match key.map(|key| state.replays.find(key, request, now)).transpose() {
            Ok(kept) => kept.flatten(),
            Err(problem) => return (Reply::of(problem.answer(&correlation), correlation), vec![]),
        };
        let fault = (!routes::is_control(request))
            .then(|| lock(&self.faults).meet(&Meeting { request, state, now }, kept.is_some()))
            .flatten()
            .unwrap_or_default();
        if let Some(kept) = kept {
            let answer = fault.spoil(kept.answer.clone());
            return (Reply::with(answer, kept.correlation.clone(), &fault), vec![]);
        }
        let (answer, mut changes) = self.carry_out(state, request, now, &correlation, &fault);
        if let Some(key) = key.filter(|_| !fault.frees_key()) {
            let delay = SignedDuration::try_from(fault.delivery().delay).unwrap_or(SignedDuration::MAX);
            if let Some(replay) = Replay::of(request, &answer, &correlation, now, delay) {
                changes.extend(state.replays.outdated(now).map(|old| Change::Replay(old.clone(), None)));
                changes.push(Change::Replay(key.to_owned(), Some(Box::new(replay))));
            }
        }
        (Reply::with(fault.spoil(answer), correlation, &fault), changes)
    }

    fn carry_out(
        &self,
        state: &State,
        request: &Request,
        now: Timestamp,
        correlation: &str,
        fault: &Fault,
    ) -> (Answer, Vec<Change>) {
        if fault.prevents() {
            return (fault.instead(correlation), vec![]);
        }
        let face = Face { host: (self.clock)(), scale: self.scale };
        let (faults, lists, log, library) = (&self.faults, &self.lists, &self.log, &self.library);
        let context = Context { state, request, now, face, faults, lists, log, library };
        match routes::dispatch(&context) {
            Ok(done) => (done.answer, done.changes),
            Err(problem) => (problem.answer(correlation), vec![]),
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
        lock(&self.faults).pace(&Meeting { request, state: &state, now })
    }

    fn correlation(&self) -> String {
        let number = self.answered.fetch_add(1, Ordering::AcqRel) + 1;
        seed::named(self.space, "request", number).simple().to_string()
    }

    /// Counts an API request and rejects it if it exceeds a rate limit (§4.2).
    fn meter(&self, request: &Request, now: Timestamp) -> Result<Option<Arc<UnderWay>>, TooMany> {
        if routes::is_control(request) || routes::is_page(request) {
            return Ok(None);
        }
        let active = self.state().world.tally().linked_companies();
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

fn no_answer(text: &str) -> codat::client::TransportError {
    codat::client::TransportError::NoAnswer(text.to_owned())
}
