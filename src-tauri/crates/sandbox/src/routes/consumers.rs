//! Webhook consumers and the Zapier key (§2.15).

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    answer::{Answer, Part, Problem},
    change::Change,
    context::{Context, Done, Outcome, nothing, ok},
    seed,
    shelf::Shelf,
    webhook::{Consumer, is_event},
};

const MOST: usize = 50;
const MOST_TAGS: usize = 10;
const LONGEST_TAG: usize = 128;

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

pub(super) fn all(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&ConsumersWire { results: kept(cx).into_iter().map(ConsumerWire::from).collect() }),
        "POST" => create(cx),
        _ => Err(Problem::wrong_method("GET, POST")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "DELETE" => remove(cx, cx.segment(1)),
        _ => Err(Problem::wrong_method("DELETE")),
    }
}

pub(super) fn remove(cx: &Context<'_>, asked: &str) -> Outcome {
    let found = kept(cx).into_iter().find(|it| it.id.to_string().eq_ignore_ascii_case(asked));
    let consumer = found.ok_or_else(|| {
        let text = format!("No webhook consumer was found with ID {asked}");
        Problem::new(StatusCode::NOT_FOUND, Part::Public, text)
    })?;
    nothing(StatusCode::NO_CONTENT, vec![Change::drop(Shelf::Consumer, consumer.key())])
}

/// Each request creates a new key.
pub(super) fn zapier(cx: &Context<'_>, method: &str) -> Outcome {
    if method != "POST" {
        return Err(Problem::wrong_method("POST"));
    }
    let number = cx.state.shelves.get::<u64>(Shelf::Zapier, "").unwrap_or(0) + 1;
    let key = seed::named(cx.state.client_id(), "zapier", number).simple();
    let wire = serde_json::json!({ "key": format!("sk_integ_{key}.us") });
    let answer = Answer::json(StatusCode::CREATED, &wire)?;
    Ok(Done { answer, changes: vec![Change::keep(Shelf::Zapier, "", &number)?] })
}

fn kept(cx: &Context<'_>) -> Vec<Consumer> {
    cx.state.shelves.of(Shelf::Consumer, "").map(|(_, consumer)| consumer).collect()
}

pub(super) fn create(cx: &Context<'_>) -> Outcome {
    let all = kept(cx);
    if all.len() >= MOST {
        return Err(Problem::invalid(format!("A client can have at most {MOST} webhook consumers.")));
    }
    let body = cx.request.object()?;
    // Messages to a deleted consumer must not go to the next one, so numbers are not reused.
    let last = cx.state.shelves.get::<u64>(Shelf::LastConsumer, "").unwrap_or(0);
    let number = all.iter().map(|it| it.number).max().unwrap_or(0).max(last) + 1;
    let consumer = Consumer {
        id: seed::named(cx.state.client_id(), "consumer", number),
        number,
        url: url(&body)?,
        disabled: matches!(body.get("disabled"), Some(Value::Bool(true))),
        event_types: events(&body)?,
        company_tags: tags(&body)?,
        secret: Consumer::new_secret(cx.state.client_id(), number),
        failing_since: None,
    };
    let changes = vec![
        Change::keep(Shelf::Consumer, consumer.key(), &consumer)?,
        Change::keep(Shelf::LastConsumer, "", &number)?,
    ];
    let answer = Answer::json(StatusCode::CREATED, &ConsumerWire::from(consumer))?;
    Ok(Done { answer, changes })
}

fn url(body: &Map<String, Value>) -> Result<String, Problem> {
    let text = body.get("url").and_then(Value::as_str).unwrap_or_default();
    let uri: Option<http::Uri> = text.parse().ok();
    let fits =
        uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Problem::invalid_body("url", "'url' must be an address that begins with http:// or https://."))
    }
}

fn texts(body: &Map<String, Value>, field: &str) -> Result<Vec<String>, Problem> {
    let refuse = || Problem::invalid_body(field, &format!("'{field}' must be a list of texts."));
    match body.get(field) {
        None | Some(Value::Null) => Ok(vec![]),
        Some(Value::Array(all)) => {
            all.iter().map(|it| it.as_str().map(str::to_owned).ok_or_else(refuse)).collect()
        }
        Some(_) => Err(refuse()),
    }
}

/// At least one known event type is required.
fn events(body: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    let events = texts(body, "eventTypes")?;
    if events.is_empty() {
        return Err(Problem::invalid_body("eventTypes", "At least one event type must be given."));
    }
    match events.iter().find(|event| !is_event(event)) {
        Some(event) => Err(Problem::invalid_body("eventTypes", &format!("'{event}' is not an event type."))),
        None => Ok(events),
    }
}

fn tags(body: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    let tags = texts(body, "companyTags")?;
    let refuse = |message: String| Err(Problem::invalid_body("companyTags", &message));
    if tags.len() > MOST_TAGS {
        return refuse(format!("A consumer filters by at most {MOST_TAGS} tags."));
    }
    match tags.iter().find(|tag| !tag.contains(':') || tag.chars().count() > LONGEST_TAG) {
        Some(tag) => {
            refuse(format!("'{tag}' is not of the form key:value, with at most {LONGEST_TAG} characters."))
        }
        None => Ok(tags),
    }
}
