//! An in-memory index of a copy, by which it is searched and sorted while its grid is on screen. A record's slot is
//! its position. A column has each distinct value once, sorted, and for each slot the rank of its value.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use codat::{
    data::{Column, Fields},
    query::{Comparison, Operator, OrderBy, Query, QueryValue, Scalar, ScalarKind, folded},
};
use serde_json::value::RawValue;

use crate::columns::{MatchScope, SlotSet, TextColumn, all_slots, complement, slots_where};

/// The rank of a slot without a value.
const NO_VALUE: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct Index {
    pub(super) number: i64,
    last_selection: Mutex<Option<CachedSelection>>,
    records: usize,
    columns: Vec<IndexColumn>,
}

/// The records that a search selects.
#[derive(Debug)]
pub(super) enum Filter {
    All,
    /// A query in Codat's language.
    Query(Query),
    /// Words in lower case. Each must occur in some text of a record.
    Words(Vec<String>),
}

/// The positions of the records that a query matches, in the requested order.
#[derive(Debug)]
struct CachedSelection {
    query: String,
    order_by: String,
    positions: Arc<Vec<u32>>,
}

#[derive(Debug)]
struct IndexColumn {
    property: String,
    /// The distinct values, ascending.
    scalars: Vec<Scalar>,
    /// The values as folded text; empty if the value is not text.
    texts: TextColumn,
    /// The rank of each slot's value.
    ranks: Vec<u32>,
    /// Slots ordered by value, then by position. Slots without a value are last.
    order: Vec<u32>,
    /// The start of each group of equal values in `order`, and the end of the last group.
    starts: Vec<u32>,
}

/// Builds an index. Each spelling of a value is stored once for each column.
#[derive(Debug)]
pub(super) struct IndexBuilder {
    number: i64,
    columns: Vec<ColumnBuilder>,
}

#[derive(Debug)]
struct ColumnBuilder {
    property: String,
    /// The number of each spelling, in the order of their first occurrence.
    spellings: HashMap<Box<str>, u32>,
    /// The spelling number of each slot.
    slots: Vec<u32>,
}

impl IndexBuilder {
    /// For the properties by which a type can be queried.
    pub(super) fn new(number: i64, columns: &[Column]) -> Self {
        let mut builder = Self { number, columns: Vec::new() };
        for property in columns.iter().flat_map(Column::properties) {
            if builder.columns.iter().all(|known| known.property != property) {
                let property = property.to_owned();
                builder.columns.push(ColumnBuilder {
                    property,
                    spellings: HashMap::new(),
                    slots: Vec::new(),
                });
            }
        }
        builder
    }

    /// Adds the next record.
    pub(super) fn push(&mut self, raw: &RawValue) {
        let fields = Fields::parse(raw);
        for ColumnBuilder { property, spellings, slots } in &mut self.columns {
            let Some(value) = fields.at(property).map(RawValue::get) else {
                slots.push(NO_VALUE);
                continue;
            };
            let next = spellings.len() as u32;
            slots.push(match spellings.get(value) {
                Some(known) => *known,
                None => *spellings.entry(value.into()).or_insert(next),
            });
        }
    }

    pub(super) fn finish(self) -> Index {
        let records = self.columns.first().map_or(0, |column| column.slots.len());
        let columns = self.columns.into_iter().map(IndexColumn::new);
        Index { number: self.number, last_selection: Mutex::default(), records, columns: columns.collect() }
    }
}

impl Index {
    /// Selects, or returns the last selection if the query and the order are the same: the pages of one query follow
    /// each other.
    pub(super) fn cached_select(
        &self,
        query_text: &str,
        order_text: &str,
        filter: &Filter,
        order: Option<&OrderBy>,
    ) -> Option<Arc<Vec<u32>>> {
        let mut last = self.last_selection.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |last: &&CachedSelection| last.query == query_text && last.order_by == order_text;
        if let Some(CachedSelection { positions, .. }) = last.as_ref().filter(is_same) {
            return Some(positions.clone());
        }
        let positions = Arc::new(self.select(filter, order)?);
        *last = Some(CachedSelection {
            query: query_text.to_owned(),
            order_by: order_text.to_owned(),
            positions: positions.clone(),
        });
        Some(positions)
    }

