//! Sync settings (§2.13): what was set, when, for the client and for its companies. Scheduled reads follow
//! from this history, so that none has to be kept.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{datatype, record::Slot};

/// How one data type is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncSetting {
    /// Whether it is read when a connection is linked, and when all data is refreshed.
    pub(crate) fetch_on_first_link: bool,
    /// Hours after the last read until the next; 0: never by itself.
    pub(crate) sync_schedule: u32,
    /// Its place in the queue.
    pub(crate) sync_order: u32,
    /// Only records that were modified since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sync_from_utc: Option<Timestamp>,
    /// Only records that were modified in so many months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sync_from_window: Option<u32>,
    /// How many months statements cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) months_to_sync: Option<u32>,
    #[serde(default)]
    pub(crate) is_locked: bool,
}

impl SyncSetting {
    /// How the type is read where nobody says otherwise (§1.8): on first link, and never by itself.
    pub(crate) fn standard(data_type: &str) -> Self {
        let order = datatype::all().position(|other| other == data_type).unwrap_or_default();
        Self {
            fetch_on_first_link: true,
            sync_schedule: 0,
            sync_order: u32::try_from(order).unwrap_or(u32::MAX),
            sync_from_utc: None,
            sync_from_window: None,
            months_to_sync: datatype::is_statement(data_type).then_some(24),
            is_locked: false,
        }
    }
}

/// The settings as they stood from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    /// Since when.
    pub(crate) from: Timestamp,
    /// Whether they count at all, or only what they would override.
    pub(crate) overrides: bool,
    /// Those that were set, by data type.
    pub(crate) settings: BTreeMap<String, SyncSetting>,
}

/// All settings there ever were.
#[derive(Debug, Default)]
pub(crate) struct SyncSettings {
    client: Vec<Version>,
    companies: BTreeMap<Slot, Vec<Version>>,
}

impl SyncSettings {
    /// The history of the client's settings, or of a company's, oldest first.
    pub(crate) fn history(&self, company: Option<Slot>) -> &[Version] {
        match company {
            None => &self.client,
            Some(slot) => self.companies.get(&slot).map_or(&[], Vec::as_slice),
        }
    }

    /// Puts a history in place.
    pub(crate) fn put(&mut self, company: Option<Slot>, history: Vec<Version>) {
        match company {
            None => self.client = history,
            Some(slot) => drop(self.companies.insert(slot, history)),
        }
    }

    /// Everything that was ever set.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Option<Slot>, &Vec<Version>)> {
        let client = Some((None, &self.client)).filter(|(_, history)| !history.is_empty());
        client.into_iter().chain(self.companies.iter().map(|(slot, history)| (Some(*slot), history)))
    }

    /// The history with one more version: what was set before and is not set anew stays.
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

    /// How a company's type is read at an instant.
    pub(crate) fn of(&self, slot: Slot, data_type: &str, at: Timestamp) -> SyncSetting {
        let set = said(self.history(Some(slot)), data_type, at).or_else(|| said(&self.client, data_type, at));
        set.cloned().unwrap_or_else(|| SyncSetting::standard(data_type))
    }

    /// How a type is read where a company says nothing else.
    pub(crate) fn of_client(&self, data_type: &str, at: Timestamp) -> SyncSetting {
        said(&self.client, data_type, at).cloned().unwrap_or_else(|| SyncSetting::standard(data_type))
    }

    /// Whether nothing of the company was ever read by itself.
    pub(crate) fn never_scheduled(&self, slot: Slot) -> bool {
        let scheduled = |history: &[Version]| {
            history.iter().any(|version| version.settings.values().any(|it| it.sync_schedule > 0))
        };
        !scheduled(&self.client) && !scheduled(self.history(Some(slot)))
    }

    /// The schedule of a company's type: from when on how many hours, oldest first, each unlike the one
    /// before; none before the first.
    pub(crate) fn schedule(&self, slot: Slot, data_type: &str) -> Vec<(Timestamp, u32)> {
        let company = self.history(Some(slot));
        let mut instants: Vec<Timestamp> =
            company.iter().chain(&self.client).map(|version| version.from).collect();
        instants.sort_unstable();
        instants.dedup();
        let mut schedule: Vec<(Timestamp, u32)> = vec![];
        for at in instants {
            let set = said(company, data_type, at).or_else(|| said(&self.client, data_type, at));
            let hours = set.map_or(0, |set| set.sync_schedule);
            if schedule.last().map_or(0, |last| last.1) != hours {
                schedule.push((at, hours));
            }
        }
        schedule
    }
}

/// What a history says of a type at an instant, if it counts.
fn said<'a>(history: &'a [Version], data_type: &str, at: Timestamp) -> Option<&'a SyncSetting> {
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
        let bills = SyncSetting { sync_schedule: 24, ..SyncSetting::standard("bills") };
        BTreeMap::from([("bills".to_owned(), bills)])
    }

    #[test]
    fn a_company_s_own_settings_come_before_the_client_s_while_they_override() {
        let mut sync = SyncSettings::default();
        assert_eq!(sync.schedule(3, "bills"), []);
        sync.put(None, sync.with(None, at(10), true, daily()));
        let own = BTreeMap::from([("bills".to_owned(), SyncSetting::standard("bills"))]);
        sync.put(Some(3), sync.with(Some(3), at(20), true, own));
        sync.put(Some(3), sync.with(Some(3), at(30), false, BTreeMap::new()));
        assert_eq!(sync.schedule(3, "bills"), [(at(10), 24), (at(20), 0), (at(30), 24)]);
        assert_eq!(sync.schedule(4, "bills"), [(at(10), 24)]);
        assert_eq!(sync.schedule(3, "invoices"), []);
        assert_eq!(sync.of(3, "bills", at(25)).sync_schedule, 0);
        assert_eq!(sync.of(3, "bills", at(9)), SyncSetting::standard("bills"));
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
