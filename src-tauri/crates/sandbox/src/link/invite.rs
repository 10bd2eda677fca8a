//! The invite URL (§1.2, §1.9): a customer without a company enters a name, and the company is created.

use codat::model::kept_name;
use http::{Method, StatusCode};
use maud::html;

use super::{
    forwarded_parameters::ForwardedParameters,
    visit::{field, see_other, show},
};
use crate::{
    change::Change,
    context::{Context, HandlerResult},
    routes::companies,
};

const MAX_NAME_LENGTH: usize = 200;

pub(super) fn answer(cx: &Context<'_>) -> HandlerResult {
    if cx.state.link.settings.one_time_urls {
        return closed(cx);
    }
    if cx.request.method != Method::POST {
        return ask(cx, "", None);
    }
    let fields = cx.request.form().filter(|it| field(it, "token") == Some(token(cx).as_str()));
    let Some(fields) = fields else {
        return ask(cx, "", Some("This page was out of date. Please try again."));
    };
    let given = field(&fields, "name").unwrap_or_default();
    let name = kept_name(given);
    if name.trim().is_empty() {
        return ask(cx, given, Some("Enter your company’s name, with at least one letter or digit."));
    }
    if name.chars().count() > MAX_NAME_LENGTH {
        return ask(cx, given, Some("This name is too long. Enter a shorter one."));
    }
    if companies::has_capacity(cx) { make(cx, name) } else { full(cx) }
}

fn ask(cx: &Context<'_>, given: &str, wrong: Option<&str>) -> HandlerResult {
    let forwarded = ForwardedParameters::from_request(cx.request);
    let body = html! {
        @if let Some(text) = wrong {
            div.errors role="alert" tabindex="-1" autofocus {
                h2 { "Something is missing" }
                ul { li { a href="#name" { (text) } } }
            }
        }
        h1 { "Connect your business" }
        p { bdi { (cx.state.profile.name) } " invites you to connect your accounts." }
        form method="post" action=(forwarded.to("/invite")) novalidate {
            input type="hidden" name="token" value=(token(cx));
            div.field {
                label for="name" { "Company name" }
                input #name type="text" name="name" value=(given) autocomplete="organization" required
                    maxlength=(MAX_NAME_LENGTH) aria-invalid=[wrong.map(|_| "true")];
            }
            button.primary type="submit" { "Start" }
        }
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    show(cx, status, "Connect your business", &body)
}

fn make(cx: &Context<'_>, name: String) -> HandlerResult {
    let (slot, company) = companies::new_company(cx, name, "Link");
    let next = ForwardedParameters::from_request(cx.request).to(&format!("/company/{}", company.id));
    see_other(&next, vec![Change::Company(slot, Some(Box::new(company)))])
}

/// The plan's company limit is reached.
fn full(cx: &Context<'_>) -> HandlerResult {
    let title = "We can’t add more companies";
    let body = html! {
        h1 { (title) }
        p { "Please tell the person who sent you the link. We didn’t save what you entered." }
    };
    show(cx, StatusCode::PAYMENT_REQUIRED, title, &body)
}

fn closed(cx: &Context<'_>) -> HandlerResult {
    let title = "You can’t use this link";
    let body = html! {
        h1 { (title) }
        p { "Only one-time links work here. Ask the person who sent it to you for one." }
    };
    show(cx, StatusCode::FORBIDDEN, title, &body)
}

fn token(cx: &Context<'_>) -> String {
    cx.state.seal("form", "invite")
}
