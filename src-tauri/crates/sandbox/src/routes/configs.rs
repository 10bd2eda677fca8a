//! Configurations of supplemental and custom data types, and custom data (§2.18).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    change::Change,
    context::{Context, HandlerResult, find_connection, ok, ok_with_changes},
    data_type,
    document_store::DocumentKind,
    integration,
    record::{ConnectionRecord, Status},
    response::{ApiError, Service},
    seed, time_format,
};

const READ_DURATION: SignedDuration = SignedDuration::from_secs(5);
const RECORD_COUNT: u64 = 12;

/// The last requested read of custom data.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct CustomRead {
    id: Uuid,
    at: Timestamp,
}

pub(super) fn supplemental(cx: &Context<'_>, method: &str) -> HandlerResult {
    let key = format!("{}/{}", platform(cx)?, data_type(cx)?);
    let field = "supplementalDataConfig";
    match method {
        "GET" => {
            let stored = cx
                .state
                .documents
                .get::<Map<String, Value>>(DocumentKind::Supplemental, &key)
                .unwrap_or_default();
            ok(&Value::Object(Map::from_iter([(field.to_owned(), Value::Object(stored))])))
        }
        "PUT" => {
            let body = cx.request.object()?;
            let given = object(&body, field)?;
            if let Some((name, _)) =
                given.iter().find(|(_, it)| !it.get("dataSource").is_some_and(Value::is_string))
            {
                return Err(ApiError::invalid_body(
                    field,
                    &format!("'{name}' needs a 'dataSource' of text."),
                ));
            }
            // An empty object removes the configuration.
            let change = if given.is_empty() {
                Change::delete_document(DocumentKind::Supplemental, key)
            } else {
                Change::put_document(DocumentKind::Supplemental, key, &given)?
            };
            let answer = Value::Object(Map::from_iter([(field.to_owned(), Value::Object(given))]));
            ok_with_changes(&answer, vec![change])
        }
        _ => Err(ApiError::method_not_allowed("GET, PUT")),
    }
}

/// The configuration is returned as it was stored. Only its shape is validated.
pub(super) fn custom(cx: &Context<'_>, method: &str) -> HandlerResult {
    let key = format!("{}/{}", platform(cx)?, cx.segment(4));
    match method {
        "GET" => {
            let stored = cx.state.documents.get::<Value>(DocumentKind::Custom, &key);
            ok(&stored.ok_or_else(|| no_config(cx.segment(4)))?)
        }
        "PUT" => {
            let body = cx.request.object()?;
            let fits = body.get("dataSource").is_some_and(Value::is_string)
                && body.get("requiredData").is_some_and(Value::is_object)
                && body.get("keyBy").is_some_and(Value::is_array);
            if !fits {
                let text = "A configuration needs 'dataSource', 'requiredData' and 'keyBy'.";
                return Err(ApiError::invalid_body("body", text));
            }
            let change = Change::put_document(DocumentKind::Custom, key, &body)?;
            ok_with_changes(&Value::Object(body), vec![change])
        }
        _ => Err(ApiError::method_not_allowed("GET, PUT")),
    }
}

pub(super) fn queue(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "POST" {
        return Err(ApiError::method_not_allowed("POST"));
    }
    let (_, company) = cx.company()?;
    let connection = find_connection(&company, cx.segment(3))?;
    let identifier = cx.segment(7);
    configured(cx, connection, identifier)?;
    if connection.status != Status::Linked {
        let text = format!("Data connection {} is not linked", connection.id);
        return Err(ApiError::new(StatusCode::BAD_REQUEST, Service::Pull, text));
    }
    let number = u64::try_from(cx.now.as_millisecond()).unwrap_or(0);
    let custom_read = CustomRead { id: seed::derive_id(connection.id, identifier, number), at: cx.now };
    let change =
        Change::put_document(DocumentKind::CustomRead, read_key(connection, identifier), &custom_read)?;
    ok_with_changes(&operation(company.id, connection, identifier, &custom_read, cx.now), vec![change])
}

/// A page without links (§2.2).
pub(super) fn records(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "GET" {
        return Err(ApiError::method_not_allowed("GET"));
    }
    let (_, company) = cx.company()?;
    let connection = find_connection(&company, cx.segment(3))?;
    let identifier = cx.segment(6);
    let config = configured(cx, connection, identifier)?;
    if cx.request.parameter("page").is_none() {
        let text = "The page must be given.";
        return Err(
            ApiError::bad_request("Error processing request - not valid.").with_item("page", text, "Query")
        );
    }
    let window = crate::paging::Window::parse(cx.request)?;
    let custom_read =
        cx.state.documents.get::<CustomRead>(DocumentKind::CustomRead, &read_key(connection, identifier));
    let custom_read =
        custom_read.filter(|custom_read| cx.now.duration_since(custom_read.at) >= READ_DURATION).ok_or_else(
            || ApiError::new(StatusCode::CONFLICT, Service::Public, "The data set has not been requested."),
        )?;
    let all: Vec<RecordWire> =
        (1..=RECORD_COUNT).map(|n| record(connection, identifier, n, &config, custom_read.at)).collect();
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
        id: seed::derive_id(connection.id, identifier, n).to_string(),
        content: content.collect(),
        modified_date: ModifiedWire { modified_date: time_format::with_fraction(at) },
    }
}

fn operation(
    company: Uuid,
    connection: &ConnectionRecord,
    identifier: &str,
    custom_read: &CustomRead,
    now: Timestamp,
) -> Value {
    serde_json::json!({
        "id": custom_read.id, "companyId": company, "connectionId": connection.id,
        "dataType": format!("custom/{identifier}"), "status": "Initial", "requested": time_format::with_fraction(now),
        "progress": 10, "isCompleted": false, "isErrored": false,
    })
}

fn configured(
    cx: &Context<'_>,
    connection: &ConnectionRecord,
    identifier: &str,
) -> Result<Map<String, Value>, ApiError> {
    let key = format!("{}/{identifier}", connection.key);
    cx.state.documents.get(DocumentKind::Custom, &key).ok_or_else(|| no_config(identifier))
}

fn no_config(identifier: &str) -> ApiError {
    let text = format!("No custom data type was found with identifier {identifier}");
    ApiError::new(StatusCode::NOT_FOUND, Service::Public, text)
}

fn read_key(connection: &ConnectionRecord, identifier: &str) -> String {
    format!("{}/{identifier}", connection.id)
}

fn platform(cx: &Context<'_>) -> Result<&'static str, ApiError> {
    let key = cx.segment(1);
    integration::find(key).map(|platform| platform.key).ok_or_else(|| {
        let text = format!("No integration was found with key {key}");
        ApiError::new(StatusCode::NOT_FOUND, Service::Clients, text)
    })
}

fn data_type(cx: &Context<'_>) -> Result<&'static str, ApiError> {
    let name = cx.segment(3);
    data_type::find(name).ok_or_else(|| {
        let text = format!("Datatype '{name}' is not a known data type");
        ApiError::new(StatusCode::BAD_REQUEST, Service::Public, text)
    })
}

fn object(body: &Map<String, Value>, field: &str) -> Result<Map<String, Value>, ApiError> {
    match body.get(field) {
        Some(Value::Object(given)) => Ok(given.clone()),
        None | Some(Value::Null) => Ok(Map::new()),
        Some(_) => Err(ApiError::invalid_body(field, &format!("'{field}' must be an object."))),
    }
}
