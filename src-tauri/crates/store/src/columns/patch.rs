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
}

impl Patch {
    /// Companies that are new or different.
    pub(crate) fn upserts(upserts: Vec<Facts>) -> Self {
        Self { upserts, removal: None }
    }

    /// A company that is gone.
    pub(crate) fn removal(id: CompanyId) -> Self {
        Self { upserts: Vec::new(), removal: Some(id) }
    }
}

impl Columns {
    /// The columns after a write.
    pub(crate) fn patched(self, patch: Patch) -> Self {
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
