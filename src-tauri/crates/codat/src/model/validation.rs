//! What the checks of a read found (§2.12).

use serde::{Deserialize, Serialize};

use super::nullable;

/// The findings of one read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValidationResults {
    /// They block the use of the data.
    #[serde(deserialize_with = "nullable")]
    pub errors: Vec<Finding>,
    /// They do not.
    #[serde(deserialize_with = "nullable")]
    pub warnings: Vec<Finding>,
}

/// One finding about one record. What is not said is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Finding {
    /// The rule that the record breaks.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub rule_id: String,
    /// The record, by the source's identifier.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub item_id: String,
    /// What is wrong with it.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Which check found it.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub validator_name: String,
}
