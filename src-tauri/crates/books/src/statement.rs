//! Financial statements, derived from the ledger (§2.19).

use jiff::{ToSpan, civil::Date};

use crate::{
    chart::{Account, Class, Section},
    json::Json,
    ledger::{Entry, sum},
    model::Books,
    money::Money,
};

/// A financial statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// Profit and loss.
    ProfitAndLoss,
    /// Balance sheet.
    BalanceSheet,
    /// Cash flow of operating activities.
    CashFlow,
}

/// The requested periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementRequest {
    /// The length of a period in months, at least 1.
    pub period_length: u32,
    /// The number of periods, newest first.
    pub periods: u32,
    /// Any date in the last month. None: the latest complete month.
    pub start_month: Option<Date>,
}

const INCOME: [Section; 1] = [Section::Income];
const COST_OF_SALES: [Section; 1] = [Section::CostOfSales];
const EXPENSES: [Section; 4] = [Section::Staff, Section::Premises, Section::Marketing, Section::Running];
const OTHER_INCOME: [Section; 1] = [Section::OtherIncome];
const OTHER_EXPENSES: [Section; 1] = [Section::OtherExpenses];
const ASSETS: [Section; 2] = [Section::FixedAssets, Section::CurrentAssets];
const LIABILITIES: [Section; 2] = [Section::CurrentLiabilities, Section::LongTermLiabilities];

impl Books {
    /// A statement as the API sends it. Without a complete month it has no reports.
    pub fn statement(&self, statement: Statement, ask: StatementRequest) -> Json {
        let periods = self.periods(ask);
        let reports: Vec<Json> = periods
            .iter()
            .map(|(from, to)| match statement {
                Statement::ProfitAndLoss => self.profit_and_loss(*from, *to),
                Statement::BalanceSheet => self.balance_sheet(*to),
                Statement::CashFlow => self.cash_flow(*from, *to),
            })
            .collect();
        let json = Json::object().with("currency", &self.business.currency).with("reports", reports);
        let json = match statement {
            Statement::ProfitAndLoss => json.with("reportBasis", "Accrual"),
            Statement::BalanceSheet => json,
            Statement::CashFlow => json.with("reportBasis", "Cash").with("reportInput", "Direct"),
        };
        let Some((earliest, latest)) = self.full_months() else { return json };
        match statement {
            Statement::ProfitAndLoss | Statement::CashFlow => {
                json.with("mostRecentAvailableMonth", latest).with("earliestAvailableMonth", earliest)
            }
            Statement::BalanceSheet => json
                .with("mostRecentAvailableMonth", latest.last_of_month())
                .with("earliestAvailableMonth", earliest.last_of_month()),
        }
    }

    /// The first days of the first and the last complete month.
    pub fn full_months(&self) -> Option<(Date, Date)> {
        let earliest = self.business.first.first_of_month();
        let this = self.through.first_of_month();
        // The last day of a month is not over yet, except in books that ended on it.
        let is_over =
            self.business.books_end == Some(self.through) && self.through == self.through.last_of_month();
        let latest = if is_over { this } else { this.saturating_sub(1.month()) };
        (latest >= earliest).then_some((earliest, latest))
    }

    /// The periods, newest first, within the complete months.
    fn periods(&self, ask: StatementRequest) -> Vec<(Date, Date)> {
        let Some((earliest, latest)) = self.full_months() else { return Vec::new() };
        let start = ask.start_month.map_or(latest, |month| month.first_of_month());
        let length = i64::from(ask.period_length.max(1));
        (0..i64::from(ask.periods))
            .map_while(|n| {
                let last = start.checked_sub((n * length).months()).ok()?;
                let first = last.checked_sub((length - 1).months()).ok()?;
                (first >= earliest).then_some((first, last))
            })
            .filter(|(_, last)| *last <= latest)
            .map(|(first, last)| (first, last.last_of_month()))
            .collect()
    }

