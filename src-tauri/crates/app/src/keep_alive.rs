//! The keep-alive mode of a workspace. It is stored in the workspace's database, so it applies to this
//! computer only.

use domain::KeepAliveMode;
use store::{Store, StoreError, setting_keys::KEEP_ALIVE};

/// Loads the mode. The default is off.
pub(crate) async fn load(store: &Store) -> Result<KeepAliveMode, StoreError> {
    let text = store.load(KEEP_ALIVE).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

pub(crate) async fn save(store: &Store, mode: KeepAliveMode) -> Result<(), StoreError> {
    let text = match mode {
        KeepAliveMode::Off => r#""off""#,
        KeepAliveMode::Ask => r#""ask""#,
        KeepAliveMode::On => r#""on""#,
    };
    store.save(KEEP_ALIVE, text).await
}
