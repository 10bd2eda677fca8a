//! `Idempotency-Key` (§2.1): the first response to a POST or PATCH, including errors, is stored for 90
//! minutes and repeated for the same request. Only 429 does not use the key.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    request::Request,
    response::{ApiError, Response, Service},
};

const LIFETIME: SignedDuration = SignedDuration::from_mins(90);

/// A stored response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replay {
    /// Detects another request with the same key.
    fingerprint: Uuid,
    /// The time of the request.
    at: Timestamp,
    /// Until then the key's request counts as running, because its response is delayed.
    done: Timestamp,
    pub(crate) answer: Response,
    pub(crate) correlation: String,
}

/// Stored responses by key.
#[derive(Debug, Default)]
pub(crate) struct Replays(BTreeMap<String, Replay>);

impl Replays {
    /// Stores a response, or removes it.
    pub(crate) fn put(&mut self, key: String, replay: Option<Box<Replay>>) {
        match replay {
            Some(replay) => self.0.insert(key, *replay),
            None => self.0.remove(&key),
        };
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Replay)> {
        self.0.iter()
    }

    /// The stored response for `request`, if there is one.
    ///
    /// # Errors
    /// 422 if the key belongs to another request, 409 while the first request is running.
    pub(crate) fn find(
        &self,
        key: &str,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<&Replay>, ApiError> {
        let Some(replay) = self.0.get(key).filter(|replay| !replay.outdated(now)) else { return Ok(None) };
        if replay.fingerprint != fingerprint(request) {
            let text = "This Idempotency-Key was already used with another request.";
            return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, Service::Public, text));
        }
        if now < replay.done {
            let text = "A request with this Idempotency-Key is still being processed.";
            return Err(ApiError::new(StatusCode::CONFLICT, Service::Public, text));
        }
        Ok(Some(replay))
    }

    /// The keys that have expired.
    pub(crate) fn outdated(&self, now: Timestamp) -> impl Iterator<Item = &String> {
        self.0.iter().filter(move |(_, replay)| replay.outdated(now)).map(|(key, _)| key)
    }
}

impl Replay {
    /// None if the response must not be stored.
    pub(crate) fn new(
        request: &Request,
        answer: &Response,
        correlation: &str,
        now: Timestamp,
        delay: SignedDuration,
    ) -> Option<Self> {
        (answer.status != StatusCode::TOO_MANY_REQUESTS.as_u16()).then(|| Self {
            fingerprint: fingerprint(request),
            at: now,
            done: now.checked_add(delay).unwrap_or(now),
            answer: answer.clone(),
            correlation: correlation.to_owned(),
        })
    }

    fn outdated(&self, now: Timestamp) -> bool {
        self.at.checked_add(LIFETIME).is_ok_and(|end| end <= now)
    }
}

/// Only POST and PATCH have a key.
pub(crate) fn key(request: &Request) -> Option<&str> {
    let may = request.method == Method::POST || request.method == Method::PATCH;
    request.header("idempotency-key").map(str::trim).filter(|key| may && !key.is_empty())
}

fn fingerprint(request: &Request) -> Uuid {
    let mut all = format!("{} {} ", request.method, request.path.to_ascii_lowercase()).into_bytes();
    for parameter in &request.parameters {
        all.extend_from_slice(parameter.raw.as_bytes());
        all.push(b'&');
    }
    all.push(b'\n');
    all.extend_from_slice(&request.body);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, &all)
}
