//! The webhook log: `GET /_sandbox/webhooks`, and resending a message.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    change::Change,
    context::{Context, HandlerResult, empty, ok},
    document_store::DocumentKind,
    paging::Window,
    response::ApiError,
    time_format,
    webhook::{Consumer, KINDS, Message},
};

/// Consumers with their secrets, the event types without a data type, and the messages, newest first.
pub(super) fn log(cx: &Context<'_>) -> HandlerResult {
    let window = Window::parse(cx.request)?;
    let consumers: Vec<Consumer> =
        cx.state.documents.with_prefix(DocumentKind::Consumer, "").map(|(_, it)| it).collect();
    let mut messages: Vec<Message> =
        cx.state.documents.with_prefix(DocumentKind::Message, "").map(|(_, it)| it).collect();
    messages.reverse();
    let consumer = |message: &Message| consumers.iter().find(|it| it.id == message.consumer);
    let results: Vec<Value> = window
        .cut(&messages)
        .iter()
        .map(|message| wire(message, consumer(message).map(|it| it.url.as_str())))
        .collect();
    let page = window.page(cx.request, results, messages.len());
    let mut page = serde_json::to_value(page).map_err(|error| ApiError::internal(&error))?;
    if let Some(page) = page.as_object_mut() {
        let consumers: Vec<Value> = consumers.iter().map(consumer_wire).collect();
        page.insert("consumers".to_owned(), Value::Array(consumers));
        page.insert("eventTypes".to_owned(), json!(KINDS));
    }
    ok(&page)
}

pub(super) fn replay(cx: &Context<'_>) -> HandlerResult {
    let id = cx.segment(2);
    let found = cx
        .state
        .documents
        .with_prefix::<Message>(DocumentKind::Message, "")
        .map(|(_, it)| it)
        .find(|it| it.id == id);
    let mut message = found.ok_or_else(ApiError::path_not_found)?;
    message.replay(cx.now);
    empty(StatusCode::ACCEPTED, vec![Change::put_document(DocumentKind::Message, message.key(), &message)?])
}

fn consumer_wire(consumer: &Consumer) -> Value {
    json!({
        "id": consumer.id, "url": consumer.url, "disabled": consumer.disabled, "secret": consumer.secret,
        "eventTypes": consumer.event_types, "companyTags": consumer.company_tags,
    })
}

fn wire(message: &Message, url: Option<&str>) -> Value {
    let attempts: Vec<Value> = message
        .attempts
        .iter()
        .map(|it| {
            let mut attempt = json!({ "at": time_format::with_fraction(it.at), "answer": it.answer });
            if let (Some(attempt), Some(status)) = (attempt.as_object_mut(), it.status) {
                attempt.insert("status".to_owned(), json!(status));
            }
            attempt
        })
        .collect();
    let mut wire = json!({
        "id": message.id, "eventType": message.event_type, "made": time_format::with_fraction(message.made),
        "state": message.state, "consumerId": message.consumer, "attempts": attempts,
        "body": serde_json::from_str::<Value>(&message.body).unwrap_or_default(),
    });
    if let Some(wire) = wire.as_object_mut() {
        wire.extend(url.map(|url| ("url".to_owned(), json!(url))));
        wire.extend(message.next.map(|next| ("next".to_owned(), json!(time_format::with_fraction(next)))));
    }
    wire
}
