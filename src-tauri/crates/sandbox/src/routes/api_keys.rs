//! API keys (§2.14).

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::{
    change::{Change, KeyRecord},
    context::{Context, HandlerOutput, HandlerResult, empty, ok},
    response::{ApiError, Response, Service},
    time_format,
};

const MAX_KEYS: usize = 10;
const MAX_NAME_LENGTH: usize = 50;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyWire<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    api_key: &'a str,
    created_date: String,
}

#[derive(Serialize)]
struct KeysWire<'a> {
    results: Vec<KeyWire<'a>>,
}

pub(super) fn all(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&KeysWire { results: cx.state.keys.values().map(wire).collect() }),
        "POST" => create(cx),
        _ => Err(ApiError::method_not_allowed("GET, POST")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "DELETE" => delete(cx),
        _ => Err(ApiError::method_not_allowed("DELETE")),
    }
}

fn create(cx: &Context<'_>) -> HandlerResult {
    let body = cx.request.object()?;
    let name = match body.get("name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(_) => return Err(ApiError::invalid_body("name", "'name' must be text.")),
    };
    if name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME_LENGTH) {
        return Err(ApiError::bad_request(format!(
            "Max string length ({MAX_NAME_LENGTH}) for `name` reached."
        )));
    }
    if cx.state.keys.len() >= MAX_KEYS {
        let text = "Maximum number of API keys reached. To create a new API key, delete an unused key and try again.";
        return Err(ApiError::new(StatusCode::CONFLICT, Service::Public, text));
    }
    let change = cx.state.new_key(name, None, cx.now);
    let Change::Key(_, Some(record)) = &change else { return Err(ApiError::internal(&"no key was made")) };
    Ok(HandlerOutput { answer: Response::json(StatusCode::CREATED, &wire(record))?, changes: vec![change] })
}

fn delete(cx: &Context<'_>) -> HandlerResult {
    let id = cx.segment(1);
    let mut keys = cx.state.keys.iter();
    let Some((number, _)) = keys.find(|(_, record)| record.id.to_string().eq_ignore_ascii_case(id)) else {
        let text = format!("No API key was found with ID {id}");
        return Err(ApiError::new(StatusCode::NOT_FOUND, Service::Public, text));
    };
    empty(StatusCode::NO_CONTENT, vec![Change::Key(*number, None)])
}

fn wire(record: &KeyRecord) -> KeyWire<'_> {
    KeyWire {
        id: record.id.to_string(),
        name: record.name.as_deref(),
        api_key: &record.api_key,
        created_date: time_format::whole_seconds(record.created_date),
    }
}
