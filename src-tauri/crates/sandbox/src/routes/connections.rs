//! Connections (§2.8).

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    change::Change,
    context::{Context, HandlerResult, empty, find_connection, ok, ok_with_changes},
    integration::{self, Platform},
    listing::{self, ListKind},
    record::{CompanyRecord, ConnectionRecord, Slot, Status},
    response::{ApiError, Service},
    wire,
};

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
        "PATCH" => update(cx),
        "DELETE" => delete(cx),
        _ => Err(ApiError::method_not_allowed("GET, PATCH, DELETE")),
    }
}

pub(super) fn authorization(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "PUT" => authorize(cx),
        _ => Err(ApiError::method_not_allowed("PUT")),
    }
}

fn list(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let all = company.connections.iter().map(|it| wire::connection(cx.state, slot, company.id, it, cx.now));
    listing::small(cx, all, ListKind::Connection)
}

fn get(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let connection = find_connection(&company, cx.segment(3))?;
    ok(&wire::connection(cx.state, slot, company.id, connection, cx.now))
}

fn create(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let body = cx.request.object()?;
    let key = body.get("platformKey").and_then(Value::as_str).unwrap_or_default();
    let platform = find_enabled_platform(key)?;
    if company.conflicts_with(platform, None) {
        return Err(connection_limit_exceeded(&company, platform));
    }
    let mut company = company.into_owned();
    let id = CompanyRecord::connection_id(company.id, company.connections_made);
    company.connections_made += 1;
    company.connections.push(ConnectionRecord::pending(id, platform.key, cx.now));
    keep(cx, slot, company, id)
}

fn find_enabled_platform(key: &str) -> Result<&'static Platform, ApiError> {
    if key.len() != 4 || !key.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return Err(ApiError::bad_request(format!("The specified PlatformKey ({key}) is not valid")));
    }
    let found = integration::find(key).ok_or_else(|| {
        let text = format!("No integration was found with key {key}");
        ApiError::new(StatusCode::NOT_FOUND, Service::Clients, text)
    })?;
    if found.enabled() {
        Ok(found)
    } else {
        Err(ApiError::bad_request(format!("The integration with key {key} is not enabled")))
    }
}

fn update(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let id = find_connection(&company, cx.segment(3))?.id;
    let body = cx.request.object()?;
    match body.get("status") {
        None | Some(Value::Null) => get(cx),
        Some(Value::String(status)) if status == "Unlinked" => unlink(cx, slot, company.into_owned(), id),
        Some(_) => Err(ApiError::invalid_body("status", "The only status that can be set is Unlinked.")),
    }
}

fn unlink(cx: &Context<'_>, slot: Slot, mut company: CompanyRecord, id: Uuid) -> HandlerResult {
    let Some(connection) = company.connection_mut(id).filter(|it| it.status == Status::Linked) else {
        let text = format!("Data connection {id} is not linked, so it cannot be unlinked");
        return Err(ApiError::bad_request(text));
    };
    connection.unlink(cx.now);
    keep(cx, slot, company, id)
}

fn delete(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let id = find_connection(&company, cx.segment(3))?.id;
    let mut company = company.into_owned();
    company.connections.retain(|it| it.id != id);
    empty(StatusCode::OK, vec![Change::Company(slot, Some(Box::new(company)))])
}

fn authorize(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let id = find_connection(&company, cx.segment(3))?.id;
    let body = cx.request.object()?;
    if body.values().any(|value| !value.is_string()) {
        return Err(ApiError::invalid_body("body", "Credentials must be an object of texts."));
    }
    link(cx, slot, company.into_owned(), id)
}

/// Links a connection. This starts no read (§2.8).
pub(super) fn link(cx: &Context<'_>, slot: Slot, mut company: CompanyRecord, id: Uuid) -> HandlerResult {
    if let Some(platform) = company.connection(id).and_then(ConnectionRecord::platform)
        && company.conflicts_with(platform, Some(id))
    {
        return Err(connection_limit_exceeded(&company, platform));
    }
    if let Some(connection) = company.connection_mut(id) {
        connection.link(cx.now);
    }
    keep(cx, slot, company, id)
}

/// Stores a company and responds with one of its connections.
pub(super) fn keep(cx: &Context<'_>, slot: Slot, company: CompanyRecord, id: Uuid) -> HandlerResult {
    let change = Change::Company(slot, Some(Box::new(company.clone())));
    let connection = find_connection(&company, &id.to_string())?;
    ok_with_changes(&wire::connection(cx.state, slot, company.id, connection, cx.now), vec![change])
}

fn connection_limit_exceeded(company: &CompanyRecord, platform: &Platform) -> ApiError {
    let text = format!(
        "Company {} already has an active {:?} connection. Unlink or delete it first",
        company.id, platform.kind
    );
    ApiError::new(StatusCode::BAD_REQUEST, Service::Clients, text)
}
