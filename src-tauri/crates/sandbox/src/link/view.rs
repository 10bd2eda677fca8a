//! What the pages of Link have in common.

use maud::{Markup, html};

use crate::{integration::Platform, page::document::document};

/// A whole page, in the client's name.
pub(super) fn page(client: &str, title: &str, body: &Markup) -> String {
    let inner = html! {
        header.brand {
            span.mark aria-hidden="true" { (initials(client)) }
            span dir="auto" { (client) }
            span.quiet { "Sandbox on this computer" }
        }
        main.card { (body) }
        footer { "These pages stand in for Link. No real provider is asked for anything." }
    };
    document(title, "link", &inner)
}

/// What a form must bring along.
pub(super) fn token(token: &str) -> Markup {
    html! { input type="hidden" name="token" value=(token); }
}

/// A platform's own mark: letters, since logos are trademarks.
pub(super) fn mark(platform: &Platform) -> Markup {
    html! { span.mark aria-hidden="true" { (initials(platform.name)) } }
}

/// A sign that something is connected, with its word.
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

/// The way back.
pub(super) fn back(href: &str, text: &str) -> Markup {
    html! {
        nav.back aria-label="Back" {
            a href=(href) { span aria-hidden="true" { "← " } (text) }
        }
    }
}

/// What is wrong with a form, before the form.
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
