//! Routes under `/_sandbox/`, which control the sandbox. Codat has none of them.

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{clock, companies, connections, consumers, happenings, integrations, messages, reads, snapshot};
use crate::{
    change::Change,
    context::{Context, HandlerOutput, HandlerResult, empty, ok},
    document_store::DocumentKind,
    faults::Fault,
    integration, link,
    lock::lock,
    outage::Outage,
    record::{CompanyRecord, ConnectionRecord, ErrorRecord, ErrorState},
    request::{self, Request},
    response::{ApiError, Response},
};

/// The maximum size of posted faults in bytes. Their bodies may be large.
pub(crate) const FAULT_LIMIT: usize = 32 << 20;

/// Whether the request adds faults.
pub(crate) fn is_fault(request: &Request) -> bool {
    let is = |at: usize, name: &str| request.segments.get(at).is_some_and(|it| it.eq_ignore_ascii_case(name));
    request.method == Method::POST && request.segments.len() == 2 && is(0, "_sandbox") && is(1, "faults")
}

pub(super) fn dispatch(cx: &Context<'_>, method: &str, rest: &[&str]) -> HandlerResult {
    match (rest, method) {
        (["connections", _, "deauthorize"], "POST") => change(cx, |it| it.deauthorize(cx.now)),
        (["connections", _, "unlink"], "POST") => change(cx, |it| it.unlink(cx.now)),
        (["connections", _, "link"], "POST") => relink(cx),
        (["connections", _, "error"], "POST") => error(cx),
        (["connections", _, "revoke"], "POST") => change(cx, |it| it.revoke(cx.now)),
        (["companies", _, "vanish"], "POST") => delete_company(cx),
        (["webhooks"], "GET") => messages::log(cx),
        (["webhooks"], "POST") => consumers::create(cx),
        (["webhooks"], _) => Err(ApiError::method_not_allowed("GET, POST")),
        (["webhooks", _], "DELETE") => consumers::remove(cx, cx.segment(2)),
        (["webhooks", _], _) => Err(ApiError::method_not_allowed("DELETE")),
        (["webhooks", _, "replay"], "POST") => messages::replay(cx),
        (["webhooks", _, "replay"], _) => Err(ApiError::method_not_allowed("POST")),
        (["snapshot"], _) => snapshot::snapshot(cx, method),
        (["happenings"], "GET") => happenings::list(cx),
        (["happenings"], _) => Err(ApiError::method_not_allowed("GET")),
        (["clock"], _) => clock::clock(cx, method),
        (["link"], _) => link::control(cx, method),
        (["requests"], _) => requests(cx, method),
        (["companies"], "GET") => companies::all(cx, method),
        (["companies"], _) => Err(ApiError::method_not_allowed("GET")),
        (["integrations"], "GET") => integrations::all(cx, method),
        (["integrations"], _) => Err(ApiError::method_not_allowed("GET")),
        (["reads"], "GET") => reads::live(cx),
        (["reads"], _) => Err(ApiError::method_not_allowed("GET")),
        (["faults"], "GET") => {
            ok(&FaultsWire { results: lock(cx.faults).all(), outages: current_outages(cx) })
        }
        (["faults"], "POST") => set_faults(cx),
        (["faults"], "DELETE") => clear(cx, None),
        (["faults", "outage", _], "DELETE") => end_outage(cx),
        (["faults", number], "DELETE") => clear(cx, Some(number)),
        (
            ["connections", _, "deauthorize" | "revoke" | "unlink" | "link" | "error"]
            | ["companies", _, "vanish"],
            _,
        ) => Err(ApiError::method_not_allowed("POST")),
        (["faults"], _) => Err(ApiError::method_not_allowed("GET, POST, DELETE")),
        (["faults", _], _) => Err(ApiError::method_not_allowed("DELETE")),
        _ => Err(ApiError::path_not_found()),
    }
}

#[derive(Serialize)]
struct FaultsWire<'a> {
    results: &'a [Fault],
    /// Current and future outages.
    outages: Vec<Outage>,
}

/// Current and future outages.
fn current_outages(cx: &Context<'_>) -> Vec<Outage> {
    let all = outages(cx).into_iter().map(|(_, outage)| outage);
    all.filter(|it| it.until.is_none_or(|until| cx.now < until)).collect()
}

/// The last requests, newest first.
fn requests(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let after = figure(cx, "after")?.unwrap_or(0);
            let most = figure(cx, "limit")?.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
            ok(&lock(cx.log).newest_first(after, most))
        }
        "DELETE" => {
            lock(cx.log).clear();
            empty(StatusCode::NO_CONTENT, Vec::new())
        }
        _ => Err(ApiError::method_not_allowed("GET, DELETE")),
    }
}

/// A numeric query parameter.
fn figure(cx: &Context<'_>, name: &str) -> Result<Option<u64>, ApiError> {
    let given = cx.request.parameter(name).filter(|text| !text.is_empty());
    let wrong = || ApiError::invalid_body(name, "Write a number in digits.");
    given.map(|text| text.parse().map_err(|_| wrong())).transpose()
}

/// Changes the connection of the path, whatever its status.
fn change(cx: &Context<'_>, change: impl FnOnce(&mut ConnectionRecord)) -> HandlerResult {
    let (slot, mut company, id) = connection(cx)?;
    if let Some(connection) = company.connection_mut(id) {
        change(connection);
    }
    connections::keep(cx, slot, company, id)
}

