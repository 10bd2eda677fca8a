//! Changes of the state. A change is written to the database before it is applied.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    clock::ClockAnchor,
    document_store::DocumentKind,
    idempotency::Replay,
    read::Refresh,
    record::{CompanyRecord, Slot},
    response::ApiError,
    sync_settings::Version,
};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Change {
    /// The new state of a company. None: deleted.
    Company(Slot, Option<Box<CompanyRecord>>),
    /// A requested refresh.
    Refresh(Refresh),
    /// An API key by its number. None: deleted.
    Key(u32, Option<KeyRecord>),
    Profile(ProfileRecord),
    /// All versions of the sync settings of a company, or of the client if there is no slot.
    Sync(Option<Slot>, Vec<Version>),
    /// The clock was moved, or its position is saved for a restart.
    Clock(ClockAnchor),
    /// The stored response for an `Idempotency-Key`. None: removed.
    Replay(String, Option<Box<Replay>>),
    /// A Link setting or a used one-time password, by name. None: removed.
    Link(String, Option<Value>),
    /// A document by its key. None: removed.
    #[serde(rename = "shelf")]
    Document(DocumentKind, String, Option<Value>),
}

impl Change {
    /// Stores a document.
    ///
    /// # Errors
    /// If the value cannot be serialized.
    pub(crate) fn put_document(
        kind: DocumentKind,
        key: impl Into<String>,
        value: &impl Serialize,
    ) -> Result<Self, ApiError> {
        let value = serde_json::to_value(value).map_err(|error| ApiError::internal(&error))?;
        Ok(Self::Document(kind, key.into(), Some(value)))
    }

    /// Removes a document.
    pub(crate) fn delete_document(kind: DocumentKind, key: impl Into<String>) -> Self {
        Self::Document(kind, key.into(), None)
    }
}

/// An API key (§2.14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyRecord {
    pub(crate) id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) api_key: String,
    pub(crate) created_date: Timestamp,
}

/// The client's profile (§2.14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileRecord {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) logo_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) icon_url: Option<String>,
    pub(crate) redirect_url: String,
    #[serde(default)]
    pub(crate) white_list_urls: Vec<String>,
    #[serde(default)]
    pub(crate) confirm_company_name: bool,
}
