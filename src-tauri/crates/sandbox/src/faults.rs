//! Injected faults. A fault selects requests and describes how their responses go wrong. Delays and
//! truncations are only described here; the TCP server applies them.

use std::{num::NonZeroU64, time::Duration};

use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    request::{self, Request},
    response::{ApiError, ContentType, Response},
    state::State,
};

/// A fault, as it is posted to `/_sandbox/faults`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Fault {
    /// Assigned by the sandbox.
    pub id: u64,
    /// Only requests whose path starts with this, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Only requests with this method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Responds with this status. The handler does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The body of that response. Default: Codat's body for the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The `Retry-After` header: seconds, or any text such as a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<RetryAfter>,
    /// Milliseconds before the response is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// The speed at which the request's body is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_per_second: Option<NonZeroU64>,
    /// Closes the connection after this many bytes of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<usize>,
    /// The body is the first half of the JSON text.
    pub malformed: bool,
    /// The body is an HTML page.
    pub html: bool,
    /// One object of the response has a number in a text field.
    pub wrong_type: bool,
    /// Closes the connection without a response after the handler has run.
    pub drop: bool,
    /// Closes the connection without a response. The handler does not run.
    pub lost: bool,
    /// Only requests about this company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Uuid>,
    /// Only requests about a connection of this integration, or about a company that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// Only from this time of the sandbox's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Only before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only this share of the requests, from 0 to 1. Evenly distributed, so that a test always hits the same
    /// calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// How many requests were counted for `rate`.
    #[serde(skip_serializing_if = "is_zero")]
    pub passed: u64,
    /// How many requests it affects. None: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// The `Retry-After` header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// Sent unchanged.
    Text(String),
}

impl RetryAfter {
    /// The header's value.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How a response has to be delivered. It is in the response's extensions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The time before the first byte.
    pub delay: Duration,
    /// Close the connection after this many bytes of the body.
    pub cut: Option<usize>,
    /// Close the connection without a response.
    pub drop: bool,
}

/// The request that faults are matched against.
#[derive(Clone, Copy)]
pub(crate) struct FaultTarget<'a> {
    pub(crate) request: &'a Request,
    pub(crate) state: &'a State,
    pub(crate) now: Timestamp,
}

impl FaultTarget<'_> {
    /// The company in the request's path.
    fn company(&self) -> Option<Uuid> {
        let segments = &self.request.segments;
        segments.first().filter(|it| it.eq_ignore_ascii_case("companies"))?;
        request::uuid(segments.get(1)?)
    }

    /// Whether the request is about a connection of this integration, or about a company that has one.
    fn is_about(&self, key: &str) -> bool {
        let slot = self.company().and_then(|id| self.state.world.find(id));
        let Some(company) = slot.and_then(|slot| self.state.world.record(slot)) else { return false };
        let segments = &self.request.segments;
        let in_path =
            segments.get(2).filter(|it| it.eq_ignore_ascii_case("connections")).and(segments.get(3));
        let named = in_path.map(String::as_str).or_else(|| self.request.parameter("connectionId"));
        let named = named.and_then(request::uuid);
        company
            .connections
            .iter()
            .filter(|it| named.is_none_or(|id| it.id == id))
            .any(|it| it.key.eq_ignore_ascii_case(key))
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    set: Vec<Fault>,
    last: u64,
}

impl Faults {
    /// Adds faults and assigns their IDs.
    pub(crate) fn add(&mut self, faults: Vec<Fault>) -> Vec<Fault> {
        let numbered: Vec<Fault> = faults
            .into_iter()
            .map(|fault| {
                self.last += 1;
                Fault { id: self.last, ..fault }
            })
            .collect();
        self.set.extend_from_slice(&numbered);
        numbered
    }

    /// Replaces the faults by those of a snapshot, with their IDs.
    pub(crate) fn restore(&mut self, faults: Vec<Fault>) {
        self.last = faults.iter().map(|fault| fault.id).max().unwrap_or_default().max(self.last);
        self.set = faults;
    }

    /// Oldest first.
    pub(crate) fn all(&self) -> &[Fault] {
        &self.set
    }

    /// Removes one fault, or all without an ID. Returns whether any was removed.
    pub(crate) fn clear(&mut self, id: Option<u64>) -> bool {
        let before = self.set.len();
        self.set.retain(|fault| id.is_some_and(|id| fault.id != id));
        self.set.len() < before
    }

