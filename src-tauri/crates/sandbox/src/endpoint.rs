//! The way of a request: host, key, a kept answer, faults, the route, and what changes. Usable in process,
//! as a `tower` service, and behind the TCP host.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt as _, Full, StreamBody};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    answer::{Answer, Part, Problem},
    clock::{Anchor, Face, TimeScale},
    faults::{Delivery, Fault, Faults},
    gate,
    idempotency::{self, Replay},
    limits::{Limits, Meter, TooMany, UnderWay},
    listing::Lists,
    options::{Clock, Options, StartError},
    page,
    persist::{KeepError, Keeper},
    request::{BODY_LIMIT, Request, SNAPSHOT_LIMIT},
    request_log::RequestLog,
    routes::{self, Context},
    seed,
    snapshot::{self, Snapshot},
    stamp,
    state::{Change, State},
    world::Origin,
};

/// Answers requests. Clones answer from the same state.
#[derive(Clone)]
pub struct Endpoint(Arc<Inner>);

struct Inner {
    state: RwLock<State>,
    /// Held by whoever changes something, from deciding to applying.
    turn: tokio::sync::Mutex<()>,
    keeper: Option<Keeper>,
    faults: Mutex<Faults>,
    lists: Mutex<Lists>,
    log: Mutex<RequestLog>,
    limits: Limits,
    meter: Mutex<Meter>,
    /// How many requests were answered since the start.
    answered: AtomicU64,
    /// The host's clock.
    clock: Clock,
    scale: TimeScale,
    /// The latest time that was told.
    last: Mutex<Timestamp>,
    hosts: Vec<String>,
    /// The key that always works.
    api_key: String,
    /// Of this start's correlation IDs.
    space: Uuid,
}

/// An answer on its way.
struct Reply {
    answer: Answer,
    correlation: String,
    retry_after: Option<String>,
    delivery: Delivery,
    under_way: Option<Arc<UnderWay>>,
}

