//! What must hold of the books of any business on any day.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

use std::collections::BTreeMap;

use books::{
    Account, Books, Business, Class, FinancialHealth, Json, Money, Statement, StatementRequest, Trade,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;

fn business(
    seed: u64,
    trade: usize,
    troubled: bool,
    currency: usize,
    financial_year_start_month: i8,
) -> Business {
    Business {
        seed,
        name: "Any Business".to_owned(),
        trade: Trade::ALL[trade % Trade::ALL.len()],
        currency: ["GBP", "USD", "EUR", "JPY", "ZAR"][currency % 5].to_owned(),
        first: date(2023, 11, 1),
        books_end: None,
        health: if troubled { FinancialHealth::Distressed } else { FinancialHealth::Healthy },
        financial_year_start_month,
        scale: 1,
    }
}

prop_compose! {
    fn any_business()(
        seed in any::<u64>(), trade in 0..8_usize, troubled in any::<bool>(), currency in 0..5_usize, year in 1..=12_i8,
    ) -> Business {
        business(seed, trade, troubled, currency, year)
    }
}

fn any_day() -> impl Strategy<Value = Date> {
    (0..1_200_i64).prop_map(|days| date(2023, 11, 20).checked_add(days.days()).unwrap())
}

/// A number of the JSON, in hundredths.
fn cents(json: &Json, path: &[&str]) -> i64 {
    let found = path.iter().fold(json, |json, name| json.get(name).unwrap());
    let Json::Number(amount) = found else { panic!("{path:?} is no number: {found:?}") };
    let text = amount.as_str();
    let (whole, places) = text.split_once('.').unwrap_or((text, "00"));
    assert_eq!(places.len(), 2, "{text} has two places");
    format!("{whole}{places}").parse().unwrap()
}

fn list<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    match json.get(name) {
        Some(Json::Array(all)) => all,
        other => panic!("{name} is no list: {other:?}"),
    }
}

fn monthly(months: u32) -> StatementRequest {
    StatementRequest { period_length: 1, periods: months, start_month: None }
}

/// Each line is the sum of the lines beneath it.
fn foots(line: &Json) -> bool {
    let items = list(line, "items");
    items.is_empty()
        || (items.iter().all(foots)
            && items.iter().map(|item| cents(item, &["value"])).sum::<i64>() == cents(line, &["value"]))
}

fn by_id(records: Vec<Json>) -> BTreeMap<String, Json> {
    records.into_iter().map(|record| (record.get("id").unwrap().text().unwrap().to_owned(), record)).collect()
}

