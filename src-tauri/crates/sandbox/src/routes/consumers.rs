//! Webhook consumers and the Zapier key (§2.15).

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    change::Change,
    context::{Context, HandlerOutput, HandlerResult, empty, ok},
    document_store::DocumentKind,
    response::{ApiError, Response, Service},
    seed,
    webhook::{Consumer, is_event},
};

const MAX_CONSUMERS: usize = 50;
const MAX_TAGS: usize = 10;
const MAX_TAG_LENGTH: usize = 128;

#[derive(Serialize)]
struct ConsumersWire {
    results: Vec<ConsumerWire>,
}

/// A consumer as the API sends it, without the signing secret.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConsumerWire {
    id: Uuid,
    url: String,
    disabled: bool,
    event_types: Vec<String>,
    company_tags: Vec<String>,
}

impl From<Consumer> for ConsumerWire {
    fn from(it: Consumer) -> Self {
        Self {
            id: it.id,
            url: it.url,
            disabled: it.disabled,
            event_types: it.event_types,
            company_tags: it.company_tags,
        }
    }
}

pub(super) fn all(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&ConsumersWire { results: consumers(cx).into_iter().map(ConsumerWire::from).collect() }),
        "POST" => create(cx),
        _ => Err(ApiError::method_not_allowed("GET, POST")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "DELETE" => remove(cx, cx.segment(1)),
        _ => Err(ApiError::method_not_allowed("DELETE")),
    }
}

pub(super) fn remove(cx: &Context<'_>, id: &str) -> HandlerResult {
    let found = consumers(cx).into_iter().find(|it| it.id.to_string().eq_ignore_ascii_case(id));
    let consumer = found.ok_or_else(|| {
        let text = format!("No webhook consumer was found with ID {id}");
        ApiError::new(StatusCode::NOT_FOUND, Service::Public, text)
    })?;
    empty(StatusCode::NO_CONTENT, vec![Change::delete_document(DocumentKind::Consumer, consumer.key())])
}

/// Each request creates a new key.
pub(super) fn zapier(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "POST" {
        return Err(ApiError::method_not_allowed("POST"));
    }
    let number = cx.state.documents.get::<u64>(DocumentKind::Zapier, "").unwrap_or(0) + 1;
    let key = seed::derive_id(cx.state.client_id(), "zapier", number).simple();
    let wire = serde_json::json!({ "key": format!("sk_integ_{key}.us") });
    let answer = Response::json(StatusCode::CREATED, &wire)?;
    Ok(HandlerOutput { answer, changes: vec![Change::put_document(DocumentKind::Zapier, "", &number)?] })
}

fn consumers(cx: &Context<'_>) -> Vec<Consumer> {
    cx.state.documents.with_prefix(DocumentKind::Consumer, "").map(|(_, consumer)| consumer).collect()
}

pub(super) fn create(cx: &Context<'_>) -> HandlerResult {
    let all = consumers(cx);
    if all.len() >= MAX_CONSUMERS {
        return Err(ApiError::bad_request(format!(
            "A client can have at most {MAX_CONSUMERS} webhook consumers."
        )));
    }
    let body = cx.request.object()?;
    // Messages to a deleted consumer must not go to the next one, so numbers are not reused.
    let last = cx.state.documents.get::<u64>(DocumentKind::LastConsumer, "").unwrap_or(0);
    let number = all.iter().map(|it| it.number).max().unwrap_or(0).max(last) + 1;
    let consumer = Consumer {
        id: seed::derive_id(cx.state.client_id(), "consumer", number),
        number,
        url: url(&body)?,
        disabled: matches!(body.get("disabled"), Some(Value::Bool(true))),
        event_types: events(&body)?,
        company_tags: tags(&body)?,
        secret: Consumer::new_secret(cx.state.client_id(), number),
        failing_since: None,
    };
    let changes = vec![
        Change::put_document(DocumentKind::Consumer, consumer.key(), &consumer)?,
        Change::put_document(DocumentKind::LastConsumer, "", &number)?,
    ];
    let answer = Response::json(StatusCode::CREATED, &ConsumerWire::from(consumer))?;
    Ok(HandlerOutput { answer, changes })
}

fn url(body: &Map<String, Value>) -> Result<String, ApiError> {
    let text = body.get("url").and_then(Value::as_str).unwrap_or_default();
    let uri: Option<http::Uri> = text.parse().ok();
    let fits =
        uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    if fits {
        Ok(text.to_owned())
    } else {
        Err(ApiError::invalid_body("url", "'url' must be an address that starts with http:// or https://."))
    }
}

fn texts(body: &Map<String, Value>, field: &str) -> Result<Vec<String>, ApiError> {
    let refuse = || ApiError::invalid_body(field, &format!("'{field}' must be a list of texts."));
    match body.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) => {
            all.iter().map(|it| it.as_str().map(str::to_owned).ok_or_else(refuse)).collect()
        }
        Some(_) => Err(refuse()),
    }
}

/// At least one known event type is required.
fn events(body: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let events = texts(body, "eventTypes")?;
    if events.is_empty() {
        return Err(ApiError::invalid_body("eventTypes", "At least one event type must be given."));
    }
    match events.iter().find(|event| !is_event(event)) {
        Some(event) => Err(ApiError::invalid_body("eventTypes", &format!("'{event}' is not an event type."))),
        None => Ok(events),
    }
}

fn tags(body: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let tags = texts(body, "companyTags")?;
    let refuse = |message: String| Err(ApiError::invalid_body("companyTags", &message));
    if tags.len() > MAX_TAGS {
        return refuse(format!("A consumer filters by at most {MAX_TAGS} tags."));
    }
    match tags.iter().find(|tag| !tag.contains(':') || tag.chars().count() > MAX_TAG_LENGTH) {
        Some(tag) => {
            refuse(format!("'{tag}' is not of the form key:value, with at most {MAX_TAG_LENGTH} characters."))
        }
        None => Ok(tags),
    }
}
