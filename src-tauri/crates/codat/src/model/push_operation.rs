//! Writes to a company's source: push operations (§2.16).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::nullable;
use crate::{
    datetime,
    error::Validation,
    id::{CompanyId, ConnectionId, PushKey},
    open_enum,
};

open_enum! {
    /// Where a write stands (§2.16).
    pub enum PushStatus {
        /// Under way.
        Pending = "Pending",
        /// It did not go.
        Failed = "Failed",
        /// Done.
        Success = "Success",
        /// The source gave no answer in time.
        TimedOut = "TimedOut",
    }
}

open_enum! {
    /// What a write did to a record (§2.16).
    pub enum ChangeType {
        /// Not told.
        Unknown = "Unknown",
        /// Made.
        Created = "Created",
        /// Altered.
        Modified = "Modified",
        /// Removed.
        Deleted = "Deleted",
        /// A file was put to it.
        AttachmentUploaded = "AttachmentUploaded",
    }
}

/// One write of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushOperation {
    /// Its identifier.
    pub push_operation_key: PushKey,
    /// The company.
    pub company_id: CompanyId,
    /// The connection.
    pub data_connection_key: ConnectionId,
    /// The data type's key.
    #[serde(default, deserialize_with = "nullable")]
    pub data_type: String,
    /// Where it stands.
    pub status: PushStatus,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// When it was asked for.
    #[serde(default = "datetime::unknown", with = "datetime")]
    pub requested_on_utc: Timestamp,
    /// When it ended.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub completed_on_utc: Option<Timestamp>,
    /// How long the source is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_minutes: Option<i64>,
    /// An HTTP status.
    #[serde(default, deserialize_with = "nullable")]
    pub status_code: i64,
    /// What became of records.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PushChange>,
    /// What checks found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushChange {
    /// What was done to it.
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub change: ChangeType,
    /// Which record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_ref: Option<RecordRef>,
    /// Which file was put to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
}

/// A record as others refer to it; its identifier is the source's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordRef {
    /// Its identifier.
    #[serde(default, deserialize_with = "nullable")]
    pub id: String,
    /// Its data type's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
}

/// What is not said is not known.
impl Default for ChangeType {
    fn default() -> Self {
        Self::Unknown
    }
}
