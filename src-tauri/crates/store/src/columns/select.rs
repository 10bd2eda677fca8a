//! A question of a list, answered from the columns: which companies match, how many of each colour, and
//! which stand in the rows that are asked for.

use std::collections::{BTreeMap, HashMap};

use codat::{Colour, CompanyId};

use super::{Bitmap, Columns, NEVER, NOBODY, texts::Within};
use crate::{
    facts::{self, bit, mark},
    search::{Search, Test, TimeColumn},
    view::{Counts, Sort},
};

/// The companies whose ID, or a connection's, begins with a prefix, and those that a notification told of: found
/// through the index of the database.
pub(crate) type IdHits = BTreeMap<String, Vec<CompanyId>>;

/// Under which key the companies of a notification are found; no prefix of an ID.
pub(crate) fn alert_key(number: i64) -> String {
    format!("alert:{number}")
}

/// What a list asks.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) search: &'a Search,
    pub(crate) ids: &'a IdHits,
    pub(crate) sort: Sort,
    pub(crate) expanded: &'a [CompanyId],
    pub(crate) locate: Option<CompanyId>,
    pub(crate) offset: u32,
    pub(crate) limit: u32,
}

/// The place of the row that is looked for, and rows with their depths.
type Page = (Option<u32>, Vec<(u32, u8)>);

/// What a list gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) all: u32,
    pub(crate) matching: u32,
    pub(crate) row_count: u32,
    pub(crate) located: Option<u32>,
    pub(crate) counts: Counts,
    /// The rows, each with its depth.
    pub(crate) rows: Vec<(CompanyId, u8)>,
}

impl Columns {
    /// Answers a list.
    pub(crate) fn select(&self, question: &Question<'_>) -> Selection {
        let (apart, matching) = self.matching(question.search, question.ids);
        let order = self.order(question.sort);
        let (row_count, (located, rows)) = if question.search.is_empty() {
            self.tree(&order, question)
        } else {
            let rows =
                order.iter().copied().filter(|slot| matching.has(*slot as usize)).map(|slot| (slot, 0));
            (matching.count(), self.page(rows, question))
        };
        Selection {
            all: self.len() as u32,
            matching: matching.count(),
            row_count,
            located,
            counts: self.counts(&apart),
            rows: rows.into_iter().map(|(slot, depth)| (self.ids[slot as usize], depth)).collect(),
        }
    }

    /// The companies that match a search, subsidiaries among them.
    pub(crate) fn ids_matching(&self, search: &Search, ids: &IdHits) -> Vec<CompanyId> {
        let (_, matching) = self.matching(search, ids);
        matching.iter().map(|slot| self.ids[slot]).collect()
    }

    /// Those of these companies that are known: with a green connection, and without.
    pub(crate) fn parted_by_green(&self, companies: &[CompanyId]) -> (Vec<CompanyId>, Vec<CompanyId>) {
        let known = companies.iter().filter_map(|id| Some((*id, self.slot(*id)?)));
        let (green, others): (Vec<_>, Vec<_>) =
            known.partition(|(_, slot)| self.colours[*slot as usize] & bit(Colour::Green) != 0);
        let ids = |parted: Vec<(CompanyId, u32)>| parted.into_iter().map(|(id, _)| id).collect();
        (ids(green), ids(others))
    }

    /// The companies that match the search apart from its `is:` filters, and those that match all of it.
    pub(crate) fn matching(&self, search: &Search, ids: &IdHits) -> (Bitmap, Bitmap) {
        let mut apart = Bitmap::all(self.len());
        let mut by_colour = Bitmap::all(self.len());
        for group in search.groups() {
            let found = group
                .iter()
                .map(|term| {
                    let found = self.test(&term.test, ids);
                    if term.negated { found.complement() } else { found }
                })
                .reduce(|one, other| one.or(&other));
            let Some(found) = found else { continue };
            if group.iter().any(|term| matches!(term.test, Test::Is(_))) {
                by_colour = by_colour.and(&found);
            } else {
                apart = apart.and(&found);
            }
        }
        let matching = by_colour.and(&apart);
        (apart, matching)
    }

