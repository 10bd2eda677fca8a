//! Integrations and their branding (§2.10).

use http::StatusCode;

use crate::{
    context::{Context, HandlerResult, ok},
    integration::{self, IntegrationWire},
    listing::{self, ListKind},
    response::{ApiError, Service},
};

pub(super) fn all(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => listing::small(
            cx,
            (0..integration::all().len()).filter_map(|at| wire(cx, at)),
            ListKind::Integration,
        ),
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&position(cx).and_then(|at| wire(cx, at).ok_or_else(|| unknown(cx)))?),
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

pub(super) fn branding(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let platform = integration::find(cx.segment(1)).ok_or_else(|| unknown(cx))?;
            ok(&integration::branding(platform))
        }
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

fn position(cx: &Context<'_>) -> Result<usize, ApiError> {
    integration::position(cx.segment(1)).ok_or_else(|| unknown(cx))
}

fn wire(cx: &Context<'_>, at: usize) -> Option<IntegrationWire> {
    let (linked, total) = cx.state.world.connection_counts().platform(at);
    integration::all().get(at).map(|platform| integration::wire(platform, linked, total))
}

fn unknown(cx: &Context<'_>) -> ApiError {
    let text = format!("No integration was found with key {}", cx.segment(1));
    ApiError::new(StatusCode::NOT_FOUND, Service::Clients, text)
}
