//! `Idempotency-Key` (§2.1): the first answer to a POST or PATCH is kept for 90 minutes and given again to
//! the same request under the same key, errors included; 429 alone releases the key.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    answer::{Answer, Part, Problem},
    request::Request,
};

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_mins(90);

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replay {
    /// Of the request, to tell another one under the same key.
    fingerprint: Uuid,
    /// When the request came.
    at: Timestamp,
    /// Until when it is said to be running: a delayed answer is not there yet.
    done: Timestamp,
    /// The answer.
    pub(crate) answer: Answer,
    /// Its correlation ID.
    pub(crate) correlation: String,
}

/// The kept answers, by key.
#[derive(Debug, Default)]
pub(crate) struct Replays(BTreeMap<String, Replay>);

impl Replays {
    /// Keeps or forgets one.
    pub(crate) fn put(&mut self, key: String, replay: Option<Box<Replay>>) {
        match replay {
            Some(replay) => self.0.insert(key, *replay),
            None => self.0.remove(&key),
        };
    }

    /// All that are kept.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Replay)> {
        self.0.iter()
    }

    /// The answer to give again to `request`, if its key has one.
    ///
    /// # Errors
    /// 422 when the key was another request's; 409 while the first one runs.
    pub(crate) fn find(
        &self,
        key: &str,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<&Replay>, Problem> {
        let Some(replay) = self.0.get(key).filter(|replay| !replay.outdated(now)) else { return Ok(None) };
        if replay.fingerprint != fingerprint(request) {
            let text = "The Idempotency-Key was used before, with another request.";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, Part::Public, text));
        }
        if now < replay.done {
            let text = "A request with this Idempotency-Key is still being processed.";
            return Err(Problem::new(StatusCode::CONFLICT, Part::Public, text));
        }
        Ok(Some(replay))
    }

    /// The keys whose time is over.
    pub(crate) fn outdated(&self, now: Timestamp) -> impl Iterator<Item = &String> {
        self.0.iter().filter(move |(_, replay)| replay.outdated(now)).map(|(key, _)| key)
    }
}

impl Replay {
    /// Keeps `answer` to `request`; none where it must not be kept.
    pub(crate) fn of(
        request: &Request,
        answer: &Answer,
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
        self.at.checked_add(KEPT).is_ok_and(|end| end <= now)
    }
}

/// The key of a request that may have one and does.
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
