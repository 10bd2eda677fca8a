//! Sync settings (§2.13) of the client and its companies, with their history. Scheduled reads are computed
//! from this history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{data_type, record::Slot};

/// The sync setting of one data type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncSetting {
    /// Read on the first link and when all data is refreshed.
    pub(crate) fetch_on_first_link: bool,
    /// Hours between the end of a read and the next. 0: no schedule.
    pub(crate) sync_schedule: u32,
    /// The position in the queue.
    pub(crate) sync_order: u32,
    /// Only records modified since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sync_from_utc: Option<Timestamp>,
    /// Only records modified in the last months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sync_from_window: Option<u32>,
    /// The number of months of a statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) months_to_sync: Option<u32>,
    #[serde(default)]
    pub(crate) is_locked: bool,
}

impl SyncSetting {
    /// The default setting (§1.8): read on the first link, no schedule.
    pub(crate) fn default_for(data_type: &str) -> Self {
        let order = data_type::all().position(|other| other == data_type).unwrap_or_default();
        Self {
            fetch_on_first_link: true,
            sync_schedule: 0,
            sync_order: u32::try_from(order).unwrap_or(u32::MAX),
            sync_from_utc: None,
            sync_from_window: None,
            months_to_sync: data_type::is_statement(data_type).then_some(24),
            is_locked: false,
        }
    }
}

/// The settings from a point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) from: Timestamp,
    /// Whether the settings apply.
    pub(crate) overrides: bool,
    /// By data type.
    pub(crate) settings: BTreeMap<String, SyncSetting>,
}

#[derive(Debug, Default)]
pub(crate) struct SyncSettings {
    client: Vec<Version>,
    companies: BTreeMap<Slot, Vec<Version>>,
}

impl SyncSettings {
    /// The versions of the client's or a company's settings, oldest first.
    pub(crate) fn history(&self, company: Option<Slot>) -> &[Version] {
        match company {
            None => &self.client,
            Some(slot) => self.companies.get(&slot).map_or(&[], Vec::as_slice),
        }
    }

    pub(crate) fn put(&mut self, company: Option<Slot>, history: Vec<Version>) {
        match company {
            None => self.client = history,
            Some(slot) => drop(self.companies.insert(slot, history)),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Option<Slot>, &Vec<Version>)> {
        let client = Some((None, &self.client)).filter(|(_, history)| !history.is_empty());
        client.into_iter().chain(self.companies.iter().map(|(slot, history)| (Some(*slot), history)))
    }

    /// The history with a new version. Settings of the last version that are not set again are kept.
    pub(crate) fn with(
        &self,
        company: Option<Slot>,
        from: Timestamp,
        overrides: bool,
        settings: BTreeMap<String, SyncSetting>,
    ) -> Vec<Version> {
        let mut history = self.history(company).to_vec();
        let mut all = history.last().map(|last| last.settings.clone()).unwrap_or_default();
        all.extend(settings);
        history.retain(|version| version.from < from);
        history.push(Version { from, overrides, settings: all });
        history
    }

    /// The effective setting of a company's type at a point in time.
    pub(crate) fn company_setting(&self, slot: Slot, data_type: &str, at: Timestamp) -> SyncSetting {
        let set = setting_at(self.history(Some(slot)), data_type, at)
            .or_else(|| setting_at(&self.client, data_type, at));
        set.cloned().unwrap_or_else(|| SyncSetting::default_for(data_type))
    }

    /// The client's setting of a type at a point in time.
    pub(crate) fn client_setting(&self, data_type: &str, at: Timestamp) -> SyncSetting {
        setting_at(&self.client, data_type, at)
            .cloned()
            .unwrap_or_else(|| SyncSetting::default_for(data_type))
    }

    /// Whether the company never had a schedule.
    pub(crate) fn never_scheduled(&self, slot: Slot) -> bool {
        let scheduled = |history: &[Version]| {
            history.iter().any(|version| version.settings.values().any(|it| it.sync_schedule > 0))
        };
        !scheduled(&self.client) && !scheduled(self.history(Some(slot)))
    }

    /// The schedule of a company's type: the hours that apply from each time, oldest first. Consecutive
    /// entries differ.
    pub(crate) fn schedule(&self, slot: Slot, data_type: &str) -> Vec<(Timestamp, u32)> {
        let company = self.history(Some(slot));
        let mut instants: Vec<Timestamp> =
            company.iter().chain(&self.client).map(|version| version.from).collect();
        instants.sort_unstable();
        instants.dedup();
        let mut schedule: Vec<(Timestamp, u32)> = Vec::new();
        for at in instants {
            let set = setting_at(company, data_type, at).or_else(|| setting_at(&self.client, data_type, at));
            let hours = set.map_or(0, |set| set.sync_schedule);
            if schedule.last().map_or(0, |last| last.1) != hours {
                schedule.push((at, hours));
            }
        }
        schedule
    }
}

/// The setting of a type at a point in time, if the version applies.
fn setting_at<'a>(history: &'a [Version], data_type: &str, at: Timestamp) -> Option<&'a SyncSetting> {
    let version = history.iter().rev().find(|version| version.from <= at)?;
    version.settings.get(data_type).filter(|_| version.overrides)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn daily() -> BTreeMap<String, SyncSetting> {
        let bills = SyncSetting { sync_schedule: 24, ..SyncSetting::default_for("bills") };
        BTreeMap::from([("bills".to_owned(), bills)])
    }

    #[test]
    fn a_company_s_own_settings_come_before_the_client_s_while_they_override() {
        let mut sync = SyncSettings::default();
        assert_eq!(sync.schedule(3, "bills"), []);
        sync.put(None, sync.with(None, at(10), true, daily()));
        let own = BTreeMap::from([("bills".to_owned(), SyncSetting::default_for("bills"))]);
        sync.put(Some(3), sync.with(Some(3), at(20), true, own));
        sync.put(Some(3), sync.with(Some(3), at(30), false, BTreeMap::new()));
        assert_eq!(sync.schedule(3, "bills"), [(at(10), 24), (at(20), 0), (at(30), 24)]);
        assert_eq!(sync.schedule(4, "bills"), [(at(10), 24)]);
        assert_eq!(sync.schedule(3, "invoices"), []);
        assert_eq!(sync.company_setting(3, "bills", at(25)).sync_schedule, 0);
        assert_eq!(sync.company_setting(3, "bills", at(9)), SyncSetting::default_for("bills"));
    }

    #[test]
    fn settings_of_the_same_instant_replace_each_other() {
        let mut sync = SyncSettings::default();
        sync.put(None, sync.with(None, at(10), true, daily()));
        sync.put(None, sync.with(None, at(10), false, BTreeMap::new()));
        assert_eq!(sync.history(None).len(), 1);
        assert!(sync.history(None)[0].settings.contains_key("bills"), "what was set stays");
        assert_eq!(sync.schedule(0, "bills"), []);
    }
}
