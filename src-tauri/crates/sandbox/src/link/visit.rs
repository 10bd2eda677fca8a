//! The context of a Link page of a company, and its responses.

use std::borrow::Cow;

use http::{Method, StatusCode};
use maud::{Markup, html};
use uuid::Uuid;

use super::{forwarded_parameters::ForwardedParameters, view};
use crate::{
    change::Change,
    context::{Context, HandlerOutput, HandlerResult},
    record::{CompanyRecord, ConnectionRecord, Slot},
    request::Parameter,
    response::Response,
};

pub(super) struct Visit<'a> {
    pub(super) cx: &'a Context<'a>,
    pub(super) slot: Slot,
    pub(super) company: Cow<'a, CompanyRecord>,
    /// The connection of the page's URL.
    pub(super) connection: Option<Uuid>,
    /// The forwarded query parameters.
    pub(super) forwarded: ForwardedParameters,
    /// The path segments below the Link URL.
    pub(super) page: Vec<String>,
}

impl Visit<'_> {
    pub(super) fn connection(&self) -> Option<&ConnectionRecord> {
        self.connection.and_then(|id| self.company.connection(id))
    }

    pub(super) fn is_post(&self) -> bool {
        self.cx.request.method == Method::POST
    }

    /// The URL of a page of the company, with the forwarded parameters.
    pub(super) fn company_page(&self, page: &str) -> String {
        self.forwarded.to(&format!("/company/{}{page}", self.company.id))
    }

    /// The URL of a page of one of the connections.
    pub(super) fn connection_page(&self, connection: Uuid, page: &str) -> String {
        self.forwarded.to(&format!("/companies/{}/connections/{connection}/start{page}", self.company.id))
    }

    /// The token that every form must include (CSRF).
    pub(super) fn token(&self) -> String {
        self.cx.state.seal("form", &self.company.id.to_string())
    }

    /// The form's fields. None if the token is missing or wrong.
    pub(super) fn form(&self) -> Option<Vec<Parameter>> {
        let fields = self.cx.request.form()?;
        (field(&fields, "token") == Some(self.token().as_str())).then_some(fields)
    }

    pub(super) fn show(&self, status: StatusCode, title: &str, body: &Markup) -> HandlerResult {
        show(self.cx, status, title, body)
    }

    /// The response to a form without a valid token.
    pub(super) fn expired_form(&self) -> HandlerResult {
        let body = html! {
            h1 { "This form is out of date" }
            p { "It doesn’t come from a current page of this sandbox. Nothing was changed." }
            p { a.button.primary href=(self.company_page("")) { "Start again" } }
        };
        self.show(StatusCode::FORBIDDEN, "This form is out of date", &body)
    }
}

pub(super) fn field<'a>(fields: &'a [Parameter], name: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
}

pub(super) fn show(cx: &Context<'_>, status: StatusCode, title: &str, body: &Markup) -> HandlerResult {
    let page = view::page(&cx.state.profile.name, title, body);
    Ok(HandlerOutput { answer: Response::html(status, page), changes: Vec::new() })
}

/// Redirects the browser.
pub(super) fn see_other(location: &str, changes: Vec<Change>) -> HandlerResult {
    Ok(HandlerOutput { answer: Response::see_other(location), changes })
}

pub(super) fn unknown(cx: &Context<'_>) -> HandlerResult {
    let body = html! {
        h1 { "This link doesn’t lead anywhere" }
        p { "No company or connection of this sandbox has this address. It may have been deleted." }
    };
    show(cx, StatusCode::NOT_FOUND, "This link doesn’t lead anywhere", &body)
}
