//! The last requests for the dashboard: in memory, limited, and without secrets.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    request::Request,
    response::{ContentType, Response},
    time_format,
};

const MAX_ENTRIES: usize = 200;
/// The maximum logged length of a body, in bytes.
const MAX_BODY_BYTES: usize = 4_000;
/// The replacement for secrets.
const REDACTED: &str = "(hidden)";

#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<Entry>,
    last: u64,
}

/// A request and its response.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    /// Starts at 1.
    number: u64,
    at: String,
    method: String,
    /// With the query string, but without one-time passwords and seals.
    target: String,
    status: u16,
    correlation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_body: Option<Body>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_body: Option<Body>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    bytes: usize,
    text: String,
    /// Whether the body is longer.
    is_cut: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct EntriesWire {
    results: Vec<Entry>,
}

impl RequestLog {
    /// Logs a request and its response.
    pub(crate) fn add(&mut self, request: &Request, answer: &Response, correlation: &str, now: Timestamp) {
        if request.segments.first().is_some_and(|it| it == "assets" || it.is_empty()) {
            return;
        }
        self.last += 1;
        if self.entries.len() == MAX_ENTRIES {
            self.entries.pop_front();
        }
        let is_json = answer.content == ContentType::Json;
        self.entries.push_back(Entry {
            number: self.last,
            at: time_format::with_fraction(now),
            method: request.method.to_string(),
            target: target(request),
            status: answer.status,
            correlation_id: correlation.to_owned(),
            request_body: sent(request),
            response_body: is_json.then(|| body(&answer.body, false)).flatten(),
        });
    }

    /// The newest entries with a number above `after`, at most `most`.
    pub(crate) fn newest_first(&self, after: u64, most: usize) -> EntriesWire {
        let newer = self.entries.iter().rev().take_while(|entry| entry.number > after);
        EntriesWire { results: newer.take(most).cloned().collect() }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

fn target(request: &Request) -> String {
    let is_secret = |name: &str| matches!(name, "otp" | "link.otp" | "link.consent");
    let parts: Vec<String> = request
        .parameters
        .iter()
        .map(|it| if is_secret(&it.name) { format!("{}={REDACTED}", it.name) } else { it.raw.clone() })
        .collect();
    if parts.is_empty() { request.path.clone() } else { format!("{}?{}", request.path, parts.join("&")) }
}

/// The request body. Values of credentials and forms are removed.
fn sent(request: &Request) -> Option<Body> {
    if request.body.is_empty() {
        return None;
    }
    if let Some(fields) = request.form() {
        let names: Vec<String> = fields.iter().map(|it| format!("{}={REDACTED}", it.name)).collect();
        return Some(Body { bytes: request.body.len(), text: names.join("&"), is_cut: false });
    }
    let is_credentials = request.segments.last().is_some_and(|it| it.eq_ignore_ascii_case("authorization"));
    body(&request.body, is_credentials)
}

fn body(bytes: &[u8], all_secret: bool) -> Option<Body> {
    if bytes.is_empty() {
        return None;
    }
    let first = bytes.get(..MAX_BODY_BYTES).unwrap_or(bytes);
    let is_cut = first.len() < bytes.len();
    // The limit may split a character. Binary files are not text.
    let text = match std::str::from_utf8(first) {
        Ok(text) => text,
        Err(error) if is_cut && error.valid_up_to() + 4 > first.len() => {
            first.get(..error.valid_up_to()).and_then(|it| std::str::from_utf8(it).ok()).unwrap_or_default()
        }
        Err(_) => return Some(Body { bytes: bytes.len(), text: REDACTED.to_owned(), is_cut: true }),
    };
    Some(Body { bytes: bytes.len(), text: redacted(text, all_secret), is_cut })
}

/// Removes the secrets of a JSON text, which may be truncated. It is not parsed, because this runs for every
/// request.
fn redacted(text: &str, all: bool) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_secret = all;
    while let Some((before, after)) = rest.split_once('"') {
        output.push_str(before);
        let end = end_of_text(after);
        let (inner, beyond) = after.split_at(end);
        let is_name = beyond.get(1..).is_some_and(|it| it.trim_start().starts_with(':'));
        output.push('"');
        if is_name {
            is_secret = all || is_secret_name(inner);
            output.push_str(inner);
        } else if is_secret {
            output.push_str(REDACTED);
        } else {
            push_without_password(&mut output, inner);
        }
        let Some(beyond) = beyond.strip_prefix('"') else { return output };
        output.push('"');
        rest = beyond;
    }
    output.push_str(rest);
    output
}

/// The end of the JSON string whose opening quote is before `text`.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["apikey", "secret", "password", "token"].iter().any(|word| name.ends_with(word))
}

/// Removes the one-time password of a Link URL.
fn push_without_password(output: &mut String, text: &str) {
    match text.split_once("otp=") {
        Some((before, _)) if before.starts_with("http") => {
            output.push_str(before);
            output.push_str("otp=");
            output.push_str(REDACTED);
        }
        Some(_) | None => output.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_in_whole_texts_and_in_cut_ones() {
        let text = r#"{"id":"1","apiKey":"k\"1","a":{"accessToken" : "t"},"n":["x"],"redirect":"http://h/c?link.otp=1-2"}"#;
        let hidden = r#"{"id":"1","apiKey":"(hidden)","a":{"accessToken" : "(hidden)"},"n":["x"],"redirect":"http://h/c?link.otp=(hidden)"}"#;
        assert_eq!(redacted(text, false), hidden);
        for cut in 0..text.len() {
            let output = redacted(&text[..cut], false);
            assert!(!output.contains("k\\") && !output.contains("1-2"), "{output}");
        }
        assert_eq!(redacted(r#"{"user":"me"}"#, true), r#"{"user":"(hidden)"}"#);
    }

    #[test]
    fn long_bodies_are_cut_between_letters() {
        let long = "é".repeat(MAX_BODY_BYTES);
        let body = body(format!("\"{long}").as_bytes(), false).unwrap();
        assert!(body.is_cut && body.text.len() <= MAX_BODY_BYTES && body.bytes == 2 * MAX_BODY_BYTES + 1);
        assert_eq!(super::body(&[0xff, 0xfe, 1], false).unwrap().text, REDACTED);
    }
}