    fn test(&self, test: &Test, ids: &IdHits) -> Bitmap {
        let len = self.len();
        match test {
            Test::Text { needle, id_prefix } => {
                let mut found = self.text.find(needle, Within::Anywhere);
                let hits = id_prefix.as_ref().and_then(|prefix| ids.get(prefix));
                for slot in hits.into_iter().flatten().filter_map(|id| self.slot(*id)) {
                    found.insert(slot as usize);
                }
                found
            }
            Test::Alert(number) => {
                let mut found = Bitmap::of(len, |_| false);
                let told = ids.get(&alert_key(*number)).into_iter().flatten();
                told.filter_map(|id| self.slot(*id)).for_each(|slot| found.insert(slot as usize));
                found
            }
            Test::Is(colours) => {
                let mut found = Bitmap::of(len, |slot| (1 << self.colour[slot]) & colours != 0);
                if colours & facts::UNREADABLE != 0 {
                    for slot in self.unreadable.iter().filter_map(|id| self.slot(*id)) {
                        found.insert(slot as usize);
                    }
                }
                found
            }
            Test::Has(colours) => Bitmap::of(len, |slot| colours.overlaps(self.colours[slot])),
            Test::Platform(needle) => self
                .text
                .find(needle, Within::Field(mark::PLATFORM))
                .or(&self.text.find(&format!("{}{needle}", char::from(mark::KEY)), Within::WholeField)),
            Test::Tag { key, value: None } => {
                self.text.find(&format!("{}{key}=", char::from(mark::TAG)), Within::Anywhere)
            }
            Test::Tag { key, value: Some(value) } => {
                self.text.find(&format!("{}{key}={value}", char::from(mark::TAG)), Within::WholeField)
            }
            Test::By(needle) => self.text.find(needle, Within::Field(mark::CREATOR)),
            Test::Name(needle) => self.text.find(needle, Within::Field(mark::NAME)),
            Test::Product(needle) => self.products.find(needle, Within::Anywhere),
            Test::Time { column, from, until, missing } => {
                let times = match column {
                    TimeColumn::LastRead => &self.last_read,
                    TimeColumn::Created => &self.created,
                    TimeColumn::Expires => &self.expires,
                };
                Bitmap::of(len, |slot| match times[slot] {
                    NEVER => *missing,
                    time => (*from..*until).contains(&time),
                })
            }
        }
    }

    pub(crate) fn counts(&self, slots: &Bitmap) -> Counts {
        let mut counts = Counts::default();
        for slot in slots.iter() {
            *counts.of_number(self.colour[slot]) += 1;
        }
        counts
    }

    /// The rows while nothing is searched for: subsidiaries stand under their parents, where those are open.
    fn tree(&self, order: &[u32], question: &Question<'_>) -> (u32, Page) {
        let mut open: HashMap<u32, Vec<u32>> =
            question.expanded.iter().filter_map(|id| Some((self.slot(*id)?, Vec::new()))).collect();
        if !open.is_empty() {
            for slot in order {
                if let Some(children) = open.get_mut(&self.under[*slot as usize]) {
                    children.push(*slot);
                }
            }
        }
        let rows =
            order.iter().copied().filter(|slot| self.under[*slot as usize] == NOBODY).flat_map(|slot| {
                let children = open.get(&slot).into_iter().flatten().map(|child| (*child, 1));
                std::iter::once((slot, 0)).chain(children)
            });
        let on_top = self.under.iter().filter(|parent| **parent == NOBODY).count();
        let shown: usize = open.values().map(Vec::len).sum();
        ((on_top + shown) as u32, self.page(rows, question))
    }

    /// The rows that are asked for, and where the one is that is looked for.
    fn page(&self, rows: impl Iterator<Item = (u32, u8)> + Clone, question: &Question<'_>) -> Page {
        let wanted = question.locate.and_then(|id| self.slot(id));
        let located = wanted.and_then(|wanted| rows.clone().position(|(slot, _)| slot == wanted));
        let rows = rows.skip(question.offset as usize).take(question.limit as usize).collect();
        (located.and_then(|at| u32::try_from(at).ok()), rows)
    }
}
