//! When and how far back data is read (§2.13), of the whole client or of one company.
//!
//! Settings are written all at once, so what a newer API adds to them is kept and goes back with them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::nullable;
use crate::{datetime, id::CompanyId};

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSettings {
    /// The company, where they are a company's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The client, where they are the client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// One for each data type.
    #[serde(default, deserialize_with = "nullable")]
    pub settings: Vec<SyncSetting>,
    /// Whether they stand over those of the level above.
    #[serde(default, deserialize_with = "nullable")]
    pub overrides_defaults: bool,
    /// What this version does not know.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The settings of one data type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSetting {
    /// The data type's key.
    pub data_type: String,
    /// Whether it is read when a connection is linked.
    #[serde(default, deserialize_with = "nullable")]
    pub fetch_on_first_link: bool,
    /// Hours from the last read to the next; 0 for never by itself.
    #[serde(default, deserialize_with = "nullable")]
    pub sync_schedule: i64,
    /// The order in which types are queued.
    #[serde(default, deserialize_with = "nullable")]
    pub sync_order: i64,
    /// Only records modified since then; in place of the window.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub sync_from_utc: Option<Timestamp>,
    /// Only records modified in so many months; in place of the instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_from_window: Option<i64>,
    /// Months of history; of statements alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months_to_sync: Option<i64>,
    /// Whether it can be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_locked: Option<bool>,
    /// What this version does not know.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How often a type is read by itself, as the Portal offers it. Only *Daily* is published as hours; the rest
/// follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Frequency {
    /// Never.
    None,
    /// Each hour; not on the free plan.
    Hourly,
    /// Each day.
    Daily,
    /// Each week.
    Weekly,
    /// Each 720 hours.
    Monthly,
    /// Each so many hours.
    Hours(u32),
}

impl Frequency {
    /// Those that the Portal offers.
    pub const OFFERED: [Self; 5] = [Self::None, Self::Monthly, Self::Weekly, Self::Daily, Self::Hourly];

    /// What `syncSchedule` says. Less than nothing is never.
    pub fn of_hours(hours: i64) -> Self {
        match u32::try_from(hours) {
            Err(_) if hours > 0 => Self::Hours(u32::MAX),
            Err(_) | Ok(0) => Self::None,
            Ok(1) => Self::Hourly,
            Ok(24) => Self::Daily,
            Ok(168) => Self::Weekly,
            Ok(720) => Self::Monthly,
            Ok(hours) => Self::Hours(hours),
        }
    }

    /// For `syncSchedule`.
    pub fn hours(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Hourly => 1,
            Self::Daily => 24,
            Self::Weekly => 168,
            Self::Monthly => 720,
            Self::Hours(hours) => hours.into(),
        }
    }
}

impl SyncSetting {
    /// How often it is read by itself.
    pub fn frequency(&self) -> Frequency {
        Frequency::of_hours(self.sync_schedule)
    }
}

impl SyncSettings {
    /// The settings of one data type.
    pub fn of(&self, data_type: &str) -> Option<&SyncSetting> {
        self.settings.iter().find(|setting| setting.data_type == data_type)
    }
}
