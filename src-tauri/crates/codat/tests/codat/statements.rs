//! Statements: months side by side, lines that are the same, sums that are exact, and what does not add up.

use codat::{
    StatementKind,
    statements::{Basis, DEEPEST, Figure, Month, MonthlyReports, Part, RowKind, Span, Statement, Table},
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde_json::{json, value::RawValue};

pub(crate) fn read(kind: StatementKind, said: &str) -> Statement {
    Statement::from_raw(kind, &RawValue::from_string(said.to_owned()).unwrap()).unwrap()
}

pub(crate) fn month(year: i16, month: i8) -> Month {
    Month::containing(date(year, month, 1))
}

fn exact(text: &str) -> Figure {
    Figure::Exact(text.parse().unwrap())
}

/// A profit and loss of one month, from its income lines.
pub(crate) fn income(day: Date, total: &str, items: &str) -> String {
    let (from, to) = (day.first_of_month(), day.last_of_month());
    format!(
        r#"{{"fromDate":"{from}T00:00:00","toDate":"{to}T00:00:00","income":{{"value":{total},"items":[{items}]}},
        "costOfSales":{{"value":0,"items":[]}},"grossProfit":{total},"expenses":{{"value":0}},
        "netOperatingProfit":{total},"otherExpenses":{{"value":0}},"otherIncome":{{"value":0}},
        "netOtherIncome":0,"netProfit":{total}}}"#
    )
}

fn profit_and_loss(reports: &[String]) -> Statement {
    let reports = reports.join(",");
    read(
        StatementKind::ProfitAndLoss,
        &format!(r#"{{"reports":[{reports}],"currency":"GBP","reportBasis":"Cash","newer":{{}}}}"#),
    )
}

pub(crate) fn merged(reports: &[String]) -> MonthlyReports {
    MonthlyReports::merge(StatementKind::ProfitAndLoss, [profit_and_loss(reports)])
}

fn labels(table: &Table) -> Vec<(usize, &str)> {
    let lines = table.rows.iter().filter(|row| row.part == Part::Income && row.depth > 0);
    lines.map(|row| (row.depth, row.label.as_deref().unwrap_or("…"))).collect()
}

#[test]
fn a_statement_is_read_as_published() {
    let statement = read(
        StatementKind::BalanceSheet,
        r#"{"currency":"USD","mostRecentAvailableMonth":"2026-10-31T00:00:00","earliestAvailableMonth":null,
        "reports":[{"date":"2026-10-31T00:00:00","assets":{"accountId":"1","name":"Assets","value":30.10,
        "items":[{"name":"Bank","value":30.10}]},"liabilities":{"value":10},"netAssets":20.10,
        "equity":{"value":20.10}}]}"#,
    );
    assert_eq!((statement.currency.as_deref(), statement.basis.clone()), (Some("USD"), None));
    assert_eq!((statement.newest, statement.earliest), (Some(month(2026, 10)), None));
    let report = &statement.reports[0];
    assert_eq!((report.from, report.to), (None, date(2026, 10, 31)));
    let assets = report.part(Part::Assets).unwrap();
    assert_eq!(assets.items[0].value.as_ref().unwrap().as_str(), "30.10");
    assert!(
        Table::months(&MonthlyReports::merge(StatementKind::BalanceSheet, [statement]))
            .discrepancies()
            .is_empty()
    );
}

#[test]
fn what_is_odd_costs_a_figure_and_not_the_statement() {
    let statement = read(
        StatementKind::CashFlow,
        r#"{"reportBasis":"Cash","reportInput":"Guessed","reports":[
        {"fromDate":"2026-10-01","toDate":"2026-10-31","cashReceipts":{"value":"12","name":7,"items":"none"},
         "cashPayments":[]},
        {"fromDate":"soon","toDate":"later"}, "text", null]}"#,
    );
    assert_eq!((statement.reports.len(), statement.unreadable), (1, 3));
    assert_eq!(statement.basis, Some(Basis::Cash));
    assert_eq!(statement.input.as_ref().unwrap().as_str(), "Guessed");
    let receipts = statement.reports[0].part(Part::CashReceipts).unwrap();
    assert_eq!((receipts.name.as_deref(), &receipts.value), (Some("7"), &None));
    for (said, words) in [("{}", "no reports"), (r#"{"reports":1}"#, "aren’t a list"), ("[]", "form")] {
        let raw = RawValue::from_string(said.to_owned()).unwrap();
        let reason = Statement::from_raw(StatementKind::CashFlow, &raw).unwrap_err();
        assert!(reason.contains(words), "{reason}");
    }
    for said in [r#"{"reports":[]}"#, r#"{"reports":null}"#] {
        assert!(read(StatementKind::CashFlow, said).reports.is_empty());
    }
}

