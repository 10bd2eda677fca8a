//! Integrations (§2.10).

use serde::{Deserialize, Serialize};

use super::{SourceType, nullable};

/// A platform that companies can connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Its key, four letters.
    pub key: String,
    /// Where its logo is.
    #[serde(default, deserialize_with = "nullable")]
    pub logo_url: String,
    /// Its name.
    pub name: String,
    /// Whether customers can choose it.
    #[serde(default, deserialize_with = "nullable")]
    pub enabled: bool,
    /// Its source's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// What kind of source it is.
    #[serde(default, deserialize_with = "nullable")]
    pub source_type: SourceType,
    /// Its identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_id: Option<String>,
    /// Whether it runs on the customer's own computer and reads only while that is on.
    #[serde(default, deserialize_with = "nullable")]
    pub is_offline_connector: bool,
    /// Whether it is in beta.
    #[serde(default, deserialize_with = "nullable")]
    pub is_beta: bool,
    /// Who provides the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_provided_by: Option<String>,
    /// What can be done with each data type.
    #[serde(default, deserialize_with = "nullable")]
    pub datatype_features: Vec<DatatypeFeature>,
}

impl Integration {
    /// The data types that can be read from it, by key.
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

/// What can be done with one data type of an integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DatatypeFeature {
    /// The data type's key. Real answers spell the field `datatype`, the reference `dataType`; both are read
    /// and, where both are sent, the first of them counts.
    #[serde(flatten)]
    pub data_type: DataTypeKey,
    /// The features, each with its state.
    #[serde(default, deserialize_with = "nullable")]
    pub supported_features: Vec<SupportedFeature>,
}

/// The two spellings of a feature's data type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataTypeKey {
    /// As the reference spells it.
    #[serde(rename = "dataType", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// As real answers spell it.
    #[serde(rename = "datatype", default, skip_serializing_if = "Option::is_none")]
    pub real: Option<String>,
}

impl DataTypeKey {
    /// The key, in whichever spelling came.
    pub fn as_str(&self) -> &str {
        self.reference.as_deref().or(self.real.as_deref()).unwrap_or_default()
    }
}

/// One feature and how ready it is; open lists both, so they are kept as they are said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportedFeature {
    /// Such as `Get` or `Post`.
    #[serde(default, deserialize_with = "nullable")]
    pub feature_type: String,
    /// Such as `Release` or `NotSupported`.
    #[serde(default, deserialize_with = "nullable")]
    pub feature_state: String,
}

/// An integration's pictures, as they are said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branding {
    /// Logos, full and square.
    #[serde(default)]
    pub logo: serde_json::Value,
    /// Buttons; may be empty.
    #[serde(default)]
    pub button: serde_json::Value,
    /// The source they belong to.
    #[serde(rename = "sourceId", default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
}
