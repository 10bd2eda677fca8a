//! Configurations of supplemental and custom data types, and custom data (§2.18).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    answer::{Part, Problem},
    change::Change,
    context::{Context, Outcome, changed, connection_called, ok},
    datatype, integration,
    record::{ConnectionRecord, Status},
    seed,
    shelf::Shelf,
    stamp,
};

const TAKES: SignedDuration = SignedDuration::from_secs(5);
const RECORDS: u64 = 12;

/// The last requested read of custom data.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Asked {
    id: Uuid,
    at: Timestamp,
}

pub(super) fn supplemental(cx: &Context<'_>, method: &str) -> Outcome {
    let key = format!("{}/{}", platform(cx)?, data_type(cx)?);
    let field = "supplementalDataConfig";
    match method {
        "GET" => {
            let kept =
                cx.state.shelves.get::<Map<String, Value>>(Shelf::Supplemental, &key).unwrap_or_default();
            ok(&Value::Object(Map::from_iter([(field.to_owned(), Value::Object(kept))])))
        }
        "PUT" => {
            let body = cx.request.object()?;
            let given = object(&body, field)?;
            if let Some((name, _)) =
                given.iter().find(|(_, it)| !it.get("dataSource").is_some_and(Value::is_string))
            {
                return Err(Problem::invalid_body(field, &format!("'{name}' needs a 'dataSource' of text.")));
            }
            // An empty object removes the configuration.
            let change = if given.is_empty() {
                Change::drop(Shelf::Supplemental, key)
            } else {
                Change::keep(Shelf::Supplemental, key, &given)?
            };
            let answer = Value::Object(Map::from_iter([(field.to_owned(), Value::Object(given))]));
            changed(&answer, vec![change])
        }
        _ => Err(Problem::wrong_method("GET, PUT")),
    }
}

/// The configuration is returned as it was stored. Only its shape is validated.
pub(super) fn custom(cx: &Context<'_>, method: &str) -> Outcome {
    let key = format!("{}/{}", platform(cx)?, cx.segment(4));
    match method {
        "GET" => {
            let kept = cx.state.shelves.get::<Value>(Shelf::Custom, &key);
            ok(&kept.ok_or_else(|| no_config(cx.segment(4)))?)
        }
        "PUT" => {
            let body = cx.request.object()?;
            let fits = body.get("dataSource").is_some_and(Value::is_string)
                && body.get("requiredData").is_some_and(Value::is_object)
                && body.get("keyBy").is_some_and(Value::is_array);
            if !fits {
                let text = "A configuration needs 'dataSource', 'requiredData' and 'keyBy'.";
                return Err(Problem::invalid_body("body", text));
            }
            let change = Change::keep(Shelf::Custom, key, &body)?;
            changed(&Value::Object(body), vec![change])
        }
        _ => Err(Problem::wrong_method("GET, PUT")),
    }
}

pub(super) fn queue(cx: &Context<'_>, method: &str) -> Outcome {
    if method != "POST" {
        return Err(Problem::wrong_method("POST"));
    }
    let (_, company) = cx.company()?;
    let connection = connection_called(&company, cx.segment(3))?;
    let identifier = cx.segment(7);
    configured(cx, connection, identifier)?;
    if connection.status != Status::Linked {
        let text = format!("Data connection {} is not linked", connection.id);
        return Err(Problem::new(StatusCode::BAD_REQUEST, Part::Pull, text));
    }
    let number = u64::try_from(cx.now.as_millisecond()).unwrap_or(0);
    let asked = Asked { id: seed::named(connection.id, identifier, number), at: cx.now };
    let change = Change::keep(Shelf::CustomRead, read_key(connection, identifier), &asked)?;
    changed(&operation(company.id, connection, identifier, &asked, cx.now), vec![change])
}

