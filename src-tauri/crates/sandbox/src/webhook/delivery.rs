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
    AttemptResult, Consumer, Event, Message, MessageState,
    message::{self, DISABLE_AFTER},
    sign,
};
use crate::{change::Change, document_store::DocumentKind, seed, state, webhook};

/// The timeout of an attempt (§7.3).
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);
/// The number of messages that the log keeps.
const MAX_MESSAGES: u64 = 2_000;
/// The stored length of a response.
const MAX_RESPONSE_CHARS: usize = 500;
/// The progress is stored at least this often, even without messages.
const PROGRESS_INTERVAL: SignedDuration = SignedDuration::from_mins(10);
/// If more reads ended in one step, there are no events for them.
const MAX_READS: i64 = 20_000;

/// Up to when events were converted to messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct DeliveryProgress {
    until: Timestamp,
    last: u64,
}

/// A message that is due, and its consumer.
#[derive(Debug, Clone)]
pub(crate) struct DueMessage {
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
    let consumers: Vec<Consumer> =
        state.documents.with_prefix(DocumentKind::Consumer, "").map(|(_, it)| it).collect();
    if consumers.is_empty() {
        return Vec::new();
    }
    let progress = state
        .documents
        .get::<DeliveryProgress>(DocumentKind::DeliveryProgress, "")
        .unwrap_or(DeliveryProgress { until: now, last: 0 });
    let mut events = Vec::new();
    if progress.until < now && state.reads_between(progress.until, now) <= MAX_READS {
        events.extend(webhook::timeline_events(state, &state.timeline(progress.until, now)));
    }
    events.extend(webhook::change_events(state, changes, now));
    events.extend(more);
    let mut last = progress.last;
    let mut all = Vec::new();
    for event in &events {
        for consumer in consumers.iter().filter(|it| it.wants(event)) {
            last += 1;
            all.extend(
                Change::put_document(
                    DocumentKind::Message,
                    message::key(last),
                    &new_message(state, event, consumer, last),
                )
                .ok(),
            );
            if let Some(old) = last.checked_sub(MAX_MESSAGES) {
                all.push(Change::delete_document(DocumentKind::Message, message::key(old)));
            }
        }
    }
    // Events without a consumer may be evaluated again until the progress is stored.
    let long = now.duration_since(progress.until) >= PROGRESS_INTERVAL;
    if long
        || !all.is_empty()
        || state.documents.get::<DeliveryProgress>(DocumentKind::DeliveryProgress, "").is_none()
    {
        all.extend(
            Change::put_document(DocumentKind::DeliveryProgress, "", &DeliveryProgress { until: now, last })
                .ok(),
        );
    }
    all
}

fn new_message(state: &state::State, event: &Event, consumer: &Consumer, number: u64) -> Message {
    let id = seed::derive_id(consumer.id, "message", number);
    Message {
        number,
        id: format!("msg_{}", id.simple()),
        consumer: consumer.id,
        event_type: event.kind.clone(),
        body: event.envelope(seed::derive_id(state.client_id(), "event", number)),
        made: event.at,
        state: MessageState::Attempting,
        next: Some(event.at),
        attempts: Vec::new(),
    }
}

/// The messages that are due, earliest first.
pub(crate) fn due(state: &state::State, now: Timestamp) -> Vec<DueMessage> {
    let consumers: Vec<Consumer> =
        state.documents.with_prefix(DocumentKind::Consumer, "").map(|(_, it)| it).collect();
    if consumers.is_empty() {
        return Vec::new();
    }
    let mut due: Vec<DueMessage> = state
        .documents
        .with_prefix::<Message>(DocumentKind::Message, "")
        .filter_map(|(_, message)| {
            let at = message.next.filter(|next| *next <= now)?;
            let consumer = consumers.iter().find(|it| it.id == message.consumer && !it.disabled)?.clone();
            Some(DueMessage { at, message, consumer })
        })
        .collect();
    due.sort_by_key(|it| (it.at, it.message.number));
    due
}

/// The changes that store the result of an attempt.
pub(crate) fn attempt_changes(state: &state::State, due: &DueMessage, result: &AttemptResult) -> Vec<Change> {
    let key = due.message.key();
    let (Some(mut message), Some(mut consumer)) = (
        state.documents.get::<Message>(DocumentKind::Message, &key),
        state.documents.get::<Consumer>(DocumentKind::Consumer, &due.consumer.key()),
    ) else {
        return Vec::new();
    };
    message.record_attempt(due.at, result);
    let before = consumer.clone();
    if result.is_success() {
        consumer.failing_since = None;
    } else {
        let since = *consumer.failing_since.get_or_insert(due.at);
        consumer.disabled |= due.at.duration_since(since) >= DISABLE_AFTER;
    }
    let mut changes: Vec<Change> =
        Change::put_document(DocumentKind::Message, key, &message).ok().into_iter().collect();
    if consumer != before {
        changes.extend(Change::put_document(DocumentKind::Consumer, consumer.key(), &consumer).ok());
    }
    changes
}

/// Sends a message. `anywhere`: also to other hosts.
pub(crate) async fn send(due: &DueMessage, anywhere: bool) -> AttemptResult {
    match tokio::time::timeout(RESPONSE_TIMEOUT, sent(due, anywhere)).await {
        Ok(Ok(result)) => result,
        Ok(Err(reason)) => AttemptResult { status: None, answer: reason },
        Err(_) => AttemptResult {
            status: None,
            answer: format!("No answer within {} seconds.", RESPONSE_TIMEOUT.as_secs()),
        },
    }
}

async fn sent(due: &DueMessage, anywhere: bool) -> Result<AttemptResult, String> {
    let uri: http::Uri = due.consumer.url.parse().map_err(|error| format!("No address: {error}"))?;
    if uri.scheme_str() != Some("http") {
        return Err("The sandbox delivers only over http://.".to_owned());
    }
    let host = uri.host().ok_or("The address has no host.")?.trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(80);
    let mut found =
        tokio::net::lookup_host((host.as_str(), port)).await.map_err(|error| error.to_string())?;
    let address = found.find(|address| anywhere || address.ip().is_loopback());
    let address =
        address.ok_or("The target isn’t on this computer. Use --webhooks-anywhere to allow this.")?;
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
        let answer: String = String::from_utf8_lossy(&body).chars().take(MAX_RESPONSE_CHARS).collect();
        Ok(AttemptResult { status: Some(status), answer })
    };
    let result = answer.await;
    driving.abort();
    result
}

fn request(due: &DueMessage, uri: &http::Uri) -> Result<http::Request<Full<Bytes>>, String> {
    let Message { id, body, .. } = &due.message;
    let seconds = due.at.as_second();
    let signature = sign(&due.consumer.secret, id, seconds, body).ok_or("The secret is invalid.")?;
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
