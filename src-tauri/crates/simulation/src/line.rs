//! The line between app and world: it can be dead, and it is listened in on. What is checked is what really
//! went over it.

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
    check::{Heard, Traffic},
    clock::Clock,
};

/// The line; its clones are the same one.
#[derive(Clone)]
pub(crate) struct Line {
    clock: Clock,
    account: Account,
    state: Arc<Mutex<State>>,
}

struct State {
    is_dead: bool,
    /// What the next request is for.
    cause: &'static str,
    /// How much later than usual the last answer is delivered.
    delay: Duration,
    traffic: Traffic,
}

impl Line {
    /// The line of an account: what goes over it must be that account's.
    pub(crate) fn new(clock: Clock, account: Account) -> Self {
        let state =
            State { is_dead: false, cause: "other", delay: Duration::ZERO, traffic: Traffic::default() };
        Self { clock, account, state: Arc::new(Mutex::new(state)) }
    }

    /// Cuts it, or mends it.
    pub(crate) fn set_dead(&self, is_dead: bool) {
        self.state().is_dead = is_dead;
    }

    /// What the next request is for.
    pub(crate) fn is_for(&self, cause: &'static str) {
        self.state().cause = cause;
    }

    /// How much later than usual the last answer is to be delivered.
    pub(crate) fn take_delay(&self) -> Duration {
        core::mem::take(&mut self.state().delay)
    }

    /// What went over it so far.
    pub(crate) fn traffic<T>(&self, look: impl FnOnce(&mut Traffic) -> T) -> T {
        look(&mut self.state().traffic)
    }

    /// A transport over this line to what `world` reaches.
    pub(crate) fn to(&self, world: Transport) -> Transport {
        let line = self.clone();
        Transport::new(tower::service_fn(move |request: Request<Bytes>| {
            let (line, world) = (line.clone(), world.clone());
            async move { line.carry(request, world).await }
        }))
    }

    async fn carry(
        &self,
        request: Request<Bytes>,
        world: Transport,
    ) -> Result<Response<Body>, TransportError> {
        if self.state().is_dead {
            self.state().traffic.unreachable += 1;
            return Err(TransportError::Unreachable("there is no network".to_owned()));
        }
        let cause = self.state().cause;
        if let Some(stranger) = self.stranger(&request) {
            self.state().traffic.strangers.push(stranger);
        }
        let mut heard = Heard::of(&request, cause, self.clock.now());
        let response = match world.oneshot(request).await {
            Ok(response) => response,
            Err(error) => {
                self.state().traffic.take(&heard);
                return Err(error);
            }
        };
        let (parts, body) = response.into_parts();
        heard.status = parts.status.as_u16();
        heard.bytes = body.size_hint().exact().unwrap_or(0);
        heard.limit(&parts.headers);
        let body = if heard.queues() {
            let said = body.collect().await?.to_bytes();
            heard.said = said.clone();
            Full::new(said).map_err(|never| match never {}).boxed_unsync()
        } else {
            body
        };
        let delivery = parts.extensions.get::<Delivery>().copied().unwrap_or_default();
        let mut state = self.state();
        state.delay = delivery.delay;
        state.traffic.take(&heard);
        drop(state);
        Ok(Response::from_parts(parts, body))
    }

    /// What of a request is another account's.
    fn stranger(&self, request: &Request<Bytes>) -> Option<String> {
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
