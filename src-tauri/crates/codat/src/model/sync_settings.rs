//! Sync settings: when and how far back data is read (§2.13), for the whole client or one company.
//!
//! Settings can only be replaced as a whole, so fields of a newer API are kept and sent back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::nullable;
use crate::{datetime, id::CompanyId};

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSettings {
    /// The company, for the settings of a company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The client, for the settings of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The settings of each data type.
    #[serde(default, deserialize_with = "nullable")]
    pub settings: Vec<SyncSetting>,
    /// Whether they override those of the level above.
    #[serde(default, deserialize_with = "nullable")]
    pub overrides_defaults: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The settings of one data type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSetting {
    /// The key of the data type.
    pub data_type: String,
    /// Whether it is read when a connection is linked.
    #[serde(default, deserialize_with = "nullable")]
    pub fetch_on_first_link: bool,
    /// Hours between reads. 0 for no automatic reads.
    #[serde(default, deserialize_with = "nullable")]
    pub sync_schedule: i64,
    /// The order in which data types are queued.
    #[serde(default, deserialize_with = "nullable")]
    pub sync_order: i64,
    /// Only records modified since then. Excludes `sync_from_window`.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub sync_from_utc: Option<Timestamp>,
    /// Only records modified in this many months. Excludes `sync_from_utc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_from_window: Option<i64>,
    /// Months of history, for statements only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months_to_sync: Option<i64>,
    /// Whether it is read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_locked: Option<bool>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How often Codat reads a data type automatically, as the Portal offers it. Only *Daily* is documented in hours; the
/// others follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Frequency {
    /// Never.
    None,
    /// Every hour. Not on the free plan.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every 720 hours.
    Monthly,
    /// Every this many hours.
    Hours(u32),
}

impl Frequency {
    /// The frequencies that the Portal offers.
    pub const OFFERED: [Self; 5] = [Self::None, Self::Monthly, Self::Weekly, Self::Daily, Self::Hourly];

    /// From the value of `syncSchedule`. A negative value is never.
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

    /// The value for `syncSchedule`.
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
    pub fn for_data_type(&self, data_type: &str) -> Option<&SyncSetting> {
        self.settings.iter().find(|setting| setting.data_type == data_type)
    }
}
