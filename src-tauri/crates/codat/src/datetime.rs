//! Codat's datetimes (§2.1): UTC, with an offset, or without a zone, with up to seven digits of fraction.
//!
//! A datetime without a zone is taken as UTC. Written form: UTC with `Z`, as many digits as needed.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

/// Reads any of the three shapes, and a bare date as its midnight.
///
/// # Errors
/// When the text is none of them, or names an instant outside the years −9999 to 9999.
pub fn parse(text: &str) -> Result<Timestamp, jiff::Error> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local: civil::DateTime = text.parse()?;
    TimeZone::UTC.to_timestamp(local)
}

/// For `#[serde(with = "datetime")]` on a required field.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(instant)
}

/// For `#[serde(with = "datetime")]` on a required field.
///
/// # Errors
/// When the field is no datetime.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

/// For `#[serde(with = "datetime::option")]` on an optional field; null and missing are the same.
pub mod option {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, parse};
    use serde::de::Error as _;

    /// Writes the instant; a field that may be missing is left out by its `skip_serializing_if`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match instant {
            Some(instant) => serializer.collect_str(instant),
            None => serializer.serialize_none(),
        }
    }

    /// # Errors
    /// When the field is there and is no datetime.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        text.map(|text| parse(&text).map_err(D::Error::custom)).transpose()
    }
}
