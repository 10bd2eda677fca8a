//! The sandbox's clock: `GET` and `POST /_sandbox/clock`.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    answer::Problem,
    change::Change,
    clock::{self, Anchor},
    context::{Context, Outcome, changed, ok},
    stamp,
};

/// The clock can be moved by at most 100 years in one request.
const FURTHEST: SignedDuration = SignedDuration::from_hours(100 * 366 * 24);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClockWire {
    now: String,
    mode: &'static str,
    /// A string, because it may have decimals.
    time_scale: String,
}

pub(super) fn clock(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&wire(cx, cx.now)),
        "POST" => shift(cx),
        _ => Err(Problem::wrong_method("GET, POST")),
    }
}

fn shift(cx: &Context<'_>) -> Outcome {
    let to = target(&cx.request.object()?, cx.now)?;
    if to < cx.now {
        return Err(Problem::invalid_body("to", "The clock never goes backwards."));
    }
    if to.duration_since(cx.now) > FURTHEST {
        return Err(Problem::invalid_body(
            "clock",
            "One request moves the clock by a hundred years at most.",
        ));
    }
    let anchor = Anchor { host: cx.face.host, here: to };
    changed(&wire(cx, to), vec![Change::Clock(anchor)])
}

fn target(body: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, Problem> {
    let said = |field: &str| body.get(field).filter(|value| !value.is_null());
    match (said("advance"), said("to")) {
        (Some(Value::String(text)), None) => {
            let span = clock::span(text).ok_or_else(|| {
                Problem::invalid_body("advance", "A span is such as 95d, 1w2d, 12h30m or 90s.")
            })?;
            now.checked_add(span).map_err(|_| Problem::invalid_body("advance", "The span is too long."))
        }
        (None, Some(Value::String(text))) => codat::datetime::parse(text)
            .map_err(|_| Problem::invalid_body("to", "An instant is such as 2027-01-01T00:00:00Z.")),
        (_, _) => Err(Problem::invalid_body(
            "body",
            "Say either {\"advance\": \"95d\"} or {\"to\": \"2027-01-01T00:00:00Z\"}.",
        )),
    }
}

fn wire(cx: &Context<'_>, now: Timestamp) -> ClockWire {
    let scale = cx.face.scale;
    ClockWire { now: stamp::precise(now), mode: scale.mode(), time_scale: scale.to_string() }
}