    /// The oldest fault that matches, and decrements its count. A request whose stored response is repeated
    /// is not affected by faults that skip the handler.
    pub(crate) fn meet(&mut self, meeting: &FaultTarget<'_>, replayed: bool) -> Option<Fault> {
        let meets = |fault: &mut Fault| {
            fault.meets(meeting) && !(replayed && fault.skips_handler() && !fault.lost) && fault.turn()
        };
        let at = self.set.iter_mut().position(meets)?;
        let fault = self.set.get_mut(at)?;
        let met = fault.clone();
        match &mut fault.times {
            Some(0 | 1) => {
                self.set.remove(at);
            }
            Some(times) => *times -= 1,
            None => {}
        }
        Some(met)
    }

    /// The speed at which the body of a request with this head is read. This does not count as a use of the
    /// fault.
    pub(crate) fn pace(&self, meeting: &FaultTarget<'_>) -> Option<NonZeroU64> {
        self.set.iter().filter(|fault| fault.meets(meeting)).find_map(|fault| fault.bytes_per_second)
    }
}

impl Fault {
    /// Whether the handler does not run.
    pub(crate) fn skips_handler(&self) -> bool {
        self.status.is_some() || self.lost
    }

    /// Whether the request's `Idempotency-Key` stays unused: the request never arrived, was rejected before
    /// processing (401, 403, 407), or conflicts with a running request (409).
    pub(crate) fn releases_idempotency_key(&self) -> bool {
        self.lost || matches!(self.status, Some(401 | 403 | 407 | 409))
    }

    /// The response in place of the handler's.
    pub(crate) fn instead(&self, correlation: &str) -> Response {
        let status = self.status.and_then(|it| StatusCode::from_u16(it).ok()).unwrap_or(StatusCode::OK);
        let mut answer = ApiError::from_status(status).to_response(correlation);
        match &self.body {
            Some(Value::String(text)) => answer.body = text.clone().into(),
            Some(json) => answer.body = json.to_string().into(),
            None => {}
        }
        answer
    }

    /// Changes the body as the fault says.
    pub(crate) fn spoil(&self, mut answer: Response) -> Response {
        if self.wrong_type {
            answer.body = wrong_type(&answer.body);
        }
        if self.malformed {
            answer.body = half(&answer.body);
        }
        if self.html {
            answer.content = ContentType::Html;
            answer.body = Bytes::from_static(
                b"<!doctype html><html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>",
            );
        }
        answer
    }

    pub(crate) fn delivery(&self) -> Delivery {
        Delivery {
            delay: Duration::from_millis(self.delay_ms.unwrap_or(0)),
            cut: self.cut,
            drop: self.drop || self.lost,
        }
    }

    /// Whether `rate` selects the next request.
    fn turn(&mut self) -> bool {
        let Some(rate) = self.rate else { return true };
        let met = |passed: u64| (passed as f64 * rate).floor();
        self.passed += 1;
        met(self.passed) > met(self.passed - 1)
    }

    fn meets(&self, meeting: &FaultTarget<'_>) -> bool {
        let request = meeting.request;
        let path = request.path.to_ascii_lowercase();
        let in_time = self.from.is_none_or(|from| from <= meeting.now)
            && self.until.is_none_or(|until| meeting.now < until);
        in_time
            && self.company.is_none_or(|id| meeting.company() == Some(id))
            && self.integration.as_ref().is_none_or(|key| meeting.is_about(key))
            && self.route.as_ref().is_none_or(|route| path.starts_with(&route.to_ascii_lowercase()))
            && self.method.as_ref().is_none_or(|it| it.eq_ignore_ascii_case(request.method.as_str()))
    }
}

/// Replaces a text by a number in the middle result, or in the object itself.
fn wrong_type(body: &Bytes) -> Bytes {
    let Ok(mut json) = serde_json::from_slice::<Value>(body) else { return body.clone() };
    let spoiled = match json.get_mut("results").and_then(Value::as_array_mut) {
        Some(results) => {
            let middle = results.len() / 2;
            results.get_mut(middle)
        }
        None => Some(&mut json),
    };
    if let Some(object) = spoiled.and_then(Value::as_object_mut) {
        let field =
            ["status", "name"].into_iter().find(|field| object.contains_key(*field)).unwrap_or("name");
        object.insert(field.to_owned(), Value::from(17));
    }
    json.to_string().into()
}

/// An open brace if the body is too short.
fn half(body: &Bytes) -> Bytes {
    if body.len() < 2 { Bytes::from_static(b"{") } else { body.slice(..body.len() / 2) }
}
