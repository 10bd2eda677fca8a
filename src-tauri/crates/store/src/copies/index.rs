//! What a copy is searched and ordered by, in memory while its grid is on screen. Every record has a slot, its
//! place; a column has each different value once, in order, and for each slot which of them it has.

use std::collections::HashMap;

use codat::{
    data::{Column, Fields},
    query::{Comparison, Operator, OrderBy, Query, QueryValue, Scalar, ScalarKind, folded},
};
use serde_json::value::RawValue;

use super::select::Last;
use crate::columns::{Bitmap, Texts, Within};

/// A slot without a value.
const NOTHING: u32 = u32::MAX;

/// The columns of a copy.
#[derive(Debug)]
pub(crate) struct Index {
    pub(super) number: i64,
    /// What was selected last.
    pub(super) last: Last,
    records: usize,
    columns: Vec<Values>,
}

/// One column.
#[derive(Debug)]
struct Values {
    property: String,
    /// Each different value, ascending.
    scalars: Vec<Scalar>,
    /// Their texts, without regard to case; empty for what is no text.
    texts: Texts,
    /// Which value a slot has.
    ranks: Vec<u32>,
    /// The slots by value and then by place; those without one at the end.
    order: Vec<u32>,
    /// Where in the order each value begins, equal ones together, and where the last one ends.
    starts: Vec<u32>,
}

/// An index that is being made: what was said in each column, each spelling once.
#[derive(Debug)]
pub(super) struct Making {
    number: i64,
    columns: Vec<Said>,
}

/// What was said in one column.
#[derive(Debug)]
struct Said {
    property: String,
    /// Each spelling, numbered as they came.
    spellings: HashMap<Box<str>, u32>,
    /// Which of them each slot has.
    slots: Vec<u32>,
}

impl Making {
    /// Of what a type can be queried by.
    pub(super) fn new(number: i64, columns: &[Column]) -> Self {
        let mut making = Self { number, columns: Vec::new() };
        for property in columns.iter().flat_map(Column::properties) {
            if making.columns.iter().all(|known| known.property != property) {
                let property = property.to_owned();
                making.columns.push(Said { property, spellings: HashMap::new(), slots: Vec::new() });
            }
        }
        making
    }

    /// Takes the next record in.
    pub(super) fn push(&mut self, raw: &RawValue) {
        let fields = Fields::parse(raw);
        for Said { property, spellings, slots } in &mut self.columns {
            let Some(value) = fields.at(property).map(RawValue::get) else {
                slots.push(NOTHING);
                continue;
            };
            let next = spellings.len() as u32;
            slots.push(match spellings.get(value) {
                Some(known) => *known,
                None => *spellings.entry(value.into()).or_insert(next),
            });
        }
    }

    /// All records are in it.
    pub(super) fn finish(self) -> Index {
        let records = self.columns.first().map_or(0, |said| said.slots.len());
        let columns = self.columns.into_iter().map(Values::new);
        Index { number: self.number, last: Last::default(), records, columns: columns.collect() }
    }
}

impl Index {
    /// The places of the records that a query finds, in an order; nothing where the query or the order names
    /// what no column has.
    pub(super) fn select(&self, query: Option<&Query>, order: Option<&OrderBy>) -> Option<Vec<u32>> {
        let found = match query {
            Some(query) => Some(self.matching(query)?),
            None => None,
        };
        let has = |slot: &u32| found.as_ref().is_none_or(|found| found.has(*slot as usize));
        let Some(order) = order else {
            return Some((0..self.records as u32).filter(has).collect());
        };
        let column = self.column(&order.property)?;
        Some(if order.descending {
            column.descending().filter(|slot| has(slot)).collect()
        } else {
            column.order.iter().copied().filter(has).collect()
        })
    }

    /// The records whose value of a property is this text or number, as the column spells it.
    pub(super) fn having(&self, property: &str, value: &str) -> Option<Vec<u32>> {
        let comparison =
            Comparison { property: property.to_owned(), operator: Operator::Equal, value: value.to_owned() };
        let found = self.column(property)?.matching(&comparison, self.records);
        Some(found.iter().map(|slot| slot as u32).collect())
    }

    fn matching(&self, query: &Query) -> Option<Bitmap> {
        match query {
            Query::Compare(comparison) => {
                Some(self.column(&comparison.property)?.matching(comparison, self.records))
            }
            Query::All(parts) => parts
                .iter()
                .try_fold(Bitmap::all(self.records), |all, part| Some(all.and(&self.matching(part)?))),
            Query::Any(parts) => parts
                .iter()
                .try_fold(Bitmap::none(self.records), |any, part| Some(any.or(&self.matching(part)?))),
        }
    }

    fn column(&self, property: &str) -> Option<&Values> {
        self.columns.iter().find(|column| column.property.eq_ignore_ascii_case(property))
    }
}

