//! Elements shared by the Link pages.

use maud::{Markup, html};

use crate::{integration::Platform, page::document::document};

/// The page layout with the client's name.
pub(super) fn page(client: &str, title: &str, body: &Markup) -> String {
    let inner = html! {
        header.brand {
            span.mark aria-hidden="true" { (initials(client)) }
            span dir="auto" { (client) }
            span.quiet { "Sandbox on this computer" }
        }
        main.card { (body) }
        footer { "These pages stand in for Link. They contact no real provider." }
    };
    document(title, "link", &inner)
}

/// The hidden form token.
pub(super) fn token(token: &str) -> Markup {
    html! { input type="hidden" name="token" value=(token); }
}

/// The platform's initials. Logos are trademarks.
pub(super) fn mark(platform: &Platform) -> Markup {
    html! { span.mark aria-hidden="true" { (initials(platform.name)) } }
}

/// A check mark with a text.
pub(super) fn connected(word: &str) -> Markup {
    html! {
        span.chip {
            svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" {
                circle cx="6" cy="6" r="6" fill="currentColor" {}
                path.tick d="M3.4 6.2l1.8 1.8 3.4-3.8" {}
            }
            (word)
        }
    }
}

pub(super) fn back(href: &str, text: &str) -> Markup {
    html! {
        nav.back aria-label="Back" {
            a href=(href) { span aria-hidden="true" { "← " } (text) }
        }
    }
}

/// The error summary above a form.
pub(super) fn errors(found: &[(&str, String)]) -> Markup {
    html! {
        @if !found.is_empty() {
            div.errors role="alert" tabindex="-1" autofocus {
                h2 { "Something is missing" }
                ul {
                    @for (name, text) in found {
                        li { a href=(format!("#{name}")) { (text) } }
                    }
                }
            }
        }
    }
}

fn initials(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let letters: String = words.filter_map(|word| word.chars().next()).take(2).collect();
    letters.to_uppercase()
}