    /// The positions of matching records in the requested order. `None` if the query or the order names an unknown
    /// property.
    fn select(&self, filter: &Filter, order: Option<&OrderBy>) -> Option<Vec<u32>> {
        let matches = match filter {
            Filter::All => None,
            Filter::Query(query) => Some(self.matching(query)?),
            Filter::Words(words) => Some(self.having_words(words)),
        };
        let is_match = |slot: &u32| matches.as_ref().is_none_or(|matches| matches.contains(*slot as usize));
        let Some(order) = order else {
            return Some((0..self.records as u32).filter(is_match).collect());
        };
        let column = self.column(&order.property)?;
        Some(if order.descending {
            column.descending().filter(|slot| is_match(slot)).collect()
        } else {
            column.order.iter().copied().filter(is_match).collect()
        })
    }

    /// The records in which a property has this value.
    pub(super) fn slots_with_value(&self, property: &str, value: &str) -> Option<Vec<u32>> {
        let comparison =
            Comparison { property: property.to_owned(), operator: Operator::Equal, value: value.to_owned() };
        let matches = self.column(property)?.matching(&comparison, self.records);
        Some(matches.ones().map(|slot| slot as u32).collect())
    }

    fn having_words(&self, words: &[String]) -> SlotSet {
        words.iter().fold(all_slots(self.records), |all, word| {
            let columns = self.columns.iter().map(|column| column.slots_with_text(word, self.records));
            &all & &columns.fold(SlotSet::with_capacity(self.records), |any, matches| &any | &matches)
        })
    }

    fn matching(&self, query: &Query) -> Option<SlotSet> {
        match query {
            Query::Compare(comparison) => {
                Some(self.column(&comparison.property)?.matching(comparison, self.records))
            }
            Query::All(parts) => {
                parts.iter().try_fold(all_slots(self.records), |all, part| Some(&all & &self.matching(part)?))
            }
            Query::Any(parts) => parts.iter().try_fold(SlotSet::with_capacity(self.records), |any, part| {
                Some(&any | &self.matching(part)?)
            }),
        }
    }

    fn column(&self, property: &str) -> Option<&IndexColumn> {
        self.columns.iter().find(|column| column.property.eq_ignore_ascii_case(property))
    }
}

impl IndexColumn {
    fn new(ColumnBuilder { property, spellings, slots }: ColumnBuilder) -> Self {
        let mut known: Vec<(Scalar, String, u32)> = Vec::with_capacity(spellings.len());
        for (spelling, number) in spellings {
            let Ok(raw) = serde_json::from_str::<&RawValue>(&spelling) else { continue };
            if let Some(scalar) = Scalar::from_raw(raw) {
                known.push((scalar, folded(raw).unwrap_or_default(), number));
            }
        }
        // The number is last in the tuple, so that the order of different spellings of one scalar is deterministic.
        known.sort_unstable();
        let count = known.iter().map(|(_, _, number)| *number as usize + 1).max().unwrap_or(0);
        let mut ranks_of = vec![NO_VALUE; count];
        let (mut scalars, mut texts) = (Vec::with_capacity(known.len()), TextColumn::default());
        for (scalar, text, number) in known {
            // A date with two spellings occurs twice, because `~` compares the text.
            if scalars.last() != Some(&scalar) || !text.is_empty() {
                scalars.push(scalar);
                texts.push(&text);
            }
            ranks_of[number as usize] = (scalars.len() - 1) as u32;
        }
        let rank_of = |spelling: u32| ranks_of.get(spelling as usize).copied().unwrap_or(NO_VALUE);
        let ranks: Vec<u32> = slots.into_iter().map(rank_of).collect();
        let (order, starts) = sort_slots(&ranks, &equal_groups(&scalars));
        Self { property, scalars, texts, ranks, order, starts }
    }

    /// Descending by value; slots without a value are last here too, and equal ones are ordered by position.
    fn descending(&self) -> impl Iterator<Item = u32> {
        let range = |pair: &[u32]| self.order.get(pair[0] as usize..pair[1] as usize).unwrap_or_default();
        let end = self.starts.last().copied().unwrap_or(0) as usize;
        let without = self.order.get(end..).unwrap_or_default();
        self.starts.windows(2).rev().flat_map(range).chain(without).copied()
    }

