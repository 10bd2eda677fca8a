//! The keep-alive mode of a workspace. It is stored in the workspace's database, so it applies to this
//! computer only.

use store::{SafeMode, Store, StoreError, setting_keys::KEEP_ALIVE};

use crate::wire::KeepAliveMode;

impl KeepAliveMode {
    /// Loads the mode. The default is off.
    pub(crate) async fn load(store: &Store) -> Result<Self, StoreError> {
        let text = store.load(KEEP_ALIVE).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    pub(crate) async fn save(self, store: &Store) -> Result<(), StoreError> {
        let text = match self {
            Self::Off => r#""off""#,
            Self::Ask => r#""ask""#,
            Self::On => r#""on""#,
        };
        store.save(KEEP_ALIVE, text).await
    }

    /// The mode for the engine. It is off if the safe mode does not allow reads to be queued.
    pub(crate) fn within(self, safe_mode: SafeMode) -> engine::KeepAliveMode {
        match self {
            Self::Off => engine::KeepAliveMode::Off,
            Self::Ask => engine::KeepAliveMode::Ask,
            Self::On if safe_mode < SafeMode::Operate => engine::KeepAliveMode::Off,
            Self::On => engine::KeepAliveMode::On,
        }
    }
}
