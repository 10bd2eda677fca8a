//! Validation results of a read (§2.12).

use serde::{Deserialize, Serialize};

use super::nullable;

/// The validation results of one read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValidationResults {
    /// Errors, which block the use of the data.
    #[serde(deserialize_with = "nullable")]
    pub errors: Vec<Finding>,
    /// Warnings, which do not.
    #[serde(deserialize_with = "nullable")]
    pub warnings: Vec<Finding>,
}

/// One validation result of one record. Missing values are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Finding {
    /// The rule that the record breaks.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub rule_id: String,
    /// The ID of the record at the source.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub item_id: String,
    /// The message.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The validator.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub validator_name: String,
}
