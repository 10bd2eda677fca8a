//! Merges several responses into one report per month.

use std::collections::BTreeMap;

use super::{Basis, Month, Report, Statement};
use crate::topic::StatementKind;

/// The most months of a statement, counted back from the newest.
pub const LONGEST: i32 = 240;

/// The reports of several responses of one kind of statement, by month.
#[derive(Debug, Clone)]
pub struct MonthlyReports {
    /// The kind of statement.
    pub kind: StatementKind,
    /// The accounting basis of the newest response that has one.
    pub basis: Option<Basis>,
    /// The number of reports left out: they cover more than one month, are more than [`LONGEST`] months before the
    /// newest, or cannot be decoded.
    pub set_aside: usize,
    /// The number of lines left out of all reports.
    pub cut: usize,
    months: BTreeMap<Month, Held>,
}

/// A report with the currency of its response.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) report: Report,
    pub(super) currency: Option<String>,
}

impl MonthlyReports {
    /// Merges responses. If several contain the same month, the first counts, so the newest response goes first.
    /// Responses of another kind are ignored.
    pub fn merge(kind: StatementKind, statements: impl IntoIterator<Item = Statement>) -> Self {
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

    /// The newest month up to this one.
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

    /// The currency of a month.
    pub fn currency(&self, month: Month) -> Option<&str> {
        self.months.get(&month)?.currency.as_deref()
    }

    /// All months from the oldest to the newest, including missing ones.
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
