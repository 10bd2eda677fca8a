//! `GET /files?workspace=…&company=…&date=…` and `GET /exports/{id}`: files for the browser to save.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::commands::{Archive, Commands};

/// Streams an archive. If it fails, the response fails too, and the browser keeps no partial file.
pub(crate) async fn files(
    State(commands): State<Arc<dyn Commands>>,
    Query(mut parameters): Query<BTreeMap<String, String>>,
) -> Response {
    let company = parameters.remove("company").unwrap_or_default();
    let (workspace, date) = (parameters.remove("workspace"), parameters.remove("date"));
    let name = name(date.as_deref());
    match commands.download(workspace, company, date).await {
        Ok(archive) => saved_as(&name, "application/zip", archive),
        Err(refusal) => refusal.into_response(),
    }
}

/// Sends an exported file.
pub(crate) async fn exports(State(commands): State<Arc<dyn Commands>>, Path(id): Path<String>) -> Response {
    match commands.exported(id).await {
        Ok((name, archive)) => {
            let kind = match name.rsplit_once('.') {
                Some((_, "json")) => "application/json",
                Some((_, "zip")) => "application/zip",
                _ => "text/csv; charset=utf-8",
            };
            saved_as(&name, kind, archive)
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn saved_as(name: &str, kind: &'static str, archive: Archive) -> Response {
    let mut response = Body::from_stream(archive.pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let coded = encoded(name);
    let named =
        if coded == name { format!("filename=\"{name}\"") } else { format!("filename*=UTF-8''{coded}") };
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; {named}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(bytes) = archive.bytes {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    }
    response
}

/// A name encoded for a header (RFC 8187).
fn encoded(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}

/// The file name. It takes only digits and hyphens of the parameter.
fn name(date: Option<&str>) -> String {
    let day: String =
        date.unwrap_or_default().chars().filter(|c| c.is_ascii_digit() || *c == '-').take(10).collect();
    if day.is_empty() { "files.zip".to_owned() } else { format!("files-{day}.zip") }
}

#[cfg(test)]
mod tests {
    use super::{encoded, name};

    #[test]
    fn a_name_of_any_script_fits_into_a_header() {
        assert_eq!(encoded("Müller, bills.csv"), "M%C3%BCller%2C%20bills.csv");
    }

    #[test]
    fn a_name_is_made_of_the_day_alone() {
        assert_eq!(name(Some("2026-10-31")), "files-2026-10-31.zip");
        assert_eq!(name(Some("\"\r\nx: y/../")), "files.zip");
        assert_eq!(name(None), "files.zip");
    }
}
