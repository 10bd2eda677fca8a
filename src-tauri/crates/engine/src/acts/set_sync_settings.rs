//! Replaces sync settings.

use codat::{CompanyId, Write};
use domain::SafeMode;
use serde_json::Value;
use uuid::Uuid;

use super::definition::Definition;
use crate::call::Reply;

/// `POST …/syncSettings` of a company or of the whole client: replaces all settings (§2.13). Repeating it is harmless,
/// so it has no check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSyncSettings {
    /// None: the settings of the whole client.
    pub company: Option<CompanyId>,
    /// All settings.
    pub settings: Value,
}

impl Definition for SetSyncSettings {
    fn request(&self, key: Uuid) -> Write<Reply> {
        Write::set_sync_settings(self.company, &self.settings, key).map(Reply::done)
    }

    fn needs(&self) -> SafeMode {
        SafeMode::Administer
    }
}
