//! Companies (§2.7).

use std::collections::BTreeMap;

use codat::model::kept_name;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    change::Change,
    company_json,
    context::{Context, HandlerOutput, HandlerResult, empty, ok, ok_with_changes},
    listing,
    options::Plan,
    record::{CompanyRecord, Slot},
    response::{ApiError, ContentType, Response, Service},
    wire,
};

const MAX_TAGS: usize = 10;
const MAX_TAG_LENGTH: usize = 100;
const FREE_COMPANIES: usize = 50;

pub(super) fn all(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => list(cx),
        "POST" => create(cx),
        _ => Err(ApiError::method_not_allowed("GET, POST")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => get(cx),
        "PUT" => replace(cx),
        "PATCH" => update(cx),
        "DELETE" => delete(cx),
        _ => Err(ApiError::method_not_allowed("GET, PUT, PATCH, DELETE")),
    }
}

fn list(cx: &Context<'_>) -> HandlerResult {
    if let Some(body) = listing::cached_page(cx) {
        let answer = Response { content: ContentType::Json, body, ..Response::empty(StatusCode::OK) };
        return Ok(HandlerOutput { answer, changes: Vec::new() });
    }
    let (slots, total, window) = listing::companies(cx)?;
    let done = ok(&window.page(cx.request, company_json::company_json(cx, &slots)?, total))?;
    listing::cache_page(cx, &done.answer.body);
    Ok(done)
}

fn get(cx: &Context<'_>) -> HandlerResult {
    let (slot, record) = cx.company()?;
    ok(&wire::company(cx.state, slot, &record, cx.now))
}

fn create(cx: &Context<'_>) -> HandlerResult {
    if !has_capacity(cx) {
        return Err(too_many());
    }
    let body = cx.request.object()?;
    let (slot, mut record) =
        new_company(cx, name(&body, "CreateCompany")?.ok_or_else(|| invalid_name("CreateCompany"))?, "API");
    record.description = text(&body, "description")?;
    record.tags = tags(&body, "CreateCompany")?.unwrap_or_default();
    keep(cx, slot, record)
}

/// The Free plan limits the number of companies (§2.5).
pub(crate) fn has_capacity(cx: &Context<'_>) -> bool {
    cx.state.plan != Plan::Free || cx.state.world.slots().len() < FREE_COMPANIES
}

/// A new company and its slot.
pub(crate) fn new_company(cx: &Context<'_>, name: String, who: &str) -> (Slot, CompanyRecord) {
    let slot = cx.state.world.next_slot();
    let record = CompanyRecord {
        id: cx.state.world.origin().company_id(slot),
        name,
        description: None,
        created: cx.now,
        created_by: Some(who.to_owned()),
        products: vec!["lending".to_owned()],
        tags: BTreeMap::new(),
        parent: None,
        subsidiaries: Vec::new(),
        connections: Vec::new(),
        connections_made: 0,
    };
    (slot, record)
}

/// 402: the Free plan's limit is reached (§2.5).
fn too_many() -> ApiError {
    let text = "CompanyValidationException: Company limit exceeded";
    let message = format!("The Free plan includes {FREE_COMPANIES} companies.");
    ApiError::new(StatusCode::PAYMENT_REQUIRED, Service::Public, text).with_item(
        "Company",
        &message,
        "CreateCompany",
    )
}

fn replace(cx: &Context<'_>) -> HandlerResult {
    let (slot, record) = cx.company()?;
    let body = cx.request.object()?;
    let record = CompanyRecord {
        name: name(&body, "ReplaceCompany")?.ok_or_else(|| invalid_name("ReplaceCompany"))?,
        description: text(&body, "description")?,
        tags: tags(&body, "ReplaceCompany")?.unwrap_or_default(),
        ..record.into_owned()
    };
    keep(cx, slot, record)
}

fn update(cx: &Context<'_>) -> HandlerResult {
    let (slot, record) = cx.company()?;
    let body = cx.request.object()?;
    let mut record = record.into_owned();
    if let Some(name) = name(&body, "UpdateCompany")? {
        record.name = name;
    }
    if let Some(description) = text(&body, "description")? {
        record.description = Some(description);
    }
    if let Some(tags) = tags(&body, "UpdateCompany")? {
        record.tags = tags;
    }
    keep(cx, slot, record)
}

fn keep(cx: &Context<'_>, slot: Slot, record: CompanyRecord) -> HandlerResult {
    let change = Change::Company(slot, Some(Box::new(record.clone())));
    ok_with_changes(&wire::company(cx.state, slot, &record, cx.now), vec![change])
}

fn delete(cx: &Context<'_>) -> HandlerResult {
    let (slot, record) = cx.company()?;
    empty(StatusCode::NO_CONTENT, deletion_changes(cx, slot, &record))
}

/// The changes that delete a company with its subsidiaries and remove it from its parent.
pub(super) fn deletion_changes(cx: &Context<'_>, slot: Slot, record: &CompanyRecord) -> Vec<Change> {
    let mut changes = Vec::new();
    if let Some((at, parent)) = record.parent.and_then(|at| Some((at, cx.state.world.record(at)?))) {
        let mut parent = parent.into_owned();
        parent.subsidiaries.retain(|other| *other != slot);
        changes.push(Change::Company(at, Some(Box::new(parent))));
    }
    changes.extend(record.subsidiaries.iter().map(|at| Change::Company(*at, None)));
    changes.push(Change::Company(slot, None));
    changes
}

/// The name in the body, without the characters that Codat removes.
fn name(body: &Map<String, Value>, validator: &str) -> Result<Option<String>, ApiError> {
    let Some(name) = text(body, "name")? else { return Ok(None) };
    let stored_name = kept_name(&name);
    if stored_name.trim().is_empty() { Err(invalid_name(validator)) } else { Ok(Some(stored_name)) }
}

fn invalid_name(validator: &str) -> ApiError {
    let text = "The name needs at least one letter, digit, or one of - ' & @ . , ? !";
    ApiError::bad_request(format!("CompanyValidationException: {text}")).with_item("name", text, validator)
}

/// A text field. None if it is missing or null.
fn text(body: &Map<String, Value>, field: &str) -> Result<Option<String>, ApiError> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(ApiError::invalid_body(field, &format!("'{field}' must be text.")))
        }
    }
}

/// The tags of the body. None if they are missing or null.
fn tags(body: &Map<String, Value>, validator: &str) -> Result<Option<BTreeMap<String, String>>, ApiError> {
    let refuse = |message: String| {
        ApiError::bad_request(format!("CompanyValidationException: {message}"))
            .with_item("tags", &message, validator)
    };
    let given = match body.get("tags") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(given)) => given,
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::String(_)) => {
            return Err(refuse("Tags must be an object of texts.".to_owned()));
        }
    };
    if given.len() > MAX_TAGS {
        return Err(refuse(format!("A company can have at most {MAX_TAGS} tags.")));
    }
    let mut tags = BTreeMap::new();
    for (key, value) in given {
        let value =
            value.as_str().ok_or_else(|| refuse(format!("The value of tag '{key}' must be text.")))?;
        if key.trim().is_empty() {
            return Err(refuse("A tag needs a name.".to_owned()));
        }
        if value.chars().count() > MAX_TAG_LENGTH {
            return Err(refuse(format!(
                "The value of tag '{key}' has more than {MAX_TAG_LENGTH} characters."
            )));
        }
        tags.insert(key.clone(), value.to_owned());
    }
    Ok(Some(tags))
}