impl Endpoint {
    /// An endpoint without a TCP host, for tests and simulations. Its addresses name `options.port`.
    ///
    /// # Errors
    /// When the file of `options` cannot be used.
    pub async fn in_process(options: &Options, clock: Clock) -> Result<Self, StartError> {
        let host = clock();
        let now = options.now.unwrap_or(host);
        let wanted = Origin {
            seed: options.seed,
            companies: options.companies.unwrap_or_else(Origin::designed_count),
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
            limits: options.limits,
            meter: Mutex::default(),
            answered: AtomicU64::new(0),
            clock,
            scale: options.time_scale,
            last: Mutex::new(now),
            hosts: gate::hosts(options.port),
            api_key: options.api_key.clone(),
            space: seed::named(seed::namespace(origin.seed), &format!("start at {now}"), 0),
        })))
    }

    /// Answers one request. How the answer is to be delivered is in its extensions, as [`Delivery`].
    pub async fn answer(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let (parts, body) = request.into_parts();
        let request = Arc::new(Request::new(parts.method, &parts.uri, parts.headers, body));
        if self.0.keeper.is_some() && request.method != Method::GET {
            // A caller that goes away must not stop a change between the disk and the memory.
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

    /// The most bytes that the body of a request with this head may have: few for who may not ask at all.
    pub(crate) fn body_limit(&self, head: &http::request::Parts) -> usize {
        let request = Request::new(head.method.clone(), &head.uri, head.headers.clone(), Bytes::new());
        if self.0.admit(&request).is_ok() { body_limit(&request) } else { BODY_LIMIT }
    }

    /// This endpoint as a transport of [`codat::Client`]. Answers are cut and dropped as faults ask; delays
    /// are left to whoever drives the time.
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

    /// Closes the file, if there is one, after what is being kept. Nothing is lost by not doing so, but the
    /// file stays in use for a moment longer. What would change something afterwards is answered by 500.
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

    /// The answer, and the time at which it was given.
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
        // Those whose turn came before may have moved the clock.
        let now = self.time();
        if snapshot::is_restore(request) {
            let answer = self.restore(request).await.unwrap_or_else(|problem| problem.answer(&correlation));
            return (Reply::of(answer, correlation), self.time());
        }
        let (reply, mut changes) = self.decide(&self.state(), request, now, correlation);
        self.note_time(&mut changes, now);
        if let Err(error) = self.carry(changes).await {
            return (Reply::of(Problem::broken(&error).answer(&reply.correlation), reply.correlation), now);
        }
        (reply, now)
    }

    /// Puts the snapshot of a request in place of the state, on disk first.
    async fn restore(&self, request: &Request) -> Result<Answer, Problem> {
        let refuse = |reason: String| Problem::invalid_body("snapshot", &reason);
        let snapshot: Snapshot =
            serde_json::from_slice(&request.body).map_err(|error| refuse(error.to_string()))?;
        snapshot.check().map_err(|error| refuse(error.to_string()))?;
        let (base, plan) = (self.state().base().to_owned(), self.state().plan);
        let (mut restored, faults) = snapshot.state(&base, (self.clock)());
        restored.plan = plan;
        let now = restored.clock.here;
        if !restored.knows_key(&self.api_key) {
            let key = restored.new_key(Some("Default".to_owned()), Some(&self.api_key), now);
            restored.apply(key);
        }
        if let Some(keeper) = &self.keeper {
            let mut changes = restored.changes();
            changes.push(Change::Clock(restored.clock));
            let kept = keeper.replace(restored.world.origin(), &changes).await;
            kept.map_err(|error| Problem::broken(&error))?;
        }
        restored.settle(now);
        // The one time that the clock may go back: with everything else.
        let mut last = lock(&self.last);
        *last = now;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = restored;
        drop(last);
        lock(&self.faults).restore(faults);
        *lock(&self.lists) = Lists::default();
        Ok(Answer::nothing(StatusCode::NO_CONTENT))
    }

    /// Keeps changes, and makes them.
    async fn carry(&self, changes: Vec<Change>) -> Result<(), KeepError> {
        if let Some(keeper) = &self.keeper {
            keeper.keep(&changes).await?;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        changes.into_iter().for_each(|change| state.apply(change));
        Ok(())
    }

    /// The sandbox's time; every call gives the same or a later one. What happened by then is seen by then.
    fn time(&self) -> Timestamp {
        let host = (self.clock)();
        let mut last = lock(&self.last);
        *last = (*last).max(self.state().clock.at(host, self.scale));
        let now = *last;
        if self.state().is_due(now) {
            self.state.write().unwrap_or_else(PoisonError::into_inner).settle(now);
        }
        now
    }

    /// A clock that runs at its own pace is kept with whatever changes, so that a restart after a crash does
    /// not go behind it.
    fn note_time(&self, changes: &mut Vec<Change>, now: Timestamp) {
        let moved = changes.iter().any(|change| matches!(change, Change::Clock(_)));
        if self.scale.is_scaled() && !changes.is_empty() && !moved {
            changes.push(Change::Clock(Anchor { host: (self.clock)(), here: now }));
        }
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

    /// What is answered, and what changes by it.
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
            .then(|| lock(&self.faults).meet(request, kept.is_some()))
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
        let (faults, lists, log) = (&self.faults, &self.lists, &self.log);
        let context = Context { state, request, now, face, faults, lists, log };
        match routes::dispatch(&context) {
            Ok(done) => (done.answer, done.changes),
            Err(problem) => (problem.answer(correlation), vec![]),
        }
    }

    /// The answer with the headers that every answer has (§4.2, §10).
    fn dress(&self, reply: Reply, now: Timestamp) -> http::Response<Bytes> {
        let limit = self.limits.quota(self.state().world.tally().linked_companies());
        let today = lock(&self.meter).today(now);
        let mut response = http::Response::new(reply.answer.body);
        *response.status_mut() =
            StatusCode::from_u16(reply.answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        let mut set = |name: header::HeaderName, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        };
        if let Some(media_type) = reply.answer.content.media_type() {
            set(header::CONTENT_TYPE, media_type);
        }
        set(header::HeaderName::from_static("x-rate-limit-limit"), &limit.to_string());
        set(
            header::HeaderName::from_static("x-rate-limit-remaining"),
            &limit.saturating_sub(today).to_string(),
        );
        set(
            header::HeaderName::from_static("x-rate-limit-reset"),
            &stamp::http_date(stamp::next_midnight(now)),
        );
        set(header::HeaderName::from_static("x-correlation-id"), &reply.correlation);
        set(header::CACHE_CONTROL, "no-store");
        if let Some(allow) = &reply.answer.allow {
            set(header::ALLOW, allow);
        }
        if let Some(retry_after) = &reply.retry_after {
            set(header::RETRY_AFTER, retry_after);
        }
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if reply.answer.content == crate::answer::Content::Html {
            set(header::CONTENT_SECURITY_POLICY, page::POLICY);
            set(header::X_FRAME_OPTIONS, "DENY");
            // A form's own page must be told its origin; nobody else is told anything.
            set(header::REFERRER_POLICY, "same-origin");
        }
        for (name, value) in &reply.answer.headers {
            if let Ok(name) = header::HeaderName::try_from(name) {
                set(name, value);
            }
        }
        response.extensions_mut().insert(reply.delivery);
        if let Some(under_way) = reply.under_way {
            // Until whoever delivers the answer is done with it.
            response.extensions_mut().insert(under_way);
        }
        response
    }

    /// A request's correlation ID.
    fn correlation(&self) -> String {
        let number = self.answered.fetch_add(1, Ordering::AcqRel) + 1;
        seed::named(self.space, "request", number).simple().to_string()
    }

    /// Counts a request of the API, and lets it in if it is not too many (§4.2).
    fn meter(&self, request: &Request, now: Timestamp) -> Result<Option<Arc<UnderWay>>, TooMany> {
        if routes::is_control(request) || routes::is_page(request) {
            return Ok(None);
        }
        let active = self.state().world.tally().linked_companies();
        lock(&self.meter).admit(&self.limits, active, now).map(|it| Some(Arc::new(it)))
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reply {
    fn of(answer: Answer, correlation: String) -> Self {
        Self { answer, correlation, retry_after: None, delivery: Delivery::default(), under_way: None }
    }

    fn with(answer: Answer, correlation: String, fault: &Fault) -> Self {
        let retry_after = fault.retry_after.as_ref().map(crate::faults::RetryAfter::to_text);
        Self { answer, correlation, retry_after, delivery: fault.delivery(), under_way: None }
    }
}

fn body_limit(request: &Request) -> usize {
    if snapshot::is_restore(request) { SNAPSHOT_LIMIT } else { BODY_LIMIT }
}

/// Nothing that holds one of these locks can leave a value half-made.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_answer(text: &str) -> codat::client::TransportError {
    codat::client::TransportError::NoAnswer(text.to_owned())
}
