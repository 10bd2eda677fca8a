//! What lists are searched, counted and ordered by, in memory while a window is open.
//!
//! Every company has a slot, the same in every column. A column is one piece of memory, so that a search is
//! one pass over it. Columns are loaded from the database, and patched with what each write changed.

mod bitmap;
mod load;
mod order;
mod patch;
mod select;
mod survey;
mod texts;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use codat::CompanyId;

use self::order::NameOrder;
use crate::{facts::Facts, view::Sort};

pub(crate) use self::{
    bitmap::Bitmap,
    patch::Patch,
    select::{IdHits, Question, Selection, alert_key},
    survey::{Field, tally},
    texts::{Texts, Within},
};

/// A time that is not there.
const NEVER: i64 = i64::MIN;

/// A parent that is not there, or none that subsidiaries are shown under.
const NOBODY: u32 = u32::MAX;

/// The columns of all companies.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    ids: Vec<CompanyId>,
    slots: HashMap<CompanyId, u32>,
    text: Texts,
    products: Texts,
    description: Texts,
    created: Vec<i64>,
    last_read: Vec<i64>,
    expires: Vec<i64>,
    colour: Vec<u8>,
    colours: Vec<u8>,
    /// Companies that cannot be read.
    unreadable: BTreeSet<CompanyId>,
    parents: Vec<Option<CompanyId>>,
    /// The slot that a company is shown under, or `NOBODY`.
    under: Vec<u32>,
    names: NameOrder,
    /// Ready orders, each made when it is first asked for.
    orders: Mutex<HashMap<Sort, Arc<Vec<u32>>>>,
}

impl Columns {
    /// How many companies there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The slot of a company.
    fn slot(&self, id: CompanyId) -> Option<u32> {
        self.slots.get(&id).copied()
    }

    fn push(&mut self, facts: &Facts) {
        self.slots.insert(facts.id, self.ids.len() as u32);
        self.ids.push(facts.id);
        self.text.push(&facts.text);
        self.products.push(&facts.products);
        self.description.push(&facts.description);
        self.created.push(facts.created);
        self.last_read.push(facts.last_read.unwrap_or(NEVER));
        self.expires.push(facts.expires.unwrap_or(NEVER));
        self.colour.push(facts.colour);
        self.colours.push(facts.colours);
        self.parents.push(facts.parent);
    }

    /// Finds whom each company is shown under. There is one level: a company whose parent is itself shown
    /// under another stands on its own, and so do two that name each other, so that each has its place.
    fn find_parents(&mut self) {
        let parent = |slot: usize| {
            let parent = self.slot(self.parents[slot]?)?;
            (parent as usize != slot).then_some(parent)
        };
        self.under = (0..self.len())
            .map(|slot| parent(slot).filter(|above| parent(*above as usize).is_none()).unwrap_or(NOBODY))
            .collect();
    }
}
