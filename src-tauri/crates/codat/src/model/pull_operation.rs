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
    reading::{self, Misread},
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
    #[serde(default = "datetime::unknown", with = "datetime")]
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

/// What a status means for whoever waits (§3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It has yet to end.
    Running,
    /// It ended well.
    Done,
    /// It ended, neither well nor badly: cancelled, or not supported.
    Neutral,
    /// It failed.
    Failed,
    /// A status of a newer API.
    Unrecognised,
}

impl DatasetStatus {
    /// What it means.
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
            Self::Unrecognised(_) => Phase::Unrecognised,
        }
    }
}

/// How one data type of a company stands. A type that was never asked for has no status; answers leave it
/// out, or say its name and no more, and a field that cannot be read counts as missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataStatus {
    /// The data type's key.
    #[serde(default, deserialize_with = "lenient")]
    pub data_type: String,
    /// When it was last read well.
    #[serde(default, deserialize_with = "lenient_instant", skip_serializing_if = "Option::is_none")]
    pub last_successful_sync: Option<Timestamp>,
    /// Where the newest read stands.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub current_status: Option<DatasetStatus>,
    /// The newest read.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub latest_sync_id: Option<DatasetId>,
    /// The newest read that ended well.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub latest_successful_sync_id: Option<DatasetId>,
}

impl DataStatus {
    /// The statuses that an answer holds which was taken as it was said, by data type.
    ///
    /// # Errors
    /// Why it holds none, in plain words.
    pub fn said(raw: &RawValue) -> Result<BTreeMap<String, Self>, String> {
        Self::read_all(raw.get().as_bytes()).map_err(|misread| misread.quoting())
    }

    pub(crate) fn read_all(bytes: &[u8]) -> Result<BTreeMap<String, Self>, Misread> {
        let said: BTreeMap<String, Value> = reading::object(bytes)?;
        Ok(said.into_iter().map(|(key, status)| (key.clone(), Self::of(key, status))).collect())
    }

    /// Whether no read of it was ever asked for.
    pub fn is_never_read(&self) -> bool {
        self.current_status.is_none() && self.latest_sync_id.is_none() && self.last_successful_sync.is_none()
    }

    fn of(key: String, said: Value) -> Self {
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
