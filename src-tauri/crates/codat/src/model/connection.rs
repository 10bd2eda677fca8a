//! Connections (§2.8).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{nullable, readable};
use crate::{datetime, id::ConnectionId, open_enum};

open_enum! {
    /// Where a connection stands (§3.1).
    pub enum ConnectionStatus {
        /// Created, not yet authorized.
        PendingAuth = "PendingAuth",
        /// Authorized; data can be read.
        Linked = "Linked",
        /// Unlinked on purpose; what was read stays.
        Unlinked = "Unlinked",
        /// Access was withdrawn or ran out.
        Deauthorized = "Deauthorized",
    }
}

open_enum! {
    /// What kind of source it is.
    pub enum SourceType {
        /// Books.
        Accounting = "Accounting",
        /// Bank accounts.
        Banking = "Banking",
        /// Bank statements sent into books.
        BankFeed = "BankFeed",
        /// Shops and payments.
        Commerce = "Commerce",
        /// Expenses.
        Expense = "Expense",
        /// Anything else, file uploads among it.
        Other = "Other",
        /// Not known to Codat.
        Unknown = "Unknown",
    }
}

open_enum! {
    /// Whether an error still stands.
    pub enum ErrorStatus {
        /// It stands.
        Active = "Active",
        /// It is over.
        Resolved = "Resolved",
    }
}

/// A company's link to one data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Its identifier.
    pub id: ConnectionId,
    /// The integration's identifier.
    #[serde(default, deserialize_with = "nullable")]
    pub integration_id: String,
    /// The integration's key, four letters.
    #[serde(default, deserialize_with = "nullable")]
    pub integration_key: String,
    /// The source under the integration, where it has several.
    #[serde(default, deserialize_with = "nullable")]
    pub source_id: String,
    /// What kind of source it is.
    #[serde(default, deserialize_with = "nullable")]
    pub source_type: SourceType,
    /// The integration's name.
    #[serde(default, deserialize_with = "nullable")]
    pub platform_name: String,
    /// Where the customer authorizes this very connection, again if need be.
    #[serde(default, deserialize_with = "nullable")]
    pub link_url: String,
    /// Where it stands.
    pub status: ConnectionStatus,
    /// The newest successful read.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub last_sync: Option<Timestamp>,
    /// When it was created; [`datetime::UNKNOWN`] where that is not said.
    #[serde(default = "datetime::unknown", with = "datetime")]
    pub created: Timestamp,
    /// What went wrong, newest and oldest alike.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub data_connection_errors: Vec<DataConnectionError>,
    /// Details of the provider; no keys are published.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "serde_json::Map::is_empty")]
    pub connection_info: serde_json::Map<String, serde_json::Value>,
}

/// Something that went wrong with a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataConnectionError {
    /// An HTTP status, as text.
    #[serde(default, deserialize_with = "nullable")]
    pub status_code: String,
    /// What the source said.
    #[serde(default, deserialize_with = "nullable")]
    pub status_text: String,
    /// What Codat says.
    #[serde(default, deserialize_with = "nullable")]
    pub error_message: String,
    /// When it happened; [`Timestamp::MAX`] where what is said of it cannot be read.
    #[serde(default, with = "datetime::latest", skip_serializing_if = "Option::is_none")]
    pub errored_on_utc: Option<Timestamp>,
    /// Whether it stands; missing where the error is not transient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ErrorStatus>,
    /// When it was over.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub resolved_on_utc: Option<Timestamp>,
}

/// What is not said is not known.
impl Default for SourceType {
    fn default() -> Self {
        Self::Unknown
    }
}
