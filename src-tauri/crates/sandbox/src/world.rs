//! The companies: a pure function of seed, count and the instant the world was made, under a layer of what
//! was changed, made and deleted since. Only the layer is kept, so a hundred thousand companies cost nothing
//! until they are read.

mod agenda;
mod designed;
mod generated;
mod names;
mod origin;
mod plan;

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
use agenda::Agenda;
pub(crate) use origin::Origin;

/// As many companies as were designed by hand.
pub(crate) fn designed_count() -> u32 {
    u32::try_from(designed::COMPANIES.len()).unwrap_or(u32::MAX)
}

/// The company that the world began with at `slot`.
fn record_at(origin: &Origin, slot: Slot) -> CompanyRecord {
    match designed::COMPANIES.get(slot as usize) {
        Some(row) => designed::record(origin, slot, row),
        None => generated::record(origin, slot),
    }
}

/// The keys and statuses of the connections that the company at `slot` began with.
fn standing_at(origin: &Origin, slot: Slot) -> Vec<(&'static str, Status)> {
    plans_at(origin, slot).iter().map(|it| (it.key, it.look.status())).collect()
}

fn plans_at(origin: &Origin, slot: Slot) -> Cow<'static, [plan::Plan]> {
    match designed::COMPANIES.get(slot as usize) {
        Some(row) => Cow::Borrowed(row.connections),
        None => Cow::Owned(generated::plans(origin, slot)),
    }
}

/// How many companies are linked, and the connections by platform.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    linked_companies: u32,
    platforms: BTreeMap<usize, (u32, u32)>,
}

impl Tally {
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

    /// Companies with a linked connection.
    pub(crate) fn linked_companies(&self) -> u32 {
        self.linked_companies
    }

    /// The connections of the platform at this position of the catalogue: linked ones, and all.
    pub(crate) fn platform(&self, at: usize) -> (u32, u32) {
        self.platforms.get(&at).copied().unwrap_or_default()
    }
}

/// All companies that there are.
#[derive(Debug)]
pub(crate) struct World {
    origin: Origin,
    /// What differs from the beginning; none: deleted.
    overlay: BTreeMap<Slot, Option<Box<CompanyRecord>>>,
    /// The slots of those that exist, in the order of their making.
    live: Vec<Slot>,
    /// Looked up, never walked: the order of a hash map is nobody's.
    ids: HashMap<Uuid, Slot>,
    /// Where each connection is or was; made when one is first looked for, and never walked either.
    connections: OnceLock<HashMap<Uuid, Slot>>,
    /// The connections whose access ran out by itself since their company was last changed: which of its
    /// connections, and when.
    lapsed: BTreeMap<Slot, Vec<(usize, Timestamp)>>,
    /// When to look which companies over.
    agenda: Agenda,
    tally: Tally,
    next: Slot,
    version: u64,
}

impl World {
    /// The world as it began.
    pub(crate) fn new(origin: Origin) -> Self {
        let mut tally = Tally::default();
        let mut agenda = Agenda::default();
        for slot in 0..origin.companies {
            let plans = plans_at(&origin, slot);
            tally.count(plans.iter().map(|it| (it.key, it.look.status())), 1);
            agenda.set(slot, plans.iter().filter_map(|it| it.quiet_until(origin.born)).min());
        }
        Self {
            origin,
            overlay: BTreeMap::new(),
            live: (0..origin.companies).collect(),
            ids: (0..origin.companies).map(|slot| (origin.company_id(slot), slot)).collect(),
            connections: OnceLock::new(),
            lapsed: BTreeMap::new(),
            agenda,
            tally,
            next: origin.companies,
            version: 0,
        }
    }

    /// What it was made of.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The slots of all companies, oldest first.
    pub(crate) fn slots(&self) -> &[Slot] {
        &self.live
    }

    /// Counts.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Grows with every change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The slot of the next company to be made.
    pub(crate) fn next_slot(&self) -> Slot {
        self.next
    }

    /// Where the company with this identifier is.
    pub(crate) fn find(&self, id: Uuid) -> Option<Slot> {
        self.ids.get(&id).copied()
    }

