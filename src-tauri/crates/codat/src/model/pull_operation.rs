//! Reads of a company's data: pull operations, also called datasets (§2.11, §3.2).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, value::RawValue};

use super::nullable;
use crate::{
    datetime,
    error::lenient,
    id::{CompanyId, ConnectionId, DatasetId},
    open_enum,
    reading::{self, DecodeError},
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
    /// The ID.
    pub id: DatasetId,
    /// The company.
    pub company_id: CompanyId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The key of the data type.
    pub data_type: String,
    /// The status.
    pub status: DatasetStatus,
    /// Details of the status, for example until when it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_description: Option<String>,
    /// The error message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The time of the request.
    #[serde(default = "datetime::unknown", with = "datetime")]
    pub requested: Timestamp,
    /// The time of completion.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub completed: Option<Timestamp>,
    /// The progress in percent, 0 to 100. The reference does not define it further.
    #[serde(default, deserialize_with = "nullable")]
    pub progress: i64,
    /// Whether it succeeded.
    #[serde(default, deserialize_with = "nullable")]
    pub is_completed: bool,
    /// Whether it failed.
    #[serde(default, deserialize_with = "nullable")]
    pub is_errored: bool,
}

/// The meaning of a status (§3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// In progress.
    Running,
    /// Succeeded.
    Done,
    /// Ended without success or failure: canceled, or not supported.
    Neutral,
    /// Failed.
    Failed,
    /// A status of a newer API.
    Unrecognized,
}

impl DatasetStatus {
    /// The meaning of the status.
    pub fn phase(&self) -> Phase {
        match self {
            Self::Initial
            | Self::Queued
            | Self::Fetching
            | Self::MapQueued
            | Self::Mapping
            | Self::ValidationQueued
            | Self::Validating
            | Self::ProcessingQueued
            | Self::Processing => Phase::Running,
            Self::Complete => Phase::Done,
            Self::NotSupported | Self::Cancelled => Phase::Neutral,
            Self::FetchError
            | Self::MapError
            | Self::ValidationError
            | Self::ProcessingError
            | Self::InternalError
            | Self::AuthError
            | Self::RateLimitError
            | Self::PermissionsError
            | Self::PrerequisiteNotMet => Phase::Failed,
            Self::Unrecognized(_) => Phase::Unrecognized,
        }
    }
}

/// The status of one data type of a company. A data type that was never requested has no status: responses leave it
/// out, or have only its name. A field that cannot be decoded counts as missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataStatus {
    /// The key of the data type.
    #[serde(default, deserialize_with = "lenient")]
    pub data_type: String,
    /// The time of the newest successful read.
    #[serde(default, deserialize_with = "lenient_instant", skip_serializing_if = "Option::is_none")]
    pub last_successful_sync: Option<Timestamp>,
    /// The status of the newest read.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub current_status: Option<DatasetStatus>,
    /// The newest read.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub latest_sync_id: Option<DatasetId>,
    /// The newest successful read.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub latest_successful_sync_id: Option<DatasetId>,
}

impl DataStatus {
    /// Decodes the statuses from raw JSON, by data type.
    ///
    /// # Errors
    /// Why they cannot be decoded, in plain words.
    pub fn all_from_raw(raw: &RawValue) -> Result<BTreeMap<String, Self>, String> {
        Self::read_all(raw.get().as_bytes()).map_err(|misread| misread.quoting())
    }

    pub(crate) fn read_all(bytes: &[u8]) -> Result<BTreeMap<String, Self>, DecodeError> {
        let said: BTreeMap<String, Value> = reading::object(bytes)?;
        Ok(said.into_iter().map(|(key, status)| (key.clone(), Self::from_value(key, status))).collect())
    }

    /// Whether a read of it was never requested.
    pub fn is_never_read(&self) -> bool {
        self.current_status.is_none() && self.latest_sync_id.is_none() && self.last_successful_sync.is_none()
    }

    fn from_value(key: String, said: Value) -> Self {
        let mut status = serde_json::from_value(said).unwrap_or_else(|_| Self::never(String::new()));
        if status.data_type.is_empty() {
            status.data_type = key;
        }
        status
    }

    fn never(data_type: String) -> Self {
        Self {
            data_type,
            last_successful_sync: None,
            current_status: None,
            latest_sync_id: None,
            latest_successful_sync_id: None,
        }
    }
}

fn lenient_instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text: Option<String> = lenient(deserializer)?;
    Ok(text.and_then(|text| datetime::parse(&text).ok()))
}
