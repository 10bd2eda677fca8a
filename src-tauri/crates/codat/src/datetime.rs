//! Codat's datetimes (§2.1): UTC, with an offset, or without a zone, with up to seven digits of fraction.
//!
//! A datetime without a zone is UTC. Timestamps are written in UTC with `Z`, with as many digits as needed.
//!
//! An invalid datetime never makes its object unreadable: the raw JSON is kept, and a broken connection must not look
//! healthy because of a date. .NET writes the years 1 and 9999 for "not set".

use std::{borrow::Cow, ops::Range};

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::value::RawValue;

/// Stands for a required timestamp that is missing or invalid.
pub const UNKNOWN: Timestamp = Timestamp::UNIX_EPOCH;

/// The range of valid timestamps, in seconds since 1970: the years 2 to 9998.
const SET: Range<i64> = -62_104_060_800..253_370_764_800;

/// Parses the three forms, and a bare date as its midnight.
///
/// # Errors
/// If the text has none of these forms, or is outside the years −9999 to 9999.
pub fn parse(text: &str) -> Result<Timestamp, jiff::Error> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local: civil::DateTime = text.parse()?;
    TimeZone::UTC.to_timestamp(local)
}

/// For `#[serde(with = "datetime", default = "datetime::unknown")]` on a required field.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(instant)
}

/// Deserializes a required timestamp. [`UNKNOWN`] if the field is not a datetime.
///
/// # Errors
/// If the JSON itself is invalid.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Ok(option::deserialize(deserializer)?.unwrap_or(UNKNOWN))
}

/// The default for a required timestamp that is missing.
pub fn unknown() -> Timestamp {
    UNKNOWN
}

/// The value of a field: None if it is null, `Err` if it is not a datetime or not set.
fn parse_field<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Result<Timestamp, ()>>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    let instant = |raw: &str| {
        let text = serde_json::from_str::<Cow<'_, str>>(raw).ok()?;
        parse(&text).ok().filter(|instant| SET.contains(&instant.as_second()))
    };
    Ok(raw.map(|raw| instant(raw.get()).ok_or(())))
}

/// For `#[serde(with = "datetime::option")]` on an optional field. Null, missing, not set and invalid are all None.
pub mod option {
    use super::{Deserializer, Serializer, Timestamp, parse_field};

    /// Serializes the timestamp. `skip_serializing_if` leaves out a field that may be missing.
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
    /// If the JSON itself is invalid.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(parse_field(deserializer)?.and_then(Result::ok))
    }
}

/// For `#[serde(with = "datetime::latest")]` on the time of an error. An invalid time becomes [`Timestamp::MAX`], so
/// that the error counts as newer than every read.
pub mod latest {
    use super::{Deserializer, Timestamp, parse_field};

    pub use super::option::serialize;

    /// # Errors
    /// If the JSON itself is invalid.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(parse_field(deserializer)?.map(|read| read.unwrap_or(Timestamp::MAX)))
    }
}
