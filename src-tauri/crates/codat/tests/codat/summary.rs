//! The three figures, how they moved, and why there are none.

use codat::{
    Failure, FailureKind, StatementKind,
    data::CompanyInfo,
    model::{DataStatus, DatasetStatus},
    statements::{Basis, Figure, Month, MonthlyReports, Statement},
    summary::{Absence, Change, Sources, Summary, Undefined},
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::statements::read;

const TODAY: Date = date(2026, 11, 24);

fn month(year: i16, month: i8) -> Month {
    Month::containing(date(year, month, 1))
}

fn exact(value: i64) -> Figure {
    Figure::Exact(value.into())
}

/// Profit and loss: so many months up to the newest one, with income and operating profit of each.
fn books(newest: Month, months: &[(i64, i64)]) -> Statement {
    let reports: Vec<_> = months
        .iter()
        .enumerate()
        .map(|(back, (income, profit))| {
            let day = newest.plus(-i32::try_from(back).unwrap());
            json!({ "fromDate": day.first_day().unwrap(), "toDate": day.last_day().unwrap(),
                "income": { "value": income }, "netOperatingProfit": profit })
        })
        .collect();
    let said = json!({ "reports": reports, "currency": "GBP", "reportBasis": "Accrual" });
    read(StatementKind::ProfitAndLoss, &said.to_string())
}

fn balances(reports: &[(&str, i64)]) -> MonthlyReports {
    let reports: Vec<_> =
        reports.iter().map(|(day, equity)| json!({ "date": day, "equity": { "value": equity } })).collect();
    let said = json!({ "reports": reports, "currency": "GBP" });
    MonthlyReports::merge(StatementKind::BalanceSheet, [read(StatementKind::BalanceSheet, &said.to_string())])
}

fn merged(statement: Statement) -> MonthlyReports {
    MonthlyReports::merge(StatementKind::ProfitAndLoss, [statement])
}

fn summary(flows: &MonthlyReports, balances: Result<&MonthlyReports, Absence>) -> Summary {
    Summary::compute(&Sources {
        profit_and_loss: Ok(flows),
        balance_sheets: balances,
        info: None,
        today: TODAY,
    })
}

fn percent(percent: &str, difference: i64) -> Change {
    Change::Percent { percent: percent.parse().unwrap(), difference: difference.into() }
}

#[test]
fn twelve_complete_months_against_the_twelve_before() {
    let mut months = vec![(1_000, 7)];
    months.extend([(100, -10); 12]);
    months.extend([(80, -20); 12]);
    let flows = merged(books(month(2026, 11), &months));
    let sheets = balances(&[("2026-10-31", 300), ("2025-10-31", 400)]);
    let summary = summary(&flows, Ok(&sheets));
    let revenue = summary.revenue.unwrap();
    assert_eq!(revenue.figure, exact(1_200), "the running month is not complete");
    assert_eq!((revenue.from, revenue.as_of), (month(2025, 11), date(2026, 10, 31)));
    assert_eq!((revenue.currency.as_deref(), revenue.change), (Some("GBP"), percent("25.0", 240)));
    let profit = summary.operating_profit.unwrap();
    let halved = Change::Difference { difference: 120.into(), before: (-240).into() };
    assert_eq!((profit.figure, profit.change), (exact(-120), halved), "of a loss there is no percentage");
    let equity = summary.equity.unwrap();
    assert_eq!((equity.figure, equity.change), (exact(300), percent("-25.0", -100)));
    assert_eq!((summary.months.len(), summary.months[11].month), (12, month(2026, 10)));
    assert_eq!(summary.basis, Some(Basis::Accrual));
}

#[test]
fn books_that_stopped_say_until_when_they_go() {
    let flows = merged(books(month(2026, 7), &[(10, 1); 24]));
    let revenue = summary(&flows, Err(Absence::NotAsked)).revenue.unwrap();
    assert_eq!((revenue.as_of, revenue.from), (date(2026, 7, 31), month(2025, 8)));
    assert_eq!(revenue.change, percent("0.0", 0));
}

#[test]
fn missing_months_are_named_and_nothing_unlike_is_compared() {
    let mut books_with_a_hole = books(month(2026, 10), &[(10, 1); 24]);
    books_with_a_hole.reports.remove(2);
    let flows = merged(books_with_a_hole);
    let whole = summary(&flows, Err(Absence::NotAsked));
    let revenue = whole.revenue.unwrap();
    assert_eq!((revenue.figure, revenue.missing), (exact(110), vec![month(2026, 8)]));
    assert_eq!(revenue.change, Change::Undefined(Undefined::MonthsMissing));
    assert_eq!(whole.months[9].revenue, Figure::Missing);

    let young = merged(books(month(2026, 10), &[(10, 1); 5]));
    let revenue = summary(&young, Err(Absence::NotAsked)).revenue.unwrap();
    assert_eq!((revenue.figure, revenue.missing.len()), (exact(50), 7));
    assert_eq!(revenue.change, Change::Undefined(Undefined::NothingBefore));
}

#[test]
fn currencies_are_not_mixed() {
    let mut newer = books(month(2026, 10), &[(10, 1); 6]);
    newer.currency = Some("EUR".to_owned());
    let both =
        MonthlyReports::merge(StatementKind::ProfitAndLoss, [newer, books(month(2026, 10), &[(10, 1); 24])]);
    let mixed = summary(&both, Err(Absence::NotAsked));
    let several = Absence::SeveralCurrencies(vec!["EUR".to_owned(), "GBP".to_owned()]);
    assert_eq!((mixed.revenue, mixed.operating_profit), (Err(several.clone()), Err(several)));
    assert_eq!(mixed.months.len(), 12, "the chart has each month in its own currency");

    let mut newer = books(month(2026, 10), &[(10, 1); 12]);
    newer.currency = Some("EUR".to_owned());
    let switched =
        MonthlyReports::merge(StatementKind::ProfitAndLoss, [newer, books(month(2026, 10), &[(10, 1); 24])]);
    let revenue = summary(&switched, Err(Absence::NotAsked)).revenue.unwrap();
    assert_eq!(revenue.change, Change::Undefined(Undefined::OtherCurrency));
    assert_eq!(revenue.currency.as_deref(), Some("EUR"));

    let mut silent = books(month(2026, 10), &[(10, 1)]);
    silent.currency = None;
    let flows = merged(silent);
    let info = CompanyInfo { base_currency: Some("NOK".to_owned()), ..CompanyInfo::default() };
    let sources = Sources {
        profit_and_loss: Ok(&flows),
        balance_sheets: Err(Absence::NoData),
        info: Some(&info),
        today: TODAY,
    };
    assert_eq!(Summary::compute(&sources).revenue.unwrap().currency.as_deref(), Some("NOK"));
}

#[test]
fn each_figure_has_its_own_reason_to_be_missing() {
    let none = merged(books(month(2026, 10), &[]));
    let running = merged(books(month(2026, 11), &[(10, 1)]));
    let sheets = balances(&[("2026-10-31", 300)]);
    assert_eq!(summary(&none, Ok(&sheets)).revenue, Err(Absence::NoData));
    assert!(summary(&none, Ok(&sheets)).equity.is_ok(), "one without the other");
    assert_eq!(summary(&running, Ok(&sheets)).revenue, Err(Absence::NoCompleteMonth));
    assert_eq!(summary(&running, Ok(&balances(&[]))).equity, Err(Absence::NoData));
    assert_eq!(summary(&running, Err(Absence::NotLinked)).equity, Err(Absence::NotLinked));
}

#[test]
fn net_assets_stand_in_for_equity_and_thirty_digits_stay() {
    let said = r#"{"reports":[{"date":"2026-10-31","netAssets":123456789012345678901234567890.12}]}"#;
    let sheets =
        MonthlyReports::merge(StatementKind::BalanceSheet, [read(StatementKind::BalanceSheet, said)]);
    let flows = merged(books(month(2026, 10), &[]));
    let equity = summary(&flows, Ok(&sheets)).equity.unwrap();
    assert!(matches!(&equity.figure, Figure::Said(amount) if amount.as_str().len() == 33), "{equity:?}");
}

fn failure(kind: FailureKind, message: &str) -> Failure {
    Failure::without_answer(kind, message)
}

fn standing(status: &str) -> DataStatus {
    serde_json::from_value(json!({ "dataType": "profitAndLoss", "currentStatus": status })).unwrap()
}

#[test]
fn each_refusal_has_its_own_reason() {
    let requested = failure(FailureKind::Conflict, "The data set has not been requested.");
    let unsupported = failure(FailureKind::NotFound, "Datatype [x] not supported by platform(s) [y]");
    let none = failure(FailureKind::NotFound, "No data available for accounts for ID 1");
    let gone = failure(FailureKind::NotFound, "No company was found with ID 1");
    let offline = failure(FailureKind::Unreachable, "no route");
    let of = Absence::from_failure;
    assert_eq!(of(&requested, None, true), Absence::NotRequested);
    assert_eq!(of(&requested, None, false), Absence::NotLinked);
    assert_eq!(of(&requested, Some(&standing("Fetching")), true), Absence::Reading);
    let failed = Absence::ReadFailed(DatasetStatus::AuthError);
    assert_eq!(of(&requested, Some(&standing("AuthError")), true), failed);
    assert_eq!(of(&none, Some(&standing("NotSupported")), true), Absence::Unsupported);
    assert_eq!(of(&requested, Some(&standing("Cancelled")), true), Absence::NotRequested);
    assert_eq!(of(&unsupported, None, true), Absence::Unsupported);
    assert_eq!(of(&none, Some(&standing("Complete")), true), Absence::NoData);
    assert_eq!(of(&none, None, false), Absence::NotLinked);
    assert_eq!(of(&gone, None, true), Absence::CompanyGone);
    assert_eq!(of(&offline, None, true), Absence::LookFailed(FailureKind::Unreachable));
}

#[test]
fn of_nothing_there_is_no_percentage() {
    let from_nothing = Change::Difference { difference: 5.into(), before: Decimal::ZERO };
    assert_eq!(Change::between(&exact(0), &exact(5)), from_nothing);
    let unsaid = Change::Undefined(Undefined::NotReckonable);
    assert_eq!(Change::between(&Figure::Blank, &exact(5)), unsaid);
    assert_eq!(Change::between(&exact(8), &exact(9)), percent("12.5", 1));
    assert_eq!(Change::between(&exact(2_000), &exact(2_001)), percent("0.1", 1), "halves go away from zero");
    assert_eq!(Change::between(&exact(1), &exact(-1)), percent("-200.0", -2));
}

proptest! {
    #[test]
    fn a_percentage_is_of_something_and_leads_back_to_the_figure(before in -1_000_000_i64..1_000_000, now in -1_000_000_i64..1_000_000) {
        let (before, now) = (Decimal::new(before, 2), Decimal::new(now, 2));
        match Change::between(&Figure::Exact(before), &Figure::Exact(now)) {
            Change::Percent { percent, difference } => {
                prop_assert!(before > Decimal::ZERO);
                prop_assert_eq!(before + difference, now);
                // Half of the last decimal that is shown, in hundredths of what was before.
                let off = (before + before * percent / Decimal::ONE_HUNDRED - now).abs();
                prop_assert!(off <= before * Decimal::new(5, 4) + Decimal::new(1, 20), "{off}");
                prop_assert!(percent.scale() <= 1);
                prop_assert!(percent.is_zero() || percent.is_sign_positive() == (now > before));
            }
            Change::Difference { difference, before: told } => {
                prop_assert!(before <= Decimal::ZERO);
                prop_assert_eq!((told, told + difference), (before, now));
            }
            Change::Undefined(why) => prop_assert!(false, "{why:?}"),
        }
    }
}
