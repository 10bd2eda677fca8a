//! Writes to a company's source (§2.16). Codat calls them push operations.

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
    /// The status of a write (§2.16).
    pub enum PushStatus {
        /// In progress.
        Pending = "Pending",
        /// Failed.
        Failed = "Failed",
        /// Succeeded.
        Success = "Success",
        /// The source did not answer in time.
        TimedOut = "TimedOut",
    }
}

open_enum! {
    /// What a write did to a record (§2.16).
    pub enum ChangeType {
        /// Not reported.
        Unknown = "Unknown",
        /// Created.
        Created = "Created",
        /// Modified.
        Modified = "Modified",
        /// Deleted.
        Deleted = "Deleted",
        /// An attachment was added.
        AttachmentUploaded = "AttachmentUploaded",
    }
}

/// One write of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushOperation {
    /// The ID.
    pub push_operation_key: PushKey,
    /// The company.
    pub company_id: CompanyId,
    /// The connection.
    pub data_connection_key: ConnectionId,
    /// The key of the data type.
    #[serde(default, deserialize_with = "nullable")]
    pub data_type: String,
    /// The status.
    pub status: PushStatus,
    /// The error message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The time of the request.
    #[serde(default = "datetime::unknown", with = "datetime")]
    pub requested_on_utc: Timestamp,
    /// The time of completion.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub completed_on_utc: Option<Timestamp>,
    /// The time-out of the source, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_minutes: Option<i64>,
    /// An HTTP status.
    #[serde(default, deserialize_with = "nullable")]
    pub status_code: i64,
    /// The changes to records.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PushChange>,
    /// The validation results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
}

/// A change to one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushChange {
    /// The kind of change.
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub change: ChangeType,
    /// The record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_ref: Option<RecordRef>,
    /// The ID of the attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
}

/// A reference to a record. The ID is that of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordRef {
    /// The ID.
    #[serde(default, deserialize_with = "nullable")]
    pub id: String,
    /// The key of the data type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
}

/// A missing value is unknown.
impl Default for ChangeType {
    fn default() -> Self {
        Self::Unknown
    }
}
