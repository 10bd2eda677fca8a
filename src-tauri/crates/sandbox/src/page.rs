//! The dashboard at `/` and the static files of all pages.

mod dashboard;
pub(crate) mod document;

use http::Method;

pub(crate) use dashboard::dashboard;

use crate::{
    answer::{Answer, Content, Problem},
    context::{Done, Outcome},
    request::Request,
};

const STYLE: &str = include_str!("page/sandbox.css");
const SCRIPT: &str = include_str!("page/dashboard.js");
const PANELS: &str = include_str!("page/panels.js");

/// Whether the request is for the dashboard or a static file.
pub(crate) fn is_page(request: &Request) -> bool {
    let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    request.method == Method::GET
        && matches!(parts.as_slice(), [""] | ["assets", "sandbox.css" | "dashboard.js" | "panels.js"])
}

/// A static file.
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
