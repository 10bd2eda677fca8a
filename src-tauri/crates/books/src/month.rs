//! The documents of one month, derived from the seed and the month.

use jiff::{ToSpan, civil::Date};

use crate::{
    business::{Business, FinancialHealth},
    chart::Account,
    document::{Document, Item, Kind, Line, Settlement},
    money::Money,
    names::{CUSTOMERS, SUPPLIERS},
    rng::Rng,
};

/// Monthly overheads: the account, the share of average sales in thousandths, the day, and whether there is a
/// bill.
const OVERHEADS: [(Account, i64, i8, bool); 8] = [
    (Account::Power, 18, 12, true),
    (Account::Cleaning, 7, 9, true),
    (Account::Advertising, 16, 5, true),
    (Account::Telephone, 5, 14, true),
    (Account::Software, 6, 3, false),
    (Account::Repairs, 9, 19, false),
    (Account::Travel, 8, 22, false),
    (Account::BankFees, 2, 27, false),
];

/// The documents of the month with this index, unordered. The first month has index 0.
pub(crate) fn documents(business: &Business, at: u32) -> Vec<Document> {
    let Some(first) = month_start(business, at) else { return Vec::new() };
    let month = Month { business, at, first, sales: business.sales(at, first.month()) };
    let mut all = Vec::new();
    if at == 0 {
        all.push(month.opening());
    }
    month.invoices(&mut all);
    month.cash_sales_documents(&mut all);
    month.goods(&mut all);
    month.overheads(&mut all);
    month.staff(&mut all);
    month.finance(&mut all);
    month.orders(&mut all);
    all
}

/// The first day of the month with this index.
pub(crate) fn month_start(business: &Business, at: u32) -> Option<Date> {
    business.first.first_of_month().checked_add(i64::from(at).months()).ok()
}

struct Month<'a> {
    business: &'a Business,
    at: u32,
    first: Date,
    sales: Money,
}

