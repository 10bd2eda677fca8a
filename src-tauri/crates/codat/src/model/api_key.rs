//! API keys (§2.14). The key itself is a secret and is redacted when printed.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::datetime;

/// A key of the client.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyRecord {
    /// The ID.
    pub id: String,
    /// The name, up to 50 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// The key.
    pub api_key: SecretString,
    /// The creation time.
    #[serde(default, with = "datetime::option")]
    pub created_date: Option<Timestamp>,
}

/// The response of `GET /apiKeys`, which is not paged.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiKeys {
    /// The keys, ten at most.
    pub results: Vec<ApiKeyRecord>,
}

/// The body of `POST /apiKeys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiKey {
    /// The name, up to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
