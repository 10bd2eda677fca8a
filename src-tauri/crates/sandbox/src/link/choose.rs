//! The landing page and the choice of a category and a platform (§5.3). Choosing a platform creates the
//! connection.

use http::StatusCode;
use maud::{Markup, html};

use super::{
    category::{self, Category},
    outcome, view,
    visit::{Visit, field, see_other, unknown},
};
use crate::{
    change::Change,
    context::HandlerResult,
    integration::{self, Platform},
    record::{CompanyRecord, ConnectionRecord, Status},
};

/// The first page of a company's Link URL.
pub(super) fn landing(visit: &Visit<'_>) -> HandlerResult {
    if !visit.cx.state.link.settings.landing_page {
        return categories(visit);
    }
    let (client, company) = (&visit.cx.state.profile.name, &visit.company.name);
    let body = html! {
        h1 dir="auto" { "Connect " (company) }
        p {
            bdi { (client) }
            " asks to read some of your business data, so you don’t have to send it yourself."
        }
        ul.plain {
            li { "You choose what to connect, and can stop at any step." }
            li { "We never change anything in your software or at your bank." }
            li { "You can withdraw access at any time." }
        }
        p { a.button.primary href=(visit.company_page("/choose")) { "Get started" } }
    };
    visit.show(StatusCode::OK, &format!("Connect {company}"), &body)
}

pub(super) fn categories(visit: &Visit<'_>) -> HandlerResult {
    let settings = &visit.cx.state.link.settings;
    let offered: Vec<Category> = category::ALL
        .into_iter()
        .filter(|category| category.settings(settings).enabled && !category.platforms(visit).is_empty())
        .collect();
    let company = &visit.company.name;
    let body = html! {
        h1 dir="auto" { "Connect " (company) }
        p { "Choose what you’d like to connect. You can add more later." }
        @if offered.is_empty() {
            p.note { "There’s nothing to connect here. Ask the person who sent you the link." }
        }
        ul.choices {
            @for category in &offered {
                li { (category_line(visit, *category, category.settings(settings).optional)) }
            }
        }
        (leave(visit, &offered))
    };
    visit.show(StatusCode::OK, &format!("Connect {company}"), &body)
}

fn category_line(visit: &Visit<'_>, category: Category, is_optional: bool) -> Markup {
    let linked = category.linked(visit);
    html! {
        a.choice href=(visit.company_page(&format!("/choose/{}", category.slug()))) {
            span.what {
                strong { (category.title()) }
                span.quiet { (category.about()) }
            }
            @if linked.is_empty() {
                @if !is_optional { span.tag { "Required" } }
            } @else {
                (view::connected(&linked.join(", ")))
            }
        }
    }
}

/// The button that ends Link. It appears after something is connected and everything required is.
fn leave(visit: &Visit<'_>, offered: &[Category]) -> Markup {
    let settings = &visit.cx.state.link.settings;
    let is_missing =
        |category: &Category| !category.settings(settings).optional && category.linked(visit).is_empty();
    let is_any = visit.company.connections.iter().any(|it| it.status == Status::Linked);
    html! {
        @if is_any && !offered.iter().any(is_missing) {
            p { a.button.primary href=(visit.company_page("/finish?link.status=200")) { "Done" } }
        } @else if is_any {
            p.note { "Connect everything marked as required before you finish." }
        }
    }
}

pub(super) fn platforms(visit: &Visit<'_>, category: Category) -> HandlerResult {
    if !category.settings(&visit.cx.state.link.settings).enabled {
        return unknown(visit.cx);
    }
    let search_text = visit.cx.request.parameter("link.search").unwrap_or_default().trim();
    let wanted = search_text.to_lowercase();
    let all = category.platforms(visit);
    let found: Vec<&Platform> =
        all.iter().copied().filter(|it| it.name.to_lowercase().contains(&wanted)).collect();
    let here = visit.company_page(&format!("/choose/{}", category.slug()));
    let body = html! {
        (view::back(&visit.company_page("/choose"), "All categories"))
        h1 { (category.title()) }
        @if all.len() > 6 {
            (search(visit, category, search_text))
        }
        p.quiet role="status" { (count(found.len(), search_text)) }
        form method="post" action=(here) {
            (view::token(&visit.token()))
            ul.choices {
                @for platform in &found {
                    li { (platform_line(visit, platform)) }
                }
            }
        }
        p { a href=(visit.company_page("/unsupported")) { "I can’t find my software" } }
    };
    visit.show(StatusCode::OK, category.title(), &body)
}

fn search(visit: &Visit<'_>, category: Category, search_text: &str) -> Markup {
    html! {
        form.search role="search" method="get" action=(format!("/company/{}/choose/{}", visit.company.id, category.slug())) {
            @for (name, value) in visit.forwarded.fields() {
                input type="hidden" name=(name) value=(value);
            }
            label for="search" { "Search by name" }
            div.row {
                input #search type="search" name="link.search" value=(search_text) autocomplete="off";
                button type="submit" { "Search" }
            }
        }
    }
}

