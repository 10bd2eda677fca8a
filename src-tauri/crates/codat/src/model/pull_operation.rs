//! Reads of a company's data: pull operations, also called datasets (§2.11, §3.2).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::nullable;
use crate::{
    datetime,
    id::{CompanyId, ConnectionId, DatasetId},
    open_enum,
};

open_enum! {
    /// The stage of a read (§3.2).
    pub enum DatasetStatus {
        /// Created.
        Initial = "Initial",
        /// Waiting; with an offline connector, until that is on.
        Queued = "Queued",
        /// Reading from the source; may pause and go on by itself.
        Fetching = "Fetching",
        /// Waiting to be converted.
        MapQueued = "MapQueued",
        /// Being converted.
        Mapping = "Mapping",
        /// Waiting to be checked.
        ValidationQueued = "ValidationQueued",
        /// Being checked.
        Validating = "Validating",
        /// Waiting to be stored.
        ProcessingQueued = "ProcessingQueued",
        /// Being stored.
        Processing = "Processing",
        /// Done; the data can be read.
        Complete = "Complete",
        /// The platform has no such data.
        NotSupported = "NotSupported",
        /// Cancelled.
        Cancelled = "Cancelled",
        /// Failed while reading.
        FetchError = "FetchError",
        /// Failed while converting.
        MapError = "MapError",
        /// Failed a check.
        ValidationError = "ValidationError",
        /// Failed while storing.
        ProcessingError = "ProcessingError",
        /// Failed inside Codat.
        InternalError = "InternalError",
        /// The source refused the credentials.
        AuthError = "AuthError",
        /// The source limits its rate.
        RateLimitError = "RateLimitError",
        /// The source refused for want of rights.
        PermissionsError = "PermissionsError",
        /// Another type must be read first.
        PrerequisiteNotMet = "PrerequisiteNotMet",
    }
}

/// One read of one data type on one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullOperation {
    /// Its identifier.
    pub id: DatasetId,
    /// The company.
    pub company_id: CompanyId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The data type's key.
    pub data_type: String,
    /// Where it stands.
    pub status: DatasetStatus,
    /// More about it, such as until when it pauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_description: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// When it was asked for.
    #[serde(with = "datetime")]
    pub requested: Timestamp,
    /// When it ended.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub completed: Option<Timestamp>,
    /// 0 to 100; no scale is published.
    #[serde(default, deserialize_with = "nullable")]
    pub progress: i64,
    /// Whether it ended well.
    #[serde(default, deserialize_with = "nullable")]
    pub is_completed: bool,
    /// Whether it failed.
    #[serde(default, deserialize_with = "nullable")]
    pub is_errored: bool,
}

/// How one data type of a company stands. A type never asked for has no status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataStatus {
    /// The data type's key.
    pub data_type: String,
    /// When it was last read well.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub last_successful_sync: Option<Timestamp>,
    /// Where the newest read stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_status: Option<DatasetStatus>,
    /// The newest read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_sync_id: Option<DatasetId>,
    /// The newest read that ended well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_successful_sync_id: Option<DatasetId>,
}