    fn matching(&self, comparison: &Comparison, records: usize) -> SlotSet {
        let literal = QueryValue::parse(&comparison.value);
        let mut wanted = SlotSet::with_capacity(self.scalars.len());
        match comparison.operator {
            Operator::Contains => wanted = self.texts.find(literal.folded(), MatchScope::Anywhere),
            Operator::Equal | Operator::NotEqual => {
                let kinds = [ScalarKind::Flag, ScalarKind::Number, ScalarKind::Date, ScalarKind::Text];
                for range in kinds.map(|kind| self.value_range(kind, &literal)).into_iter().flatten() {
                    wanted.insert_range(range.first_equal..range.first_greater);
                }
            }
            Operator::Greater | Operator::Less | Operator::GreaterOrEqual | Operator::LessOrEqual => {
                let kinds = [ScalarKind::Number, ScalarKind::Date];
                for range in kinds.map(|kind| self.value_range(kind, &literal)).into_iter().flatten() {
                    wanted.insert_range(range.matching_operator(comparison.operator));
                }
            }
        }
        let matches = self.slots_with_ranks(&wanted, records);
        if comparison.operator == Operator::NotEqual { complement(matches) } else { matches }
    }

    /// The slots whose text contains this text. It is in lower case.
    fn slots_with_text(&self, text: &str, records: usize) -> SlotSet {
        self.slots_with_ranks(&self.texts.find(text, MatchScope::Anywhere), records)
    }

    fn slots_with_ranks(&self, wanted: &SlotSet, records: usize) -> SlotSet {
        slots_where(records, |slot| {
            let rank = self.ranks[slot];
            rank != NO_VALUE && wanted.contains(rank as usize)
        })
    }

    /// The ranks of one kind of value relative to a literal. `None` if the literal is not of this kind.
    fn value_range(&self, kind: ScalarKind, literal: &QueryValue) -> Option<ValueRange> {
        let start = self.scalars.partition_point(|scalar| scalar.kind() < kind);
        let end = self.scalars.partition_point(|scalar| scalar.kind() <= kind);
        let of_kind = self.scalars.get(start..end)?;
        of_kind.first()?.beside(literal)?;
        let before = |scalar: &Scalar| scalar.beside(literal).is_some_and(core::cmp::Ordering::is_lt);
        let not_after = |scalar: &Scalar| scalar.beside(literal).is_some_and(core::cmp::Ordering::is_le);
        Some(ValueRange {
            start,
            first_equal: start + of_kind.partition_point(before),
            first_greater: start + of_kind.partition_point(not_after),
            end,
        })
    }
}

/// Ranks of one kind of value: below the literal, equal to it, above it.
struct ValueRange {
    start: usize,
    first_equal: usize,
    first_greater: usize,
    end: usize,
}

impl ValueRange {
    fn matching_operator(&self, operator: Operator) -> core::ops::Range<usize> {
        match operator {
            Operator::Greater => self.first_greater..self.end,
            Operator::Less => self.start..self.first_equal,
            Operator::GreaterOrEqual => self.first_equal..self.end,
            Operator::LessOrEqual => self.start..self.first_greater,
            Operator::Equal | Operator::NotEqual | Operator::Contains => self.first_equal..self.first_greater,
        }
    }
}

/// Group numbers of the sorted values; equal values share a number.
fn equal_groups(scalars: &[Scalar]) -> Vec<u32> {
    let mut group = 0;
    let numbered = scalars.iter().enumerate().map(|(at, scalar)| {
        group += u32::from(at > 0 && scalars.get(at - 1) != Some(scalar));
        group
    });
    numbered.collect()
}

/// Slots by group, then by position, and the start of each group. A counting sort.
fn sort_slots(ranks: &[u32], groups: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let count = groups.last().map_or(0, |last| *last as usize + 1);
    let mut starts = vec![0_u32; count + 1];
    for rank in ranks.iter().filter(|rank| **rank != NO_VALUE) {
        starts[groups[*rank as usize] as usize + 1] += 1;
    }
    for group in 0..count {
        starts[group + 1] += starts[group];
    }
    let mut next = starts.clone();
    let mut order = vec![0; ranks.len()];
    let mut without = starts.last().copied().unwrap_or(0);
    for (slot, rank) in ranks.iter().enumerate() {
        let place = if *rank == NO_VALUE { &mut without } else { &mut next[groups[*rank as usize] as usize] };
        order[*place as usize] = slot as u32;
        *place += 1;
    }
    (order, starts)
}
