//! Applies a write to the columns without reading the database again.

use std::collections::HashMap;

use codat::CompanyId;

use super::{Columns, NO_TIME, SlotSet, order, text_column::TextColumn};
use crate::company_index::CompanyIndexRow;

/// The changes of one write.
#[derive(Debug, Default)]
pub(crate) struct Patch {
    upserts: Vec<CompanyIndexRow>,
    removal: Option<CompanyId>,
    /// Companies that became unreadable, and companies that became readable again.
    unreadable: (Vec<CompanyId>, Vec<CompanyId>),
}

impl Patch {
    /// New or changed companies.
    pub(crate) fn upserts(upserts: Vec<CompanyIndexRow>) -> Self {
        Self { upserts, ..Self::default() }
    }

    /// A removed company.
    pub(crate) fn removal(id: CompanyId) -> Self {
        Self { removal: Some(id), ..Self::default() }
    }

    /// Adds companies that became unreadable or readable again.
    pub(crate) fn with_unreadable(self, set: Vec<CompanyId>, cleared: Vec<CompanyId>) -> Self {
        Self { unreadable: (set, cleared), ..self }
    }
}

impl Columns {
    /// The columns after a write.
    pub(crate) fn patched(mut self, patch: Patch) -> Self {
        let (set, cleared) = patch.unreadable;
        self.unreadable.extend(set);
        for id in cleared.iter().chain(&patch.removal) {
            self.unreadable.remove(id);
        }
        let removed = patch.removal.and_then(|id| self.slot(id));
        let columns = match removed {
            Some(slot) => self.removed(slot),
            None => self,
        };
        if patch.upserts.is_empty() { columns } else { columns.upserted(&patch.upserts) }
    }

    fn upserted(mut self, upserts: &[CompanyIndexRow]) -> Self {
        let mut replacements: HashMap<usize, &CompanyIndexRow> = HashMap::new();
        let mut changed = Vec::with_capacity(upserts.len());
        for row in upserts {
            match self.slot(row.id) {
                Some(slot) => {
                    self.set_numbers(slot as usize, row);
                    replacements.insert(slot as usize, row);
                    changed.push(slot as usize);
                }
                None => {
                    changed.push(self.len());
                    self.push(row);
                }
            }
        }
        replace_texts(&mut self.text, &replacements, |row| &row.text);
        replace_texts(&mut self.products, &replacements, |row| &row.products);
        replace_texts(&mut self.description, &replacements, |row| &row.description);
        let mut slots = SlotSet::with_capacity(self.len());
        for slot in changed {
            slots.insert(slot);
        }
        self.with_updated_orders(&slots)
    }

    fn set_numbers(&mut self, slot: usize, row: &CompanyIndexRow) {
        self.created[slot] = row.created;
        self.last_read[slot] = row.last_read.unwrap_or(NO_TIME);
        self.expires[slot] = row.expires.unwrap_or(NO_TIME);
        self.color[slot] = row.color;
        self.colors[slot] = row.colors;
        self.parents[slot] = row.parent;
    }

    fn removed(mut self, removed: u32) -> Self {
        let slot = removed as usize;
        self.slots.remove(&self.ids[slot]);
        for other in self.slots.values_mut().filter(|other| **other > removed) {
            *other -= 1;
        }
        self.ids.remove(slot);
        self.created.remove(slot);
        self.last_read.remove(slot);
        self.expires.remove(slot);
        self.color.remove(slot);
        self.colors.remove(slot);
        self.parents.remove(slot);
        self.text = self.text.without(slot);
        self.products = self.products.without(slot);
        self.description = self.description.without(slot);
        self.names = self.names.without_slot(removed);
        let orders = self.orders.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        for slots_in_order in orders.values_mut() {
            *slots_in_order = order::without_slot(slots_in_order, removed).into();
        }
        self.update_display_parents();
        self
    }
}

/// Replaces texts. A text cannot change in place, so the column is copied if any text differs.
fn replace_texts(
    texts: &mut TextColumn,
    replacements: &HashMap<usize, &CompanyIndexRow>,
    text: impl Fn(&CompanyIndexRow) -> &str,
) {
    if replacements.iter().any(|(slot, row)| texts.get(*slot) != text(row)) {
        *texts = texts.with(|slot| replacements.get(&slot).map(|row| text(row)));
    }
}
