//! The objects of the Platform API (§2.7 to §2.14), one file an object.
//!
//! A model has the fields that the app reads. What a newer API adds survives beside it in
//! [`Item::raw`](crate::page::Item), exactly as it was said. Optional fields are left out when written,
//! never null: Codat's own clients refuse null.

mod company;
mod connection;
mod file;
mod integration;
mod profile;
mod pull_operation;
mod push_operation;
mod sync_settings;
mod validation;

pub use company::{Company, CompanyPatch, CompanyReference, Listed, NewCompany, kept_name, name_characters};
pub use connection::{Connection, ConnectionStatus, DataConnectionError, ErrorStatus, SourceType};
pub use file::UploadedFile;
pub use integration::{DatatypeFeature, Integration, SupportedFeature};
pub use profile::Profile;
pub use pull_operation::{DataStatus, DatasetStatus, Phase, PullOperation};
pub use push_operation::{ChangeType, PushChange, PushOperation, PushStatus, RecordRef};
pub use sync_settings::{Frequency, SyncSetting, SyncSettings};
pub use validation::{Finding, ValidationResults};

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// A field whose null means the same as its absence.
fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A field that nothing depends on: what cannot be read of it, a number of 500 digits say, is as good as missing.
pub(crate) fn readable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default())
}

/// Keys and texts, where a null says as much as a missing key.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let texts: BTreeMap<String, Option<String>> = nullable(deserializer)?;
    Ok(texts.into_iter().filter_map(|(key, text)| Some((key, text?))).collect())
}