#[test]
fn a_report_of_10_000_lines_and_one_without_a_bottom() {
    let lines: Vec<String> = (0..10_000).map(|n| format!(r#"{{"name":"Line {n}","value":0.01}}"#)).collect();
    let table = Table::months(&merged(&[income(date(2026, 10, 1), "100.00", &lines.join(","))]));
    assert_eq!((labels(&table).len(), table.cut), (10_000, 0));
    assert!(table.discrepancies().is_empty());

    let deep = format!("{}{}", r#"{"value":1,"items":["#.repeat(3_000), "]}".repeat(3_000));
    let table = Table::months(&merged(&[income(date(2026, 10, 1), "1", &deep)]));
    assert_eq!(labels(&table).last().unwrap().0, DEEPEST);
    assert_eq!(table.cut, 1, "the line at which the reading ends");
}

#[test]
fn a_line_is_the_same_by_its_account_else_by_its_name_and_the_order_stands() {
    let newest = r#"{"accountId":"1","name":"Sales","value":3},{"name":"Tips","value":4}"#;
    let middle = r#"{"accountId":"1","name":"Old sales","value":1},{"name":"Hire","value":1},
        {"name":"Tips","value":1},{"name":"Tips","value":1}"#;
    let oldest = r#"{"name":"First","value":2},{"accountId":"2","name":"Sales","value":1,
        "items":[{"name":"Tips","value":1}]},{"accountId":"1","name":"Older","value":5}"#;
    let table = Table::months(&merged(&[
        income(date(2026, 10, 1), "7", newest),
        income(date(2026, 9, 1), "4", middle),
        income(date(2026, 8, 1), "8", oldest),
    ]));
    assert_eq!(
        labels(&table),
        [(1, "First"), (1, "Sales"), (2, "Tips"), (1, "Sales"), (1, "Hire"), (1, "Tips"), (1, "Tips")]
    );
    let figures = |row: usize| table.rows[row].figures.clone();
    assert_eq!(figures(4), [exact("5"), exact("1"), exact("3")], "an account keeps its line when renamed");
    assert_eq!(figures(5), [Figure::Blank, exact("1"), Figure::Blank]);
    assert!(table.discrepancies().is_empty(), "{:?}", table.discrepancies());
}

#[test]
fn what_does_not_add_up_is_shown_and_told() {
    let items = r#"{"name":"A","value":60,"items":[{"name":"A1","value":59.99}]},{"name":"B","value":39}"#;
    let report = income(date(2026, 10, 1), "100", items).replace("\"netProfit\":100", "\"netProfit\":101");
    let table = Table::months(&merged(&[report]));
    let shown: Vec<_> = table
        .rows
        .iter()
        .filter(|row| row.label.is_none())
        .map(|row| {
            let of = table.rows[row.parent.unwrap()].label.clone().unwrap();
            (row.kind, of, row.figures[0].clone())
        })
        .collect();
    let row = |kind, of: &str, figure: &str| (kind, of.to_owned(), exact(figure));
    assert_eq!(
        shown,
        [
            row(RowKind::Difference, "A", "0.01"),
            row(RowKind::Difference, "Income", "1"),
            row(RowKind::Imbalance, "Net profit", "1"),
        ]
    );
    let told = table.discrepancies();
    assert_eq!(told.len(), 3);
    assert_eq!((&told[0].said, told[0].difference), (&exact("60"), Some("0.01".parse().unwrap())));
}

#[test]
fn an_amount_beyond_reckoning_is_kept_and_taints_only_what_follows_from_it() {
    let digits = "123456789012345678901234567890.12";
    let items = format!(r#"{{"name":"A","value":{digits}}},{{"name":"B","value":1}}"#);
    let lone = format!(r#"{{"name":"A","value":{digits}}}"#);
    let table = Table::months(&merged(&[
        income(date(2026, 10, 1), digits, &items),
        income(date(2026, 9, 1), digits, &lone),
        income(date(2026, 8, 1), "2", r#"{"name":"B","value":2}"#),
    ]));
    let said = |figure: &Figure| matches!(figure, Figure::Said(amount) if amount.as_str() == digits);
    let income = table.part(Part::Income).unwrap();
    assert!(said(&income.figures[2]) && said(&income.figures[1]));
    let told: Vec<_> = table.discrepancies().into_iter().map(|told| (told.row, told.column)).collect();
    assert!(told.contains(&(0, 2)), "two lines, one of them beyond reckoning: it cannot be checked");
    assert!(!told.contains(&(0, 1)), "one line that is the same to the last digit can be");
    let quarter = table.regrouped(Span::Quarter, 8);
    assert_eq!(quarter.part(Part::Income).unwrap().figures, [Figure::Unknown]);
    let line = quarter.rows.iter().find(|row| row.label.as_deref() == Some("B")).unwrap();
    assert_eq!(line.figures, [exact("3")], "the others are summed all the same");
}

#[test]
fn months_that_are_missing_are_columns_and_known() {
    let table =
        Table::months(&merged(&[income(date(2026, 10, 1), "5", ""), income(date(2026, 8, 1), "3", "")]));
    let income = table.part(Part::Income).unwrap();
    assert_eq!(income.figures, [exact("3"), Figure::Missing, exact("5")]);
    assert_eq!(table.columns[1].missing, [month(2026, 9)]);
    assert!(table.discrepancies().is_empty(), "what is missing is not wrong");
    let year = table.regrouped(Span::Year, 1);
    assert_eq!(year.part(Part::Income).unwrap().figures, [exact("8")]);
    assert_eq!(year.columns[0].missing.len(), 10);
}

#[test]
fn answers_are_put_together_and_the_first_counts() {
    let newer = profit_and_loss(&[income(date(2026, 10, 1), "5", ""), income(date(2026, 9, 1), "4", "")]);
    let mut older = profit_and_loss(&[income(date(2026, 9, 1), "44", ""), income(date(2026, 8, 1), "3", "")]);
    let mut long = older.reports[0].clone();
    long.from = Some(date(2026, 7, 1));
    older.reports.push(long);
    let mut ancient = older.reports[0].clone();
    (ancient.from, ancient.to) = (None, date(1, 1, 1));
    older.reports.push(ancient);
    let merged = MonthlyReports::merge(StatementKind::ProfitAndLoss, [newer, older]);
    assert_eq!((merged.oldest(), merged.newest()), (Some(month(2026, 8)), Some(month(2026, 10))));
    let table = Table::months(&merged);
    assert_eq!(table.part(Part::Income).unwrap().figures, [exact("3"), exact("4"), exact("5")]);
    assert_eq!(merged.set_aside, 2, "a quarter, and a month of the year 1");
    assert_eq!(merged.basis, Some(Basis::Cash));
}

#[test]
fn financial_years_start_where_they_start() {
    let reports: Vec<String> = (0..24)
        .map(|index| month(2024, 11).plus(index).first_day().unwrap())
        .map(|day| income(day, &format!("{}", day.month()), ""))
        .collect();
    let table = Table::months(&merged(&reports));
    let years = table.regrouped(Span::Year, 4);
    let spans: Vec<_> = years.columns.iter().map(|column| (column.from, column.to)).collect();
    assert_eq!(
        spans,
        [
            (month(2024, 4), month(2025, 3)),
            (month(2025, 4), month(2026, 3)),
            (month(2026, 4), month(2027, 3)),
        ]
    );
    assert_eq!(years.part(Part::Income).unwrap().figures, [exact("29"), exact("78"), exact("49")]);
    assert_eq!(years.columns.iter().map(|column| column.missing.len()).collect::<Vec<_>>(), [7, 0, 5]);
    let quarters = table.regrouped(Span::Quarter, 3);
    assert_eq!((quarters.columns[1].from, quarters.columns[1].to), (month(2024, 12), month(2025, 2)));
    assert_eq!(quarters.part(Part::Income).unwrap().figures[1], exact("15"));
    assert_eq!(table.regrouped(Span::Month, 4), table);
}

#[test]
fn a_balance_is_that_of_the_last_month_there_is_and_never_a_sum() {
    let report = |day: &str, assets: i64| {
        json!({ "date": day, "assets": { "value": assets }, "liabilities": { "value": 1 },
            "netAssets": assets - 1, "equity": { "value": assets - 1 } })
    };
    let said = json!({ "reports": [
        report("2026-08-31", 9), report("2026-05-31", 8), report("2026-04-30", 7), report("2026-03-31", 6),
    ] });
    let statement = read(StatementKind::BalanceSheet, &said.to_string());
    let table = Table::months(&MonthlyReports::merge(StatementKind::BalanceSheet, [statement]));
    let quarters = table.regrouped(Span::Quarter, 1);
    let assets = &quarters.part(Part::Assets).unwrap().figures;
    assert_eq!(assets, &[exact("6"), exact("8"), exact("9")]);
    let missing: Vec<_> = quarters.columns.iter().map(|column| column.missing.clone()).collect();
    assert_eq!(
        missing,
        [vec![], vec![month(2026, 6)], vec![month(2026, 9)]],
        "only since then does it matter"
    );
}

#[test]
fn several_currencies_are_not_added() {
    let pounds = profit_and_loss(&[income(date(2026, 10, 1), "5", "")]);
    let mut euros = profit_and_loss(&[income(date(2026, 9, 1), "4", ""), income(date(2026, 6, 1), "4", "")]);
    euros.currency = Some("EUR".to_owned());
    let table = Table::months(&MonthlyReports::merge(StatementKind::ProfitAndLoss, [pounds, euros]));
    let quarters = table.regrouped(Span::Quarter, 9);
    assert_eq!(quarters.part(Part::Income).unwrap().figures, [exact("4"), Figure::Unknown]);
    let last = &quarters.columns[1];
    assert_eq!((last.currency.as_deref(), last.has_several_currencies), (None, true));
    assert_eq!(quarters.columns[0].currency.as_deref(), Some("EUR"));
}

#[test]
fn what_was_not_said_is_taken_from_the_lines_and_the_parts() {
    let said = r#"{"reports":[{"fromDate":"2026-10-01","toDate":"2026-10-31",
        "income":{"items":[{"name":"A","items":[{"name":"A1","value":2.50}]},{"name":"B","value":1}]},
        "costOfSales":{"value":null},"expenses":{"value":0.50}}]}"#;
    let statement = read(StatementKind::ProfitAndLoss, said);
    let table = Table::months(&MonthlyReports::merge(StatementKind::ProfitAndLoss, [statement]));
    let figure = |part| table.part(part).unwrap().figures[0].clone();
    assert_eq!((figure(Part::Income), figure(Part::GrossProfit)), (exact("3.50"), exact("3.50")));
    assert_eq!((figure(Part::NetOperatingProfit), figure(Part::NetProfit)), (exact("3.00"), exact("3.00")));
    assert_eq!(figure(Part::CostOfSales), Figure::Blank, "of nothing nothing is made up");
    assert!(table.discrepancies().is_empty());

    let sheet =
        read(StatementKind::BalanceSheet, r#"{"reports":[{"date":"2026-10-31","equity":{"value":5}}]}"#);
    let table = Table::months(&MonthlyReports::merge(StatementKind::BalanceSheet, [sheet]));
    assert!(table.discrepancies().is_empty(), "nor is a part held against nothing");
}

#[test]
fn sums_are_exact_or_none() {
    let digits = "9999999999999999999999999999";
    let lines = format!(r#"{{"name":"A","value":{digits}}},{{"name":"B","value":0.1}}"#);
    let table = Table::months(&merged(&[income(date(2026, 10, 1), digits, &lines)]));
    assert_eq!(
        table.discrepancies()[0].difference,
        None,
        "29 digits are told as unknown, and not rounded away"
    );
    let add = |a: &str, b: &str| codat::statements::add(a.parse().unwrap(), b.parse().unwrap());
    assert_eq!(add("12.50", "0.50").unwrap().to_string(), "13.00");
    assert_eq!(
        add("1.0000000000000000000000000000", "12345678901").unwrap(),
        Decimal::from(12_345_678_902_i64)
    );
    assert_eq!(add("9999999999999999999999999999", "0.1"), None, "the library's own sum would round");
    assert_eq!(add("79228162514264337593543950335", "1"), None);
}