fn relink(cx: &Context<'_>) -> HandlerResult {
    let (slot, company, id) = connection(cx)?;
    connections::link(cx, slot, company, id)
}

fn error(cx: &Context<'_>) -> HandlerResult {
    let body = cx.request.object()?;
    let text =
        |field: &str, default: &str| body.get(field).and_then(Value::as_str).unwrap_or(default).to_owned();
    let error = ErrorRecord::new(
        &text("statusCode", "503"),
        &text("statusText", "Service Unavailable"),
        &text("errorMessage", "The platform did not answer. Codat will try again."),
        cx.now,
        ErrorState::Active,
    );
    change(cx, |connection| connection.errors.push(error))
}

fn connection(cx: &Context<'_>) -> Result<(crate::record::Slot, CompanyRecord, uuid::Uuid), ApiError> {
    let text = cx.segment(2);
    let found = request::uuid(text).and_then(|id| {
        let slot = cx.state.world.find_connection(id)?;
        Some((slot, cx.state.world.record(slot)?.into_owned(), id))
    });
    found.ok_or_else(|| ApiError::connection_not_found(text))
}

fn delete_company(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.find_company(cx.segment(2))?;
    empty(StatusCode::NO_CONTENT, companies::deletion_changes(cx, slot, &company))
}

fn set_faults(cx: &Context<'_>) -> HandlerResult {
    let given = match cx.request.json()? {
        Value::Array(given) => given,
        one @ Value::Object(_) => vec![one],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(ApiError::invalid_body("body", "The body must be a fault, or a list of them."));
        }
    };
    let is_outage = |it: &Value| it.get("outage").is_some();
    let (outages, faults): (Vec<Value>, Vec<Value>) = given.into_iter().partition(is_outage);
    let faults = faults.into_iter().map(fault).collect::<Result<Vec<_>, _>>()?;
    let changes = begun(cx, outages)?;
    let set = lock(cx.faults).add(faults);
    let answer = Response::json(StatusCode::CREATED, &FaultsWire { results: &set, outages: Vec::new() })?;
    Ok(HandlerOutput { answer, changes })
}

/// The changes that start outages.
fn begun(cx: &Context<'_>, given: Vec<Value>) -> Result<Vec<Change>, ApiError> {
    let first = outages(cx).last().map_or(0, |(number, _)| *number) + 1;
    let begun = given.into_iter().zip(first..).map(|(given, number)| {
        let request: OutageRequest = serde_json::from_value(given)
            .map_err(|error| ApiError::invalid_body("outage", &error.to_string()))?;
        let platform = integration::find(&request.outage).ok_or_else(|| {
            ApiError::invalid_body("outage", &format!("No integration has the key {}.", request.outage))
        })?;
        let outage = Outage {
            platform: platform.key.to_owned(),
            // An outage cannot start in the past.
            from: request.from.unwrap_or(cx.now).max(cx.now),
            until: request.until,
        };
        Change::put_document(DocumentKind::Outage, format!("{number:06}"), &outage)
    });
    begun.collect()
}

/// The body that starts an outage.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename = "OutageForm")]
struct OutageRequest {
    outage: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// All outages with their numbers.
fn outages(cx: &Context<'_>) -> Vec<(u64, Outage)> {
    let all = cx.state.documents.with_prefix::<Outage>(DocumentKind::Outage, "");
    all.filter_map(|(key, outage)| Some((key.parse().ok()?, outage))).collect()
}

/// The changes that end the current outages of one platform, or of all. Past effects stay.
fn ended(cx: &Context<'_>, platform: Option<&str>) -> Result<Vec<Change>, ApiError> {
    let current_outages = outages(cx).into_iter().filter(|(_, it)| {
        it.until.is_none_or(|until| cx.now < until)
            && platform.is_none_or(|key| it.platform.eq_ignore_ascii_case(key))
    });
    current_outages
        .map(|(number, outage)| {
            let key = format!("{number:06}");
            // An outage in the future is removed.
            if outage.from >= cx.now {
                return Ok(Change::delete_document(DocumentKind::Outage, key));
            }
            Change::put_document(DocumentKind::Outage, key, &Outage { until: Some(cx.now), ..outage })
        })
        .collect()
}

fn end_outage(cx: &Context<'_>) -> HandlerResult {
    let changes = ended(cx, Some(cx.segment(3)))?;
    if changes.is_empty() { Err(ApiError::path_not_found()) } else { empty(StatusCode::NO_CONTENT, changes) }
}

fn fault(given: Value) -> Result<Fault, ApiError> {
    let fault: Fault =
        serde_json::from_value(given).map_err(|error| ApiError::invalid_body("fault", &error.to_string()))?;
    if fault.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
        return Err(ApiError::invalid_body("rate", "A rate must be a number from 0 to 1."));
    }
    match fault.status {
        Some(status) if !(200..=599).contains(&status) => {
            Err(ApiError::invalid_body("status", "A status must be a number from 200 to 599."))
        }
        Some(_) | None => Ok(fault),
    }
}

fn clear(cx: &Context<'_>, number: Option<&str>) -> HandlerResult {
    let id = number.map(|it| it.parse::<u64>().map_err(|_| ApiError::path_not_found())).transpose()?;
    if !lock(cx.faults).clear(id) && id.is_some() {
        return Err(ApiError::path_not_found());
    }
    let changes = if id.is_none() { ended(cx, None)? } else { Vec::new() };
    empty(StatusCode::NO_CONTENT, changes)
}
