//! Link in a browser (§5): the pages on which a customer connects a source. They work without a script; a
//! page that is shown changes nothing, and what changes is sent by a form of the page.

mod authorize;
mod category;
mod choose;
mod consent;
mod door;
mod finish;
mod invite;
mod means;
mod outcome;
mod redirect;
mod settings;
mod state;
mod trail;
mod view;

use std::borrow::Cow;

use http::{Method, StatusCode};
use maud::{Markup, html};
use uuid::Uuid;

pub(crate) use settings::control;
pub(crate) use state::LinkState;

use crate::{
    answer::{Answer, Problem},
    record::{CompanyRecord, ConnectionRecord, Slot},
    request::{self, Parameter, Request},
    routes::{Context, Done, Outcome},
    state::Change,
};
use trail::Trail;

/// Where a page is. The last part says which page; empty: the one that the Link URL opens.
enum Place<'a> {
    Invite,
    Company(&'a str, Vec<String>),
    Connection(&'a str, &'a str, Vec<String>),
}

/// Somebody on the pages of a company.
struct Visit<'a> {
    cx: &'a Context<'a>,
    slot: Slot,
    company: Cow<'a, CompanyRecord>,
    /// The connection that the page is about.
    connection: Option<Uuid>,
    /// What goes along from page to page.
    trail: Trail,
    /// The page below the Link URL.
    page: Vec<String>,
}

/// Whether the request is for a page of Link.
pub(crate) fn is_page(request: &Request) -> bool {
    (request.method == Method::GET || request.method == Method::POST) && place(request).is_some()
}

/// Answers a request for a page of Link; none where it is for something else.
pub(crate) fn answer(cx: &Context<'_>) -> Option<Outcome> {
    let place = place(cx.request)?;
    if !is_page(cx.request) {
        return Some(Err(Problem::wrong_method("GET, POST")));
    }
    Some(match place {
        Place::Invite => invite::answer(cx),
        Place::Company(id, page) => match visit(cx, id, None, page) {
            Some(visit) => company(&visit),
            None => unknown(cx),
        },
        Place::Connection(id, connection, page) => match visit(cx, id, Some(connection), page) {
            Some(visit) => started(&visit),
            None => unknown(cx),
        },
    })
}

fn place(request: &Request) -> Option<Place<'_>> {
    let is = |part: &str, name: &str| part.eq_ignore_ascii_case(name);
    let page = |rest: &[String]| rest.iter().map(|part| part.to_ascii_lowercase()).collect();
    match request.segments.as_slice() {
        [invite] if is(invite, "invite") => Some(Place::Invite),
        [company, id, rest @ ..] if is(company, "company") => Some(Place::Company(id, page(rest))),
        [companies, id, connections, connection, start, rest @ ..]
            if is(companies, "companies") && is(connections, "connections") && is(start, "start") =>
        {
            Some(Place::Connection(id, connection, page(rest)))
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
    let (slot, company) = cx.company_called(id).ok()?;
    let connection = match connection {
        Some(text) => Some(company.connection(request::uuid(text)?)?.id),
        None => None,
    };
    Some(Visit { cx, slot, company, connection, trail: Trail::of(cx.request), page })
}

/// The pages below a company's Link URL.
fn company(visit: &Visit<'_>) -> Outcome {
    if let Some(closed) = door::closed(visit) {
        return closed;
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
fn started(visit: &Visit<'_>) -> Outcome {
    if let Some(closed) = door::closed(visit) {
        return closed;
    }
    let Some(connection) = visit.connection() else { return unknown(visit.cx) };
    let page: Vec<&str> = visit.page.iter().map(String::as_str).collect();
    match page.as_slice() {
        [] if visit.is_post() => consent::answered(visit, connection),
        [] => consent::ask(visit, connection),
        ["authorize"] if visit.is_post() => authorize::answered(visit, connection),
        ["authorize"] => authorize::ask(visit, connection),
        ["done"] => outcome::shown(visit, connection),
        ["finish"] => finish::finish(visit),
        _ => unknown(visit.cx),
    }
}

impl Visit<'_> {
    fn connection(&self) -> Option<&ConnectionRecord> {
        self.connection.and_then(|id| self.company.connection(id))
    }

    fn is_post(&self) -> bool {
        self.cx.request.method == Method::POST
    }

    /// The address of a page of this company, with what goes along.
    fn company_page(&self, page: &str) -> String {
        self.trail.to(&format!("/company/{}{page}", self.company.id))
    }

    /// The address of a page of one of its connections.
    fn connection_page(&self, connection: Uuid, page: &str) -> String {
        self.trail.to(&format!("/companies/{}/connections/{connection}/start{page}", self.company.id))
    }

    /// What a form of this company's pages must bring along.
    fn token(&self) -> String {
        self.cx.state.seal("form", &self.company.id.to_string())
    }

    /// The fields that were sent, if a page of this company made the form.
    fn form(&self) -> Option<Vec<Parameter>> {
        let fields = self.cx.request.form()?;
        (field(&fields, "token") == Some(self.token().as_str())).then_some(fields)
    }

    /// A page about this company.
    fn show(&self, status: StatusCode, title: &str, body: &Markup) -> Outcome {
        show(self.cx, status, title, body)
    }

    /// What to say where a form is not one of ours.
    fn stale(&self) -> Outcome {
        let body = html! {
            h1 { "This form is out of date" }
            p { "It was not sent from a page that this sandbox shows now. Nothing was changed." }
            p { a.button.primary href=(self.company_page("")) { "Start again" } }
        };
        self.show(StatusCode::FORBIDDEN, "This form is out of date", &body)
    }
}

/// The value of a form's field.
fn field<'a>(fields: &'a [Parameter], name: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
}

fn show(cx: &Context<'_>, status: StatusCode, title: &str, body: &Markup) -> Outcome {
    let page = view::page(&cx.state.profile.name, title, body);
    Ok(Done { answer: Answer::html(status, page), changes: vec![] })
}

/// Sends the browser on, after what changed.
fn onward(location: &str, changes: Vec<Change>) -> Outcome {
    Ok(Done { answer: Answer::see_other(location), changes })
}

fn unknown(cx: &Context<'_>) -> Outcome {
    let body = html! {
        h1 { "This link leads nowhere" }
        p { "No company or connection of this sandbox has this address. It may have been deleted." }
    };
    show(cx, StatusCode::NOT_FOUND, "This link leads nowhere", &body)
}
