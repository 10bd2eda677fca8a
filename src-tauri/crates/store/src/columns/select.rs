//! Evaluates a list query on the columns: the matching companies, their counts by color, and the requested rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use codat::{Color, CompanyId};

use super::{
    Columns, NO_PARENT, NO_TIME,
    slot_set::{SlotSet, all_slots, complement, slots_where},
    text_column::MatchScope,
};
use crate::{
    company_index::{self, color_bit, field_marker},
    search::{CompanyChange, Condition, Search, TimeColumn},
    view::{Counts, Sort},
};

/// Companies found by an index of the database, by ID prefix and by notification.
pub(crate) type IdHits = BTreeMap<String, Vec<CompanyId>>;

/// The key of a notification's companies. It cannot be a prefix of an ID.
pub(crate) fn alert_key(number: i64) -> String {
    format!("alert:{number}")
}

/// The key of the companies that changed since an entry of the journal. It cannot be a prefix of an ID.
pub(crate) fn change_key(change: CompanyChange, seq: i64) -> String {
    format!("{change:?}:{seq}")
}

/// A list query.
#[derive(Debug)]
pub(crate) struct ListQuery<'a> {
    pub(crate) search: &'a Search,
    pub(crate) ids: &'a IdHits,
    pub(crate) sort: Sort,
    pub(crate) expanded: &'a [CompanyId],
    pub(crate) locate: Option<CompanyId>,
    pub(crate) offset: u32,
    pub(crate) limit: u32,
}

/// The index of the located row, and slots with their depths.
type Page = (Option<u32>, Vec<(u32, u8)>);

/// The result of a list query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) all: u32,
    pub(crate) matching: u32,
    pub(crate) row_count: u32,
    pub(crate) located: Option<u32>,
    pub(crate) counts: Counts,
    /// Company IDs with their depths.
    pub(crate) rows: Vec<(CompanyId, u8)>,
}

impl Columns {
    /// Evaluates a list query.
    pub(crate) fn select(&self, query: &ListQuery<'_>) -> Selection {
        let (except_is, matching) = self.matching(query.search, query.ids);
        let order = self.order(query.sort);
        let (row_count, (located, rows)) = if query.search.is_empty() {
            self.tree_rows(&order, query)
        } else {
            let rows =
                order.iter().copied().filter(|slot| matching.contains(*slot as usize)).map(|slot| (slot, 0));
            (matching.count_ones(..) as u32, self.page(rows, query))
        };
        Selection {
            all: self.len() as u32,
            matching: matching.count_ones(..) as u32,
            row_count,
            located,
            counts: self.counts(&except_is),
            rows: rows.into_iter().map(|(slot, depth)| (self.ids[slot as usize], depth)).collect(),
        }
    }

    /// The companies that match a search, including subsidiaries.
    pub(crate) fn matching_ids(&self, search: &Search, ids: &IdHits) -> Vec<CompanyId> {
        let (_, matching) = self.matching(search, ids);
        matching.ones().map(|slot| self.ids[slot]).collect()
    }

    /// The companies that match a search, including subsidiaries, in this order.
    pub(crate) fn ordered_ids(&self, search: &Search, ids: &IdHits, sort: Sort) -> Vec<CompanyId> {
        let (_, matching) = self.matching(search, ids);
        let order = self.order(sort);
        let slots = order.iter().map(|slot| *slot as usize).filter(|slot| matching.contains(*slot));
        slots.map(|slot| self.ids[slot]).collect()
    }

    /// How many companies match a search, including subsidiaries.
    pub(crate) fn count_matching(&self, search: &Search, ids: &IdHits) -> u32 {
        self.matching(search, ids).1.count_ones(..) as u32
    }

    /// Which of these companies match a search.
    pub(crate) fn matching_among(
        &self,
        search: &Search,
        ids: &IdHits,
        mut companies: BTreeSet<CompanyId>,
    ) -> BTreeSet<CompanyId> {
        let matching = self.matching(search, ids).1;
        companies.retain(|id| self.slot(*id).is_some_and(|slot| matching.contains(slot as usize)));
        companies
    }

    /// Splits the known companies into those with a green connection and those without.
    pub(crate) fn partition_by_green(&self, companies: &[CompanyId]) -> (Vec<CompanyId>, Vec<CompanyId>) {
        let known = companies.iter().filter_map(|id| Some((*id, self.slot(*id)?)));
        let (green, others): (Vec<_>, Vec<_>) =
            known.partition(|(_, slot)| self.colors[*slot as usize] & color_bit(Color::Green) != 0);
        let ids = |part: Vec<(CompanyId, u32)>| part.into_iter().map(|(id, _)| id).collect();
        (ids(green), ids(others))
    }

