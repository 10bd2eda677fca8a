//! Integrations (§2.10).

use serde::{Deserialize, Serialize};

use super::{SourceType, nullable};

/// A platform that companies can connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// The key, four letters.
    pub key: String,
    /// The URL of the logo.
    #[serde(default, deserialize_with = "nullable")]
    pub logo_url: String,
    /// The name.
    pub name: String,
    /// Whether customers can choose it.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// The ID of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// The type of the source.
    #[serde(default, deserialize_with = "nullable")]
    pub source_type: SourceType,
    /// The ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_id: Option<String>,
    /// Whether it runs on the customer's own computer, so that it can be read only while that is on.
    #[serde(default, deserialize_with = "nullable")]
    pub is_offline_connector: bool,
    /// Whether it is in beta.
    #[serde(default, deserialize_with = "nullable")]
    pub is_beta: bool,
    /// The provider of the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_provided_by: Option<String>,
    /// The supported features of each data type.
    #[serde(default, deserialize_with = "nullable")]
    pub datatype_features: Vec<DatatypeFeature>,
}

impl Integration {
    /// The keys of the data types that can be read.
    pub fn readable(&self) -> impl Iterator<Item = &str> {
        let can_get = |feature: &SupportedFeature| {
            feature.feature_type == "Get" && feature.feature_state != "NotSupported"
        };
        self.datatype_features
            .iter()
            .filter(move |feature| feature.supported_features.iter().any(can_get))
            .map(|feature| feature.data_type.as_str())
            .filter(|key| !key.is_empty())
    }
}

/// The supported features of one data type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DatatypeFeature {
    /// The key of the data type. Real responses spell the field `datatype`, the reference `dataType`. Both are
    /// accepted; if both are present, the first counts.
    #[serde(flatten)]
    pub data_type: DataTypeKey,
    /// The features, each with its state.
    #[serde(default, deserialize_with = "nullable")]
    pub supported_features: Vec<SupportedFeature>,
}

/// The two spellings of the data type field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataTypeKey {
    /// The spelling of the reference.
    #[serde(rename = "dataType", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The spelling of real responses.
    #[serde(rename = "datatype", default, skip_serializing_if = "Option::is_none")]
    pub real: Option<String>,
}

impl DataTypeKey {
    /// The key, from either spelling.
    pub fn as_str(&self) -> &str {
        self.reference.as_deref().or(self.real.as_deref()).unwrap_or_default()
    }
}

/// A feature and its state. Both are open lists, so they are kept as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportedFeature {
    /// For example `Get` or `Post`.
    #[serde(default, deserialize_with = "nullable")]
    pub feature_type: String,
    /// For example `Release` or `NotSupported`.
    #[serde(default, deserialize_with = "nullable")]
    pub feature_state: String,
}
