//! Documents at the end of a quarter: the tax return and the dividend.

use jiff::{ToSpan, civil::Date};

use crate::{
    business::{Business, FinancialHealth},
    chart::{Account, Class},
    document::{Document, Kind, Line},
    ledger::{Entry, sum},
    money::Money,
    month,
};

/// The documents at the end of the quarter whose last month has this index. `posted` has all entries until
/// then.
pub(crate) fn documents(business: &Business, at: u32, posted: &[Entry]) -> Vec<Document> {
    let Some((from, until)) = quarter(business, at) else { return Vec::new() };
    let within = || posted.iter().filter(|entry| entry.date >= from && entry.date < until);
    let owed = -sum(within(), |account| account == Account::SalesTax);
    let profit = -sum(within(), |account| matches!(account.class(), Class::Income | Class::Expense));
    let mut all = Vec::new();
    let paid = until.saturating_add(36.days());
    if owed > Money::ZERO {
        let kind = Kind::DirectCost { bank: Account::Current, supplier: None };
        all.push(document(format!("tax-{at:03}"), paid, kind, Account::SalesTax, owed, "Sales tax return"));
    } else if owed < Money::ZERO {
        let kind = Kind::DirectIncome { bank: Account::Current };
        all.push(document(format!("tax-{at:03}"), paid, kind, Account::SalesTax, -owed, "Sales tax refund"));
    }
    if business.health == FinancialHealth::Healthy && profit > Money::ZERO {
        let date = until.saturating_add(14.days());
        let kind = Kind::DirectCost { bank: Account::Current, supplier: None };
        all.push(document(
            format!("div-{at:03}"),
            date,
            kind,
            Account::Dividends,
            profit.percent(45),
            "Dividend",
        ));
    }
    all
}

/// The first day, and the day after the last.
fn quarter(business: &Business, at: u32) -> Option<(Date, Date)> {
    let first = at.checked_sub(2).filter(|_| at % 3 == 2)?;
    Some((month::month_start(business, first)?, month::month_start(business, at + 1)?))
}

fn document(id: String, date: Date, kind: Kind, account: Account, amount: Money, note: &str) -> Document {
    let line =
        Line { account, what: note.to_owned(), item: None, quantity: 1, unit: amount, tax: Money::ZERO };
    Document { id, date, kind, lines: vec![line], note: note.to_owned() }
}
