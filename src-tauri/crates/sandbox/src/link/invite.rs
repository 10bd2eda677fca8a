//! The invite URL (§1.2, §1.9): a customer without a company enters a name, and the company is created.

use codat::model::kept_name;
use http::{Method, StatusCode};
use maud::html;

use super::{
    trail::Trail,
    visit::{field, onward, show},
};
use crate::{
    change::Change,
    context::{Context, Outcome},
    routes::companies,
};

const LONGEST: usize = 200;

pub(super) fn answer(cx: &Context<'_>) -> Outcome {
    if cx.state.link.settings.one_time_urls {
        return closed(cx);
    }
    if cx.request.method != Method::POST {
        return ask(cx, "", None);
    }
    let fields = cx.request.form().filter(|it| field(it, "token") == Some(token(cx).as_str()));
    let Some(fields) = fields else {
        return ask(cx, "", Some("This page was out of date. Please try once more."));
    };
    let given = field(&fields, "name").unwrap_or_default();
    let name = kept_name(given);
    if name.trim().is_empty() {
        return ask(cx, given, Some("Give your company’s name, with at least one letter or digit."));
    }
    if name.chars().count() > LONGEST {
        return ask(cx, given, Some("That name is too long. Give a shorter one."));
    }
    if companies::has_room(cx) { make(cx, name) } else { full(cx) }
}

fn ask(cx: &Context<'_>, given: &str, wrong: Option<&str>) -> Outcome {
    let trail = Trail::of(cx.request);
    let body = html! {
        @if let Some(text) = wrong {
            div.errors role="alert" tabindex="-1" autofocus {
                h2 { "Something is missing" }
                ul { li { a href="#name" { (text) } } }
            }
        }
        h1 { "Connect your business" }
        p { bdi { (cx.state.profile.name) } " invites you to connect your accounts." }
        form method="post" action=(trail.to("/invite")) novalidate {
            input type="hidden" name="token" value=(token(cx));
            div.field {
                label for="name" { "Company name" }
                input #name type="text" name="name" value=(given) autocomplete="organization" required
                    maxlength=(LONGEST) aria-invalid=[wrong.map(|_| "true")];
            }
            button.primary type="submit" { "Begin" }
        }
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    show(cx, status, "Connect your business", &body)
}

fn make(cx: &Context<'_>, name: String) -> Outcome {
    let (slot, company) = companies::fresh(cx, name, "Link");
    let next = Trail::of(cx.request).to(&format!("/company/{}", company.id));
    onward(&next, vec![Change::Company(slot, Some(Box::new(company)))])
}

/// The plan's company limit is reached.
fn full(cx: &Context<'_>) -> Outcome {
    let title = "No more companies can be added";
    let body = html! {
        h1 { (title) }
        p { "Please tell whoever sent you the link. Nothing that you typed was kept." }
    };
    show(cx, StatusCode::PAYMENT_REQUIRED, title, &body)
}

fn closed(cx: &Context<'_>) -> Outcome {
    let title = "This link cannot be used";
    let body = html! {
        h1 { (title) }
        p { "Only links that open once are in use here. Ask whoever sent it to you for one of those." }
    };
    show(cx, StatusCode::FORBIDDEN, title, &body)
}

fn token(cx: &Context<'_>) -> String {
    cx.state.seal("form", "invite")
}
