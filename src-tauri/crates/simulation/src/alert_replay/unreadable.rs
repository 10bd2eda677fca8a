//! Companies that no response shows in a readable form after the app has seen their loss.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use codat::client::{Body, Transport, TransportError};
use http::{Request, Response, header::CONTENT_LENGTH};
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::world::text;

/// The IDs of companies, and whether they are unreadable already. A company becomes so after the next list has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Unreadable(Arc<Mutex<BTreeMap<String, bool>>>);

impl Unreadable {
    /// These companies become unreadable as soon as a list has shown them once more.
    pub(super) fn arm(&self, companies: impl IntoIterator<Item = String>) {
        self.state().extend(companies.into_iter().map(|company| (company, false)));
    }

    /// All companies are readable again.
    pub(super) fn clear(&self) {
        self.state().clear();
    }

    /// A transport that makes these companies unreadable.
    pub(super) fn before(&self, world: Transport) -> Transport {
        let unreadable = self.clone();
        Transport::new(tower::service_fn(move |request: Request<Bytes>| {
            let (unreadable, world) = (unreadable.clone(), world.clone());
            async move { unreadable.carry(request, world).await }
        }))
    }

    async fn carry(
        &self,
        request: Request<Bytes>,
        world: Transport,
    ) -> Result<Response<Body>, TransportError> {
        let is_about_companies = request.uri().path().starts_with("/companies");
        let response = world.oneshot(request).await?;
        if !is_about_companies || self.state().is_empty() {
            return Ok(response);
        }
        let (mut parts, body) = response.into_parts();
        let bytes = body.collect().await?.to_bytes();
        let bytes = self.changed(&bytes).unwrap_or(bytes);
        parts.headers.remove(CONTENT_LENGTH);
        let body = Full::new(bytes).map_err(|never| match never {}).boxed_unsync();
        Ok(Response::from_parts(parts, body))
    }

    fn changed(&self, body: &Bytes) -> Option<Bytes> {
        let mut value: Value = serde_json::from_slice(body).ok()?;
        let mut state = self.state();
        if let Some(list) = value.get_mut("results").and_then(Value::as_array_mut) {
            for company in list {
                let Some(is_on) = state.get_mut(text(company, "id")) else { continue };
                if core::mem::replace(is_on, true) {
                    spoil(company);
                }
            }
        } else if state.get(text(&value, "id")).copied().unwrap_or(false) {
            spoil(&mut value);
        }
        serde_json::to_vec(&value).ok().map(Bytes::from)
    }

    fn state(&self) -> MutexGuard<'_, BTreeMap<String, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spoil(company: &mut Value) {
    if let Some(connections) = company.get_mut("dataConnections") {
        *connections = Value::from("unreadable");
    }
}
