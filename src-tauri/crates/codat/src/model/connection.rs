//! Connections (§2.8).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{nullable, readable};
use crate::{datetime, id::ConnectionId, open_enum};

open_enum! {
    /// The status of a connection (§3.1).
    pub enum ConnectionStatus {
        /// Created, not authorized yet.
        PendingAuth = "PendingAuth",
        /// Authorized; data can be read.
        Linked = "Linked",
        /// Unlinked on purpose. Data already read is kept.
        Unlinked = "Unlinked",
        /// Access was revoked or expired.
        Deauthorized = "Deauthorized",
    }
}

open_enum! {
    /// The type of the source.
    pub enum SourceType {
        /// Accounting.
        Accounting = "Accounting",
        /// Banking.
        Banking = "Banking",
        /// Bank feeds into accounting software.
        BankFeed = "BankFeed",
        /// Commerce and payments.
        Commerce = "Commerce",
        /// Expenses.
        Expense = "Expense",
        /// Anything else, including file uploads.
        Other = "Other",
        /// Not known to Codat.
        Unknown = "Unknown",
    }
}

open_enum! {
    /// Whether an error is active.
    pub enum ErrorStatus {
        /// Active.
        Active = "Active",
        /// Resolved.
        Resolved = "Resolved",
    }
}

/// A company's link to one data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The ID.
    pub id: ConnectionId,
    /// The ID of the integration.
    #[serde(default, deserialize_with = "nullable")]
    pub integration_id: String,
    /// The key of the integration, four letters.
    #[serde(default, deserialize_with = "nullable")]
    pub integration_key: String,
    /// The source within the integration, if it has several.
    #[serde(default, deserialize_with = "nullable")]
    pub source_id: String,
    /// The type of the source.
    #[serde(default, deserialize_with = "nullable")]
    pub source_type: SourceType,
    /// The name of the integration.
    #[serde(default, deserialize_with = "nullable")]
    pub platform_name: String,
    /// The URL at which the customer authorizes this connection, again if needed.
    #[serde(default, deserialize_with = "nullable")]
    pub link_url: String,
    /// The status.
    pub status: ConnectionStatus,
    /// The time of the newest successful read.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub last_sync: Option<Timestamp>,
    /// The creation time. [`datetime::UNKNOWN`] if it is missing.
    #[serde(default = "datetime::unknown", with = "datetime")]
    pub created: Timestamp,
    /// The errors, in no particular order.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub data_connection_errors: Vec<DataConnectionError>,
    /// Details of the provider. Its keys are not documented.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "serde_json::Map::is_empty")]
    pub connection_info: serde_json::Map<String, serde_json::Value>,
}

/// An error of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataConnectionError {
    /// The HTTP status, as text.
    #[serde(default, deserialize_with = "nullable")]
    pub status_code: String,
    /// The message of the source.
    #[serde(default, deserialize_with = "nullable")]
    pub status_text: String,
    /// The message of Codat.
    #[serde(default, deserialize_with = "nullable")]
    pub error_message: String,
    /// The time of the error. [`Timestamp::MAX`] if it cannot be decoded.
    #[serde(default, with = "datetime::latest", skip_serializing_if = "Option::is_none")]
    pub errored_on_utc: Option<Timestamp>,
    /// Whether it is active. Missing if the error is not transient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ErrorStatus>,
    /// The time it was resolved.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub resolved_on_utc: Option<Timestamp>,
}

/// A missing value is unknown.
impl Default for SourceType {
    fn default() -> Self {
        Self::Unknown
    }
}
