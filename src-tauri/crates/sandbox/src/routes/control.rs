//! What drives the sandbox itself, under `/_sandbox/`. Codat has nothing of the kind.

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::{
    Context, Done, Outcome, clock, companies, connections, happenings, nothing, ok, reads, snapshot,
};
use crate::{
    answer::{Answer, Problem},
    endpoint::lock,
    faults::Fault,
    link,
    record::{CompanyRecord, ConnectionRecord, ErrorRecord, ErrorState},
    request,
};

pub(super) fn dispatch(cx: &Context<'_>, method: &str, rest: &[&str]) -> Outcome {
    match (rest, method) {
        (["connections", _, "deauthorize"], "POST") => change(cx, |it| it.deauthorize(cx.now)),
        (["connections", _, "unlink"], "POST") => change(cx, |it| it.unlink(cx.now)),
        (["connections", _, "link"], "POST") => relink(cx),
        (["connections", _, "error"], "POST") => error(cx),
        (["companies", _, "vanish"], "POST") => vanish(cx),
        (["snapshot"], _) => snapshot::snapshot(cx, method),
        (["happenings"], "GET") => happenings::list(cx),
        (["happenings"], _) => Err(Problem::wrong_method("GET")),
        (["clock"], _) => clock::clock(cx, method),
        (["link"], _) => link::control(cx, method),
        (["requests"], _) => requests(cx, method),
        (["companies"], "GET") => companies::all(cx, method),
        (["companies"], _) => Err(Problem::wrong_method("GET")),
        (["reads"], "GET") => reads::live(cx),
        (["reads"], _) => Err(Problem::wrong_method("GET")),
        (["faults"], "GET") => ok(&FaultsWire { results: lock(cx.faults).all() }),
        (["faults"], "POST") => set_faults(cx),
        (["faults"], "DELETE") => clear(cx, None),
        (["faults", number], "DELETE") => clear(cx, Some(number)),
        (["connections", _, "deauthorize" | "unlink" | "link" | "error"] | ["companies", _, "vanish"], _) => {
            Err(Problem::wrong_method("POST"))
        }
        (["faults"], _) => Err(Problem::wrong_method("GET, POST, DELETE")),
        (["faults", _], _) => Err(Problem::wrong_method("DELETE")),
        _ => Err(Problem::no_such_path()),
    }
}

#[derive(Serialize)]
struct FaultsWire<'a> {
    results: &'a [Fault],
}

/// The last requests, newest first.
fn requests(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            let after = figure(cx, "after")?.unwrap_or(0);
            let most = figure(cx, "limit")?.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
            ok(&lock(cx.log).newest_first(after, most))
        }
        "DELETE" => {
            lock(cx.log).clear();
            nothing(StatusCode::NO_CONTENT, vec![])
        }
        _ => Err(Problem::wrong_method("GET, DELETE")),
    }
}

/// A parameter that is a number.
fn figure(cx: &Context<'_>, name: &str) -> Result<Option<u64>, Problem> {
    let given = cx.request.parameter(name).filter(|text| !text.is_empty());
    let wrong = || Problem::invalid_body(name, "A number is written in digits.");
    given.map(|text| text.parse().map_err(|_| wrong())).transpose()
}

/// Changes the connection that the path names, whatever its state.
fn change(cx: &Context<'_>, change: impl FnOnce(&mut ConnectionRecord)) -> Outcome {
    let (slot, mut company, id) = connection(cx)?;
    if let Some(connection) = company.connection_mut(id) {
        change(connection);
    }
    connections::keep(cx, slot, company, id)
}

fn relink(cx: &Context<'_>) -> Outcome {
    let (slot, company, id) = connection(cx)?;
    connections::link(cx, slot, company, id)
}

fn error(cx: &Context<'_>) -> Outcome {
    let body = cx.request.object()?;
    let text =
        |field: &str, default: &str| body.get(field).and_then(Value::as_str).unwrap_or(default).to_owned();
    let error = ErrorRecord::new(
        &text("statusCode", "503"),
        &text("statusText", "Service Unavailable"),
        &text("errorMessage", "The platform did not answer. The read will be tried again."),
        cx.now,
        ErrorState::Active,
    );
    change(cx, |connection| connection.errors.push(error))
}

fn connection(cx: &Context<'_>) -> Result<(crate::record::Slot, CompanyRecord, uuid::Uuid), Problem> {
    let text = cx.segment(2);
    let found = request::uuid(text).and_then(|id| {
        let slot = cx.state.world.find_connection(id)?;
        Some((slot, cx.state.world.record(slot)?.into_owned(), id))
    });
    found.ok_or_else(|| Problem::no_connection(text))
}

fn vanish(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company_called(cx.segment(2))?;
    nothing(StatusCode::NO_CONTENT, companies::removal(cx, slot, &company))
}

fn set_faults(cx: &Context<'_>) -> Outcome {
    let given = match cx.request.json()? {
        Value::Array(given) => given,
        one @ Value::Object(_) => vec![one],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(Problem::invalid_body("body", "The body must be a fault, or a list of them."));
        }
    };
    let faults = given.into_iter().map(fault).collect::<Result<Vec<_>, _>>()?;
    let set = lock(cx.faults).add(faults);
    let answer = Answer::json(StatusCode::CREATED, &FaultsWire { results: &set })?;
    Ok(Done { answer, changes: vec![] })
}

fn fault(given: Value) -> Result<Fault, Problem> {
    let fault: Fault =
        serde_json::from_value(given).map_err(|error| Problem::invalid_body("fault", &error.to_string()))?;
    match fault.status {
        Some(status) if !(200..=599).contains(&status) => {
            Err(Problem::invalid_body("status", "A status is a number from 200 to 599."))
        }
        Some(_) | None => Ok(fault),
    }
}

fn clear(cx: &Context<'_>, number: Option<&str>) -> Outcome {
    let id = number.map(|it| it.parse::<u64>().map_err(|_| Problem::no_such_path())).transpose()?;
    if !lock(cx.faults).clear(id) && id.is_some() {
        return Err(Problem::no_such_path());
    }
    nothing(StatusCode::NO_CONTENT, vec![])
}
