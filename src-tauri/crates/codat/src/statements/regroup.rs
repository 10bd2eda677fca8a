//! Groups months into quarters and financial years.

use super::{Column, Figure, Month, Row, Table};
use crate::topic::StatementKind;

/// The length of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// A month.
    Month,
    /// Three months of a financial year.
    Quarter,
    /// A financial year.
    Year,
}

impl Span {
    fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// The first month of the period that contains a month. Financial years start in `first_month`.
    fn start(self, month: Month, first_month: i8) -> Month {
        let into_year = (month.number() - i32::from(first_month)).rem_euclid(12);
        month.plus(-(into_year % self.months()))
    }
}

impl Table {
    /// This table with its months grouped. `first_month` is the month in which financial years start, 1 to 12.
    ///
    /// Amounts over time are summed, so a quarter is the sum of its months. A balance sheet is that of the last month
    /// of the period that has one. Months without a statement are listed in [`Column::missing`], including those of
    /// the period before the first and after the last month of the table.
    #[must_use]
    pub fn regrouped(&self, span: Span, first_month: i8) -> Self {
        let groups = self.groups(span, first_month);
        let columns = groups.iter().map(|group| self.column(group, span)).collect();
        let rows = self.rows.iter().map(|row| self.row(row, &groups)).collect();
        Self { kind: self.kind, columns, rows, cut: self.cut }
    }

    /// The columns of this table by period, oldest first.
    fn groups(&self, span: Span, first_month: i8) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let start = span.start(column.from, first_month);
            match groups.last_mut() {
                Some(group) if group.start == start => group.members.push(index),
                Some(_) | None => groups.push(Group { start, members: vec![index] }),
            }
        }
        groups
    }

    fn column(&self, group: &Group, span: Span) -> Column {
        let members = || group.members.iter().filter_map(|index| self.columns.get(*index));
        let (from, to) = (group.start, group.start.plus(span.months() - 1));
        let there: Vec<&Column> = members().filter(|column| column.missing.is_empty()).collect();
        let counted = match self.kind {
            StatementKind::BalanceSheet => there.last().map(|column| vec![*column]).unwrap_or_default(),
            StatementKind::ProfitAndLoss | StatementKind::CashFlow => there.clone(),
        };
        let since = match (self.kind, there.last()) {
            (StatementKind::BalanceSheet, Some(last)) => last.to.plus(1),
            (StatementKind::BalanceSheet | StatementKind::ProfitAndLoss | StatementKind::CashFlow, _) => from,
        };
        let mut currencies: Vec<&str> =
            counted.iter().filter_map(|column| column.currency.as_deref()).collect();
        currencies.sort_unstable();
        currencies.dedup();
        let has_several_currencies = currencies.len() > 1;
        let missing = (0..=to.since(since)).map(|index| since.plus(index));
        let missing = missing.filter(|month| there.iter().all(|column| column.from != *month)).collect();
        let currency = currencies.first().filter(|_| !has_several_currencies).map(|code| (*code).to_owned());
        Column { from, to, missing, currency, has_several_currencies }
    }

    fn row(&self, row: &Row, groups: &[Group]) -> Row {
        let figures = groups.iter().map(|group| self.figure_of(row, group)).collect();
        Row { figures, label: row.label.clone(), account_id: row.account_id.clone(), ..*row }
    }

    fn figure_of(&self, row: &Row, group: &Group) -> Figure {
        let mut there = group
            .members
            .iter()
            .filter(|index| self.columns.get(**index).is_some_and(|column| column.missing.is_empty()));
        let figures = |index: &usize| row.figures.get(*index);
        match self.kind {
            StatementKind::BalanceSheet => {
                there.next_back().and_then(figures).cloned().unwrap_or(Figure::Missing)
            }
            StatementKind::ProfitAndLoss | StatementKind::CashFlow => {
                let sum = Figure::sum(there.filter_map(figures));
                if self.is_in_several_currencies(group) && sum.decimal().is_some() {
                    Figure::Unknown
                } else {
                    sum
                }
            }
        }
    }

    fn is_in_several_currencies(&self, group: &Group) -> bool {
        let columns = group.members.iter().filter_map(|index| self.columns.get(*index));
        let mut codes = columns.filter_map(|column| column.currency.as_deref());
        let first = codes.next();
        codes.any(|code| Some(code) != first)
    }
}

/// Columns that are merged into one.
struct Group {
    start: Month,
    members: Vec<usize>,
}
