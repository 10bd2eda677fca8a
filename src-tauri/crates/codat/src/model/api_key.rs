//! API keys (§2.14). The key itself is a secret and prints as stars.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::datetime;

/// A key of the client.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyRecord {
    /// Its identifier.
    pub id: String,
    /// What it was called, up to 50 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// The key.
    pub api_key: SecretString,
    /// When it was made.
    #[serde(default, with = "datetime::option")]
    pub created_date: Option<Timestamp>,
}

/// The answer of `GET /apiKeys`, which is not paged.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiKeys {
    /// At most ten.
    pub results: Vec<ApiKeyRecord>,
}

/// The body of `POST /apiKeys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiKey {
    /// Up to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
