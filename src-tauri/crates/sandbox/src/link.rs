//! The Link pages in a browser (§5), on which a customer connects a source. They work without scripts. A GET
//! changes nothing; changes are made by forms.

mod authorization_method;
mod authorize;
mod category;
mod choose;
mod consent;
mod finish;
mod forwarded_parameters;
mod invite;
mod one_time_url;
mod outcome;
mod redirect;
mod settings;
mod view;
mod visit;

use http::Method;

pub(crate) use settings::control;

use crate::{
    context::{Context, HandlerResult},
    request::{self, Request},
    response::ApiError,
};
use forwarded_parameters::ForwardedParameters;
use visit::{Visit, unknown};

/// A Link URL. The list has the path segments below it; empty: the first page.
enum LinkRoute<'a> {
    Invite,
    Company(&'a str, Vec<String>),
    Connection(&'a str, &'a str, Vec<String>),
}

/// Whether the request is for a Link page.
pub(crate) fn is_page(request: &Request) -> bool {
    (request.method == Method::GET || request.method == Method::POST) && place(request).is_some()
}

/// None if the request is not for a Link page.
pub(crate) fn answer(cx: &Context<'_>) -> Option<HandlerResult> {
    let place = place(cx.request)?;
    if !is_page(cx.request) {
        return Some(Err(ApiError::method_not_allowed("GET, POST")));
    }
    Some(match place {
        LinkRoute::Invite => invite::answer(cx),
        LinkRoute::Company(id, page) => match visit(cx, id, None, page) {
            Some(visit) => company(&visit),
            None => unknown(cx),
        },
        LinkRoute::Connection(id, connection, page) => match visit(cx, id, Some(connection), page) {
            Some(visit) => started(&visit),
            None => unknown(cx),
        },
    })
}

fn place(request: &Request) -> Option<LinkRoute<'_>> {
    let is = |part: &str, name: &str| part.eq_ignore_ascii_case(name);
    let page = |rest: &[String]| rest.iter().map(|part| part.to_ascii_lowercase()).collect();
    match request.segments.as_slice() {
        [invite] if is(invite, "invite") => Some(LinkRoute::Invite),
        [company, id, rest @ ..] if is(company, "company") => Some(LinkRoute::Company(id, page(rest))),
        [companies, id, connections, connection, start, rest @ ..]
            if is(companies, "companies") && is(connections, "connections") && is(start, "start") =>
        {
            Some(LinkRoute::Connection(id, connection, page(rest)))
        }
        _ => None,
    }
}

fn visit<'a>(
    cx: &'a Context<'a>,
    id: &str,
    connection: Option<&str>,
    page: Vec<String>,
) -> Option<Visit<'a>> {
    let (slot, company) = cx.find_company(id).ok()?;
    let connection = match connection {
        Some(text) => Some(company.connection(request::uuid(text)?)?.id),
        None => None,
    };
    Some(Visit {
        cx,
        slot,
        company,
        connection,
        forwarded: ForwardedParameters::from_request(cx.request),
        page,
    })
}

/// The pages below a company's Link URL.
fn company(visit: &Visit<'_>) -> HandlerResult {
    if let Some(refusal) = one_time_url::without_access(visit) {
        return refusal;
    }
    let page: Vec<&str> = visit.page.iter().map(String::as_str).collect();
    match page.as_slice() {
        [] => choose::landing(visit),
        ["choose"] => choose::categories(visit),
        ["choose", slug] => match category::Category::named(slug) {
            Some(category) if visit.is_post() => choose::pick(visit, category),
            Some(category) => choose::platforms(visit, category),
            None => unknown(visit.cx),
        },
        ["unsupported"] => outcome::unsupported(visit),
        ["finish"] => finish::finish(visit),
        _ => unknown(visit.cx),
    }
}

/// The pages below a connection's Link URL.
fn started(visit: &Visit<'_>) -> HandlerResult {
    if let Some(refusal) = one_time_url::without_access(visit) {
        return refusal;
    }
    let Some(connection) = visit.connection() else { return unknown(visit.cx) };
    let page: Vec<&str> = visit.page.iter().map(String::as_str).collect();
    match page.as_slice() {
        [] if visit.is_post() => consent::submit(visit, connection),
        [] => consent::form_page(visit, connection),
        ["authorize"] if visit.is_post() => authorize::submit(visit, connection),
        ["authorize"] => authorize::form_page(visit, connection),
        ["done"] => outcome::shown(visit, connection),
        ["finish"] => finish::finish(visit),
        _ => unknown(visit.cx),
    }
}