fn platform_line(visit: &Visit<'_>, platform: &Platform) -> Markup {
    let is_linked =
        visit.company.connections.iter().any(|it| it.status == Status::Linked && it.key == platform.key);
    html! {
        button.choice type="submit" name="platform" value=(platform.key) {
            (view::mark(platform))
            span.what { strong { (platform.name) } }
            @if is_linked {
                (view::connected("Connected"))
            } @else if category::is_sandbox(platform) {
                span.tag { "For testing" }
            }
        }
    }
}

fn count(found: usize, search_text: &str) -> String {
    match (found, search_text) {
        (0, _) => format!("Nothing matches “{search_text}”. Try part of the name."),
        (1, _) => "1 to choose from".to_owned(),
        (many, _) => format!("{many} to choose from"),
    }
}

/// Handles the choice of a platform.
pub(super) fn pick(visit: &Visit<'_>, category: Category) -> HandlerResult {
    let Some(fields) = visit.form() else { return visit.expired_form() };
    let key = field(&fields, "platform").unwrap_or_default();
    let offered = category.settings(&visit.cx.state.link.settings).enabled;
    let Some(platform) = integration::find(key).filter(|it| offered && it.enabled()) else {
        return outcome::unsupported(visit);
    };
    match standing(&visit.company, platform) {
        PlatformState::Free => make(visit, platform, visit.company.clone().into_owned()),
        PlatformState::Waiting(connection) => {
            see_other(&visit.connection_page(connection.id, ""), Vec::new())
        }
        PlatformState::Taken(connection) if connection.status == Status::Linked => {
            outcome::already(visit, connection)
        }
        PlatformState::Taken(other) => match field(&fields, "instead") {
            Some(_) if other.status == Status::PendingAuth => {
                let mut company = visit.company.clone().into_owned();
                company.connections.retain(|it| it.id != other.id);
                make(visit, platform, company)
            }
            Some(_) | None => begun(visit, category, platform, other),
        },
    }
}

/// Whether a company can add a platform.
enum PlatformState<'a> {
    Free,
    /// It was chosen and is not authorized yet.
    Waiting(&'a ConnectionRecord),
    /// Another source of this kind is in use (§2.8).
    Taken(&'a ConnectionRecord),
}

fn standing<'a>(company: &'a CompanyRecord, platform: &Platform) -> PlatformState<'a> {
    let same = |it: &&ConnectionRecord| it.key == platform.key;
    let mut waiting = company.connections.iter().filter(same);
    if let Some(connection) = waiting.find(|it| it.status == Status::PendingAuth) {
        return PlatformState::Waiting(connection);
    }
    if !company.conflicts_with(platform, None) {
        return PlatformState::Free;
    }
    let kind = |it: &&ConnectionRecord| it.platform().is_some_and(|other| other.kind == platform.kind);
    let mut others: Vec<&ConnectionRecord> =
        company.connections.iter().filter(|it| it.status != Status::Unlinked).filter(kind).collect();
    others.sort_by_key(|it| it.status != Status::Linked);
    match others.first() {
        Some(lost) if lost.key == platform.key && lost.status == Status::Deauthorized => {
            PlatformState::Waiting(lost)
        }
        Some(other) => PlatformState::Taken(other),
        None => PlatformState::Free,
    }
}

fn make(visit: &Visit<'_>, platform: &Platform, mut company: CompanyRecord) -> HandlerResult {
    let id = CompanyRecord::connection_id(company.id, company.connections_made);
    company.connections_made += 1;
    company.connections.push(ConnectionRecord::pending(id, platform.key, visit.cx.now));
    let change = Change::Company(visit.slot, Some(Box::new(company)));
    see_other(&visit.connection_page(id, ""), vec![change])
}

/// Another source of the same kind was chosen before. The customer decides between them.
fn begun(
    visit: &Visit<'_>,
    category: Category,
    platform: &Platform,
    other: &ConnectionRecord,
) -> HandlerResult {
    let name = other.platform().map_or(other.key.as_str(), |it| it.name);
    let title = format!("You started with {name}");
    let body = html! {
        (view::back(&visit.company_page(&format!("/choose/{}", category.slug())), category.title()))
        h1 { (title) }
        @if other.status == Status::PendingAuth {
            p { "A company can have one connection of this kind. " (name) " is chosen but not connected yet." }
        } @else {
            p { "A company can have one connection of this kind. " (name) " was connected, but its access ended." }
        }
        div.actions {
            a.button.primary href=(visit.connection_page(other.id, "")) { "Continue with " (name) }
            @if other.status == Status::PendingAuth {
                form method="post" action=(visit.company_page(&format!("/choose/{}", category.slug()))) {
                    (view::token(&visit.token()))
                    input type="hidden" name="platform" value=(platform.key);
                    button type="submit" name="instead" value="yes" { "Use " (platform.name) " instead" }
                }
            }
        }
    };
    visit.show(StatusCode::OK, &title, &body)
}
