//! Aged receivables and payables, and accounts by category.

use jiff::{ToSpan, civil::Date};

use crate::{
    chart::{Account, Class},
    document::{Document, Kind},
    json::Json,
    model::Books,
    money::Money,
    names::{self, CUSTOMERS, SUPPLIERS},
};

/// The newest and the oldest due date of an age bucket. The last bucket has no oldest.
type Bucket = (Date, Option<Date>);

impl Books {
    /// Aged debtors on a date: periods of `days` days by due date, newest first. The last period is
    /// open-ended.
    pub fn aged_debtors(&self, on: Date, periods: u32, days: u32) -> Json {
        self.aged(true, on, periods, days)
    }

    /// Aged creditors on a date, in the same form.
    pub fn aged_creditors(&self, on: Date, periods: u32, days: u32) -> Json {
        self.aged(false, on, periods, days)
    }

    fn aged(&self, debtors: bool, on: Date, periods: u32, days: u32) -> Json {
        let buckets = buckets(on, periods.clamp(1, 50), days.clamp(1, 366));
        let parties = if debtors { CUSTOMERS } else { SUPPLIERS };
        let data: Vec<Json> =
            (0..parties).filter_map(|at| self.aged_party(debtors, at, on, &buckets)).collect();
        Json::object().with("generated", on).with("reportDate", on).with("data", data)
    }

    fn aged_party(&self, debtors: bool, at: usize, on: Date, buckets: &[Bucket]) -> Option<Json> {
        let mut amounts = vec![Money::ZERO; buckets.len()];
        for document in self.documents.iter().filter(|document| document.date <= on) {
            let Some(due) = due_date(document, debtors, at) else { continue };
            let open = self.open(document, on);
            let place = buckets.iter().position(|(_, oldest)| oldest.is_none_or(|oldest| due >= oldest));
            if let Some(amount) = place.and_then(|place| amounts.get_mut(place)) {
                *amount += open;
            }
        }
        if amounts.iter().all(|amount| amount.is_zero()) {
            return None;
        }
        let name = if debtors { "Invoices" } else { "Bills" };
        let aged = buckets.iter().zip(&amounts).map(|((newest, oldest), amount)| {
            let detail = Json::object().with("name", name).with("amount", *amount);
            Json::object()
                .maybe("fromDate", *oldest)
                .with("toDate", *newest)
                .with("amount", *amount)
                .with("details", vec![detail])
        });
        let outstanding = Json::object()
            .with("currency", &self.business.currency)
            .with("agedOutstandingAmounts", aged.collect::<Vec<_>>());
        let party = if debtors {
            Json::object()
                .with("customerId", format!("cus-{at:03}"))
                .with("customerName", names::customer(self.business.seed, at))
        } else {
            Json::object()
                .with("supplierId", format!("sup-{at:03}"))
                .with("supplierName", names::supplier(self.business.seed, at))
        };
        Some(party.with("agedCurrencyOutstanding", vec![outstanding]))
    }

    /// The profit and loss accounts by category, month by month, newest first, starting with the month of
    /// `on`.
    pub fn enhanced_profit_and_loss(&self, on: Date, periods: u32) -> Json {
        self.enhanced("Profit and loss", on, periods, |account| {
            matches!(account.class(), Class::Income | Class::Expense)
        })
    }

    /// The balance sheet accounts by category, in the same form.
    pub fn enhanced_balance_sheet(&self, on: Date, periods: u32) -> Json {
        self.enhanced("Balance sheet", on, periods, |account| {
            !matches!(account.class(), Class::Income | Class::Expense)
        })
    }

    fn enhanced(&self, name: &str, on: Date, periods: u32, wanted: fn(Account) -> bool) -> Json {
        let flows = wanted(Account::Sales);
        let first_day = self.business.first.first_of_month();
        let months = (0..i64::from(periods.clamp(1, 60)))
            .filter_map(|back| on.first_of_month().checked_sub(back.months()).ok())
            .take_while(|month| *month >= first_day && *month <= self.through);
        let items = months.flat_map(|month| {
            let from = if flows { month } else { first_day };
            let movements = self.movements(from, month.last_of_month());
            movements.into_iter().filter(|(account, _)| wanted(*account)).map(move |(account, debits)| {
                let value = match account.class() {
                    Class::Asset | Class::Expense => debits,
                    Class::Liability | Class::Equity | Class::Income => -debits,
                };
                Json::object()
                    .with("date", month.last_of_month())
                    .with("balance", value)
                    .with("accountName", account.name())
                    .with("accountId", account.id())
                    .with("accountCategory", category(account))
            })
        });
        let info = Json::object()
            .with("currency", &self.business.currency)
            .with("reportName", name)
            .with("companyName", &self.business.name)
            .with("generatedDate", self.through);
        Json::object().with("reportInfo", info).with("reportItems", items.collect::<Vec<_>>())
    }
}

/// The due date of a document, if it belongs to this customer or supplier.
fn due_date(document: &Document, debtors: bool, at: usize) -> Option<Date> {
    if let Kind::Invoice { customer, due, .. } = &document.kind {
        return (debtors && *customer == at).then_some(*due);
    }
    let Kind::Bill { supplier, due, .. } = &document.kind else { return None };
    (!debtors && *supplier == at).then_some(*due)
}

fn category(account: Account) -> Json {
    let sure = |name: &str| Json::object().with("levelName", name).with("confidence", 1);
    let levels = vec![sure(account.class().name()), sure(account.section().name())];
    Json::object().with("status", "Suggested").with("levels", levels)
}

fn buckets(on: Date, periods: u32, days: u32) -> Vec<Bucket> {
    let days = i64::from(days);
    (0..i64::from(periods))
        .map(|n| {
            let newest = on.saturating_sub((n * days).days());
            let oldest = on.saturating_sub(((n + 1) * days - 1).days());
            (newest, (n + 1 < i64::from(periods)).then_some(oldest))
        })
        .collect()
}
