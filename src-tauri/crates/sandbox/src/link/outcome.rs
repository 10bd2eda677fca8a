//! The results of an authorization (§5.4): the changes and the result page.

use http::StatusCode;
use maud::{Markup, html};

use super::{
    view,
    visit::{Visit, see_other},
};
use crate::{
    change::Change,
    context::HandlerResult,
    record::{ConnectionRecord, ErrorRecord, ErrorState, Status},
    routes::reads,
};

/// Links the connection and queues its first reads. A one-time connection loses its access after them.
pub(super) fn link(visit: &Visit<'_>, connection: &ConnectionRecord, is_one_time: bool) -> HandlerResult {
    if connection.status == Status::Linked {
        return leave(visit, connection, "201");
    }
    if connection.platform().is_some_and(|it| visit.company.conflicts_with(it, Some(connection.id))) {
        return already(visit, connection);
    }
    let mut company = visit.company.clone().into_owned();
    if let Some(linked) = company.connection_mut(connection.id) {
        linked.link(visit.cx.now);
        linked.is_one_time = is_one_time;
    }
    let reads =
        company.connection(connection.id).and_then(|linked| reads::first_reads(visit.cx, visit.slot, linked));
    let changes = [Change::Company(visit.slot, Some(Box::new(company)))].into_iter().chain(reads);
    see_other(&visit.connection_page(connection.id, "/done?link.status=200"), changes.collect())
}

/// The customer cancelled.
pub(super) fn cancel(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    record_error(visit, connection, "403", ErrorRecord::cancelled(visit.cx.now))
}

/// The provider failed.
pub(super) fn fail(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    let text = "The provider answered with an error";
    let error = ErrorRecord::new("500", text, "Unknown error occurred", visit.cx.now, ErrorState::Active);
    record_error(visit, connection, "500", error)
}

fn record_error(
    visit: &Visit<'_>,
    connection: &ConnectionRecord,
    code: &str,
    error: ErrorRecord,
) -> HandlerResult {
    // The connection may have been linked meanwhile. That stays.
    if connection.status == Status::Linked {
        return leave(visit, connection, "201");
    }
    let mut company = visit.company.clone().into_owned();
    if let Some(failed) = company.connection_mut(connection.id) {
        failed.errors.push(error);
    }
    let change = Change::Company(visit.slot, Some(Box::new(company)));
    let page = format!("/done?link.status={code}");
    see_other(&visit.connection_page(connection.id, &page), vec![change])
}

/// Redirects to the result page without a change.
pub(super) fn leave(visit: &Visit<'_>, connection: &ConnectionRecord, code: &str) -> HandlerResult {
    see_other(&visit.connection_page(connection.id, &format!("/done?link.status={code}")), Vec::new())
}

/// The result page.
pub(super) fn shown(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    let name = connection.platform().map_or(connection.key.as_str(), |it| it.name);
    let is_linked = connection.status == Status::Linked;
    match visit.cx.request.parameter("link.status") {
        Some("200") if is_linked => success(visit, connection, name),
        Some("201") if is_linked => already(visit, connection),
        Some("403") if !is_linked => {
            let text = "You cancelled. We read nothing, and you can try again at any time.";
            failure(visit, connection, "403", &format!("{name} isn’t connected"), text)
        }
        Some("500") if !is_linked => {
            let text = "Something went wrong. We read nothing. Trying again often helps.";
            failure(visit, connection, "500", &format!("We couldn’t connect {name}"), text)
        }
        Some("501") if !is_linked => {
            let text = "We can’t connect this account. Choose something else, or leave.";
            failure(visit, connection, "501", &format!("{name} isn’t supported for this account"), text)
        }
        Some(_) | None => see_other(&visit.connection_page(connection.id, ""), Vec::new()),
    }
}

fn success(visit: &Visit<'_>, connection: &ConnectionRecord, name: &str) -> HandlerResult {
    let title = format!("{name} is connected");
    let body = html! {
        p { (view::connected("Connected")) }
        h1 { (title) }
        p { "We’re reading the first data. You don’t have to wait." }
        div.actions {
            a.button.primary href=(finish(visit, connection, "200")) { "Done" }
            a.button href=(visit.company_page("/choose")) { "Connect something else" }
        }
    };
    visit.show(StatusCode::OK, &title, &body)
}

/// The connection, or another source in its place, is already connected.
pub(super) fn already(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    let kind = connection.platform().map(|it| it.kind);
    let standing = visit.company.connections.iter().filter(|it| it.status == Status::Linked);
    let found = if connection.status == Status::Linked {
        connection
    } else {
        let mut same = standing.filter(|it| it.platform().map(|it| it.kind) == kind);
        same.next().unwrap_or(connection)
    };
    let name = found.platform().map_or(found.key.as_str(), |it| it.name);
    let title = format!("{name} is already connected");
    let body = html! {
        p { (view::connected("Connected")) }
        h1 { (title) }
        p { "There’s nothing more to do for " strong { bdi { (visit.company.name) } } " here." }
        @if found.platform().is_some_and(|it| it.is_exclusive()) {
            p.quiet { "A company can have one connection of this kind at a time." }
        }
        div.actions {
            a.button.primary href=(finish(visit, found, "201")) { "Done" }
            a.button href=(visit.company_page("/choose")) { "Connect something else" }
        }
    };
    visit.show(StatusCode::OK, &title, &body)
}

fn failure(
    visit: &Visit<'_>,
    connection: &ConnectionRecord,
    code: &str,
    title: &str,
    text: &str,
) -> HandlerResult {
    let body = html! {
        h1 { (title) }
        p { (text) }
        div.actions {
            @if code != "501" {
                a.button.primary href=(visit.connection_page(connection.id, "")) { "Try again" }
            }
            a.button href=(visit.company_page("/choose")) { "Choose something else" }
        }
        (leave_link(&finish(visit, connection, code)))
    };
    visit.show(StatusCode::OK, title, &body)
}

/// The customer's platform is not offered (501).
pub(super) fn unsupported(visit: &Visit<'_>) -> HandlerResult {
    let title = "We don’t support this yet";
    let body = html! {
        h1 { (title) }
        p { "We can’t connect your software. The person who sent you the link can accept the figures \
             another way." }
        div.actions {
            a.button.primary href=(visit.company_page("/choose")) { "Choose something else" }
        }
        (leave_link(&visit.company_page("/finish?link.status=501")))
    };
    visit.show(StatusCode::OK, title, &body)
}

fn leave_link(href: &str) -> Markup {
    html! { p { a href=(href) { "Leave without connecting" } } }
}

fn finish(visit: &Visit<'_>, connection: &ConnectionRecord, code: &str) -> String {
    visit.connection_page(connection.id, &format!("/finish?link.status={code}"))
}
