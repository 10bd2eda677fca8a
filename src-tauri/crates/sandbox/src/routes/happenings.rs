//! Timeline events in order: `GET /_sandbox/happenings?from=…&to=…`.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    context::{Context, HandlerResult, ok},
    paging::Window,
    read::EventKind,
    response::ApiError,
    time_format,
};

/// The default period.
const DEFAULT_PERIOD: SignedDuration = SignedDuration::from_hours(24);

/// Longer periods are rejected.
const MAX_READS: i64 = 100_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HappeningWire {
    at: String,
    what: &'static str,
    company_id: Uuid,
    connection_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_id: Option<Uuid>,
}

pub(super) fn list(cx: &Context<'_>) -> HandlerResult {
    let window = Window::parse(cx.request)?;
    let lately = cx.now.checked_sub(DEFAULT_PERIOD).unwrap_or(cx.now);
    let (from, to) = (instant(cx, "from")?.unwrap_or(lately), instant(cx, "to")?.unwrap_or(cx.now));
    let to = to.min(cx.now);
    if cx.state.reads_between(from, to) > MAX_READS {
        let text = format!("More than {MAX_READS} things happened in that time. Choose a shorter time.");
        return Err(ApiError::invalid_body("from", &text));
    }
    let all = cx.state.timeline(from, to);
    let results = window.cut(&all).iter().map(|it| {
        let read = match &it.kind {
            EventKind::Read(dataset) => Some(dataset),
            EventKind::FirstReads | EventKind::Deauthorized => None,
        };
        HappeningWire {
            at: time_format::with_fraction(it.at),
            what: match it.kind {
                EventKind::Read(_) => "read",
                EventKind::FirstReads => "firstReads",
                EventKind::Deauthorized => "deauthorized",
            },
            company_id: cx.state.world.record(it.slot).map(|company| company.id).unwrap_or_default(),
            connection_id: it.connection,
            data_type: read.map(|dataset| dataset.data_type),
            status: read.map(|dataset| dataset.stage(cx.now).0),
            dataset_id: read.map(|dataset| dataset.id),
        }
    });
    ok(&window.page(cx.request, results.collect(), all.len()))
}

fn instant(cx: &Context<'_>, name: &str) -> Result<Option<Timestamp>, ApiError> {
    let parse = |text: &str| {
        codat::datetime::parse(text).map_err(|_| ApiError::invalid_body(name, "Enter a datetime."))
    };
    cx.request.parameter(name).map(parse).transpose()
}
