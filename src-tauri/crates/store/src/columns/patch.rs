//! Columns after a write, without reading the database again.

use std::collections::HashMap;

use codat::CompanyId;

use super::{Bitmap, Columns, NEVER, order, texts::Texts};
use crate::facts::Facts;

/// What a write changed.
#[derive(Debug, Default)]
pub(crate) struct Patch {
    upserts: Vec<Facts>,
    removal: Option<CompanyId>,
    /// Companies that cannot be read, and those that can again.
    unreadable: (Vec<CompanyId>, Vec<CompanyId>),
}

impl Patch {
    /// Companies that are new or different.
    pub(crate) fn upserts(upserts: Vec<Facts>) -> Self {
        Self { upserts, ..Self::default() }
    }

    /// A company that is gone.
    pub(crate) fn removal(id: CompanyId) -> Self {
        Self { removal: Some(id), ..Self::default() }
    }

    /// The same, with companies that cannot be read, and others that can again.
    pub(crate) fn marked(self, set: Vec<CompanyId>, cleared: Vec<CompanyId>) -> Self {
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
        let gone = patch.removal.and_then(|id| self.slot(id));
        let left = match gone {
            Some(slot) => self.without(slot),
            None => self,
        };
        if patch.upserts.is_empty() { left } else { left.with(&patch.upserts) }
    }

    fn with(mut self, upserts: &[Facts]) -> Self {
        let mut replaced: HashMap<usize, &Facts> = HashMap::new();
        let mut changed = Vec::with_capacity(upserts.len());
        for facts in upserts {
            match self.slot(facts.id) {
                Some(slot) => {
                    self.replace_numbers(slot as usize, facts);
                    replaced.insert(slot as usize, facts);
                    changed.push(slot as usize);
                }
                None => {
                    changed.push(self.len());
                    self.push(facts);
                }
            }
        }
        replace(&mut self.text, &replaced, |facts| &facts.text);
        replace(&mut self.products, &replaced, |facts| &facts.products);
        replace(&mut self.description, &replaced, |facts| &facts.description);
        let mut slots = Bitmap::none(self.len());
        for slot in changed {
            slots.insert(slot);
        }
        self.settled_again(&slots)
    }

    fn replace_numbers(&mut self, slot: usize, facts: &Facts) {
        self.created[slot] = facts.created;
        self.last_read[slot] = facts.last_read.unwrap_or(NEVER);
        self.expires[slot] = facts.expires.unwrap_or(NEVER);
        self.colour[slot] = facts.colour;
        self.colours[slot] = facts.colours;
        self.parents[slot] = facts.parent;
    }

    fn without(mut self, gone: u32) -> Self {
        let slot = gone as usize;
        self.slots.remove(&self.ids[slot]);
        for other in self.slots.values_mut().filter(|other| **other > gone) {
            *other -= 1;
        }
        self.ids.remove(slot);
        self.created.remove(slot);
        self.last_read.remove(slot);
        self.expires.remove(slot);
        self.colour.remove(slot);
        self.colours.remove(slot);
        self.parents.remove(slot);
        self.text = self.text.without(slot);
        self.products = self.products.without(slot);
        self.description = self.description.without(slot);
        self.names = self.names.without(gone);
        let orders = self.orders.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        for ready in orders.values_mut() {
            *ready = order::without(ready, gone).into();
        }
        self.find_parents();
        self
    }
}

/// Texts cannot change in place; where none did, they stay.
fn replace(texts: &mut Texts, replaced: &HashMap<usize, &Facts>, text: impl Fn(&Facts) -> &str) {
    if replaced.iter().any(|(slot, facts)| texts.get(*slot) != text(facts)) {
        *texts = texts.with(|slot| replaced.get(&slot).map(|facts| text(facts)));
    }
}
