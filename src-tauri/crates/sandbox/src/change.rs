//! Changes of the state. A change is stored before it is applied.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    answer::Problem,
    clock::Anchor,
    idempotency::Replay,
    read::Refresh,
    record::{CompanyRecord, Slot},
    shelf::Shelf,
    sync_settings::Version,
};

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Change {
    /// A company as it is from now on; none: deleted.
    Company(Slot, Option<Box<CompanyRecord>>),
    /// Somebody asked for data.
    Refresh(Refresh),
    /// An API key, by its number; none: deleted.
    Key(u32, Option<KeyRecord>),
    /// The client's profile.
    Profile(ProfileRecord),
    /// The sync settings of a company, or of the client: their whole history.
    Sync(Option<Slot>, Vec<Version>),
    /// The clock was moved, or is kept for a restart.
    Clock(Anchor),
    /// The answer to a request with an `Idempotency-Key`; none: forgotten.
    Replay(String, Option<Box<Replay>>),
    /// What is set or noted of Link under a name; none: forgotten.
    Link(String, Option<Value>),
    /// A thing on a shelf, under its key; none: it is let go.
    Shelf(Shelf, String, Option<Value>),
}

impl Change {
    /// The change that keeps a thing.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(crate) fn keep(
        shelf: Shelf,
        key: impl Into<String>,
        thing: &impl Serialize,
    ) -> Result<Self, Problem> {
        let thing = serde_json::to_value(thing).map_err(|error| Problem::broken(&error))?;
        Ok(Self::Shelf(shelf, key.into(), Some(thing)))
    }

    /// The change that lets a thing go.
    pub(crate) fn drop(shelf: Shelf, key: impl Into<String>) -> Self {
        Self::Shelf(shelf, key.into(), None)
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
