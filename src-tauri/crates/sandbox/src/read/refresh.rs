//! A refresh that somebody asked for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::record::Slot;

/// A refresh that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refresh {
    /// Counts the refreshes of the world, from 1.
    pub(crate) number: u64,
    /// The company.
    pub(crate) slot: Slot,
    /// When it was asked for.
    pub(crate) requested: Timestamp,
    /// What is read, connection by connection.
    pub(crate) targets: Vec<Target>,
    /// Whether a connection was linked by it for the first time, and its first data is read.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) first_link: bool,
}

/// What a refresh reads of one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    /// The connection.
    pub(crate) connection: Uuid,
    /// Which types.
    pub(crate) types: Types,
}

/// Which types are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Types {
    /// All that the platform has, but those that were running already or are not read with all others.
    AllBut(Vec<String>),
    /// One.
    One(String),
}

impl Types {
    pub(super) fn includes(&self, data_type: &str) -> bool {
        match self {
            Self::AllBut(others) => !others.iter().any(|other| other == data_type),
            Self::One(one) => one == data_type,
        }
    }
}
