//! Requested refreshes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::record::Slot;

/// A requested refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refresh {
    /// Counts the refreshes of the world, starting at 1.
    pub(crate) number: u64,
    pub(crate) slot: Slot,
    pub(crate) requested: Timestamp,
    pub(crate) targets: Vec<Target>,
    /// Whether this is the first read of a newly linked connection.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) first_link: bool,
}

/// The types of one connection to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) connection: Uuid,
    pub(crate) types: TypeSelection,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TypeSelection {
    /// All types of the platform except these.
    AllBut(Vec<String>),
    One(String),
}

impl TypeSelection {
    pub(super) fn includes(&self, data_type: &str) -> bool {
        match self {
            Self::AllBut(others) => !others.iter().any(|other| other == data_type),
            Self::One(one) => one == data_type,
        }
    }
}