    fn profit_and_loss(&self, from: Date, to: Date) -> Json {
        let entries: Vec<&Entry> = self.between(from, to).collect();
        let part = |name: &'static str, sections: &[Section]| {
            StatementSection::from_accounts(name, sections, &entries)
        };
        let income = part("Income", &INCOME);
        let costs = part("Cost of sales", &COST_OF_SALES);
        let expenses = part("Expenses", &EXPENSES);
        let (other_income, other_expenses) =
            (part("Other income", &OTHER_INCOME), part("Other expenses", &OTHER_EXPENSES));
        let gross = income.value - costs.value;
        let operating = gross - expenses.value;
        let other = other_income.value - other_expenses.value;
        Json::object()
            .with("fromDate", from)
            .with("toDate", to)
            .with("income", income.line())
            .with("costOfSales", costs.line())
            .with("grossProfit", gross)
            .with("expenses", expenses.line())
            .with("netOperatingProfit", operating)
            .with("otherExpenses", other_expenses.line())
            .with("otherIncome", other_income.line())
            .with("netOtherIncome", other)
            .with("netProfit", operating + other)
    }

    fn balance_sheet(&self, date: Date) -> Json {
        let entries: Vec<&Entry> = self.until(date).collect();
        let assets = StatementSection::from_accounts("Assets", &ASSETS, &entries);
        let liabilities = StatementSection::from_accounts("Liabilities", &LIABILITIES, &entries);
        let equity = self.equity(date, &entries);
        let net = assets.value - liabilities.value;
        Json::object()
            .with("date", date)
            .with("assets", assets.line())
            .with("liabilities", liabilities.line())
            .with("netAssets", net)
            .with("equity", equity.line())
    }

    /// Paid-in capital less dividends, and the profits of this and earlier years.
    fn equity(&self, date: Date, entries: &[&Entry]) -> StatementSection {
        let mut equity = StatementSection::from_accounts("Equity", &[Section::Capital], entries);
        let year = self.financial_year_start(date);
        let profit = |of: &mut dyn Iterator<Item = &&Entry>| -sum(of.copied(), Account::is_profit_and_loss);
        let earlier = profit(&mut entries.iter().filter(|entry| entry.date < year));
        let current = profit(&mut entries.iter().filter(|entry| entry.date >= year));
        equity.add("earnings-earlier", "Profit of earlier years", earlier);
        equity.add("earnings-current", "Profit of the current year", current);
        equity
    }

    /// The first day of the financial year that contains the date.
    pub(crate) fn financial_year_start(&self, day: Date) -> Date {
        let month = self.business.financial_year_start_month.clamp(1, 12);
        let year = if day.month() >= month { day.year() } else { day.year() - 1 };
        Date::new(year, month, 1).unwrap_or(day)
    }

    fn cash_flow(&self, from: Date, to: Date) -> Json {
        let mut receipts = StatementSection::new("Cash receipts");
        let mut payments = StatementSection::new("Cash payments");
        for entry in self.between(from, to) {
            let cash: Money = entry.lines.iter().filter(|line| line.0.is_bank()).map(|line| line.1).sum();
            match entry.source.0 {
                "payments" => receipts.add("customers", "From customers on account", cash),
                "directIncomes" => receipts.add("takings", "Sales paid at once", cash),
                "billPayments" => payments.add("suppliers", "To suppliers on account", -cash),
                "directCosts" if is_operating(entry) => payments.add("direct", "Paid at once", -cash),
                _ => {}
            }
        }
        Json::object()
            .with("fromDate", from)
            .with("toDate", to)
            .with("cashReceipts", receipts.line())
            .with("cashPayments", payments.line())
    }

    /// The sums of the accounts in a period. Accounts without movements are omitted.
    pub(crate) fn movements(&self, from: Date, to: Date) -> Vec<(Account, Money)> {
        let entries: Vec<&Entry> = self.between(from, to).collect();
        Account::ALL
            .iter()
            .map(|account| (*account, sum(entries.iter().copied(), |other| other == *account)))
            .filter(|(_, value)| !value.is_zero())
            .collect()
    }
}

/// Dividends and loan repayments are not operating activities.
fn is_operating(entry: &Entry) -> bool {
    !entry.lines.iter().any(|line| matches!(line.0, Account::Dividends | Account::Loan))
}

/// A line of a statement with its sub-lines, which add up to it.
struct StatementSection {
    name: &'static str,
    value: Money,
    lines: Vec<(String, &'static str, Money, Vec<Json>)>,
}

impl StatementSection {
    fn new(name: &'static str) -> Self {
        Self { name, value: Money::ZERO, lines: Vec::new() }
    }

    /// The accounts of some sections. If there are several sections, each gets its own line.
    fn from_accounts(name: &'static str, sections: &[Section], entries: &[&Entry]) -> Self {
        let mut part = Self::new(name);
        for section in sections {
            let accounts = Account::ALL.iter().filter(|account| account.section() == *section);
            let found: Vec<(Account, Money)> = accounts
                .map(|account| (*account, balance_of(*account, entries)))
                .filter(|(_, value)| !value.is_zero())
                .collect();
            let value = found.iter().map(|line| line.1).sum::<Money>();
            part.value += value;
            if sections.len() == 1 {
                part.lines.extend(found.iter().map(|(it, value)| (it.id(), it.name(), *value, Vec::new())));
            } else if !found.is_empty() {
                let lines = found.iter().map(|(it, value)| line(&it.id(), it.name(), *value, Vec::new()));
                part.lines.push((String::new(), section.name(), value, lines.collect()));
            }
        }
        part
    }

    fn add(&mut self, id: &str, name: &'static str, value: Money) {
        self.value += value;
        match self.lines.iter_mut().find(|line| line.0 == id) {
            Some(line) => line.2 += value,
            None if value.is_zero() => {}
            None => self.lines.push((id.to_owned(), name, value, Vec::new())),
        }
    }

    fn line(self) -> Json {
        let items =
            self.lines.into_iter().map(|(id, name, value, items)| line(&id, name, value, items)).collect();
        line("", self.name, self.value, items)
    }
}

/// The value of an account in statements: debits for assets and expenses, otherwise credits.
fn balance_of(account: Account, entries: &[&Entry]) -> Money {
    let debits = sum(entries.iter().copied(), |other| other == account);
    match account.class() {
        Class::Asset | Class::Expense => debits,
        Class::Liability | Class::Equity | Class::Income => -debits,
    }
}

fn line(id: &str, name: &str, value: Money, items: Vec<Json>) -> Json {
    Json::object()
        .maybe("accountId", (!id.is_empty()).then_some(id))
        .with("name", name)
        .with("value", value)
        .with("items", items)
}