impl Month<'_> {
    fn id(&self, kind: &str, n: usize) -> String {
        format!("{kind}-{:03}-{n:04}", self.at)
    }

    fn rng(&self, purpose: u64) -> Rng {
        self.business.rng(self.at, purpose)
    }

    /// A day of the month, at most the last.
    fn day(&self, day: i64) -> Date {
        let day = day.clamp(1, i64::from(self.first.days_in_month()));
        i8::try_from(day).ok().and_then(|day| self.first.with().day(day).build().ok()).unwrap_or(self.first)
    }

    /// A random day in the part of the month with this index, of `count` equal parts. So every few days bring something.
    fn spread_day(&self, n: usize, count: i64, rng: &mut Rng) -> Date {
        let days = i64::from(self.first.days_in_month());
        let part = i64::try_from(n).unwrap_or(i64::MAX).saturating_mul(days);
        self.day(1 + part.saturating_add(rng.between(0, days - 1)) / count)
    }

    fn tax(&self, net: Money) -> Money {
        net.percent(self.business.tax_percent())
    }

    fn line(&self, account: Account, what: &str, net: Money, taxed: bool) -> Line {
        let tax = if taxed { self.tax(net) } else { Money::ZERO };
        Line { account, what: what.to_owned(), item: None, quantity: 1, unit: net, tax }
    }

    /// The opening balances.
    fn opening(&self) -> Document {
        let usual = self.business.average_sales();
        let (cash, loan) = match self.business.health {
            FinancialHealth::Healthy => (usual.times(2), usual),
            FinancialHealth::Distressed => (usual.percent(40), usual.times(3)),
        };
        let (equipment, stock) = (usual.percent(150), usual.percent(45));
        let capital = Money::units(1_000);
        let rest = cash + equipment + stock - loan - capital;
        let lines = [
            (Account::Current, cash),
            (Account::Equipment, equipment),
            (Account::Stock, stock),
            (Account::Loan, -loan),
            (Account::ShareCapital, -capital),
            (Account::Retained, -rest),
        ];
        self.journal("opening", self.first, &lines, "Opening balances")
    }

    fn journal(&self, name: &str, date: Date, lines: &[(Account, Money)], note: &str) -> Document {
        let lines = lines.iter().map(|(account, amount)| self.line(*account, note, *amount, false)).collect();
        Document { id: self.id(name, 0), date, kind: Kind::Journal, lines, note: note.to_owned() }
    }

    /// One to three lines from the catalog with a total of about the given amount.
    fn catalogue_lines(&self, sold: bool, account: Account, about: Money, rng: &mut Rng) -> Vec<Line> {
        let figures = self.business.figures();
        let catalogue = if sold { figures.sold } else { figures.bought };
        let count = rng.between(1, 3);
        (0..count)
            .filter_map(|_| {
                let at = rng.between(0, i64::try_from(catalogue.len()).ok()? - 1);
                let at = usize::try_from(at).ok()?;
                let (name, price) = catalogue.get(at)?;
                let share = about.divided_by(count);
                let price = self.business.price(*price, rng);
                let quantity = (share.as_cents() / price.as_cents().max(1)).max(1);
                // The price is adjusted to the line's share, so that sales and purchases stay in proportion.
                let unit = share.divided_by(quantity);
                let item = Some(if sold { Item::Sold(at) } else { Item::Bought(at) });
                let mut line = self.line(account, name, unit.times(quantity), true);
                (line.item, line.quantity, line.unit) = (item, quantity, unit);
                Some(line)
            })
            .collect()
    }

    fn invoices(&self, all: &mut Vec<Document>) {
        let figures = self.business.figures();
        let about = self.sales.percent(100 - figures.till);
        let count = (figures.invoices * i64::from(self.business.scale.max(1))).max(1);
        for n in 0..usize::try_from(count).unwrap_or(0) {
            let mut rng = self.rng(100).branch(n as u64);
            let date = self.spread_day(n, count, &mut rng);
            let customer = usize::try_from(rng.between(0, CUSTOMERS as i64 - 1)).unwrap_or(0);
            let share = about.divided_by(count).permille(rng.between(500, 1_500));
            let lines = self.catalogue_lines(true, figures.income, share, &mut rng);
            let id = self.id("inv", n);
            let due = date.saturating_add(30.days());
            let invoice = Document {
                id: id.clone(),
                date,
                kind: Kind::Journal,
                lines,
                note: "Thank you for your order.".to_owned(),
            };
            let credit = (n % 17 == 5).then(|| self.credit(&invoice, "scn", n, &mut rng)).flatten();
            let open = invoice.gross() - credit.as_ref().map_or(Money::ZERO, Document::gross);
            let settled = self.settled("pay", n, date, due, open, true, &mut rng);
            all.push(Document { kind: Kind::Invoice { customer, due, settled }, ..invoice });
            all.extend(
                credit.map(|note| Document {
                    kind: Kind::CreditNote { customer, invoice: id.clone() },
                    ..note
                }),
            );
        }
    }

    /// A credit note for a part of the first line, some days later.
    fn credit(&self, of: &Document, name: &str, n: usize, rng: &mut Rng) -> Option<Document> {
        let mut line = of.lines.first()?.clone();
        line.quantity = (line.quantity / 3).max(1);
        line.tax = self.tax(line.net());
        // A credit for the only item would leave nothing to pay.
        if line.gross() >= of.gross() {
            return None;
        }
        let date = of.date.saturating_add(rng.between(2, 6).days());
        Some(Document {
            id: self.id(name, n),
            date,
            kind: Kind::Journal,
            lines: vec![line],
            note: "Returned.".to_owned(),
        })
    }

    /// The payments of an invoice or bill: usually one, sometimes two, rarely none.
    #[expect(clippy::too_many_arguments, reason = "each is one fact of what is to be paid")]
    fn settled(
        &self,
        name: &str,
        n: usize,
        date: Date,
        due: Date,
        open: Money,
        by_customer: bool,
        rng: &mut Rng,
    ) -> Vec<Settlement> {
        let troubled = self.business.health == FinancialHealth::Distressed;
        let (never, late) = match (by_customer, troubled) {
            (true, false) => (2, rng.between(-12, 25)),
            (true, true) => (5, rng.between(0, 45)),
            (false, false) => (1, rng.between(-8, 4)),
            (false, true) => (30, rng.between(20, 95)),
        };
        if rng.percent(never) {
            return Vec::new();
        }
        // Not before the date of the document, and after any credit note.
        let paid = due.saturating_add(late.days()).max(date.saturating_add(8.days()));
        let part = |suffix: &str, date: Date, amount: Money| Settlement {
            id: format!("{}{suffix}", self.id(name, n)),
            date,
            amount,
            bank: Account::Current,
        };
        if rng.percent(12) {
            let half = open.percent(50);
            let later = paid.saturating_add(21.days());
            return vec![part("a", paid, half), part("b", later, open - half)];
        }
        vec![part("", paid, open)]
    }

    /// Cash sales, banked every other day.
    fn cash_sales_documents(&self, all: &mut Vec<Document>) {
        let figures = self.business.figures();
        let about = self.sales.percent(figures.till);
        if about.is_zero() {
            return;
        }
        let days: Vec<i64> = (1..=i64::from(self.first.days_in_month())).step_by(2).collect();
        for (n, day) in days.iter().enumerate() {
            let mut rng = self.rng(200).branch(n as u64);
            let net = about.divided_by(days.len() as i64).permille(rng.between(750, 1_250));
            let lines = self.catalogue_lines(true, figures.income, net, &mut rng);
            let kind = Kind::DirectIncome { bank: Account::Current };
            let note = "Takings".to_owned();
            all.push(Document { id: self.id("din", n), date: self.day(*day), kind, lines, note });
        }
    }

    fn goods(&self, all: &mut Vec<Document>) {
        let figures = self.business.figures();
        let about = self.sales.percent(figures.cost);
        let count = (figures.bills * i64::from(self.business.scale.max(1))).max(1);
        for n in 0..usize::try_from(count).unwrap_or(0) {
            let mut rng = self.rng(300).branch(n as u64);
            let account = rng.pick(figures.costs).copied().unwrap_or(Account::Materials);
            let share = about.divided_by(count).permille(rng.between(700, 1_300));
            let lines = self.catalogue_lines(false, account, share, &mut rng);
            let supplier = usize::try_from(rng.between(0, SUPPLIERS as i64 / 2)).unwrap_or(0);
            let date = self.spread_day(n, count, &mut rng);
            self.bill(n, date, supplier, lines, &mut rng, all);
        }
    }

    fn bill(
        &self,
        n: usize,
        date: Date,
        supplier: usize,
        lines: Vec<Line>,
        rng: &mut Rng,
        all: &mut Vec<Document>,
    ) {
        let id = self.id("bill", n);
        let due = date.saturating_add(30.days());
        let bill = Document { id: id.clone(), date, kind: Kind::Journal, lines, note: String::new() };
        let credit = (n % 19 == 4).then(|| self.credit(&bill, "bcn", n, rng)).flatten();
        let open = bill.gross() - credit.as_ref().map_or(Money::ZERO, Document::gross);
        let settled = self.settled("bpay", n, date, due, open, false, rng);
        all.push(Document { kind: Kind::Bill { supplier, due, settled }, ..bill });
        all.extend(
            credit.map(|note| Document { kind: Kind::BillCreditNote { supplier, bill: id.clone() }, ..note }),
        );
    }

    fn overheads(&self, all: &mut Vec<Document>) {
        let usual = self.business.average_sales();
        for (n, (account, share, day, billed)) in OVERHEADS.iter().enumerate() {
            let mut rng = self.rng(400).branch(n as u64);
            let net = usual.permille(*share).permille(rng.between(850, 1_180));
            let lines = vec![self.line(*account, account.name(), net, *account != Account::BankFees)];
            let supplier = SUPPLIERS / 2 + 1 + n % (SUPPLIERS / 2 - 1);
            if *billed {
                self.bill(9_000 + n, self.day((*day).into()), supplier, lines, &mut rng, all);
            } else {
                let bank = if *account == Account::BankFees { Account::Current } else { Account::CreditCard };
                let kind = Kind::DirectCost { bank, supplier: Some(supplier) };
                let note = account.name().to_owned();
                all.push(Document {
                    id: self.id("dco", n),
                    date: self.day((*day).into()),
                    kind,
                    lines,
                    note,
                });
            }
        }
        let rent = usual.percent(self.business.figures().rent);
        let lines = vec![self.line(Account::Rent, "Rent", rent, false)];
        self.bill(9_100, self.first, SUPPLIERS / 2 + 1, lines, &mut self.rng(401), all);
    }

    fn staff(&self, all: &mut Vec<Document>) {
        // Wages depend on average sales, so that they fall more slowly than sales, or not at all in a distressed
        // business.
        let usual = self.business.average_sales();
        let base = match self.business.health {
            FinancialHealth::Healthy => self.sales.divided_by(2) + usual.divided_by(2),
            FinancialHealth::Distressed => usual,
        };
        let wages = base.percent(self.business.figures().wages);
        let lines = vec![
            self.line(Account::Wages, "Wages", wages, false),
            self.line(Account::Pensions, "Pensions", wages.percent(4), false),
        ];
        let kind = Kind::DirectCost { bank: Account::Current, supplier: None };
        let note = "Payroll".to_owned();
        all.push(Document { id: self.id("dco", 100), date: self.day(28), kind, lines, note });
    }

    fn finance(&self, all: &mut Vec<Document>) {
        let usual = self.business.average_sales();
        let depreciation = usual.permille(25);
        let lines = [(Account::Depreciation, depreciation), (Account::Depreciated, -depreciation)];
        all.push(self.journal("dep", self.day(31), &lines, "Depreciation"));
        let interest = usual.permille(4);
        let lines = vec![
            self.line(Account::LoanInterest, "Interest on the loan", interest, false),
            self.line(Account::Loan, "Repayment of the loan", usual.permille(12), false),
        ];
        let kind = Kind::DirectCost { bank: Account::Current, supplier: None };
        all.push(Document {
            id: self.id("dco", 101),
            date: self.day(15),
            kind,
            lines,
            note: "Bank loan".to_owned(),
        });
        if self.business.health == FinancialHealth::Healthy {
            self.transfer("sav", 20, Account::Current, Account::Savings, usual.permille(20), all);
            let lines = vec![self.line(Account::InterestReceived, "Interest", usual.permille(1), false)];
            let kind = Kind::DirectIncome { bank: Account::Savings };
            all.push(Document {
                id: self.id("din", 900),
                date: self.day(30),
                kind,
                lines,
                note: "Interest".to_owned(),
            });
        }
        // The average card spending, so that the card's balance returns to about zero.
        let spent: i64 =
            OVERHEADS.iter().filter(|it| !it.3 && it.0 != Account::BankFees).map(|it| it.1).sum();
        let card = usual.permille(spent);
        self.transfer("card", 25, Account::Current, Account::CreditCard, card + self.tax(card), all);
        if self.at % 12 == 9 {
            let lines = vec![self.line(Account::Audit, "Accountancy", usual.permille(40), true)];
            self.bill(9_200, self.day(6), SUPPLIERS / 2 + 2, lines, &mut self.rng(500), all);
        }
    }

    fn transfer(
        &self,
        name: &str,
        day: i64,
        from: Account,
        to: Account,
        amount: Money,
        all: &mut Vec<Document>,
    ) {
        let lines = vec![self.line(to, "Transfer", amount, false)];
        let note = format!("To {}", to.name());
        all.push(Document {
            id: self.id(name, 0),
            date: self.day(day),
            kind: Kind::Transfer { from, to },
            lines,
            note,
        });
    }

    /// Orders are not posted.
    fn orders(&self, all: &mut Vec<Document>) {
        for n in 0..2_usize {
            let mut rng = self.rng(600).branch(n as u64);
            let date = self.day(rng.between(1, 27));
            let due = date.saturating_add(14.days());
            let about = self.sales.percent(4);
            let (income, cost) = (self.business.figures().income, Account::Materials);
            let supplier = usize::try_from(rng.between(0, SUPPLIERS as i64 / 2)).unwrap_or(0);
            let customer = usize::try_from(rng.between(0, CUSTOMERS as i64 - 1)).unwrap_or(0);
            let lines = self.catalogue_lines(false, cost, about, &mut rng);
            let kind = Kind::PurchaseOrder { supplier, due };
            all.push(Document { id: self.id("po", n), date, kind, lines, note: String::new() });
            let lines = self.catalogue_lines(true, income, about, &mut rng);
            let kind = Kind::SalesOrder { customer, due };
            all.push(Document { id: self.id("so", n), date, kind, lines, note: String::new() });
        }
    }
}
