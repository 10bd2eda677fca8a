//! Sorting of slots. Missing values are last in both directions; equal ones are ordered by name, then by ID.

use std::{cmp::Ordering, sync::Arc};

use super::{Columns, NO_TIME, SlotSet, text_column};
use crate::{
    company_index::field_marker,
    view::{Sort, SortColumn},
};

/// The color code of a company without connections, which is a missing value.
const NO_CONNECTIONS: u8 = 4;

/// All slots ordered by name, then by ID, and the rank of each slot in that order.
#[derive(Debug, Default, Clone)]
pub(super) struct NameOrder {
    slots: Vec<u32>,
    ranks: Vec<u32>,
}

/// The primary sort key.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Id(codat::CompanyId),
    Text(&'a str),
    Number(i64),
}

impl Columns {
    /// The slots in the order of a sort, from the cache if possible.
    pub(super) fn order(&self, sort: Sort) -> Arc<Vec<u32>> {
        let order = self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&sort).cloned();
        if let Some(order) = order {
            return order;
        }
        let mut slots: Vec<u32> = self.names.slots.clone();
        slots.sort_by(|left, right| self.compare_keys(sort, *left, *right));
        let order = Arc::new(slots);
        self.orders
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(sort, Arc::clone(&order));
        order
    }

    /// Orders names, after all companies were loaded.
    pub(super) fn with_initial_orders(mut self) -> Self {
        self.update_display_parents();
        let mut slots: Vec<u32> = (0..self.len() as u32).collect();
        slots.sort_unstable_by(|left, right| self.compare_names(*left, *right));
        self.names = NameOrder::new(slots);
        self
    }

    /// Moves changed slots to their new places in all cached orders. The others keep their order.
    pub(super) fn with_updated_orders(mut self, changed: &SlotSet) -> Self {
        self.update_display_parents();
        let names = std::mem::take(&mut self.names).slots;
        let updated = merge_changed(&names, changed, |left, right| self.compare_names(left, right));
        self.names = NameOrder::new(updated);
        let orders = std::mem::take(&mut self.orders);
        let orders = orders.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let updated = orders.into_iter().map(|(sort, order)| {
            (
                sort,
                Arc::new(merge_changed(&order, changed, |left, right| self.compare_full(sort, left, right))),
            )
        });
        let updated = updated.collect();
        self.orders = std::sync::Mutex::new(updated);
        self
    }

    fn compare_names(&self, left: u32, right: u32) -> Ordering {
        let name = |slot: u32| (self.folded_name(slot as usize), self.ids[slot as usize]);
        name(left).cmp(&name(right))
    }

    fn compare_full(&self, sort: Sort, left: u32, right: u32) -> Ordering {
        let rank = |slot: u32| self.names.ranks[slot as usize];
        self.compare_keys(sort, left, right).then_with(|| rank(left).cmp(&rank(right)))
    }

    fn compare_keys(&self, sort: Sort, left: u32, right: u32) -> Ordering {
        match (self.sort_key(sort.column, left as usize), self.sort_key(sort.column, right as usize)) {
            (Some(left), Some(right)) if sort.descending => right.cmp(&left),
            (Some(left), Some(right)) => left.cmp(&right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    fn sort_key(&self, column: SortColumn, slot: usize) -> Option<Key<'_>> {
        let time = |time: i64| (time != NO_TIME).then_some(Key::Number(time));
        let text = |text: &'_ str| !text.is_empty();
        match column {
            SortColumn::Name => Some(Key::Text(self.folded_name(slot))),
            SortColumn::Id => Some(Key::Id(self.ids[slot])),
            SortColumn::CreatedBy => {
                text_column::fields(self.text.get(slot), field_marker::CREATOR).next().map(Key::Text)
            }
            SortColumn::Created => time(self.created[slot]),
            SortColumn::LastRead => time(self.last_read[slot]),
            SortColumn::Connections | SortColumn::Status => {
                let color = self.color[slot];
                (color != NO_CONNECTIONS).then_some(Key::Number(color.into()))
            }
            SortColumn::Products => Some(self.products.get(slot)).filter(|all| text(all)).map(Key::Text),
            SortColumn::Tags => {
                text_column::from_marker(self.text.get(slot), field_marker::TAG).map(Key::Text)
            }
            SortColumn::Expires => time(self.expires[slot]),
            SortColumn::Description => {
                Some(self.description.get(slot)).filter(|all| text(all)).map(Key::Text)
            }
        }
    }

    fn folded_name(&self, slot: usize) -> &str {
        text_column::first_field(self.text.get(slot))
    }
}

impl NameOrder {
    fn new(slots: Vec<u32>) -> Self {
        let mut ranks = vec![0; slots.len()];
        for (rank, slot) in slots.iter().enumerate() {
            ranks[*slot as usize] = rank as u32;
        }
        Self { slots, ranks }
    }

    /// Removes a slot. Higher slots move down by one.
    pub(super) fn without_slot(&self, removed: u32) -> Self {
        Self::new(without_slot(&self.slots, removed))
    }
}

/// Removes a slot from an order. Higher slots move down by one.
pub(super) fn without_slot(order: &[u32], removed: u32) -> Vec<u32> {
    order.iter().filter(|slot| **slot != removed).map(|slot| slot - u32::from(*slot > removed)).collect()
}

/// Merges changed slots into an order of the unchanged ones.
fn merge_changed(order: &[u32], changed: &SlotSet, compare: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let unchanged: Vec<u32> =
        order.iter().copied().filter(|slot| !changed.contains(*slot as usize)).collect();
    let mut updated: Vec<u32> = changed.ones().map(|slot| slot as u32).collect();
    updated.sort_unstable_by(|left, right| compare(*left, *right));
    let mut merged = Vec::with_capacity(unchanged.len() + updated.len());
    let mut from = 0;
    for slot in updated {
        let until = from + unchanged[from..].partition_point(|right| compare(*right, slot) == Ordering::Less);
        merged.extend_from_slice(&unchanged[from..until]);
        merged.push(slot);
        from = until;
    }
    merged.extend_from_slice(&unchanged[from..]);
    merged
}