/// A page without links (§2.2).
pub(super) fn records(cx: &Context<'_>, method: &str) -> Outcome {
    if method != "GET" {
        return Err(Problem::wrong_method("GET"));
    }
    let (_, company) = cx.company()?;
    let connection = connection_called(&company, cx.segment(3))?;
    let identifier = cx.segment(6);
    let config = configured(cx, connection, identifier)?;
    if cx.request.parameter("page").is_none() {
        let text = "The page must be given.";
        return Err(
            Problem::invalid("Error processing request - not valid.").with_item("page", text, "Query")
        );
    }
    let window = crate::paging::Window::of(cx.request)?;
    let asked = cx.state.shelves.get::<Asked>(Shelf::CustomRead, &read_key(connection, identifier));
    let asked = asked.filter(|asked| cx.now.duration_since(asked.at) >= TAKES).ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, Part::Public, "The data set has not been requested.")
    })?;
    let all: Vec<RecordWire> =
        (1..=RECORDS).map(|n| record(connection, identifier, n, &config, asked.at)).collect();
    let (before, size) = window.span();
    ok(&RecordsWire {
        results: window.cut(&all),
        page_number: before / size.max(1) + 1,
        page_size: size,
        total_results: all.len(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordsWire<'a> {
    results: &'a [RecordWire],
    page_number: usize,
    page_size: usize,
    total_results: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordWire {
    id: String,
    /// Every value is an object. The specification says so, and Codat's clients require it.
    content: Map<String, Value>,
    modified_date: ModifiedWire,
}

/// Only here it is an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModifiedWire {
    modified_date: String,
}

/// The configured properties. Each value names its source path.
fn record(
    connection: &ConnectionRecord,
    identifier: &str,
    n: u64,
    config: &Map<String, Value>,
    at: Timestamp,
) -> RecordWire {
    let wanted = config.get("requiredData").and_then(Value::as_object).cloned().unwrap_or_default();
    let content = wanted.into_iter().map(|(name, path)| {
        let path = path.as_str().unwrap_or_default().to_owned();
        (name, serde_json::json!({ "value": format!("{path} of {n}") }))
    });
    RecordWire {
        id: seed::named(connection.id, identifier, n).to_string(),
        content: content.collect(),
        modified_date: ModifiedWire { modified_date: stamp::precise(at) },
    }
}

fn operation(
    company: Uuid,
    connection: &ConnectionRecord,
    identifier: &str,
    asked: &Asked,
    now: Timestamp,
) -> Value {
    serde_json::json!({
        "id": asked.id, "companyId": company, "connectionId": connection.id,
        "dataType": format!("custom/{identifier}"), "status": "Initial", "requested": stamp::precise(now),
        "progress": 10, "isCompleted": false, "isErrored": false,
    })
}

fn configured(
    cx: &Context<'_>,
    connection: &ConnectionRecord,
    identifier: &str,
) -> Result<Map<String, Value>, Problem> {
    let key = format!("{}/{identifier}", connection.key);
    cx.state.shelves.get(Shelf::Custom, &key).ok_or_else(|| no_config(identifier))
}

fn no_config(identifier: &str) -> Problem {
    let text = format!("No custom data type was found with identifier {identifier}");
    Problem::new(StatusCode::NOT_FOUND, Part::Public, text)
}

fn read_key(connection: &ConnectionRecord, identifier: &str) -> String {
    format!("{}/{identifier}", connection.id)
}

fn platform(cx: &Context<'_>) -> Result<&'static str, Problem> {
    let key = cx.segment(1);
    integration::find(key).map(|platform| platform.key).ok_or_else(|| {
        let text = format!("No integration was found with key {key}");
        Problem::new(StatusCode::NOT_FOUND, Part::Clients, text)
    })
}

fn data_type(cx: &Context<'_>) -> Result<&'static str, Problem> {
    let asked = cx.segment(3);
    datatype::named(asked).ok_or_else(|| {
        let text = format!("Datatype '{asked}' is not a known data type");
        Problem::new(StatusCode::BAD_REQUEST, Part::Public, text)
    })
}

fn object(body: &Map<String, Value>, field: &str) -> Result<Map<String, Value>, Problem> {
    match body.get(field) {
        Some(Value::Object(given)) => Ok(given.clone()),
        None | Some(Value::Null) => Ok(Map::new()),
        Some(_) => Err(Problem::invalid_body(field, &format!("'{field}' must be an object."))),
    }
}
