//! The companies of a world. Initial companies are a pure function of seed, count and start time. Only
//! changed, created and deleted companies are stored, so a hundred thousand initial companies use no storage.

mod connection_template;
mod deadline_queue;
mod designed;
mod generated;
mod names;
mod origin;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    integration,
    record::{CompanyRecord, Slot, Status},
};
use deadline_queue::DeadlineQueue;
pub(crate) use origin::Origin;

/// The number of companies that were designed by hand.
pub(crate) fn designed_count() -> u32 {
    u32::try_from(designed::COMPANIES.len()).unwrap_or(u32::MAX)
}

/// The initial company at `slot`.
fn record_at(origin: &Origin, slot: Slot) -> CompanyRecord {
    match designed::COMPANIES.get(slot as usize) {
        Some(row) => designed::record(origin, slot, row),
        None => generated::record(origin, slot),
    }
}

/// The integration keys and statuses of the initial company's connections.
fn standing_at(origin: &Origin, slot: Slot) -> Vec<(&'static str, Status)> {
    plans_at(origin, slot).iter().map(|it| (it.key, it.appearance.status())).collect()
}

fn plans_at(origin: &Origin, slot: Slot) -> Cow<'static, [connection_template::ConnectionTemplate]> {
    match designed::COMPANIES.get(slot as usize) {
        Some(row) => Cow::Borrowed(row.connections),
        None => Cow::Owned(generated::plans(origin, slot)),
    }
}

/// Numbers of linked companies and of connections by platform.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConnectionCounts {
    linked_companies: u32,
    platforms: BTreeMap<usize, (u32, u32)>,
}

impl ConnectionCounts {
    fn count<'a>(&mut self, connections: impl Iterator<Item = (&'a str, Status)>, sign: i64) {
        let step = |n: &mut u32| *n = u32::try_from(i64::from(*n) + sign).unwrap_or(0);
        let mut linked = false;
        for (key, status) in connections {
            let Some(at) = integration::position(key) else { continue };
            let counts = self.platforms.entry(at).or_default();
            step(&mut counts.1);
            if status == Status::Linked {
                linked = true;
                step(&mut counts.0);
            }
        }
        if linked {
            step(&mut self.linked_companies);
        }
    }

    /// The number of companies with a linked connection.
    pub(crate) fn linked_companies(&self) -> u32 {
        self.linked_companies
    }

    /// The numbers of linked and of all connections of the platform at this position of the catalog.
    pub(crate) fn platform(&self, at: usize) -> (u32, u32) {
        self.platforms.get(&at).copied().unwrap_or_default()
    }
}

#[derive(Debug)]
pub(crate) struct World {
    origin: Origin,
    /// Companies that differ from the initial ones. None: deleted.
    overlay: BTreeMap<Slot, Option<Box<CompanyRecord>>>,
    /// The slots of all existing companies in ascending order.
    live: Vec<Slot>,
    /// Never iterated, because the order of a hash map is random.
    ids: HashMap<Uuid, Slot>,
    /// The slot of each connection, including deleted ones. Built on first use and never iterated.
    connections: OnceLock<HashMap<Uuid, Slot>>,
    /// Connections whose access expired since the company was last stored: the index and the time.
    expired: BTreeMap<Slot, Vec<(usize, Timestamp)>>,
    /// When to evaluate each company.
    deadlines: DeadlineQueue,
    connection_counts: ConnectionCounts,
    next: Slot,
    version: u64,
}

impl World {
    pub(crate) fn new(origin: Origin) -> Self {
        let mut connection_counts = ConnectionCounts::default();
        let mut deadlines = DeadlineQueue::default();
        for slot in 0..origin.companies {
            let plans = plans_at(&origin, slot);
            connection_counts.count(plans.iter().map(|it| (it.key, it.appearance.status())), 1);
            deadlines.set(slot, plans.iter().filter_map(|it| it.first_change(origin.born)).min());
        }
        Self {
            origin,
            overlay: BTreeMap::new(),
            live: (0..origin.companies).collect(),
            ids: (0..origin.companies).map(|slot| (origin.company_id(slot), slot)).collect(),
            connections: OnceLock::new(),
            expired: BTreeMap::new(),
            deadlines,
            connection_counts,
            next: origin.companies,
            version: 0,
        }
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Oldest company first.
    pub(crate) fn slots(&self) -> &[Slot] {
        &self.live
    }

    pub(crate) fn connection_counts(&self) -> &ConnectionCounts {
        &self.connection_counts
    }

    /// Increases with every change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The slot of the next created company.
    pub(crate) fn next_slot(&self) -> Slot {
        self.next
    }

    pub(crate) fn find(&self, id: Uuid) -> Option<Slot> {
        self.ids.get(&id).copied()
    }

    /// The company at `slot` with computed expiries. None if it was deleted or never existed.
    pub(crate) fn record(&self, slot: Slot) -> Option<Cow<'_, CompanyRecord>> {
        let changed = self.changed(slot)?;
        let Some(expired) = self.expired.get(&slot) else { return Some(changed) };
        let mut company = changed.into_owned();
        for (n, at) in expired {
            if let Some(connection) = company.connections.get_mut(*n) {
                connection.deauthorize(*at);
            }
        }
        Some(Cow::Owned(company))
    }

