//! In-memory columns that lists are searched, counted and ordered by. They exist while a window is open.
//!
//! Each company has a slot: its index in every column. A column is one contiguous allocation, so that a search is one
//! pass over it. Columns are loaded from the database and then updated with each write.
//!
//! *Invariant*: the columns equal the table `companies` at the version that a
//! [`ColumnSnapshot`](crate::store::ColumnSnapshot) has.

mod load;
mod order;
mod patch;
mod select;
mod slot_set;
mod text_column;
mod value_counts;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use codat::CompanyId;

use self::order::NameOrder;
use crate::{company_index::CompanyIndexRow, view::Sort};

pub(crate) use self::{
    patch::Patch,
    select::{IdHits, ListQuery, Selection, alert_key, change_key},
    slot_set::{SlotSet, all_slots, complement, slots_where},
    text_column::{MatchScope, TextColumn},
    value_counts::{Field, count_values},
};

/// The value of a missing time.
const NO_TIME: i64 = i64::MIN;

/// The display parent of a company at the top level.
const NO_PARENT: u32 = u32::MAX;

/// The columns of all companies.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    ids: Vec<CompanyId>,
    slots: HashMap<CompanyId, u32>,
    text: TextColumn,
    products: TextColumn,
    description: TextColumn,
    created: Vec<i64>,
    last_read: Vec<i64>,
    expires: Vec<i64>,
    color: Vec<u8>,
    colors: Vec<u8>,
    /// Companies whose latest record is unreadable.
    unreadable: BTreeSet<CompanyId>,
    parents: Vec<Option<CompanyId>>,
    /// The slot under which a company is displayed, or `NO_PARENT`.
    display_parents: Vec<u32>,
    names: NameOrder,
    /// Sorted slots, each made on first use.
    orders: Mutex<HashMap<Sort, Arc<Vec<u32>>>>,
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    fn slot(&self, id: CompanyId) -> Option<u32> {
        self.slots.get(&id).copied()
    }

    fn push(&mut self, row: &CompanyIndexRow) {
        self.slots.insert(row.id, self.ids.len() as u32);
        self.ids.push(row.id);
        self.text.push(&row.text);
        self.products.push(&row.products);
        self.description.push(&row.description);
        self.created.push(row.created);
        self.last_read.push(row.last_read.unwrap_or(NO_TIME));
        self.expires.push(row.expires.unwrap_or(NO_TIME));
        self.color.push(row.color);
        self.colors.push(row.colors);
        self.parents.push(row.parent);
    }

    /// Determines the slot under which each company is displayed. There is one level: a company whose parent has a
    /// parent itself is at the top level, and so are two companies that name each other as parent.
    fn update_display_parents(&mut self) {
        let parent = |slot: usize| {
            let parent = self.slot(self.parents[slot]?)?;
            (parent as usize != slot).then_some(parent)
        };
        self.display_parents = (0..self.len())
            .map(|slot| parent(slot).filter(|above| parent(*above as usize).is_none()).unwrap_or(NO_PARENT))
            .collect();
    }
}
