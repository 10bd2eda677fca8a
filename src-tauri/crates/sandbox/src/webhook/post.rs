//! Converts events to stored messages, and sends messages to consumers. Decisions are pure; one task of the
//! TCP server sends.

use core::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

use super::{
    Answered, Consumer, Event, Message, State,
    message::{self, GIVE_UP},
    sign,
};
use crate::{change::Change, seed, shelf::Shelf, state, webhook};

/// The timeout of an attempt (§7.3).
const PATIENCE: Duration = Duration::from_secs(15);
/// The number of messages that the log keeps.
const KEPT: u64 = 2_000;
/// The stored length of a response.
const EXCERPT: usize = 500;
/// The progress is stored at least this often, even without messages.
const LONG: SignedDuration = SignedDuration::from_mins(10);
/// If more reads ended in one step, there are no events for them.
const MOST: i64 = 20_000;

/// Up to when events were converted to messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Posted {
    until: Timestamp,
    last: u64,
}

/// A message that is due, and its consumer.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) at: Timestamp,
    pub(crate) message: Message,
    pub(crate) consumer: Consumer,
}

/// The changes that store messages for events: of `changes`, which are not applied yet, of the quota, and of
/// the timeline since the last call.
pub(crate) fn messages(
    state: &state::State,
    changes: &[Change],
    more: Vec<Event>,
    now: Timestamp,
) -> Vec<Change> {
    let consumers: Vec<Consumer> = state.shelves.of(Shelf::Consumer, "").map(|(_, it)| it).collect();
    if consumers.is_empty() {
        return vec![];
    }
    let posted = state.shelves.get::<Posted>(Shelf::Posted, "").unwrap_or(Posted { until: now, last: 0 });
    let mut events = vec![];
    if posted.until < now && state.reads_between(posted.until, now) <= MOST {
        events.extend(webhook::of_happenings(state, &state.happenings(posted.until, now)));
    }
    events.extend(webhook::of_changes(state, changes, now));
    events.extend(more);
    let mut last = posted.last;
    let mut all = vec![];
    for event in &events {
        for consumer in consumers.iter().filter(|it| it.wants(event)) {
            last += 1;
            all.extend(
                Change::keep(Shelf::Message, message::key(last), &of(state, event, consumer, last)).ok(),
            );
            if let Some(old) = last.checked_sub(KEPT) {
                all.push(Change::drop(Shelf::Message, message::key(old)));
            }
        }
    }
    // Events without a consumer may be evaluated again until the progress is stored.
    let long = now.duration_since(posted.until) >= LONG;
    if long || !all.is_empty() || state.shelves.get::<Posted>(Shelf::Posted, "").is_none() {
        all.extend(Change::keep(Shelf::Posted, "", &Posted { until: now, last }).ok());
    }
    all
}

fn of(state: &state::State, event: &Event, consumer: &Consumer, number: u64) -> Message {
    let id = seed::named(consumer.id, "message", number);
    Message {
        number,
        id: format!("msg_{}", id.simple()),
        consumer: consumer.id,
        event_type: event.kind.clone(),
        body: event.envelope(seed::named(state.client_id(), "event", number)),
        made: event.at,
        state: State::Attempting,
        next: Some(event.at),
        attempts: vec![],
    }
}

/// The messages that are due, earliest first.
pub(crate) fn due(state: &state::State, now: Timestamp) -> Vec<Due> {
    let consumers: Vec<Consumer> = state.shelves.of(Shelf::Consumer, "").map(|(_, it)| it).collect();
    if consumers.is_empty() {
        return vec![];
    }
    let mut due: Vec<Due> = state
        .shelves
        .of::<Message>(Shelf::Message, "")
        .filter_map(|(_, message)| {
            let at = message.next.filter(|next| *next <= now)?;
            let consumer = consumers.iter().find(|it| it.id == message.consumer && !it.disabled)?.clone();
            Some(Due { at, message, consumer })
        })
        .collect();
    due.sort_by_key(|it| (it.at, it.message.number));
    due
}

/// The changes that store the result of an attempt.
pub(crate) fn tried(state: &state::State, due: &Due, answered: &Answered) -> Vec<Change> {
    let key = due.message.key();
    let (Some(mut message), Some(mut consumer)) = (
        state.shelves.get::<Message>(Shelf::Message, &key),
        state.shelves.get::<Consumer>(Shelf::Consumer, &due.consumer.key()),
    ) else {
        return vec![];
    };
    message.tried(due.at, answered);
    let before = consumer.clone();
    if answered.arrived() {
        consumer.failing_since = None;
    } else {
        let since = *consumer.failing_since.get_or_insert(due.at);
        consumer.disabled |= due.at.duration_since(since) >= GIVE_UP;
    }
    let mut changes: Vec<Change> = Change::keep(Shelf::Message, key, &message).ok().into_iter().collect();
    if consumer != before {
        changes.extend(Change::keep(Shelf::Consumer, consumer.key(), &consumer).ok());
    }
    changes
}

/// Sends a message. `anywhere`: also to other hosts.
pub(crate) async fn send(due: &Due, anywhere: bool) -> Answered {
    match tokio::time::timeout(PATIENCE, sent(due, anywhere)).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(reason)) => Answered { status: None, answer: reason },
        Err(_) => {
            Answered { status: None, answer: format!("No answer within {} seconds.", PATIENCE.as_secs()) }
        }
    }
}

async fn sent(due: &Due, anywhere: bool) -> Result<Answered, String> {
    let uri: http::Uri = due.consumer.url.parse().map_err(|error| format!("No address: {error}"))?;
    if uri.scheme_str() != Some("http") {
        return Err("The sandbox delivers over http:// alone.".to_owned());
    }
    let host = uri.host().ok_or("The address has no host.")?.trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(80);
    let mut found =
        tokio::net::lookup_host((host.as_str(), port)).await.map_err(|error| error.to_string())?;
    let address = found.find(|address| anywhere || address.ip().is_loopback());
    let address = address.ok_or("The target is not on this computer. --webhooks-anywhere allows that.")?;
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    let driving = tokio::spawn(connection);
    let request = request(due, &uri)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        let body = http_body_util::Limited::new(response.into_body(), 1 << 20).collect().await;
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let answer: String = String::from_utf8_lossy(&body).chars().take(EXCERPT).collect();
        Ok(Answered { status: Some(status), answer })
    };
    let answered = answer.await;
    driving.abort();
    answered
}

fn request(due: &Due, uri: &http::Uri) -> Result<http::Request<Full<Bytes>>, String> {
    let Message { id, body, .. } = &due.message;
    let seconds = due.at.as_second();
    let signature = sign(&due.consumer.secret, id, seconds, body).ok_or("The secret is none.")?;
    let target = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    http::Request::post(target)
        .header("host", uri.authority().map_or("", http::uri::Authority::as_str))
        .header("content-type", "application/json")
        .header("user-agent", "portal-sandbox")
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .body(Full::new(Bytes::from(body.clone())))
        .map_err(|error| error.to_string())
}
