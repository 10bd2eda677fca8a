//! Routing. Path segments are matched ignoring case.

mod access;
mod api_keys;
mod clock;
pub(crate) mod companies;
mod configs;
mod connections;
mod consumers;
mod control;
mod data;
mod files;
mod happenings;
mod integrations;
mod messages;
mod products;
mod profile;
mod pushes;
pub(crate) mod reads;
mod snapshot;
mod sync_settings;

pub(crate) use control::{FAULT_LIMIT, is_fault};
pub(crate) use files::{UPLOAD_LIMIT, is_upload};

use crate::{
    context::{Context, HandlerResult},
    link, page,
    request::Request,
    response::ApiError,
};

pub(crate) fn dispatch(cx: &Context<'_>) -> HandlerResult {
    let lower: Vec<String> = cx.request.segments.iter().map(|it| it.to_ascii_lowercase()).collect();
    let parts: Vec<&str> = lower.iter().map(String::as_str).collect();
    let method = cx.request.method.as_str();
    if let Some(outcome) = link::answer(cx) {
        return outcome;
    }
    match parts.as_slice() {
        ["companies"] => companies::all(cx, method),
        ["companies", _] => companies::one(cx, method),
        ["companies", _, "connections"] => connections::all(cx, method),
        ["companies", _, "connections", _] => connections::one(cx, method),
        ["companies", _, "connections", _, "authorization"] => connections::authorization(cx, method),
        ["companies", _, "datastatus"] => reads::status(cx, method),
        ["companies", _, "data", "all"] | ["companies", _, "data", "queue", "all"] => {
            reads::refresh_all(cx, method)
        }
        ["companies", _, "data", "queue", _] => reads::refresh_one(cx, method),
        ["companies", _, "data", "history"] => reads::history(cx, method),
        ["companies", _, "data", "history", _] => reads::one(cx, method),
        ["companies", _, "products", _] => products::one(cx, method),
        ["companies", _, "products", _, "refresh"] => products::refresh(cx, method),
        ["companies", _, "accesstoken"] => access::token(cx, method),
        ["companies", _, "connectionmanagement", "accesstoken"] => access::legacy_token(cx, method),
        ["companies", _, "push"] => pushes::all(cx, method),
        ["companies", _, "push", _] => pushes::one(cx, method),
        ["companies", _, "connections", _, "options", _] => pushes::options(cx, method),
        ["companies", _, "connections", _, "data", "queue", "custom", _] => configs::queue(cx, method),
        ["companies", _, "connections", _, "data", "custom", _] => configs::records(cx, method),
        ["companies", _, "connections", _, "files"] => files::upload(cx, method),
        ["companies", _, "files"] => files::list(cx, method),
        ["companies", _, "files", "download"] => files::download(cx, method),
        ["corssettings"] => access::cors(cx, method),
        ["connectionmanagement", "corssettings"] => access::legacy_cors(cx, method),
        ["webhooks"] => consumers::all(cx, method),
        ["webhooks", "integrationkeys", "zapier"] => consumers::zapier(cx, method),
        ["webhooks", _] => consumers::one(cx, method),
        ["integrations", _, "datatypes", "custom", _] => configs::custom(cx, method),
        ["integrations", _, "datatypes", _, "supplementaldataconfig"] => configs::supplemental(cx, method),
        ["companies", _, "data", rest @ ..] => data::company_data(cx, method, rest),
        ["companies", _, "connections", _, "data", rest @ ..] => data::connection_data(cx, method, rest),
        ["companies", _, "reports", rest @ ..] => data::report(cx, method, rest),
        ["companies", _, "sync", _, "validation"] => reads::validation(cx, method),
        ["companies", _, "syncsettings"] => sync_settings::company(cx, method),
        ["profile", "syncsettings"] => sync_settings::client(cx, method),
        ["integrations"] => integrations::all(cx, method),
        ["integrations", _] => integrations::one(cx, method),
        ["integrations", _, "branding"] => integrations::branding(cx, method),
        ["profile"] => profile::profile(cx, method),
        ["apikeys"] => api_keys::all(cx, method),
        ["apikeys", _] => api_keys::one(cx, method),
        ["_sandbox", rest @ ..] => control::dispatch(cx, method, rest),
        [""] => page::dashboard(cx, method),
        ["assets", name] => page::asset(name, method),
        _ => Err(ApiError::path_not_found()),
    }
}

/// Pages for browsers need no API key.
pub(crate) fn is_page(request: &Request) -> bool {
    link::is_page(request) || page::is_page(request)
}

/// Requests that control the sandbox itself. Faults do not affect them.
pub(crate) fn is_control(request: &Request) -> bool {
    request.segments.first().is_some_and(|first| first.eq_ignore_ascii_case("_sandbox"))
}
