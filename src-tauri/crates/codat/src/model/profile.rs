//! The client's profile (§2.14).

use serde::{Deserialize, Serialize};

use super::nullable;

/// The Codat client that a key belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The name.
    pub name: String,
    /// The URL of the logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// The URL of the icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// The URL that customers are redirected to after linking. Placeholders are in braces.
    #[serde(default, deserialize_with = "nullable")]
    pub redirect_url: String,
    /// The hosts that placeholders may stand for.
    #[serde(default, deserialize_with = "nullable")]
    pub white_list_urls: Vec<String>,
}
