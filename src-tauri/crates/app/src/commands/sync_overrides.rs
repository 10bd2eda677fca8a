//! Which companies are known to have sync settings of their own, and where these differ from the workspace's.

use std::collections::BTreeMap;

use codat::{Topic, data::DataType, model::SyncSettings};
use serde::Serialize;
use ts_rs::TS;

use super::{Nothing, sync_settings::fields};
use crate::{app::App, error::WireError};

/// Companies that have settings of their own, as far as it is known here.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncOverrides {
    /// Companies whose settings were looked at.
    pub known: u32,
    /// Those with settings of their own, by name.
    pub companies: Vec<OverridingCompany>,
    /// How many of them differ, type by type.
    pub types: Vec<DifferingType>,
}

/// A data type that companies have set otherwise.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DifferingType {
    /// Its key.
    pub data_type: String,
    /// How many companies.
    pub companies: u32,
}

/// A company with settings of its own.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct OverridingCompany {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Names of the data types that differ.
    pub types: Vec<String>,
}

impl App {
    pub(crate) async fn sync_overrides(&self, _: Nothing) -> Result<SyncOverrides, WireError> {
        let store = self.desk().await.store()?;
        let said = store.said(&Topic::SyncSettings(None)).await?;
        let workspace = said.and_then(|said| said.answer).and_then(|(_, raw)| read(raw.get()));
        let kept = store.companies_sync_settings().await?;
        let known = kept.len() as u32;
        let (mut companies, mut types) = (Vec::new(), BTreeMap::<String, u32>::new());
        for one in kept {
            let Some(own) = read(&one.raw).filter(|own| own.overrides_defaults) else { continue };
            let differing = differing(&own, workspace.as_ref());
            for key in &differing {
                *types.entry((*key).to_owned()).or_default() += 1;
            }
            companies.push(OverridingCompany {
                id: one.company.to_string(),
                name: one.name,
                types: differing.into_iter().map(|key| DataType::name_of(key).to_owned()).collect(),
            });
        }
        companies.sort_by_key(|company: &OverridingCompany| company.name.to_lowercase());
        let types = types.into_iter().map(|(data_type, companies)| DifferingType { data_type, companies });
        Ok(SyncOverrides { known, companies, types: types.collect() })
    }
}

/// The data types that a company has set otherwise; none where the workspace's settings are not known.
fn differing<'a>(own: &'a SyncSettings, workspace: Option<&SyncSettings>) -> Vec<&'a str> {
    let Some(workspace) = workspace else { return Vec::new() };
    let differs = |own: &&'a codat::model::SyncSetting| {
        workspace.for_data_type(&own.data_type).is_none_or(|theirs| fields(theirs) != fields(own))
    };
    own.settings.iter().filter(differs).map(|own| own.data_type.as_str()).collect()
}

/// Settings that cannot be read say nothing.
fn read(raw: &str) -> Option<SyncSettings> {
    serde_json::from_str(raw).ok()
}
