//! Several answers put together: one report a month.

use std::collections::BTreeMap;

use super::{Basis, Month, Report, Statement};
use crate::topic::StatementKind;

/// The most months that stand side by side, counted back from the newest.
pub const LONGEST: i32 = 240;

/// The reports of several answers about one statement, by month.
#[derive(Debug, Clone)]
pub struct Merged {
    /// Which statement.
    pub kind: StatementKind,
    /// When income and expenses count, as the newest answer that says it.
    pub basis: Option<Basis>,
    /// How many reports have no place here: they go beyond one month, lie more than [`LONGEST`] months
    /// before the newest, or could not be read.
    pub set_aside: usize,
    /// How many lines were left out, over all reports.
    pub cut: usize,
    months: BTreeMap<Month, Held>,
}

/// A report, and the currency that its answer was in.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) report: Report,
    pub(super) currency: Option<String>,
}

impl Merged {
    /// Puts answers together. Where several have the same month, the first of them counts, so the newest
    /// answer goes first. Answers of another kind are set aside.
    pub fn of(kind: StatementKind, statements: impl IntoIterator<Item = Statement>) -> Self {
        let mut merged = Self { kind, basis: None, set_aside: 0, cut: 0, months: BTreeMap::new() };
        for statement in statements {
            if statement.kind == kind {
                merged.take(statement);
            } else {
                merged.set_aside += statement.reports.len();
            }
        }
        merged.leave_off_the_oldest();
        merged.cut = merged.months.values().map(|held| held.report.cut).sum();
        merged
    }

    /// The newest month.
    pub fn newest(&self) -> Option<Month> {
        self.months.last_key_value().map(|(month, _)| *month)
    }

    /// The newest month that is not after this one.
    pub fn newest_until(&self, month: Month) -> Option<Month> {
        self.months.range(..=month).next_back().map(|(month, _)| *month)
    }

    /// The oldest month.
    pub fn oldest(&self) -> Option<Month> {
        self.months.first_key_value().map(|(month, _)| *month)
    }

    /// The report of a month.
    pub fn report(&self, month: Month) -> Option<&Report> {
        self.months.get(&month).map(|held| &held.report)
    }

    /// The currency that a month was said in.
    pub fn currency(&self, month: Month) -> Option<&str> {
        self.months.get(&month)?.currency.as_deref()
    }

    /// All months from the oldest to the newest, those that are missing among them.
    pub fn months(&self) -> impl DoubleEndedIterator<Item = Month> + use<> {
        let ends = self.oldest().zip(self.newest());
        let count = ends.map_or(0, |(oldest, newest)| newest.since(oldest) + 1);
        let oldest = ends.map(|(oldest, _)| oldest);
        (0..count).filter_map(move |index| Some(oldest?.plus(index)))
    }

    fn take(&mut self, statement: Statement) {
        self.basis = self.basis.take().or(statement.basis);
        self.set_aside += statement.unreadable;
        for report in statement.reports {
            match report.month() {
                Some(month) => {
                    let currency = statement.currency.clone();
                    self.months.entry(month).or_insert(Held { report, currency });
                }
                None => self.set_aside += 1,
            }
        }
    }

    fn leave_off_the_oldest(&mut self) {
        let Some(newest) = self.newest() else { return };
        let kept = self.months.split_off(&newest.plus(1 - LONGEST));
        self.set_aside += self.months.len();
        self.months = kept;
    }
}
