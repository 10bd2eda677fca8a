//! The pages at Link URLs: for a person, in a browser, without a key.

use http::{Method, StatusCode};

use crate::{
    answer::{Answer, Problem},
    request::{self, Request},
    state::State,
};

/// Whether the request is for a page.
pub(crate) fn is_page(request: &Request) -> bool {
    request.method == Method::GET && target(request).is_some()
}

/// The page that is asked for; none where the request is for something else.
pub(crate) fn answer(state: &State, request: &Request) -> Option<Answer> {
    let target = target(request)?;
    if request.method != Method::GET {
        return None;
    }
    Some(match target {
        Target::Invite => Answer::html(StatusCode::OK, page("Connect your business", INVITE)),
        Target::Company(id) => company(state, id),
        Target::Connection(id, connection) => start(state, id, connection),
    })
}

/// Refuses another method than GET at a page's address.
pub(crate) fn refuse(request: &Request) -> Option<Problem> {
    target(request).map(|_| Problem::wrong_method("GET"))
}

enum Target<'a> {
    Invite,
    Company(&'a str),
    Connection(&'a str, &'a str),
}

fn target(request: &Request) -> Option<Target<'_>> {
    let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let is = |part: &str, name: &str| part.eq_ignore_ascii_case(name);
    match parts.as_slice() {
        [invite] if is(invite, "invite") => Some(Target::Invite),
        [company, id] if is(company, "company") => Some(Target::Company(id)),
        [companies, id, connections, connection, start]
            if is(companies, "companies") && is(connections, "connections") && is(start, "start") =>
        {
            Some(Target::Connection(id, connection))
        }
        _ => None,
    }
}

fn company(state: &State, id: &str) -> Answer {
    let slot = request::uuid(id).and_then(|id| state.world.find(id));
    match slot.and_then(|slot| state.world.record(slot)) {
        Some(company) => {
            let title = format!("Connect {}", escape(&company.name));
            Answer::html(StatusCode::OK, page(&title, COMPANY))
        }
        None => unknown(),
    }
}

fn start(state: &State, id: &str, connection: &str) -> Answer {
    let slot = request::uuid(id).and_then(|id| state.world.find(id));
    let found = slot.and_then(|slot| state.world.record(slot)).and_then(|company| {
        let connection = request::uuid(connection).and_then(|id| company.connection(id))?;
        let platform = connection.platform().map_or(connection.key.as_str(), |it| it.name);
        Some((escape(&company.name), escape(platform)))
    });
    match found {
        Some((name, platform)) => {
            let text =
                format!("<p>Here the customer would authorize {platform} for <strong>{name}</strong>.</p>");
            Answer::html(StatusCode::OK, page(&format!("Connect {platform}"), &text))
        }
        None => unknown(),
    }
}

fn unknown() -> Answer {
    let text = "<p>No company or connection of this sandbox has this address. It may have been deleted.</p>";
    Answer::html(StatusCode::NOT_FOUND, page("This link leads nowhere", text))
}

const COMPANY: &str =
    "<p>Here the customer would choose which accounting software, bank or shop to connect.</p>";
const INVITE: &str = "<p>Here a customer who is not on the list yet would give a company name and begin.</p>";

fn page(title: &str, text: &str) -> String {
    include_str!("page.html").replace("{title}", title).replace("{text}", text)
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '{' => safe.push_str("&#123;"),
            other => safe.push(other),
        }
    }
    safe
}
