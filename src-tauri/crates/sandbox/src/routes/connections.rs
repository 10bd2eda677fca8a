//! Connections (§2.8).

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    answer::{Part, Problem},
    change::Change,
    context::{Context, Outcome, changed, connection_called, nothing, ok},
    integration::{self, Platform},
    listing::{self, Kind},
    record::{CompanyRecord, ConnectionRecord, Slot, Status},
    wire,
};

pub(super) fn all(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => list(cx),
        "POST" => create(cx),
        _ => Err(Problem::wrong_method("GET, POST")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => get(cx),
        "PATCH" => update(cx),
        "DELETE" => delete(cx),
        _ => Err(Problem::wrong_method("GET, PATCH, DELETE")),
    }
}

pub(super) fn authorization(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "PUT" => authorize(cx),
        _ => Err(Problem::wrong_method("PUT")),
    }
}

fn list(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let all = company.connections.iter().map(|it| wire::connection(cx.state, slot, company.id, it, cx.now));
    listing::small(cx, all, Kind::Connection)
}

fn get(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let connection = connection_called(&company, cx.segment(3))?;
    ok(&wire::connection(cx.state, slot, company.id, connection, cx.now))
}

fn create(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let body = cx.request.object()?;
    let key = body.get("platformKey").and_then(Value::as_str).unwrap_or_default();
    let platform = platform_called(key)?;
    if company.has_no_room_for(platform, None) {
        return Err(no_room(&company, platform));
    }
    let mut company = company.into_owned();
    let id = CompanyRecord::connection_id(company.id, company.connections_made);
    company.connections_made += 1;
    company.connections.push(ConnectionRecord::pending(id, platform.key, cx.now));
    keep(cx, slot, company, id)
}

fn platform_called(key: &str) -> Result<&'static Platform, Problem> {
    if key.len() != 4 || !key.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return Err(Problem::invalid(format!("The specified PlatformKey ({key}) is not valid")));
    }
    let found = integration::find(key).ok_or_else(|| {
        let text = format!("No integration was found with key {key}");
        Problem::new(StatusCode::NOT_FOUND, Part::Clients, text)
    })?;
    if found.enabled() {
        Ok(found)
    } else {
        Err(Problem::invalid(format!("The integration with key {key} is not enabled")))
    }
}

fn update(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let id = connection_called(&company, cx.segment(3))?.id;
    let body = cx.request.object()?;
    match body.get("status") {
        None | Some(Value::Null) => get(cx),
        Some(Value::String(status)) if status == "Unlinked" => unlink(cx, slot, company.into_owned(), id),
        Some(_) => Err(Problem::invalid_body("status", "The only status that can be set is Unlinked.")),
    }
}

fn unlink(cx: &Context<'_>, slot: Slot, mut company: CompanyRecord, id: Uuid) -> Outcome {
    let Some(connection) = company.connection_mut(id).filter(|it| it.status == Status::Linked) else {
        let text = format!("Data connection {id} is not linked, so it cannot be unlinked");
        return Err(Problem::invalid(text));
    };
    connection.unlink(cx.now);
    keep(cx, slot, company, id)
}

fn delete(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let id = connection_called(&company, cx.segment(3))?.id;
    let mut company = company.into_owned();
    company.connections.retain(|it| it.id != id);
    nothing(StatusCode::OK, vec![Change::Company(slot, Some(Box::new(company)))])
}

fn authorize(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let id = connection_called(&company, cx.segment(3))?.id;
    let body = cx.request.object()?;
    if body.values().any(|value| !value.is_string()) {
        return Err(Problem::invalid_body("body", "Credentials must be an object of texts."));
    }
    link(cx, slot, company.into_owned(), id)
}

/// Links a connection. This starts no read (§2.8).
pub(super) fn link(cx: &Context<'_>, slot: Slot, mut company: CompanyRecord, id: Uuid) -> Outcome {
    if let Some(platform) = company.connection(id).and_then(ConnectionRecord::platform)
        && company.has_no_room_for(platform, Some(id))
    {
        return Err(no_room(&company, platform));
    }
    if let Some(connection) = company.connection_mut(id) {
        connection.link(cx.now);
    }
    keep(cx, slot, company, id)
}

/// Stores a company and responds with one of its connections.
pub(super) fn keep(cx: &Context<'_>, slot: Slot, company: CompanyRecord, id: Uuid) -> Outcome {
    let change = Change::Company(slot, Some(Box::new(company.clone())));
    let connection = connection_called(&company, &id.to_string())?;
    changed(&wire::connection(cx.state, slot, company.id, connection, cx.now), vec![change])
}

fn no_room(company: &CompanyRecord, platform: &Platform) -> Problem {
    let text = format!(
        "Company {} already has an active {:?} connection. Unlink or delete it first",
        company.id, platform.kind
    );
    Problem::new(StatusCode::BAD_REQUEST, Part::Clients, text)
}
