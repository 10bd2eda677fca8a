//! Statements of any lines: every figure foots, however months are grouped, and no line is lost.

use codat::statements::{Figure, Part, RowKind, Span, Table};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::statements::{income, merged, month};

/// Lines of a month with any values, nested up to three deep. Their parents are what they come to, plus an
/// error now and then.
fn line() -> impl Strategy<Value = Value> {
    let leaf = ("[a-e]", prop::option::of("[1-4]"), -10_000_i64..10_000)
        .prop_map(|(name, account, cents)| named(&name, account, Decimal::new(cents, 2), Vec::new()));
    leaf.prop_recursive(3, 40, 5, |inner| {
        (
            "[a-e]",
            prop::option::of("[1-4]"),
            prop::collection::vec(inner, 1..5),
            prop_oneof![4 => Just(0_i64), 1 => -50_i64..50],
        )
            .prop_map(|(name, account, items, error)| {
                let sum = items.iter().map(value).sum::<Decimal>() + Decimal::new(error, 2);
                named(&name, account, sum, items)
            })
    })
}

fn named(name: &str, account: Option<String>, value: Decimal, items: Vec<Value>) -> Value {
    let mut line = json!({ "name": name, "said": value.to_string(), "items": items });
    if let Some(account) = account {
        line["accountId"] = json!(account);
    }
    line
}

fn value(line: &Value) -> Decimal {
    line["said"].as_str().unwrap().parse().unwrap()
}

/// As JSON with the amounts as numbers of exactly these digits.
fn said(line: &Value) -> String {
    let items: Vec<String> = line["items"].as_array().unwrap().iter().map(said).collect();
    let account = line.get("accountId").map(|id| format!("\"accountId\":{id},")).unwrap_or_default();
    let (name, value) = (&line["name"], value(line));
    format!(r#"{{{account}"name":{name},"value":{value},"items":[{}]}}"#, items.join(","))
}

fn table() -> impl Strategy<Value = (Table, Decimal)> {
    let reports =
        prop::collection::vec(prop::option::weighted(0.8, prop::collection::vec(line(), 0..5)), 1..30);
    reports.prop_map(|months| {
        let mut total = Decimal::ZERO;
        let mut reports = Vec::new();
        for (index, lines) in months.iter().enumerate() {
            let Some(lines) = lines else { continue };
            let sum: Decimal = lines.iter().map(value).sum();
            total += sum;
            let day = month(2024, 5).plus(i32::try_from(index).unwrap()).first_day().unwrap();
            let lines: Vec<String> = lines.iter().map(said).collect();
            reports.push(income(day, &sum.to_string(), &lines.join(",")));
        }
        reports.reverse();
        (Table::months(&merged(&reports)), total)
    })
}

/// Every row is what the rows right under it come to, the difference that is shown among them.
fn foots(table: &Table) -> Result<(), TestCaseError> {
    for (at, row) in table.rows.iter().enumerate() {
        let under: Vec<_> = table
            .rows
            .iter()
            .filter(|child| child.parent == Some(at) && child.kind != RowKind::Imbalance)
            .collect();
        if under.is_empty() {
            continue;
        }
        for (column, figure) in row.figures.iter().enumerate() {
            let sum: Decimal = under.iter().filter_map(|child| child.figures[column].decimal()).sum();
            prop_assert_eq!(figure.decimal().unwrap_or_default(), sum, "{:?} in column {}", row, column);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_figure_foots_however_it_is_grouped((table, total) in table(), first in 1_i8..=12) {
        foots(&table)?;
        for span in [Span::Quarter, Span::Year] {
            let grouped = table.regrouped(span, first);
            foots(&grouped)?;
            for (row, months) in grouped.rows.iter().zip(&table.rows) {
                let sum = |figures: &[Figure]| figures.iter().filter_map(Figure::decimal).sum::<Decimal>();
                prop_assert_eq!(sum(&row.figures), sum(&months.figures), "quarters come to their months");
            }
            let income = grouped.part(Part::Income).unwrap();
            prop_assert_eq!(income.figures.iter().filter_map(Figure::decimal).sum::<Decimal>(), total);
        }
    }

    #[test]
    fn no_line_is_lost_and_none_is_doubled((table, total) in table()) {
        let leaves = table.rows.iter().enumerate().filter(|(at, row)| {
            row.part == Part::Income && row.kind != RowKind::Imbalance
                && table.rows.iter().all(|child| child.parent != Some(*at))
        });
        let sum: Decimal = leaves.flat_map(|(_, row)| row.figures.iter().filter_map(Figure::decimal)).sum();
        prop_assert_eq!(sum, total);
    }

    #[test]
    fn groups_hold_each_month_once(start in -30_i32..30, months in 1_i32..60, first in 1_i8..=12) {
        let reports: Vec<String> = (0..months)
            .map(|index| income(month(2024, 1).plus(start + index).first_day().unwrap(), "1", ""))
            .collect();
        let table = Table::months(&merged(&reports));
        for (span, length) in [(Span::Month, 1), (Span::Quarter, 3), (Span::Year, 12)] {
            let grouped = table.regrouped(span, first);
            let mut next = grouped.columns[0].from;
            for (column, figure) in grouped.columns.iter().zip(&grouped.part(Part::Income).unwrap().figures) {
                prop_assert_eq!(column.from, next);
                prop_assert_eq!(column.to.since(column.from), length - 1);
                prop_assert_eq!((column.from.number() - i32::from(first)).rem_euclid(length), 0);
                let there = Decimal::from(length) - Decimal::from(column.missing.len());
                prop_assert_eq!(figure.decimal(), Some(there));
                next = column.to.plus(1);
            }
        }
    }
}