impl Values {
    fn new(Said { property, spellings, slots }: Said) -> Self {
        let mut known: Vec<(Scalar, String, u32)> = Vec::with_capacity(spellings.len());
        for (spelling, number) in spellings {
            let Ok(raw) = serde_json::from_str::<&RawValue>(&spelling) else { continue };
            if let Some(scalar) = Scalar::from_raw(raw) {
                known.push((scalar, folded(raw).unwrap_or_default(), number));
            }
        }
        // The number last: the same scalar, spelled in several ways, comes in one order each time.
        known.sort_unstable();
        let most = known.iter().map(|(_, _, number)| *number as usize + 1).max().unwrap_or(0);
        let mut ranks_of = vec![NOTHING; most];
        let (mut scalars, mut texts) = (Vec::with_capacity(known.len()), Texts::default());
        for (scalar, text, number) in known {
            // The same date in two spellings stands twice: `~` tells them apart.
            if scalars.last() != Some(&scalar) || !text.is_empty() {
                scalars.push(scalar);
                texts.push(&text);
            }
            ranks_of[number as usize] = (scalars.len() - 1) as u32;
        }
        let rank_of = |said: u32| ranks_of.get(said as usize).copied().unwrap_or(NOTHING);
        let ranks: Vec<u32> = slots.into_iter().map(rank_of).collect();
        let (order, starts) = in_order(&ranks, &groups(&scalars));
        Self { property, scalars, texts, ranks, order, starts }
    }

    /// Largest first, those without a value last all the same, equals by place.
    fn descending(&self) -> impl Iterator<Item = u32> {
        let run = |pair: &[u32]| self.order.get(pair[0] as usize..pair[1] as usize).unwrap_or_default();
        let end = self.starts.last().copied().unwrap_or(0) as usize;
        let without = self.order.get(end..).unwrap_or_default();
        self.starts.windows(2).rev().flat_map(run).chain(without).copied()
    }

    fn matching(&self, comparison: &Comparison, records: usize) -> Bitmap {
        let literal = QueryValue::parse(&comparison.value);
        let mut wanted = Bitmap::none(self.scalars.len());
        match comparison.operator {
            Operator::Contains => wanted = self.texts.find(literal.folded(), Within::Anywhere),
            Operator::Equal | Operator::NotEqual => {
                let kinds = [ScalarKind::Flag, ScalarKind::Number, ScalarKind::Date, ScalarKind::Text];
                for run in kinds.map(|kind| self.run(kind, &literal)).into_iter().flatten() {
                    insert(&mut wanted, run.first_equal..run.first_greater);
                }
            }
            Operator::Greater | Operator::Less | Operator::GreaterOrEqual | Operator::LessOrEqual => {
                let kinds = [ScalarKind::Number, ScalarKind::Date];
                for run in kinds.map(|kind| self.run(kind, &literal)).into_iter().flatten() {
                    insert(&mut wanted, run.ordered(comparison.operator));
                }
            }
        }
        let found = Bitmap::of(records, |slot| {
            let rank = self.ranks[slot];
            rank != NOTHING && wanted.has(rank as usize)
        });
        if comparison.operator == Operator::NotEqual { found.complement() } else { found }
    }

    /// The values of a kind around a query's value; nothing where that is nothing of the kind.
    fn run(&self, kind: ScalarKind, literal: &QueryValue) -> Option<Run> {
        let start = self.scalars.partition_point(|scalar| scalar.kind() < kind);
        let end = self.scalars.partition_point(|scalar| scalar.kind() <= kind);
        let of_kind = self.scalars.get(start..end)?;
        of_kind.first()?.beside(literal)?;
        let before = |scalar: &Scalar| scalar.beside(literal).is_some_and(core::cmp::Ordering::is_lt);
        let not_after = |scalar: &Scalar| scalar.beside(literal).is_some_and(core::cmp::Ordering::is_le);
        Some(Run {
            start,
            first_equal: start + of_kind.partition_point(before),
            first_greater: start + of_kind.partition_point(not_after),
            end,
        })
    }
}

/// Values of one kind: those less than a query's value, equal to it, greater.
struct Run {
    start: usize,
    first_equal: usize,
    first_greater: usize,
    end: usize,
}

impl Run {
    fn ordered(&self, operator: Operator) -> core::ops::Range<usize> {
        match operator {
            Operator::Greater => self.first_greater..self.end,
            Operator::Less => self.start..self.first_equal,
            Operator::GreaterOrEqual => self.first_equal..self.end,
            Operator::LessOrEqual => self.start..self.first_greater,
            Operator::Equal | Operator::NotEqual | Operator::Contains => self.first_equal..self.first_greater,
        }
    }
}

fn insert(into: &mut Bitmap, ranks: core::ops::Range<usize>) {
    for rank in ranks {
        into.insert(rank);
    }
}

/// Sorted values by number, equal ones the same.
fn groups(scalars: &[Scalar]) -> Vec<u32> {
    let mut group = 0;
    let numbered = scalars.iter().enumerate().map(|(at, scalar)| {
        group += u32::from(at > 0 && scalars.get(at - 1) != Some(scalar));
        group
    });
    numbered.collect()
}

/// The slots by group and then by place, and where each group begins: counted, not compared.
fn in_order(ranks: &[u32], groups: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let count = groups.last().map_or(0, |last| *last as usize + 1);
    let mut starts = vec![0_u32; count + 1];
    for rank in ranks.iter().filter(|rank| **rank != NOTHING) {
        starts[groups[*rank as usize] as usize + 1] += 1;
    }
    for group in 0..count {
        starts[group + 1] += starts[group];
    }
    let mut next = starts.clone();
    let mut order = vec![0; ranks.len()];
    let mut without = starts.last().copied().unwrap_or(0);
    for (slot, rank) in ranks.iter().enumerate() {
        let place = if *rank == NOTHING { &mut without } else { &mut next[groups[*rank as usize] as usize] };
        order[*place as usize] = slot as u32;
        *place += 1;
    }
    (order, starts)
}
