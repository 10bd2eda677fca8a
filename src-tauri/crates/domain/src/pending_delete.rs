//! Deletes that wait for an undo.

use codat::CompanyId;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::Serialize;

/// A delete that can still be undone. Nothing was sent, so quitting cancels it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PendingDelete {
    /// The company.
    #[serde(rename = "id")]
    #[cfg_attr(feature = "typescript", ts(as = "String"))]
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// When it is sent. It crosses to the interface as milliseconds since 1970, UTC.
    #[serde(with = "millisecond::required")]
    #[cfg_attr(feature = "typescript", ts(as = "i64"))]
    pub sends_at: Timestamp,
    /// Whether the safe mode holds it.
    pub is_held: bool,
}
