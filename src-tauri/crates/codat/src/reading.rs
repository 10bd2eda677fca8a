//! Decoding of response bodies, and error messages in plain words for bodies that are not what the API sends.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::error::Category;

/// How much of a body an error message quotes, in characters.
const EXCERPT: usize = 80;
/// The longest part of serde's message that is kept, in characters. It quotes values whole.
const DETAIL: usize = 200;
/// The message if the response is a web page.
pub(crate) const WEB_PAGE: &str = "The answer is a web page instead of data. A proxy or a sign-in page may \
                                   have answered.";
/// The byte order mark that some servers send before UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why a body cannot be decoded.
#[derive(Debug)]
pub(crate) struct DecodeError {
    reason: String,
    detail: Option<String>,
    excerpt: Option<String>,
}

impl DecodeError {
    pub(crate) fn new(reason: impl Into<String>, bytes: &[u8]) -> Self {
        Self { reason: reason.into(), detail: None, excerpt: excerpt(bytes) }
    }

    fn from_json(error: &serde_json::Error, bytes: &[u8]) -> Self {
        if bytes.trim_ascii().is_empty() {
            return Self::new("The answer is empty.", bytes);
        }
        if is_web_page(bytes) {
            return Self::new(WEB_PAGE, bytes);
        }
        let reason = match error.classify() {
            Category::Eof => format!("The answer is cut off after {} bytes.", bytes.len()),
            Category::Data => "The answer doesn’t have the form that the API describes.".to_owned(),
            Category::Syntax | Category::Io => "The answer isn’t JSON.".to_owned(),
        };
        let detail = Some(error.to_string().chars().take(DETAIL).collect());
        Self { reason, detail, excerpt: excerpt(bytes) }
    }

    /// The message without any part of the body.
    pub(crate) fn discreet(&self) -> String {
        self.reason.clone()
    }

    /// The message with the position and the beginning of the body.
    pub(crate) fn quoting(&self) -> String {
        let mut text = self.reason.clone();
        if let Some(detail) = &self.detail {
            text.push_str(&format!(" ({detail})"));
        }
        if let Some(excerpt) = &self.excerpt {
            text.push_str(&format!(" It starts with: {excerpt}"));
        }
        text
    }
}

/// Decodes JSON.
pub(crate) fn json<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, DecodeError> {
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| DecodeError::from_json(&error, bytes))
}

/// Decodes a JSON object into an owned value.
pub(crate) fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    json(bytes)
}

/// Accepts any body of a call that returns nothing, except a web page: that is sent by a proxy or a sign-in page.
pub(crate) fn nothing(bytes: &[u8]) -> Result<(), DecodeError> {
    if is_web_page(bytes) { Err(DecodeError::new(WEB_PAGE, bytes)) } else { Ok(()) }
}

/// Whether a body is HTML or XML.
pub(crate) fn is_web_page(bytes: &[u8]) -> bool {
    bytes.strip_prefix(MARK).unwrap_or(bytes).trim_ascii_start().starts_with(b"<")
}

/// The beginning of a body, on one line.
pub(crate) fn excerpt(bytes: &[u8]) -> Option<String> {
    // A character has at most four bytes. White space beyond that does not matter.
    let text = String::from_utf8_lossy(bytes.get(..EXCERPT * 8).unwrap_or(bytes));
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(EXCERPT).collect();
    (!line.is_empty()).then_some(line)
}
