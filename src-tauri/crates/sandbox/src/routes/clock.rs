//! The sandbox's clock: `GET` and `POST /_sandbox/clock`.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    change::Change,
    clock::{self, ClockAnchor},
    context::{Context, HandlerResult, ok, ok_with_changes},
    response::ApiError,
    time_format,
};

/// The clock can be moved by at most 100 years in one request.
const MAX_ADVANCE: SignedDuration = SignedDuration::from_hours(100 * 366 * 24);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClockWire {
    now: String,
    mode: &'static str,
    /// A string, because it may have decimals.
    time_scale: String,
}

pub(super) fn clock(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&wire(cx, cx.now)),
        "POST" => shift(cx),
        _ => Err(ApiError::method_not_allowed("GET, POST")),
    }
}

fn shift(cx: &Context<'_>) -> HandlerResult {
    let to = target(&cx.request.object()?, cx.now)?;
    if to < cx.now {
        return Err(ApiError::invalid_body("to", "The clock can’t go backwards."));
    }
    if to.duration_since(cx.now) > MAX_ADVANCE {
        return Err(ApiError::invalid_body(
            "clock",
            "One request can move the clock by at most a hundred years.",
        ));
    }
    let anchor = ClockAnchor { host: cx.clock.host, sandbox: to };
    ok_with_changes(&wire(cx, to), vec![Change::Clock(anchor)])
}

fn target(body: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, ApiError> {
    let value_of = |field: &str| body.get(field).filter(|value| !value.is_null());
    match (value_of("advance"), value_of("to")) {
        (Some(Value::String(text)), None) => {
            let span = clock::parse_duration(text).ok_or_else(|| {
                ApiError::invalid_body("advance", "Enter a span such as 95d, 1w2d, 12h30m or 90s.")
            })?;
            now.checked_add(span).map_err(|_| ApiError::invalid_body("advance", "The span is too long."))
        }
        (None, Some(Value::String(text))) => codat::datetime::parse(text)
            .map_err(|_| ApiError::invalid_body("to", "Enter a time such as 2027-01-01T00:00:00Z.")),
        (_, _) => Err(ApiError::invalid_body(
            "body",
            "Send either {\"advance\": \"95d\"} or {\"to\": \"2027-01-01T00:00:00Z\"}.",
        )),
    }
}

fn wire(cx: &Context<'_>, now: Timestamp) -> ClockWire {
    let scale = cx.clock.scale;
    ClockWire { now: time_format::with_fraction(now), mode: scale.mode(), time_scale: scale.to_string() }
}
