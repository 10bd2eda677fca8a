//! The dashboard at `/` and the static files of all pages.

mod dashboard;
pub(crate) mod document;

use http::Method;

pub(crate) use dashboard::dashboard;

use crate::{
    context::{HandlerOutput, HandlerResult},
    request::Request,
    response::{ApiError, ContentType, Response},
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
pub(crate) fn asset(name: &str, method: &str) -> HandlerResult {
    let answer = match name {
        "sandbox.css" => Response::asset(ContentType::Style, STYLE),
        "dashboard.js" => Response::asset(ContentType::Script, SCRIPT),
        "panels.js" => Response::asset(ContentType::Script, PANELS),
        _ => return Err(ApiError::path_not_found()),
    };
    match method {
        "GET" => Ok(HandlerOutput { answer, changes: Vec::new() }),
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}
