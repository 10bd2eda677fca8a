//! Uploaded files (§2.17).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::nullable;
use crate::datetime;

/// An uploaded file. It has no ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadedFile {
    /// The name.
    #[serde(default, deserialize_with = "nullable")]
    pub file_name: String,
    /// The display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The type of the source that it was uploaded to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// The time of the upload.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub uploaded: Option<Timestamp>,
}

impl UploadedFile {
    /// The name to show.
    pub fn name(&self) -> &str {
        match &self.display_name {
            Some(name) if !name.is_empty() => name,
            Some(_) | None => &self.file_name,
        }
    }
}