    /// The company at `slot` as it stands, unless it was deleted or never made.
    pub(crate) fn record(&self, slot: Slot) -> Option<Cow<'_, CompanyRecord>> {
        let changed = self.changed(slot)?;
        let Some(lapsed) = self.lapsed.get(&slot) else { return Some(changed) };
        let mut company = changed.into_owned();
        for (n, at) in lapsed {
            if let Some(connection) = company.connections.get_mut(*n) {
                connection.deauthorize(*at);
            }
        }
        Some(Cow::Owned(company))
    }

    /// The company at `slot` as it was last changed: access that ran out by itself since is not seen.
    pub(crate) fn changed(&self, slot: Slot) -> Option<Cow<'_, CompanyRecord>> {
        match self.overlay.get(&slot) {
            Some(changed) => changed.as_deref().map(Cow::Borrowed),
            None => (slot < self.origin.companies).then(|| Cow::Owned(record_at(&self.origin, slot))),
        }
    }

    /// The keys and statuses of the connections of the company at `slot`; cheaper than its record.
    pub(crate) fn standing(&self, slot: Slot) -> Vec<(&str, Status)> {
        let mut standing: Vec<(&str, Status)> = match self.overlay.get(&slot) {
            Some(changed) => changed.iter().flat_map(|record| record.standing()).collect(),
            None if slot < self.origin.companies => standing_at(&self.origin, slot),
            None => vec![],
        };
        for (n, _) in self.lapsed.get(&slot).into_iter().flatten() {
            if let Some(connection) = standing.get_mut(*n) {
                connection.1 = Status::Deauthorized;
            }
        }
        standing
    }

    /// What differs from the beginning, by slot; none: deleted.
    pub(crate) fn overlay(&self) -> impl Iterator<Item = (Slot, &Option<Box<CompanyRecord>>)> {
        self.overlay.iter().map(|(slot, record)| (*slot, record))
    }

    /// Which companies are to be looked over, and when.
    pub(crate) fn agenda(&mut self) -> &mut Agenda {
        &mut self.agenda
    }

    /// Whether a company is to be looked over.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.agenda.is_due(now)
    }

    /// Looks a company over, because what it follows from changed.
    pub(crate) fn stir(&mut self, slot: Slot) {
        self.agenda.set(slot, Some(Timestamp::MIN));
    }

    /// Looks all companies over, because what they follow from changed.
    pub(crate) fn stir_all(&mut self) {
        for slot in self.live.clone() {
            self.agenda.set(slot, Some(Timestamp::MIN));
        }
    }

    /// Takes down which connections of a company ran out by themselves, and when.
    pub(crate) fn set_lapsed(&mut self, slot: Slot, lapsed: Vec<(usize, Timestamp)>) {
        let known = self.lapsed.get(&slot).map_or(&[][..], Vec::as_slice);
        if *known == *lapsed {
            return;
        }
        let before: Vec<(String, Status)> = self.owned_standing(slot);
        self.tally.count(before.iter().map(|(key, status)| (key.as_str(), *status)), -1);
        if lapsed.is_empty() {
            self.lapsed.remove(&slot);
        } else {
            self.lapsed.insert(slot, lapsed);
        }
        let after = self.owned_standing(slot);
        self.tally.count(after.iter().map(|(key, status)| (key.as_str(), *status)), 1);
    }

    fn owned_standing(&self, slot: Slot) -> Vec<(String, Status)> {
        self.standing(slot).into_iter().map(|(key, status)| (key.to_owned(), status)).collect()
    }

    /// Where the company is that has this connection.
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
        let of = |slot: Slot| -> Vec<Uuid> {
            match self.overlay.get(&slot) {
                Some(changed) => changed.iter().flat_map(|it| &it.connections).map(|it| it.id).collect(),
                None => {
                    let company = self.origin.company_id(slot);
                    let count = u32::try_from(standing_at(&self.origin, slot).len()).unwrap_or(u32::MAX);
                    (0..count).map(|n| CompanyRecord::connection_id(company, n)).collect()
                }
            }
        };
        self.live.iter().flat_map(|slot| of(*slot).into_iter().map(|id| (id, *slot))).collect()
    }

    /// Puts a company in place of what was at `slot`; none deletes it.
    pub(crate) fn put(&mut self, slot: Slot, record: Option<Box<CompanyRecord>>) {
        let before = self.record(slot).map(Cow::into_owned);
        if let Some(before) = &before {
            self.tally.count(before.standing(), -1);
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
            self.tally.count(after.standing(), 1);
            if let Some(known) = self.connections.get_mut() {
                known.extend(after.connections.iter().map(|it| (it.id, slot)));
            }
        }
        self.lapsed.remove(&slot);
        self.agenda.set(slot, record.is_some().then_some(Timestamp::MIN));
        self.overlay.insert(slot, record);
        self.next = self.next.max(slot.saturating_add(1));
        self.version += 1;
    }

    /// How many companies differ from the beginning.
    #[cfg(test)]
    pub(crate) fn differences(&self) -> usize {
        self.overlay.len()
    }
}

#[cfg(test)]
mod tests;
