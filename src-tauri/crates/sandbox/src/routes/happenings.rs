//! Timeline events in order: `GET /_sandbox/happenings?from=…&to=…`.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    answer::Problem,
    context::{Context, Outcome, ok},
    paging::Window,
    read::What,
    stamp,
};

/// The default period.
const LATELY: SignedDuration = SignedDuration::from_hours(24);

/// Longer periods are rejected.
const MOST: i64 = 100_000;

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

pub(super) fn list(cx: &Context<'_>) -> Outcome {
    let window = Window::of(cx.request)?;
    let lately = cx.now.checked_sub(LATELY).unwrap_or(cx.now);
    let (from, to) = (instant(cx, "from")?.unwrap_or(lately), instant(cx, "to")?.unwrap_or(cx.now));
    let to = to.min(cx.now);
    if cx.state.reads_between(from, to) > MOST {
        let text = format!("More than {MOST} things happened in that time. Ask for less of it.");
        return Err(Problem::invalid_body("from", &text));
    }
    let all = cx.state.happenings(from, to);
    let results = window.cut(&all).iter().map(|it| {
        let read = match &it.what {
            What::Read(dataset) => Some(dataset),
            What::FirstReads | What::Deauthorized => None,
        };
        HappeningWire {
            at: stamp::precise(it.at),
            what: match it.what {
                What::Read(_) => "read",
                What::FirstReads => "firstReads",
                What::Deauthorized => "deauthorized",
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

fn instant(cx: &Context<'_>, name: &str) -> Result<Option<Timestamp>, Problem> {
    let parse = |text: &str| {
        codat::datetime::parse(text).map_err(|_| Problem::invalid_body(name, "An instant is a datetime."))
    };
    cx.request.parameter(name).map(parse).transpose()
}
