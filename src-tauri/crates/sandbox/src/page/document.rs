//! The HTML document of all pages.

use maud::{DOCTYPE, Markup, html};

/// Only the pages' own styles and scripts are allowed.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A complete document. The macro escapes all content.
pub(crate) fn document(title: &str, class: &str, body: &Markup) -> String {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/assets/sandbox.css";
                @if class == "dashboard" {
                    script src="/assets/dashboard.js" defer {}
                    script src="/assets/panels.js" defer {}
                }
            }
            body class=(class) { (body) }
        }
    };
    document.into_string()
}