/// Debits less credits of an account until a day.
fn posted(books: &Books, account: Account, day: Date) -> i64 {
    books.entries().iter().filter(|entry| entry.date <= day).map(|entry| entry.on(account).as_cents()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_posting_comes_to_nothing(business in any_business(), day in any_day()) {
        for entry in Books::through(&business, day).entries() {
            let total: Money = entry.lines.iter().map(|line| line.1).sum();
            prop_assert!(total.is_zero(), "{entry:?}");
            prop_assert!(entry.date <= day);
        }
    }

    #[test]
    fn the_profit_and_loss_account_holds_its_identities(business in any_business(), day in any_day()) {
        let books = Books::through(&business, day);
        let statement = books.statement(Statement::ProfitAndLoss, monthly(60));
        for report in list(&statement, "reports") {
            let at = |name: &str| cents(report, &[name]);
            let line = |name: &str| cents(report, &[name, "value"]);
            prop_assert_eq!(at("grossProfit"), line("income") - line("costOfSales"));
            prop_assert_eq!(at("netOperatingProfit"), at("grossProfit") - line("expenses"));
            prop_assert_eq!(at("netOtherIncome"), line("otherIncome") - line("otherExpenses"));
            prop_assert_eq!(at("netProfit"), at("netOperatingProfit") + at("netOtherIncome"));
            for part in ["income", "costOfSales", "expenses", "otherIncome", "otherExpenses"] {
                prop_assert!(foots(report.get(part).unwrap()), "{part}");
            }
        }
    }

    #[test]
    fn the_balance_sheet_balances_and_is_the_sum_of_its_ledgers(business in any_business(), day in any_day()) {
        let books = Books::through(&business, day);
        let statement = books.statement(Statement::BalanceSheet, monthly(60));
        for report in list(&statement, "reports") {
            let value = |name: &str| cents(report, &[name, "value"]);
            prop_assert_eq!(cents(report, &["netAssets"]), value("assets") - value("liabilities"));
            prop_assert_eq!(cents(report, &["netAssets"]), value("equity"));
            for part in ["assets", "liabilities", "equity"] {
                prop_assert!(foots(report.get(part).unwrap()), "{part}");
            }
            let on: Date = report.get("date").unwrap().text().unwrap()[..10].parse().unwrap();
            let assets = Account::ALL.iter().filter(|account| account.class() == Class::Asset);
            prop_assert_eq!(value("assets"), assets.map(|account| posted(&books, *account, on)).sum::<i64>());
        }
    }

    #[test]
    fn quarters_are_the_sums_of_their_months(business in any_business(), day in any_day()) {
        let books = Books::through(&business, day);
        let months = books.statement(Statement::ProfitAndLoss, monthly(12));
        let ask = StatementRequest { period_length: 3, ..monthly(4) };
        let quarters = books.statement(Statement::ProfitAndLoss, ask);
        for (quarter, months) in list(&quarters, "reports").iter().zip(list(&months, "reports").chunks(3)) {
            let of_months: i64 = months.iter().map(|month| cents(month, &["netProfit"])).sum();
            prop_assert_eq!(cents(quarter, &["netProfit"]), of_months);
        }
    }

    #[test]
    fn receivables_are_the_open_invoices_and_payables_the_open_bills(business in any_business(), day in any_day()) {
        let books = Books::through(&business, day);
        let open = |kind: &str| -> i64 {
            books.records(kind).unwrap().iter().map(|record| cents(record, &["amountDue"])).sum()
        };
        prop_assert_eq!(open("invoices"), posted(&books, Account::Receivables, day));
        prop_assert_eq!(open("bills"), -posted(&books, Account::Payables, day));
        let aged = |report: &Json| -> i64 {
            list(report, "data")
                .iter()
                .flat_map(|party| list(party, "agedCurrencyOutstanding"))
                .flat_map(|one| list(one, "agedOutstandingAmounts"))
                .map(|bucket| cents(bucket, &["amount"]))
                .sum()
        };
        prop_assert_eq!(aged(&books.aged_debtors(day, 4, 30)), open("invoices"));
        prop_assert_eq!(aged(&books.aged_creditors(day, 4, 30)), open("bills"));
    }

    #[test]
    fn a_bank_account_stands_at_the_sum_of_its_transactions(business in any_business(), day in any_day()) {
        let books = Books::through(&business, day);
        for account in books.records("bankAccounts").unwrap() {
            let id = account.get("id").unwrap().text().unwrap();
            let moves = books.bank_transactions(Some(id));
            let total: i64 = moves.iter().map(|moved| cents(moved, &["amount"])).sum();
            prop_assert_eq!(cents(&account, &["balance"]), total);
            prop_assert_eq!(cents(moves.last().unwrap(), &["balance"]), total);
        }
    }

    #[test]
    fn a_week_later_there_is_more_and_nothing_is_gone(business in any_business(), day in any_day()) {
        let before = Books::through(&business, day);
        let after = Books::through(&business, day.checked_add(7.days()).unwrap());
        for kind in ["invoices", "bills", "payments", "billPayments", "directCosts", "directIncomes", "journalEntries", "bankTransactions", "commerce-orders"] {
            let old = by_id(before.records(kind).unwrap());
            let new = by_id(after.records(kind).unwrap());
            prop_assert!(old.keys().all(|id| new.contains_key(id)), "{kind}");
            for (id, record) in old.iter().filter(|_| !matches!(kind, "invoices" | "bills")) {
                prop_assert_eq!(Some(record), new.get(id), "{} {}", kind, id);
            }
            for (id, record) in &old {
                prop_assert_eq!(record.get("totalAmount"), new[id].get("totalAmount"));
            }
        }
        prop_assert!(after.entries().len() > before.entries().len(), "a week of new postings");
    }

    #[test]
    fn identifiers_are_unique_and_documents_are_the_sums_of_their_lines(business in any_business(), day in any_day()) {
        let books = Books::through(&business, day);
        for kind in ["invoices", "bills", "creditNotes", "billCreditNotes", "directCosts", "directIncomes", "salesOrders", "purchaseOrders"] {
            let records = books.records(kind).unwrap();
            let count = records.len();
            for record in &records {
                let lines: i64 = list(record, "lineItems").iter().map(|line| cents(line, &["totalAmount"])).sum();
                prop_assert_eq!(lines, cents(record, &["totalAmount"]));
            }
            prop_assert_eq!(by_id(records).len(), count, "{}", kind);
        }
        for kind in ["journalEntries", "payments", "billPayments", "transfers", "accountTransactions", "commerce-transactions"] {
            let records = books.records(kind).unwrap();
            let count = records.len();
            prop_assert_eq!(by_id(records).len(), count, "{}", kind);
        }
    }
}

#[test]
fn a_business_that_does_well_earns_and_one_in_trouble_owes_more_than_it_has() {
    for seed in 0..24_u64 {
        for trade in 0..Trade::ALL.len() {
            let day = date(2026, 11, 24);
            let well = Books::through(&business(seed, trade, false, 0, 1), day);
            let year = StatementRequest { period_length: 12, ..monthly(1) };
            let profit = |books: &Books| {
                cents(
                    &list(&books.statement(Statement::ProfitAndLoss, year), "reports")[0],
                    &["netOperatingProfit"],
                )
            };
            assert!(profit(&well) > 0, "{:?} of seed {seed} earns nothing", well.business().trade);
            assert!(
                well.balance(Account::Current, day) > Money::ZERO,
                "{:?} of seed {seed} is out of money",
                well.business().trade
            );
            let troubled = Books::through(&business(seed, trade, true, 0, 1), day);
            let sheet = troubled.statement(Statement::BalanceSheet, monthly(1));
            assert!(
                cents(&list(&sheet, "reports")[0], &["netAssets"]) < 0,
                "{:?}",
                troubled.business().trade
            );
            assert!(profit(&troubled) < 0);
        }
    }
}

#[test]
fn three_years_have_hundreds_of_records_and_a_scale_gives_as_many_as_wanted() {
    let day = date(2026, 11, 24);
    let bakery = Books::through(&business(7, 0, false, 0, 4), day);
    for (kind, least) in [
        ("invoices", 300),
        ("bills", 300),
        ("payments", 300),
        ("directIncomes", 400),
        ("journalEntries", 1_500),
    ] {
        assert!(
            bakery.records(kind).unwrap().len() >= least,
            "{kind}: {}",
            bakery.records(kind).unwrap().len()
        );
    }
    let big = Business { scale: 100, ..business(7, 0, false, 0, 4) };
    assert!(Books::through(&big, day).records("invoices").unwrap().len() > 30_000);
}

#[test]
fn the_end_and_the_start_of_a_month_bring_invoices_payments_and_bank_lines_too() {
    for (number, trade) in Trade::ALL.iter().enumerate() {
        let business = Business { scale: 3, ..business(7, number, false, 0, 1) };
        for month in [2, 4, 7, 12] {
            let end = date(2025, month, 1).last_of_month();
            let count = |day: Date| {
                let books = Books::through(&business, day);
                ["invoices", "bills", "payments", "bankTransactions"]
                    .map(|kind| (kind, books.records(kind).unwrap().len()))
            };
            let (before, after) = (count(end - 4.days()), count(end + 3.days()));
            for ((kind, old), (_, new)) in before.into_iter().zip(after) {
                assert!(new > old, "{trade:?} has no new {kind} around {end}");
            }
        }
    }
}

#[test]
fn books_that_stop_know_nothing_later() {
    let stopped = Business { books_end: Some(date(2026, 7, 20)), ..business(3, 1, false, 0, 1) };
    let books = Books::through(&stopped, date(2026, 11, 24));
    assert_eq!(books.last_day(), date(2026, 7, 20));
    assert_eq!(books.full_months(), Some((date(2023, 11, 1), date(2026, 6, 1))));
}

#[test]
fn the_month_of_today_is_not_full_on_its_last_day_either() {
    let last_full = |business: &Business, through| Books::through(business, through).full_months().unwrap().1;
    let open = business(3, 1, false, 0, 1);
    assert_eq!(last_full(&open, date(2026, 11, 30)), date(2026, 10, 1));
    assert_eq!(last_full(&open, date(2026, 12, 1)), date(2026, 11, 1));
    let stopped = Business { books_end: Some(date(2026, 11, 30)), ..open };
    assert_eq!(last_full(&stopped, date(2026, 12, 24)), date(2026, 11, 1));
}

#[test]
fn the_same_business_has_the_same_books() {
    let bytes = |seed| {
        let books = Books::through(&business(seed, 2, false, 0, 1), date(2026, 11, 24));
        serde_json::to_string(&books.records("invoices").unwrap()).unwrap()
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}
