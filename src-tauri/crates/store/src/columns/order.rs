//! Orders of the slots. What is missing comes last both ways; equals go by name, then by ID.

use std::{cmp::Ordering, sync::Arc};

use super::{Bitmap, Columns, NEVER, texts};
use crate::{
    facts::mark,
    view::{Sort, SortColumn},
};

/// The colour of a company without connections: in the columns of connections nothing is there.
const NO_CONNECTIONS: u8 = 4;

/// All slots by name, then by ID, and where in that each slot is.
#[derive(Debug, Default, Clone)]
pub(super) struct NameOrder {
    slots: Vec<u32>,
    ranks: Vec<u32>,
}

/// What an order compares first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Id(codat::CompanyId),
    Text(&'a str),
    Number(i64),
}

impl Columns {
    /// The ready order of a sort.
    pub(super) fn order(&self, sort: Sort) -> Arc<Vec<u32>> {
        let ready = self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&sort).cloned();
        if let Some(ready) = ready {
            return ready;
        }
        let mut slots: Vec<u32> = self.names.slots.clone();
        slots.sort_by(|one, other| self.by_key(sort, *one, *other));
        let ready = Arc::new(slots);
        self.orders
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(sort, Arc::clone(&ready));
        ready
    }

    /// Puts names in order, where nothing is in order yet.
    pub(super) fn settled(mut self) -> Self {
        self.find_parents();
        let mut slots: Vec<u32> = (0..self.len() as u32).collect();
        slots.sort_unstable_by(|one, other| self.by_name(*one, *other));
        self.names = NameOrder::of(slots);
        self
    }

    /// Puts changed slots in their places in all orders, the others keep theirs.
    pub(super) fn settled_again(mut self, changed: &Bitmap) -> Self {
        self.find_parents();
        let names = std::mem::take(&mut self.names).slots;
        let moved = merged(&names, changed, |one, other| self.by_name(one, other));
        self.names = NameOrder::of(moved);
        let orders = std::mem::take(&mut self.orders);
        let orders = orders.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let moved = orders.into_iter().map(|(sort, order)| {
            (sort, Arc::new(merged(&order, changed, |one, other| self.by_sort(sort, one, other))))
        });
        let moved = moved.collect();
        self.orders = std::sync::Mutex::new(moved);
        self
    }

    fn by_name(&self, one: u32, other: u32) -> Ordering {
        let name = |slot: u32| (self.name(slot as usize), self.ids[slot as usize]);
        name(one).cmp(&name(other))
    }

    fn by_sort(&self, sort: Sort, one: u32, other: u32) -> Ordering {
        let rank = |slot: u32| self.names.ranks[slot as usize];
        self.by_key(sort, one, other).then_with(|| rank(one).cmp(&rank(other)))
    }

    fn by_key(&self, sort: Sort, one: u32, other: u32) -> Ordering {
        match (self.key(sort.column, one as usize), self.key(sort.column, other as usize)) {
            (Some(one), Some(other)) if sort.descending => other.cmp(&one),
            (Some(one), Some(other)) => one.cmp(&other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    fn key(&self, column: SortColumn, slot: usize) -> Option<Key<'_>> {
        let time = |time: i64| (time != NEVER).then_some(Key::Number(time));
        let text = |text: &'_ str| !text.is_empty();
        match column {
            SortColumn::Name => Some(Key::Text(self.name(slot))),
            SortColumn::Id => Some(Key::Id(self.ids[slot])),
            SortColumn::CreatedBy => texts::fields(self.text.get(slot), mark::CREATOR).next().map(Key::Text),
            SortColumn::Created => time(self.created[slot]),
            SortColumn::LastRead => time(self.last_read[slot]),
            SortColumn::Connections | SortColumn::Status => {
                let colour = self.colour[slot];
                (colour != NO_CONNECTIONS).then_some(Key::Number(colour.into()))
            }
            SortColumn::Products => Some(self.products.get(slot)).filter(|all| text(all)).map(Key::Text),
            SortColumn::Tags => texts::from_mark(self.text.get(slot), mark::TAG).map(Key::Text),
            SortColumn::Expires => time(self.expires[slot]),
            SortColumn::Description => {
                Some(self.description.get(slot)).filter(|all| text(all)).map(Key::Text)
            }
        }
    }

    /// The folded name.
    fn name(&self, slot: usize) -> &str {
        texts::first_field(self.text.get(slot))
    }
}

impl NameOrder {
    fn of(slots: Vec<u32>) -> Self {
        let mut ranks = vec![0; slots.len()];
        for (rank, slot) in slots.iter().enumerate() {
            ranks[*slot as usize] = rank as u32;
        }
        Self { slots, ranks }
    }

    /// The same without one slot; those behind it move up.
    pub(super) fn without(&self, gone: u32) -> Self {
        Self::of(without(&self.slots, gone))
    }
}

/// An order without one slot; those behind it move up.
pub(super) fn without(order: &[u32], gone: u32) -> Vec<u32> {
    order.iter().filter(|slot| **slot != gone).map(|slot| slot - u32::from(*slot > gone)).collect()
}

/// An order of the slots that did not change, with those that did in their places.
fn merged(order: &[u32], changed: &Bitmap, compare: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let kept: Vec<u32> = order.iter().copied().filter(|slot| !changed.has(*slot as usize)).collect();
    let mut moved: Vec<u32> = changed.iter().map(|slot| slot as u32).collect();
    moved.sort_unstable_by(|one, other| compare(*one, *other));
    let mut merged = Vec::with_capacity(kept.len() + moved.len());
    let mut from = 0;
    for slot in moved {
        let until = from + kept[from..].partition_point(|other| compare(*other, slot) == Ordering::Less);
        merged.extend_from_slice(&kept[from..until]);
        merged.push(slot);
        from = until;
    }
    merged.extend_from_slice(&kept[from..]);
    merged
}
