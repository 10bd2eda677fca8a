//! A parsed request: path segments, parameters, form and JSON body.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::response::ApiError;

/// The maximum size of a request body in bytes.
pub const BODY_LIMIT: usize = 1_000_000;

/// The maximum size of a restored snapshot in bytes.
pub(crate) const SNAPSHOT_LIMIT: usize = 256 << 20;

#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path and the query string, unchanged.
    pub(crate) target: String,
    pub(crate) path: String,
    /// The decoded path segments, with their case.
    pub(crate) segments: Vec<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The host, if the request target is an absolute URL.
    pub(crate) authority: Option<String>,
}

/// A query parameter or form field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The encoded text, which links repeat.
    pub(crate) raw: String,
}

impl Request {
    /// A path that cannot be decoded has no segments, so no route matches.
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let target = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let path = uri.path().to_owned();
        let inner = path.strip_prefix('/').unwrap_or(&path);
        let parts = inner.strip_suffix('/').unwrap_or(inner).split('/');
        let segments = parts.map(|part| decode(part, false)).collect::<Option<Vec<_>>>().unwrap_or_default();
        let parameters = parameters(uri.query().unwrap_or_default());
        let authority = uri.authority().map(|it| it.as_str().to_owned());
        Self { method, target, path, segments, parameters, headers, body, authority }
    }

    /// The first parameter with this name, ignoring case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut named = self.parameters.iter().filter(|it| it.name.eq_ignore_ascii_case(name));
        named.next().map(|it| it.value.as_str())
    }

    /// The decoded form fields. None if the body is not a form.
    pub(crate) fn form(&self) -> Option<Vec<Parameter>> {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        is_form.then(|| std::str::from_utf8(&self.body).ok().map(parameters)).flatten()
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let all = self.header("cookie").unwrap_or_default();
        let pairs = all.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(named, _)| *named == name).map(|(_, value)| value).next()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as a JSON object. An empty body is an empty object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, ApiError> {
        match self.json()? {
            Value::Object(object) => Ok(object),
            Value::Null => Ok(Map::new()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(ApiError::invalid_body("body", "The body must be a JSON object."))
            }
        }
    }

    /// The body as JSON. An empty body is null.
    pub(crate) fn json(&self) -> Result<Value, ApiError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| ApiError::invalid_body("body", &format!("The body isn’t JSON: {error}.")))
    }
}

/// Only the hyphenated form is accepted.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

fn parameters(text: &str) -> Vec<Parameter> {
    text.split('&').filter_map(parameter).collect()
}

fn parameter(raw: &str) -> Option<Parameter> {
    if raw.is_empty() {
        return None;
    }
    let (name, value) = raw.split_once('=').unwrap_or((raw, ""));
    Some(Parameter { name: decode(name, true)?, value: decode(value, true)?, raw: raw.to_owned() })
}

/// Percent-decodes a text. `plus`: a plus sign is a space. None if the result is not UTF-8.
fn decode(text: &str, plus: bool) -> Option<String> {
    let text = if plus { text.replace('+', " ") } else { text.to_owned() };
    percent_decode_str(&text).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str) -> Request {
        Request::new(Method::GET, &target.parse().unwrap(), HeaderMap::new(), Bytes::new())
    }

    #[test]
    fn parameters_are_decoded_and_found_in_any_case() {
        let request = request("/companies?PAGESIZE=5&query=name%7Ea+b%26c&x");
        assert_eq!(request.parameter("pageSize"), Some("5"));
        assert_eq!(request.parameter("query"), Some("name~a b&c"));
        assert_eq!(request.parameter("x"), Some(""));
        assert_eq!(request.parameters[1].raw, "query=name%7Ea+b%26c");
    }

    #[test]
    fn segments_are_decoded_and_what_is_not_text_is_nowhere() {
        assert_eq!(request("/companies/a%2Fb/").segments, ["companies", "a/b"]);
        assert!(request("/companies/%ff").segments.is_empty());
        assert_eq!(request("/100%/%4").segments, ["100%", "%4"]);
    }

    #[test]
    fn only_the_form_with_hyphens_is_a_uuid() {
        assert!(uuid("0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10").is_some());
        assert!(uuid("0b9c4c5e7a554a439d0e5f1f6c7f2a10").is_none());
        assert!(uuid("nonsense").is_none());
    }
}
