//! Codat's datetimes (§2.1): UTC, with an offset, or without a zone, with up to seven digits of fraction.
//!
//! A datetime without a zone is taken as UTC. Written form: UTC with `Z`, as many digits as needed.
//!
//! A field that holds no datetime never makes its object unreadable: the object's text is kept beside it, and a
//! broken connection must not look healthy because of a date. .NET writes the years 1 and 9999 for "not set".

use std::{borrow::Cow, ops::Range};

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::value::RawValue;

/// In place of a required instant that is missing or no datetime.
pub const UNKNOWN: Timestamp = Timestamp::UNIX_EPOCH;

/// Seconds since 1970 of the instants that are set: the years 2 to 9998.
const SET: Range<i64> = -62_104_060_800..253_370_764_800;

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

/// For `#[serde(with = "datetime", default = "datetime::unknown")]` on a required field.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(instant)
}

/// The same; [`UNKNOWN`] where the field is no datetime.
///
/// # Errors
/// Where the JSON itself is broken.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Ok(option::deserialize(deserializer)?.unwrap_or(UNKNOWN))
}

/// A required instant whose field is missing.
pub fn unknown() -> Timestamp {
    UNKNOWN
}

/// What a field says: nothing where it is null, and `Err` where it is no datetime or one that is not set.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Result<Timestamp, ()>>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    let instant = |raw: &str| {
        let text = serde_json::from_str::<Cow<'_, str>>(raw).ok()?;
        parse(&text).ok().filter(|instant| SET.contains(&instant.as_second()))
    };
    Ok(raw.map(|raw| instant(raw.get()).ok_or(())))
}

/// For `#[serde(with = "datetime::option")]` on an optional field; null, missing, not set and no datetime are the
/// same.
pub mod option {
    use super::{Deserializer, Serializer, Timestamp, said};

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
    /// Where the JSON itself is broken.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(said(deserializer)?.and_then(Result::ok))
    }
}

/// For `#[serde(with = "datetime::latest")]` on the time of an error: a time that cannot be read is taken for the
/// latest, [`Timestamp::MAX`], so that the error counts as newer than every read.
pub mod latest {
    use super::{Deserializer, Timestamp, said};

    pub use super::option::serialize;

    /// # Errors
    /// Where the JSON itself is broken.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(said(deserializer)?.map(|read| read.unwrap_or(Timestamp::MAX)))
    }
}
