//! `PUT /_sandbox/snapshot`: replaces the state.

use std::sync::PoisonError;

use http::StatusCode;

use super::Inner;
use crate::{
    change::Change,
    list_cache::ListCache,
    lock::lock,
    request::Request,
    response::{ApiError, Response},
    snapshot::Snapshot,
};

impl Inner {
    /// Replaces the state by the request's snapshot, in the database first.
    pub(super) async fn restore(&self, request: &Request) -> Result<Response, ApiError> {
        let refuse = |reason: String| ApiError::invalid_body("snapshot", &reason);
        let snapshot: Snapshot =
            serde_json::from_slice(&request.body).map_err(|error| refuse(error.to_string()))?;
        snapshot.check().map_err(|error| refuse(error.to_string()))?;
        let (base, plan) = (self.state().base().to_owned(), self.state().plan);
        let (mut restored, faults) = snapshot.state(&base, (self.clock)());
        restored.plan = plan;
        let now = restored.clock.sandbox;
        if !restored.has_api_key(&self.api_key) {
            let key = restored.new_key(Some("Default".to_owned()), Some(&self.api_key), now);
            restored.apply(key);
        }
        if let Some(keeper) = &self.keeper {
            let mut changes = restored.changes();
            changes.push(Change::Clock(restored.clock));
            let replaced = keeper.replace(restored.world.origin(), &changes).await;
            replaced.map_err(|error| ApiError::internal(&error))?;
        }
        restored.advance(now);
        // This is the only case in which the clock may go backwards.
        let mut last = lock(&self.last);
        *last = now;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = restored;
        // Before the write lock is released: cached lists of the old state must not be used for the new one.
        *lock(&self.lists) = ListCache::default();
        drop(state);
        drop(last);
        lock(&self.faults).restore(faults);
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }
}
