//! The end of Link: the client's redirect (§5.5) or the built-in page.

use http::StatusCode;
use maud::html;

use super::{
    redirect,
    visit::{Visit, see_other},
};
use crate::{
    context::HandlerResult,
    record::{ConnectionRecord, Status},
};

/// Platforms whose redirect includes the company's name (§5.5).
const PLATFORMS_WITH_COMPANY_NAME: [&str; 5] = ["trji", "akxx", "qhyg", "knfz", "gbol"];

pub(super) fn finish(visit: &Visit<'_>) -> HandlerResult {
    let code = match visit.cx.request.parameter("link.status") {
        Some(code @ ("200" | "201" | "403" | "500" | "501")) => code,
        Some(_) | None => "200",
    };
    match destination(visit, code) {
        Some(url) => see_other(&url, Vec::new()),
        None => built_in(visit, code),
    }
}

/// The redirect URL, if one is set and allowed.
fn destination(visit: &Visit<'_>, code: &str) -> Option<String> {
    let (state, settings) = (visit.cx.state, &visit.cx.state.link.settings);
    let profile = &state.profile;
    let own = format!("{}/company/{{companyId}}", state.base());
    let template = match &settings.redirect_url {
        Some(url) => url,
        None if profile.redirect_url == own => return None,
        None => &profile.redirect_url,
    };
    let mut allowed = settings.allowed_redirect_hosts.clone();
    allowed.extend(profile.white_list_urls.iter().map(|url| redirect::host_of(url).to_owned()));
    redirect::filled(template, |name| value(visit, code, name), &allowed)
}

/// The value of a placeholder. Names are case-sensitive.
fn value(visit: &Visit<'_>, code: &str, name: &str) -> String {
    let connection = visit.connection().or_else(|| newest_linked(visit));
    let platform = connection.and_then(ConnectionRecord::platform);
    let value_or_none = match name {
        "clientId" => Some(visit.cx.state.client_id().to_string()),
        "companyId" => Some(visit.company.id.to_string()),
        "connectionId" => connection.map(|it| it.id.to_string()),
        "integrationId" => platform.map(|it| it.integration_id().to_string()),
        "sourceId" => platform.map(|it| it.source_id().to_string()),
        "platform" => connection.map(|it| it.key.clone()),
        "platformName" => platform.map(|it| it.name.to_owned()),
        "sourceType" => platform.map(|it| format!("{:?}", it.kind)),
        "statusCode" => Some(code.to_owned()),
        "errorMessage" => Some(message(code).to_owned()),
        "statusText" => connection.filter(|_| !matches!(code, "200" | "201")).and_then(provider_text),
        "data.company.companyName" => connection
            .filter(|it| PLATFORMS_WITH_COMPANY_NAME.contains(&it.key.as_str()))
            .map(|_| visit.company.name.clone()),
        custom => visit.forwarded.custom(custom).map(str::to_owned),
    };
    value_or_none.unwrap_or_default()
}

fn newest_linked<'a>(visit: &'a Visit<'_>) -> Option<&'a ConnectionRecord> {
    visit.company.connections.iter().rev().find(|it| it.status == Status::Linked)
}

fn provider_text(connection: &ConnectionRecord) -> Option<String> {
    connection.errors.last().map(|error| error.text.clone())
}

/// The texts of §5.4.
fn message(code: &str) -> &'static str {
    match code {
        "403" => "User cancelled.",
        "500" => "Unknown error occurred.",
        "501" => "Not supported.",
        _ => "",
    }
}

fn built_in(visit: &Visit<'_>, code: &str) -> HandlerResult {
    let linked: Vec<&str> = visit
        .company
        .connections
        .iter()
        .filter(|it| it.status == Status::Linked)
        .map(|it| it.platform().map_or(it.key.as_str(), |platform| platform.name))
        .collect();
    let is_good = matches!(code, "200" | "201");
    let title = if is_good { "You’re done" } else { "Nothing connected" };
    let body = html! {
        h1 { (title) }
        @if is_good {
            p { "Thank you. " strong { bdi { (visit.company.name) } } " is connected:" }
            ul.plain { @for name in &linked { li { (name) } } }
        } @else {
            p { "You can come back with the same link at any time." }
        }
        p.quiet { "You can close this page. Result " code { (code) } }
    };
    visit.show(StatusCode::OK, title, &body)
}
