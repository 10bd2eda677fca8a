//! What a workspace permits.

use serde::{Deserialize, Serialize};

/// The requests that a workspace permits. Each mode includes the ones before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SafeMode {
    /// Read, copy, export.
    View,
    /// Also create, rename, tag, refresh, upload, add connections.
    Operate,
    /// Also delete, unlink, change sync settings.
    #[default]
    Administer,
}

impl SafeMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::View, Self::Operate, Self::Administer];

    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Operate => "operate",
            Self::Administer => "administer",
        }
    }
}
