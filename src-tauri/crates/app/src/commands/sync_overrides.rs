//! Companies with their own sync settings, and the differences from those of the workspace.

use std::collections::BTreeMap;

use codat::{Topic, data::DataType, model::SyncSettings};
use serde::Serialize;
use ts_rs::TS;

use super::{Nothing, sync_settings::fields};
use crate::{app::App, error::WireError};

/// Companies with their own sync settings, as far as they are stored.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncOverrides {
    /// The number of companies with stored settings.
    pub known: u32,
    /// Companies with their own settings, by name.
    pub companies: Vec<OverridingCompany>,
    /// The number of differing companies by data type.
    pub types: Vec<DifferingType>,
}

/// A data type whose settings differ in some companies.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DifferingType {
    pub data_type: String,
    /// The number of companies.
    pub companies: u32,
}

/// A company with its own settings.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct OverridingCompany {
    pub id: String,
    pub name: String,
    /// The names of the data types that differ.
    pub types: Vec<String>,
}

impl App {
    pub(crate) async fn sync_overrides(&self, _: Nothing) -> Result<SyncOverrides, WireError> {
        let store = self.command_workspace().await.store()?;
        let cached = store.cached_answer(&Topic::SyncSettings(None)).await?;
        let workspace = cached.and_then(|cached| cached.answer).and_then(|(_, raw)| read(raw.get()));
        let stored = store.companies_sync_settings().await?;
        let known = stored.len() as u32;
        let (mut companies, mut types) = (Vec::new(), BTreeMap::<String, u32>::new());
        for one in stored {
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

/// The data types whose settings differ. Empty if the workspace's settings are unknown.
fn differing<'a>(own: &'a SyncSettings, workspace: Option<&SyncSettings>) -> Vec<&'a str> {
    let Some(workspace) = workspace else { return Vec::new() };
    let differs = |own: &&'a codat::model::SyncSetting| {
        workspace.for_data_type(&own.data_type).is_none_or(|theirs| fields(theirs) != fields(own))
    };
    own.settings.iter().filter(differs).map(|own| own.data_type.as_str()).collect()
}

/// Unreadable settings count as unknown.
fn read(raw: &str) -> Option<SyncSettings> {
    serde_json::from_str(raw).ok()
}
