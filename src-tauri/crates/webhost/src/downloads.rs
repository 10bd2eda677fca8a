//! `GET /files?company=…&date=…`: uploaded files, for the browser to save.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::commands::{Archive, Commands};

/// Hands the archive on piece by piece. Where it breaks off, so does the answer: the browser keeps no half
/// of it.
pub(crate) async fn files(
    State(commands): State<Arc<dyn Commands>>,
    Query(mut asked): Query<BTreeMap<String, String>>,
) -> Response {
    let company = asked.remove("company").unwrap_or_default();
    let date = asked.remove("date");
    let name = name(date.as_deref());
    match commands.download(company, date).await {
        Ok(archive) => saved_as(&name, archive),
        Err(refusal) => refusal.into_response(),
    }
}

fn saved_as(name: &str, archive: Archive) -> Response {
    let mut response = Body::from_stream(archive.pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(bytes) = archive.bytes {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    }
    response
}

/// Nothing of what was asked goes into the name but what a date is made of.
fn name(date: Option<&str>) -> String {
    let day: String =
        date.unwrap_or_default().chars().filter(|c| c.is_ascii_digit() || *c == '-').take(10).collect();
    if day.is_empty() { "files.zip".to_owned() } else { format!("files-{day}.zip") }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_is_made_of_the_day_alone() {
        assert_eq!(name(Some("2026-10-31")), "files-2026-10-31.zip");
        assert_eq!(name(Some("\"\r\nx: y/../")), "files.zip");
        assert_eq!(name(None), "files.zip");
    }
}