    /// The stored company at `slot`, without computed expiries.
    pub(crate) fn changed(&self, slot: Slot) -> Option<Cow<'_, CompanyRecord>> {
        match self.overlay.get(&slot) {
            Some(changed) => changed.as_deref().map(Cow::Borrowed),
            None => (slot < self.origin.companies).then(|| Cow::Owned(record_at(&self.origin, slot))),
        }
    }

    /// The integration keys and statuses of the connections. Cheaper than `record`.
    pub(crate) fn standing(&self, slot: Slot) -> Vec<(&str, Status)> {
        let mut standing: Vec<(&str, Status)> = match self.overlay.get(&slot) {
            Some(changed) => changed.iter().flat_map(|record| record.connection_statuses()).collect(),
            None if slot < self.origin.companies => standing_at(&self.origin, slot),
            None => Vec::new(),
        };
        for (n, _) in self.expired.get(&slot).into_iter().flatten() {
            if let Some(connection) = standing.get_mut(*n) {
                connection.1 = Status::Deauthorized;
            }
        }
        standing
    }

    /// The companies that differ from the initial ones, by slot. None: deleted.
    pub(crate) fn overlay(&self) -> impl Iterator<Item = (Slot, &Option<Box<CompanyRecord>>)> {
        self.overlay.iter().map(|(slot, record)| (*slot, record))
    }

    pub(crate) fn deadlines(&mut self) -> &mut DeadlineQueue {
        &mut self.deadlines
    }

    /// Whether a company has to be evaluated.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.deadlines.is_due(now)
    }

    /// Evaluates a company again, because its inputs changed.
    pub(crate) fn mark_dirty(&mut self, slot: Slot) {
        self.deadlines.set(slot, Some(Timestamp::MIN));
    }

    /// Evaluates all companies again, because their inputs changed.
    pub(crate) fn mark_all_dirty(&mut self) {
        for slot in self.live.clone() {
            self.deadlines.set(slot, Some(Timestamp::MIN));
        }
    }

    /// Sets the connections of a company whose access has expired.
    pub(crate) fn set_expired(&mut self, slot: Slot, expired: Vec<(usize, Timestamp)>) {
        let known = self.expired.get(&slot).map_or(&[][..], Vec::as_slice);
        if *known == *expired {
            return;
        }
        let before: Vec<(String, Status)> = self.owned_standing(slot);
        self.connection_counts.count(before.iter().map(|(key, status)| (key.as_str(), *status)), -1);
        if expired.is_empty() {
            self.expired.remove(&slot);
        } else {
            self.expired.insert(slot, expired);
        }
        let after = self.owned_standing(slot);
        self.connection_counts.count(after.iter().map(|(key, status)| (key.as_str(), *status)), 1);
    }

    fn owned_standing(&self, slot: Slot) -> Vec<(String, Status)> {
        self.standing(slot).into_iter().map(|(key, status)| (key.to_owned(), status)).collect()
    }

    /// The slot of the company with this connection.
    pub(crate) fn find_connection(&self, id: Uuid) -> Option<Slot> {
        let known = self.connections.get_or_init(|| self.all_connections());
        let slot = known.get(&id).copied()?;
        let is_there = match self.overlay.get(&slot) {
            Some(changed) => changed.as_ref().is_some_and(|record| record.connection(id).is_some()),
            None => true,
        };
        is_there.then_some(slot)
    }

    fn all_connections(&self) -> HashMap<Uuid, Slot> {
        let connection_ids = |slot: Slot| -> Vec<Uuid> {
            match self.overlay.get(&slot) {
                Some(changed) => changed.iter().flat_map(|it| &it.connections).map(|it| it.id).collect(),
                None => {
                    let company = self.origin.company_id(slot);
                    let count = u32::try_from(standing_at(&self.origin, slot).len()).unwrap_or(u32::MAX);
                    (0..count).map(|n| CompanyRecord::connection_id(company, n)).collect()
                }
            }
        };
        self.live.iter().flat_map(|slot| connection_ids(*slot).into_iter().map(|id| (id, *slot))).collect()
    }

    /// Stores a company, or deletes it.
    pub(crate) fn put(&mut self, slot: Slot, record: Option<Box<CompanyRecord>>) {
        let before = self.record(slot).map(Cow::into_owned);
        if let Some(before) = &before {
            self.connection_counts.count(before.connection_statuses(), -1);
        }
        match (&before, &record) {
            (None, Some(new)) => {
                self.ids.insert(new.id, slot);
                let at = self.live.partition_point(|other| *other < slot);
                self.live.insert(at, slot);
            }
            (Some(old), None) => {
                self.ids.remove(&old.id);
                if let Ok(at) = self.live.binary_search(&slot) {
                    self.live.remove(at);
                }
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
        if let Some(after) = &record {
            self.connection_counts.count(after.connection_statuses(), 1);
            if let Some(known) = self.connections.get_mut() {
                known.extend(after.connections.iter().map(|it| (it.id, slot)));
            }
        }
        self.expired.remove(&slot);
        self.deadlines.set(slot, record.is_some().then_some(Timestamp::MIN));
        self.overlay.insert(slot, record);
        self.next = self.next.max(slot.saturating_add(1));
        self.version += 1;
    }

    /// The number of companies that differ from the initial ones.
    #[cfg(test)]
    pub(crate) fn differences(&self) -> usize {
        self.overlay.len()
    }
}

#[cfg(test)]
mod tests;
