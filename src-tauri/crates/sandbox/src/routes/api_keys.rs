//! API keys (§2.14).

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::{
    answer::{Answer, Part, Problem},
    change::{Change, KeyRecord},
    context::{Context, Done, Outcome, nothing, ok},
    stamp,
};

const MOST: usize = 10;
const LONGEST_NAME: usize = 50;

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

pub(super) fn all(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&KeysWire { results: cx.state.keys.values().map(wire).collect() }),
        "POST" => create(cx),
        _ => Err(Problem::wrong_method("GET, POST")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "DELETE" => delete(cx),
        _ => Err(Problem::wrong_method("DELETE")),
    }
}

fn create(cx: &Context<'_>) -> Outcome {
    let body = cx.request.object()?;
    let name = match body.get("name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(_) => return Err(Problem::invalid_body("name", "'name' must be text.")),
    };
    if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        return Err(Problem::invalid(format!("Max string length ({LONGEST_NAME}) for `name` reached.")));
    }
    if cx.state.keys.len() >= MOST {
        let text = "Maximum number of API keys reached. To create a new API key, delete an unused key and try again.";
        return Err(Problem::new(StatusCode::CONFLICT, Part::Public, text));
    }
    let change = cx.state.new_key(name, None, cx.now);
    let Change::Key(_, Some(record)) = &change else { return Err(Problem::broken(&"no key was made")) };
    Ok(Done { answer: Answer::json(StatusCode::CREATED, &wire(record))?, changes: vec![change] })
}

fn delete(cx: &Context<'_>) -> Outcome {
    let id = cx.segment(1);
    let mut keys = cx.state.keys.iter();
    let Some((number, _)) = keys.find(|(_, record)| record.id.to_string().eq_ignore_ascii_case(id)) else {
        let text = format!("No API key was found with ID {id}");
        return Err(Problem::new(StatusCode::NOT_FOUND, Part::Public, text));
    };
    nothing(StatusCode::NO_CONTENT, vec![Change::Key(*number, None)])
}

fn wire(record: &KeyRecord) -> KeyWire<'_> {
    KeyWire {
        id: record.id.to_string(),
        name: record.name.as_deref(),
        api_key: &record.api_key,
        created_date: stamp::seconds(record.created_date),
    }
}
