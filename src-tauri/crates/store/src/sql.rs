//! Conversions between Rust values and SQL values.
//!
//! Codes that the SQL statements contain as numbers:
//!
//! | column | codes |
//! | --- | --- |
//! | `runs.state` | 0 running, 1 paused, 2 done, 3 cancelled |
//! | `run_items.state` | 0 waiting, 1 sent, 2 queued, 3 already running, 4 read, 5 failed, 6 skipped, 7 cancelled |
//! | `run_items.types` | 0 each data type was checked, 1 the check is pending, 2 there is no check |
//! | `companies.color` | 0 red, 1 grey, 2 purple, 3 green, 4 none; worst first |
//! | `companies.colors` | the bits 1 red, 2 grey, 4 purple, 8 green |
//! | `connections.clock` | 0 idle, 1 consent, 2 no clock; NULL unless the connection is linked |
//!
//! The same codes are in [`ItemState`](crate::ItemState), [`RunState`](domain::RunState),
//! [`color_code`](crate::company_index::color_code) and [`clock_code`](crate::connection_expiry::clock_code).

use std::{fmt::Display, str::FromStr};

use jiff::Timestamp;
use serde::Serialize;

use crate::error::StoreError;

/// Serializes rows to one JSON parameter, which `json_each` or `jsonb_each` expands in the statement.
pub(crate) fn json_parameter(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::unreadable("a parameter", &why))
}

/// Parses an identifier from a text column.
pub(crate) fn parse_id<T: FromStr<Err: Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|why| StoreError::unreadable("an identifier", &why))
}

/// Converts milliseconds since 1970 (UTC) from a column. Columns are written from a `Timestamp`, so a value is never
/// out of its range.
pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Reduces a time to the precision of the database.
pub(crate) fn round_to_millis(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// Replaces NUL characters, because SQLite reads JSON text only up to a NUL.
pub(crate) fn replace_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
