//! Faults on purpose. A fault says which requests it meets and how their answers go wrong; delays and cuts
//! are only data here, which the TCP host carries out.

use std::{num::NonZeroU64, time::Duration};

use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    answer::{Answer, Content, Problem},
    request::{self, Request},
    state::State,
};

/// A fault, as it is posted to `/_sandbox/faults`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Fault {
    /// Its number, given by the sandbox.
    pub id: u64,
    /// Only requests whose path begins so, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Only requests with this method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Answers with this status, and does not carry the request out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The body of that answer; Codat's for the status where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The value of `Retry-After`: seconds, or any text, such as a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<RetryAfter>,
    /// Milliseconds before the answer goes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// Takes the request's body so slowly: bytes a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_per_second: Option<NonZeroU64>,
    /// Cuts the connection after so many bytes of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<usize>,
    /// Half a JSON text.
    pub malformed: bool,
    /// A page where JSON is expected.
    pub html: bool,
    /// One object of the answer has a number where text is expected.
    pub wrong_type: bool,
    /// Closes the connection without an answer, after the request was carried out.
    pub drop: bool,
    /// Closes the connection without an answer, and without carrying the request out.
    pub lost: bool,
    /// Only requests about this company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Uuid>,
    /// Only requests about a connection of this integration, or about a company with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// Only from then on, by the sandbox's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only this part of the requests, from 0 to 1: evenly spread, so that the same calls meet it each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// How many requests passed by the rate.
    #[serde(skip_serializing_if = "is_none_yet")]
    pub passed: u64,
    /// How many requests it meets; all, where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// The value of `Retry-After`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// In so many seconds.
    Seconds(u64),
    /// As it is to be sent.
    Text(String),
}

impl RetryAfter {
    /// As it is sent.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How an answer is to be delivered. In a response's extensions, for whoever carries it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    /// To wait before the first byte.
    pub delay: Duration,
    /// To close the connection after so many bytes of the body.
    pub cut: Option<usize>,
    /// To close the connection without an answer.
    pub drop: bool,
}

/// A request that faults may meet, and when.
#[derive(Clone, Copy)]
pub(crate) struct Meeting<'a> {
    pub(crate) request: &'a Request,
    pub(crate) state: &'a State,
    pub(crate) now: Timestamp,
}

impl Meeting<'_> {
    /// The company that the request is about.
    fn company(&self) -> Option<Uuid> {
        let segments = &self.request.segments;
        segments.first().filter(|it| it.eq_ignore_ascii_case("companies"))?;
        request::uuid(segments.get(1)?)
    }

    /// Whether it is about a connection of this integration, or about a company with one.
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

fn is_none_yet(count: &u64) -> bool {
    *count == 0
}

/// The faults that are set.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    set: Vec<Fault>,
    last: u64,
}

impl Faults {
    /// Sets some, and gives them their numbers.
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

    /// Those of a snapshot, with their numbers, in place of those that are set.
    pub(crate) fn restore(&mut self, faults: Vec<Fault>) {
        self.last = faults.iter().map(|fault| fault.id).max().unwrap_or_default().max(self.last);
        self.set = faults;
    }

    /// Those that are set, oldest first.
    pub(crate) fn all(&self) -> &[Fault] {
        &self.set
    }

    /// Takes one away, or all. Whether there was one.
    pub(crate) fn clear(&mut self, id: Option<u64>) -> bool {
        let before = self.set.len();
        self.set.retain(|fault| id.is_some_and(|id| fault.id != id));
        self.set.len() < before
    }

    /// The oldest fault that meets the request; one with a count is used up by it. A request that would be
    /// answered again as before is not met by faults that would keep it from being carried out.
    pub(crate) fn meet(&mut self, meeting: &Meeting<'_>, replayed: bool) -> Option<Fault> {
        let meets = |fault: &mut Fault| {
            fault.meets(meeting) && !(replayed && fault.prevents() && !fault.lost) && fault.turn()
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

    /// How many bytes a second are taken of the body of a request with this head. It uses no fault up: the
    /// request is met when it is whole.
    pub(crate) fn pace(&self, meeting: &Meeting<'_>) -> Option<NonZeroU64> {
        self.set.iter().filter(|fault| fault.meets(meeting)).find_map(|fault| fault.bytes_per_second)
    }
}

impl Fault {
    /// Whether the request is not carried out.
    pub(crate) fn prevents(&self) -> bool {
        self.status.is_some() || self.lost
    }

    /// Whether the request's `Idempotency-Key` stays free: it never arrived, it was turned away at the door (401,
    /// 403, 407), or it is told that another request under its key still runs. None of that is an answer of its own.
    pub(crate) fn frees_key(&self) -> bool {
        self.lost || matches!(self.status, Some(401 | 403 | 407 | 409))
    }

    /// What is given in place of an answer, where the request is not carried out.
    pub(crate) fn instead(&self, correlation: &str) -> Answer {
        let status = self.status.and_then(|it| StatusCode::from_u16(it).ok()).unwrap_or(StatusCode::OK);
        let mut answer = Problem::of_status(status).answer(correlation);
        match &self.body {
            Some(Value::String(text)) => answer.body = text.clone().into(),
            Some(json) => answer.body = json.to_string().into(),
            None => {}
        }
        answer
    }

    /// Spoils the answer's body.
    pub(crate) fn spoil(&self, mut answer: Answer) -> Answer {
        if self.wrong_type {
            answer.body = wrong_type(&answer.body);
        }
        if self.malformed {
            answer.body = half(&answer.body);
        }
        if self.html {
            answer.content = Content::Html;
            answer.body = Bytes::from_static(
                b"<!doctype html><html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>",
            );
        }
        answer
    }

    /// How the answer is to be delivered.
    pub(crate) fn delivery(&self) -> Delivery {
        Delivery {
            delay: Duration::from_millis(self.delay_ms.unwrap_or(0)),
            cut: self.cut,
            drop: self.drop || self.lost,
        }
    }

    /// By its rate: whether the next request is one of those it meets.
    fn turn(&mut self) -> bool {
        let Some(rate) = self.rate else { return true };
        let met = |passed: u64| (passed as f64 * rate).floor();
        self.passed += 1;
        met(self.passed) > met(self.passed - 1)
    }

    fn meets(&self, meeting: &Meeting<'_>) -> bool {
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

/// The body with a number where the middle result, or the object itself, has text.
fn wrong_type(body: &Bytes) -> Bytes {
    let Ok(mut json) = serde_json::from_slice::<Value>(body) else { return body.clone() };
    let spoilt = match json.get_mut("results").and_then(Value::as_array_mut) {
        Some(results) => {
            let middle = results.len() / 2;
            results.get_mut(middle)
        }
        None => Some(&mut json),
    };
    if let Some(object) = spoilt.and_then(Value::as_object_mut) {
        let field =
            ["status", "name"].into_iter().find(|field| object.contains_key(*field)).unwrap_or("name");
        object.insert(field.to_owned(), Value::from(17));
    }
    json.to_string().into()
}

/// The first half of the body; an opened object where there is none.
fn half(body: &Bytes) -> Bytes {
    if body.len() < 2 { Bytes::from_static(b"{") } else { body.slice(..body.len() / 2) }
}
