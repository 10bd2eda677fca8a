//! Double entry: what each document comes to in the accounts.

use jiff::civil::Date;

use crate::{
    chart::Account,
    document::{Document, Kind, Settlement},
    money::Money,
};

/// One posting: its lines come to nothing together.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its day.
    pub date: Date,
    /// The data type of the record that it is posted for, and that record's identifier.
    pub source: (&'static str, String),
    /// A few words.
    pub note: String,
    /// Each account with its debit, or its credit where it is negative.
    pub lines: Vec<(Account, Money)>,
}

impl Entry {
    fn new(date: Date, kind: &'static str, id: &str, note: &str, lines: Vec<(Account, Money)>) -> Self {
        let lines = lines.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
        Self { date, source: (kind, id.to_owned()), note: note.to_owned(), lines }
    }

    /// What it debits this account, or credits where it is negative.
    pub fn on(&self, account: Account) -> Money {
        self.lines.iter().filter(|line| line.0 == account).map(|line| line.1).sum()
    }
}

/// The postings of a document, and of its payments.
pub(crate) fn entries(document: &Document) -> Vec<Entry> {
    let post = |kind, lines| Entry::new(document.date, kind, &document.id, &document.note, lines);
    match &document.kind {
        Kind::Invoice { settled, .. } => {
            let mut all = vec![post("invoices", against(document, Account::Receivables, -1))];
            all.extend(settled.iter().map(|paid| payment("payments", paid, Account::Receivables, 1)));
            all
        }
        Kind::Bill { settled, .. } => {
            let mut all = vec![post("bills", against(document, Account::Payables, 1))];
            all.extend(settled.iter().map(|paid| payment("billPayments", paid, Account::Payables, -1)));
            all
        }
        Kind::CreditNote { .. } => vec![post("creditNotes", against(document, Account::Receivables, 1))],
        Kind::BillCreditNote { .. } => {
            vec![post("billCreditNotes", against(document, Account::Payables, -1))]
        }
        Kind::DirectIncome { bank } => vec![post("directIncomes", against(document, *bank, -1))],
        Kind::DirectCost { bank, .. } => vec![post("directCosts", against(document, *bank, 1))],
        Kind::Transfer { from, to } => {
            let amount = document.net();
            vec![post("transfers", vec![(*to, amount), (*from, -amount)])]
        }
        Kind::Journal => {
            let lines = document.lines.iter().map(|line| (line.account, line.net())).collect();
            vec![post("journalEntries", lines)]
        }
        Kind::PurchaseOrder { .. } | Kind::SalesOrder { .. } => Vec::new(),
    }
}

/// The lines of a document on their accounts, their tax on that of the tax, and all of it against one account.
/// `sign`: 1 where the lines are debited, -1 where they are credited.
fn against(document: &Document, account: Account, sign: i64) -> Vec<(Account, Money)> {
    let mut lines: Vec<_> =
        document.lines.iter().map(|line| (line.account, line.net().times(sign))).collect();
    lines.push((Account::SalesTax, document.tax().times(sign)));
    lines.push((account, -document.gross().times(sign)));
    lines
}

/// `sign`: 1 for money that comes in, -1 for money that goes out.
fn payment(kind: &'static str, paid: &Settlement, against: Account, sign: i64) -> Entry {
    let amount = paid.amount.times(sign);
    Entry::new(paid.date, kind, &paid.id, "Payment", vec![(paid.bank, amount), (against, -amount)])
}

/// What these postings come to on some accounts: debits less credits.
pub(crate) fn sum<'a>(entries: impl Iterator<Item = &'a Entry>, on: impl Fn(Account) -> bool) -> Money {
    entries.flat_map(|entry| &entry.lines).filter(|line| on(line.0)).map(|line| line.1).sum()
}