    /// The companies that match the search without its `is:` filters, and those that match all of it.
    pub(crate) fn matching(&self, search: &Search, ids: &IdHits) -> (SlotSet, SlotSet) {
        let mut except_is = all_slots(self.len());
        let mut by_color = all_slots(self.len());
        for group in search.groups() {
            let matches = group
                .iter()
                .map(|term| {
                    let matches = self.evaluate(&term.condition, ids);
                    if term.negated { complement(matches) } else { matches }
                })
                .reduce(|left, right| &left | &right);
            let Some(matches) = matches else { continue };
            if group.iter().any(|term| matches!(term.condition, Condition::Is(_))) {
                by_color &= &matches;
            } else {
                except_is &= &matches;
            }
        }
        let matching = &by_color & &except_is;
        (except_is, matching)
    }

    fn evaluate(&self, condition: &Condition, ids: &IdHits) -> SlotSet {
        let len = self.len();
        match condition {
            Condition::Text { needle, id_prefix } => {
                let mut matches = self.text.find(needle, MatchScope::Anywhere);
                let hits = id_prefix.as_ref().and_then(|prefix| ids.get(prefix));
                for slot in hits.into_iter().flatten().filter_map(|id| self.slot(*id)) {
                    matches.insert(slot as usize);
                }
                matches
            }
            Condition::Alert(number) => {
                let mut matches = SlotSet::with_capacity(len);
                let alert_ids = ids.get(&alert_key(*number)).into_iter().flatten();
                alert_ids.filter_map(|id| self.slot(*id)).for_each(|slot| matches.insert(slot as usize));
                matches
            }
            Condition::Since(change, seq) => {
                let mut matches = SlotSet::with_capacity(len);
                let changed = ids.get(&change_key(*change, *seq)).into_iter().flatten();
                changed.filter_map(|id| self.slot(*id)).for_each(|slot| matches.insert(slot as usize));
                matches
            }
            Condition::Is(colors) => {
                let mut matches = slots_where(len, |slot| (1 << self.color[slot]) & colors != 0);
                if colors & company_index::UNREADABLE_BIT != 0 {
                    for slot in self.unreadable.iter().filter_map(|id| self.slot(*id)) {
                        matches.insert(slot as usize);
                    }
                }
                matches
            }
            Condition::Has(colors) => slots_where(len, |slot| colors.overlaps(self.colors[slot])),
            Condition::Platform(needle) => {
                let key = format!("{}{needle}", char::from(field_marker::KEY));
                let by_name = self.text.find(needle, MatchScope::Field(field_marker::PLATFORM));
                &by_name | &self.text.find(&key, MatchScope::WholeField)
            }
            Condition::Tag { key, value: None } => {
                self.text.find(&format!("{}{key}=", char::from(field_marker::TAG)), MatchScope::Anywhere)
            }
            Condition::Tag { key, value: Some(value) } => self
                .text
                .find(&format!("{}{key}={value}", char::from(field_marker::TAG)), MatchScope::WholeField),
            Condition::By(needle) => self.text.find(needle, MatchScope::Field(field_marker::CREATOR)),
            Condition::Name(needle) => self.text.find(needle, MatchScope::Field(field_marker::NAME)),
            Condition::Product(needle) => self.products.find(needle, MatchScope::Anywhere),
            Condition::Time { column, from, until, missing } => {
                let times = match column {
                    TimeColumn::LastRead => &self.last_read,
                    TimeColumn::Created => &self.created,
                    TimeColumn::Expires => &self.expires,
                };
                slots_where(len, |slot| match times[slot] {
                    NO_TIME => *missing,
                    time => (*from..*until).contains(&time),
                })
            }
        }
    }

    pub(crate) fn counts(&self, slots: &SlotSet) -> Counts {
        let mut counts = Counts::default();
        for slot in slots.ones() {
            *counts.count_mut(self.color[slot]) += 1;
        }
        counts
    }

    /// The rows if there is no search: subsidiaries are below their parents, if those are expanded.
    fn tree_rows(&self, order: &[u32], query: &ListQuery<'_>) -> (u32, Page) {
        let mut open: HashMap<u32, Vec<u32>> =
            query.expanded.iter().filter_map(|id| Some((self.slot(*id)?, Vec::new()))).collect();
        if !open.is_empty() {
            for slot in order {
                if let Some(children) = open.get_mut(&self.display_parents[*slot as usize]) {
                    children.push(*slot);
                }
            }
        }
        let rows =
            order.iter().copied().filter(|slot| self.display_parents[*slot as usize] == NO_PARENT).flat_map(
                |slot| {
                    let children = open.get(&slot).into_iter().flatten().map(|child| (*child, 1));
                    std::iter::once((slot, 0)).chain(children)
                },
            );
        let top_level = self.display_parents.iter().filter(|parent| **parent == NO_PARENT).count();
        let nested: usize = open.values().map(Vec::len).sum();
        ((top_level + nested) as u32, self.page(rows, query))
    }

    /// The requested rows, and the index of the row to locate.
    fn page(&self, rows: impl Iterator<Item = (u32, u8)> + Clone, query: &ListQuery<'_>) -> Page {
        let located = query.locate.and_then(|id| self.slot(id));
        let located = located.and_then(|located| rows.clone().position(|(slot, _)| slot == located));
        let rows = rows.skip(query.offset as usize).take(query.limit as usize).collect();
        (located.and_then(|at| u32::try_from(at).ok()), rows)
    }
}
