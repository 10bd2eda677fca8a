//! Whether idle clocks are kept from ending in a workspace: kept with its database, so for this computer alone.

use store::{SafeMode, Store, StoreError, kept_keys::KEEP_ALIVE};

use crate::wire::KeepAliveMode;

impl KeepAliveMode {
    /// As it is set; off until it was.
    pub(crate) async fn kept(store: &Store) -> Result<Self, StoreError> {
        let text = store.load(KEEP_ALIVE).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    pub(crate) async fn keep(self, store: &Store) -> Result<(), StoreError> {
        let text = match self {
            Self::Off => r#""off""#,
            Self::Ask => r#""ask""#,
            Self::On => r#""on""#,
        };
        store.save(KEEP_ALIVE, text).await
    }

    /// What the engine may do about it: nothing is queued where a person may not queue anything.
    pub(crate) fn within(self, safe_mode: SafeMode) -> engine::KeepAliveMode {
        match self {
            Self::Off => engine::KeepAliveMode::Off,
            Self::Ask => engine::KeepAliveMode::Ask,
            Self::On if safe_mode < SafeMode::Operate => engine::KeepAliveMode::Off,
            Self::On => engine::KeepAliveMode::On,
        }
    }
}
