//! The client's profile (§2.14).

use serde::{Deserialize, Serialize};

use super::nullable;

/// The Codat client that a key belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// Its icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// Where customers are sent after linking; placeholders in braces.
    #[serde(default, deserialize_with = "nullable")]
    pub redirect_url: String,
    /// Hosts that placeholders may fill in.
    #[serde(default, deserialize_with = "nullable")]
    pub white_list_urls: Vec<String>,
}
