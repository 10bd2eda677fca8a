//! What a browser is shown: documents, their style and script, and the dashboard at `/`.

mod dashboard;

use http::Method;
use maud::{DOCTYPE, Markup, html};

pub(crate) use dashboard::dashboard;

use crate::{
    answer::{Answer, Content, Problem},
    request::Request,
    routes::{Done, Outcome},
};

/// What a page may do: nothing that is not its own.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("page/sandbox.css");
const SCRIPT: &str = include_str!("page/dashboard.js");
const PANELS: &str = include_str!("page/panels.js");

/// Whether the request is for the dashboard or for a file of the pages.
pub(crate) fn is_page(request: &Request) -> bool {
    let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    request.method == Method::GET
        && matches!(parts.as_slice(), [""] | ["assets", "sandbox.css" | "dashboard.js" | "panels.js"])
}

/// A file of the pages.
pub(crate) fn asset(name: &str, method: &str) -> Outcome {
    let answer = match name {
        "sandbox.css" => Answer::asset(Content::Style, STYLE),
        "dashboard.js" => Answer::asset(Content::Script, SCRIPT),
        "panels.js" => Answer::asset(Content::Script, PANELS),
        _ => return Err(Problem::no_such_path()),
    };
    match method {
        "GET" => Ok(Done { answer, changes: vec![] }),
        _ => Err(Problem::wrong_method("GET")),
    }
}

/// A whole document. What is in it is escaped by the way it is made.
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
