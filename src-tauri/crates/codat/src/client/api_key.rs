//! The API key: a secret that cannot be printed or serialized.

use core::fmt;
use std::borrow::Cow;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Failure, ValidationItem};

/// A shorter key could appear in a response by chance, as a word.
const SHORTEST: usize = 8;

/// Base64 that also accepts missing `=` at the end, which may be lost in copying.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An API key.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// Why pasted text is not an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// It is empty or white space.
    #[error("There’s no API key. Paste it from Developers, API keys in Codat.")]
    Empty,
    /// It has characters that no key has.
    #[error("This isn’t an API key: it has spaces or characters that no key has. Copy it again.")]
    Characters,
    /// The text after `Basic` is not a key in Base64.
    #[error("This header has no API key: the part after “Basic” is damaged. Copy it again.")]
    Header,
}

impl ApiKey {
    /// Parses a key as pasted by a user. White space around it is ignored. The ready-made header value `Basic …` is
    /// accepted, with or without the name of the header, and decoded.
    ///
    /// # Errors
    /// If nothing is left, if a character is not allowed in a header, or if the Base64 is invalid.
    pub fn new(pasted: &str) -> Result<Self, BadKey> {
        let text = without_word(pasted.trim(), "Authorization:");
        let encoded = without_word(text, "Basic");
        let is_header = encoded.len() < text.len();
        let key = if is_header { decoded(encoded)? } else { text.to_owned() };
        if key.is_empty() || key.eq_ignore_ascii_case("basic") {
            return Err(BadKey::Empty);
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadKey::Characters);
        }
        Ok(Self(SecretString::from(key)))
    }

    /// The raw key. For the keyring and the `Authorization` header only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The forms in which the key could appear in a response. None if it is so short that it may appear by chance.
    fn forms(&self) -> Vec<String> {
        let raw = self.expose();
        if raw.len() < SHORTEST {
            return Vec::new();
        }
        let encoded = STANDARD.encode(raw);
        vec![encoded.trim_end_matches('=').to_owned(), raw.to_owned()]
    }

    /// Whether a response contains the key.
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms().iter().any(|form| bytes.windows(form.len()).any(|window| window == form.as_bytes()))
    }

    /// Removes the key from a response.
    pub(crate) fn taken_out_of<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        if !self.is_in(bytes) {
            return Cow::Borrowed(bytes);
        }
        Cow::Owned(self.replaced(String::from_utf8_lossy(bytes).into_owned()).into_bytes())
    }

    /// Removes the key from a failure, whatever the server sent.
    pub(crate) fn conceal(&self, failure: Failure) -> Failure {
        let optional = |text: Option<String>| text.map(|text| self.replaced(text));
        let item = |item: ValidationItem| ValidationItem {
            item_id: optional(item.item_id),
            message: optional(item.message),
            validator_name: optional(item.validator_name),
        };
        Failure {
            service: self.replaced(failure.service),
            message: self.replaced(failure.message),
            correlation_id: optional(failure.correlation_id),
            validation: failure.validation.into_iter().map(item).collect(),
            ..failure
        }
    }

    fn replaced(&self, text: String) -> String {
        self.forms().iter().fold(text, |text, form| text.replace(form, "***"))
    }

    /// The value of the `Authorization` header (§2.1).
    pub(crate) fn header(&self) -> String {
        format!("Basic {}", STANDARD.encode(self.expose()))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

/// The text after a word and white space, or after a word that ends in a colon. Otherwise the text itself.
fn without_word<'t>(text: &'t str, word: &str) -> &'t str {
    match text.split_at_checked(word.len()) {
        Some((start, rest))
            if start.eq_ignore_ascii_case(word)
                && (word.ends_with(':') || rest.starts_with(char::is_whitespace)) =>
        {
            rest.trim_start()
        }
        _ => text,
    }
}

fn decoded(encoded: &str) -> Result<String, BadKey> {
    let bytes = LENIENT.decode(encoded).map_err(|_| BadKey::Header)?;
    let text = String::from_utf8(bytes).map_err(|_| BadKey::Header)?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_raw_or_as_the_ready_made_header() {
        let raw = ApiKey::new("  abc123  ").unwrap();
        assert_eq!(raw.expose(), "abc123");
        assert_eq!(raw.header(), "Basic YWJjMTIz");
        for pasted in [
            "Basic YWJjMTIz",
            "basic  YWJjMTIz\n",
            "Authorization: Basic YWJjMTIz",
            "authorization:basic\tYWJjMTIz",
        ] {
            assert_eq!(ApiKey::new(pasted).unwrap().expose(), "abc123", "{pasted}");
        }
        for pasted in ["Basic YWJjMQ==", "Basic YWJjMQ", "Basic YWJjMQo="] {
            assert_eq!(ApiKey::new(pasted).unwrap().expose(), "abc1", "{pasted}: padding and a line's end");
        }
        assert_eq!(ApiKey::new("BasicallyAKey").unwrap().expose(), "BasicallyAKey");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", " \n", "Basic", "Basic  ", "Authorization:"] {
            assert_eq!(ApiKey::new(text).unwrap_err(), BadKey::Empty, "{text}");
        }
        for text in ["two words", "ключ", "a\u{0}b", "a\u{200b}b", "a\nb", "Basic dHdvIHdvcmRz"] {
            assert_eq!(ApiKey::new(text).unwrap_err(), BadKey::Characters, "{text}");
        }
        for text in ["Basic ???", "Basic two words", "Basic /////w=="] {
            assert_eq!(ApiKey::new(text).unwrap_err(), BadKey::Header, "{text}");
        }
    }

    #[test]
    fn no_key_is_printed() {
        assert_eq!(format!("{:?}", ApiKey::new("abc123").unwrap()), "ApiKey(***)");
    }
}
