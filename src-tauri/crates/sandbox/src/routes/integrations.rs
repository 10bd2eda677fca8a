//! Integrations and their branding (§2.10).

use http::StatusCode;

use crate::{
    answer::{Part, Problem},
    context::{Context, Outcome, ok},
    integration::{self, IntegrationWire},
    listing::{self, Kind},
};

pub(super) fn all(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            listing::small(cx, (0..integration::all().len()).filter_map(|at| wire(cx, at)), Kind::Integration)
        }
        _ => Err(Problem::wrong_method("GET")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&position(cx).and_then(|at| wire(cx, at).ok_or_else(|| unknown(cx)))?),
        _ => Err(Problem::wrong_method("GET")),
    }
}

pub(super) fn branding(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            let platform = integration::find(cx.segment(1)).ok_or_else(|| unknown(cx))?;
            ok(&integration::branding(platform))
        }
        _ => Err(Problem::wrong_method("GET")),
    }
}

fn position(cx: &Context<'_>) -> Result<usize, Problem> {
    integration::position(cx.segment(1)).ok_or_else(|| unknown(cx))
}

fn wire(cx: &Context<'_>, at: usize) -> Option<IntegrationWire> {
    let (linked, total) = cx.state.world.tally().platform(at);
    integration::all().get(at).map(|platform| integration::wire(platform, linked, total))
}

fn unknown(cx: &Context<'_>) -> Problem {
    let text = format!("No integration was found with key {}", cx.segment(1));
    Problem::new(StatusCode::NOT_FOUND, Part::Clients, text)
}
