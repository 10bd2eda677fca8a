//! Authorization (§5.3) on a page that replaces the provider's own.

use http::StatusCode;
use maud::{Markup, html};

use super::{
    authorization_method::{AuthorizationMethod, Credential},
    consent, outcome, view,
    visit::{Visit, field, see_other},
};
use crate::{
    context::HandlerResult,
    integration::Platform,
    record::{ConnectionRecord, Status},
    request::Parameter,
};

const BANKS: [(&str, &str); 3] =
    [("harbour", "Harbour Bank"), ("northfield", "Northfield Savings"), ("tidewater", "Tidewater Bank")];

pub(super) fn form_page(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    if connection.status == Status::Linked {
        return outcome::already(visit, connection);
    }
    if !consent::is_given(visit, connection) {
        return see_other(&visit.connection_page(connection.id, ""), Vec::new());
    }
    show(visit, connection, &[], &[])
}

/// Handles the form.
pub(super) fn submit(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    let Some(fields) = visit.form() else { return visit.expired_form() };
    if !consent::is_given(visit, connection) {
        return see_other(&visit.connection_page(connection.id, ""), Vec::new());
    }
    match field(&fields, "outcome") {
        Some("allow") if visit.cx.state.reads.outages.is_down(&connection.key, visit.cx.now) => {
            outcome::fail(visit, connection)
        }
        Some("allow") => {
            let wrong = missing(connection, &fields);
            if wrong.is_empty() {
                let is_one_time = field(&fields, "once").is_some();
                return outcome::link(visit, connection, is_one_time);
            }
            show(visit, connection, &fields, &wrong)
        }
        Some("fail") => outcome::fail(visit, connection),
        Some("unsupported") => outcome::leave(visit, connection, "501"),
        Some(_) | None => outcome::cancel(visit, connection),
    }
}

fn show(
    visit: &Visit<'_>,
    connection: &ConnectionRecord,
    given: &[Parameter],
    wrong: &[(&str, String)],
) -> HandlerResult {
    let Some(platform) = connection.platform().filter(|it| it.enabled()) else {
        return outcome::unsupported(visit);
    };
    let title = format!("Authorize {}", platform.name);
    let page = format!("/authorize?link.consent={}", consent::seal(visit, connection));
    let body = html! {
        (view::errors(wrong))
        p.stand-in { "This page stands in for " (platform.name) "’s own." }
        h1.with-mark { (view::mark(platform)) (title) }
        form method="post" action=(visit.connection_page(connection.id, &page)) novalidate {
            (view::token(&visit.token()))
            (method_fields(visit, platform, given, wrong))
            div.actions {
                button.primary type="submit" name="outcome" value="allow" { (allow(platform)) }
                button type="submit" name="outcome" value="cancel" { "Cancel" }
            }
            fieldset.on-purpose {
                legend { "Simulate a failure" }
                div.actions {
                    button type="submit" name="outcome" value="fail" { "Fail" }
                    button type="submit" name="outcome" value="unsupported" { "Not supported" }
                }
            }
        }
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.show(status, &title, &body)
}

fn allow(platform: &Platform) -> &'static str {
    match AuthorizationMethod::for_platform(platform) {
        AuthorizationMethod::Provider | AuthorizationMethod::Bank => "Allow access",
        AuthorizationMethod::Credentials(_) | AuthorizationMethod::Sandbox | AuthorizationMethod::Upload => {
            "Connect"
        }
        AuthorizationMethod::Connector => "The connector is running",
    }
}

/// The form fields of the platform's authorization method.
fn method_fields(
    visit: &Visit<'_>,
    platform: &Platform,
    given: &[Parameter],
    wrong: &[(&str, String)],
) -> Markup {
    let client = &visit.cx.state.profile.name;
    match AuthorizationMethod::for_platform(platform) {
        AuthorizationMethod::Provider => html! {
            p { "Signed in as the owner of " strong { bdi { (visit.company.name) } } "." }
            p { bdi { (client) } " would like to read your data. It can’t change anything." }
        },
        AuthorizationMethod::Credentials(all) => html! {
            p { "Enter any text. We check it’s there, but don’t store it." }
            @for credential in all { (typed(credential, given, wrong)) }
        },
        AuthorizationMethod::Connector => html! {
            p { "Your data is on your own computer, so a small program there must send it." }
            ol {
                li { "Install the connector on the computer where " (platform.name) " runs." }
                li { "Start it, and enter this code: " code { (code(visit)) } }
                li { "Keep it running. It sends data while the computer is on." }
            }
            label.radio {
                input type="checkbox" name="once" value="yes";
                "Send the data only once"
            }
        },
        AuthorizationMethod::Bank => html! {
            fieldset {
                legend { "Your bank" }
                @if wrong.iter().any(|(name, _)| *name == "bank") {
                    p.wrong #bank-wrong { "Choose a bank." }
                }
                @for (at, (value, name)) in BANKS.iter().enumerate() {
                    label.radio {
                        input id=[(at == 0).then_some("bank")] type="radio" name="bank" value=(value)
                            checked[field(given, "bank") == Some(value)];
                        (name)
                    }
                }
            }
            p.quiet { "These banks are examples; all return the same data." }
        },
        AuthorizationMethod::Upload => html! {
            p { "You don’t need to sign in: this connection is for files." }
        },
        AuthorizationMethod::Sandbox => html! {
            p {
                "You don’t need to sign in: we generate sample data for "
                strong { bdi { (visit.company.name) } } " here."
            }
        },
    }
}

fn typed(credential: &Credential, given: &[Parameter], wrong: &[(&str, String)]) -> Markup {
    let problem = wrong.iter().find(|(name, _)| *name == credential.name);
    let hint = format!("{}-hint", credential.name);
    let value = if credential.is_secret { None } else { field(given, credential.name) };
    html! {
        div.field {
            label for=(credential.name) { (credential.label) }
            span.quiet id=(hint) { (credential.hint) }
            @if let Some((_, text)) = problem {
                span.wrong { (text) }
            }
            input id=(credential.name) name=(credential.name) value=[value] autocomplete="off"
                type=(if credential.is_secret { "password" } else { "text" })
                aria-describedby=(hint) aria-invalid=[problem.map(|_| "true")] required;
        }
    }
}

/// The required fields that are empty, with their messages.
fn missing(connection: &ConnectionRecord, fields: &[Parameter]) -> Vec<(&'static str, String)> {
    let is_given = |name: &str| field(fields, name).is_some_and(|value| !value.trim().is_empty());
    match connection.platform().map(AuthorizationMethod::for_platform) {
        Some(AuthorizationMethod::Credentials(all)) => all
            .iter()
            .filter(|it| !is_given(it.name))
            .map(|it| (it.name, format!("{} is missing.", it.label)))
            .collect(),
        Some(AuthorizationMethod::Bank) if !is_given("bank") => vec![("bank", "Choose a bank.".to_owned())],
        Some(
            AuthorizationMethod::Provider
            | AuthorizationMethod::Connector
            | AuthorizationMethod::Bank
            | AuthorizationMethod::Upload
            | AuthorizationMethod::Sandbox,
        )
        | None => Vec::new(),
    }
}

/// The code that pairs an on-premises connector.
fn code(visit: &Visit<'_>) -> String {
    let seal = visit.cx.state.seal("connector", &visit.company.id.to_string()).to_uppercase();
    match (seal.get(..4), seal.get(4..8)) {
        (Some(first), Some(second)) => format!("{first}-{second}"),
        (_, _) => seal,
    }
}
