//! The network between the app and the world: it can be down, and it records all requests.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use codat::client::{Body, Transport, TransportError};
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full};
use sandbox::Delivery;
use tower::ServiceExt as _;

use crate::{
    account::Account,
    check::{RecordedRequest, Traffic},
    clock::Clock,
};

/// Clones share the state.
#[derive(Clone)]
pub(crate) struct Network {
    clock: Clock,
    account: Account,
    state: Arc<Mutex<State>>,
}

struct State {
    is_offline: bool,
    /// The cause of the next request.
    cause: &'static str,
    /// The extra delay of the last response.
    delay: Duration,
    traffic: Traffic,
}

impl Network {
    /// The network of an account. Requests of another account are reported.
    pub(crate) fn new(clock: Clock, account: Account) -> Self {
        let state =
            State { is_offline: false, cause: "other", delay: Duration::ZERO, traffic: Traffic::default() };
        Self { clock, account, state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn set_offline(&self, is_offline: bool) {
        self.state().is_offline = is_offline;
    }

    pub(crate) fn set_cause(&self, cause: &'static str) {
        self.state().cause = cause;
    }

    pub(crate) fn take_delay(&self) -> Duration {
        core::mem::take(&mut self.state().delay)
    }

    pub(crate) fn traffic<T>(&self, look: impl FnOnce(&mut Traffic) -> T) -> T {
        look(&mut self.state().traffic)
    }

    /// A transport through this network to `world`.
    pub(crate) fn to(&self, world: Transport) -> Transport {
        let network = self.clone();
        Transport::new(tower::service_fn(move |request: Request<Bytes>| {
            let (network, world) = (network.clone(), world.clone());
            async move { network.carry(request, world).await }
        }))
    }

    async fn carry(
        &self,
        request: Request<Bytes>,
        world: Transport,
    ) -> Result<Response<Body>, TransportError> {
        if self.state().is_offline {
            self.state().traffic.unreachable += 1;
            return Err(TransportError::Unreachable("there is no network".to_owned()));
        }
        let cause = self.state().cause;
        if let Some(foreign_request) = self.foreign_request(&request) {
            self.state().traffic.foreign_requests.push(foreign_request);
        }
        let mut recorded = RecordedRequest::new(&request, cause, self.clock.now());
        let response = match world.oneshot(request).await {
            Ok(response) => response,
            Err(error) => {
                self.state().traffic.add(&recorded);
                return Err(error);
            }
        };
        let (parts, body) = response.into_parts();
        recorded.status = parts.status.as_u16();
        recorded.bytes = body.size_hint().exact().unwrap_or(0);
        recorded.set_limit(&parts.headers);
        let body = if recorded.queues_one_type() {
            let body_bytes = body.collect().await?.to_bytes();
            recorded.body = body_bytes.clone();
            Full::new(body_bytes).map_err(|never| match never {}).boxed_unsync()
        } else {
            body
        };
        let delivery = parts.extensions.get::<Delivery>().copied().unwrap_or_default();
        let mut state = self.state();
        state.delay = delivery.delay;
        state.traffic.add(&recorded);
        drop(state);
        Ok(Response::from_parts(parts, body))
    }

    /// What belongs to another account, if anything.
    fn foreign_request(&self, request: &Request<Bytes>) -> Option<String> {
        let key = request.headers().get(http::header::AUTHORIZATION).map(http::HeaderValue::as_bytes);
        let is_own_key = key == Some(self.account.authorization().as_bytes());
        let authority = request.uri().authority().map_or("", |it| it.as_str());
        let is_own = is_own_key && authority == self.account.authority();
        let what = if is_own_key { "with its key" } else { "with another key" };
        (!is_own).then(|| format!("{} {} {what}", request.method(), request.uri()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
