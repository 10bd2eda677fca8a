//! Double-entry bookkeeping: the journal entries of documents.

use jiff::civil::Date;

use crate::{
    chart::Account,
    document::{Document, Kind, Settlement},
    money::Money,
};

/// A journal entry. Its lines add up to zero.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The posting date.
    pub date: Date,
    /// The data type and the ID of the record that it belongs to.
    pub source: (&'static str, String),
    /// A description.
    pub note: String,
    /// The accounts with their debits. Credits are negative.
    pub lines: Vec<(Account, Money)>,
}

impl Entry {
    fn new(date: Date, kind: &'static str, id: &str, note: &str, lines: Vec<(Account, Money)>) -> Self {
        let lines = lines.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
        Self { date, source: (kind, id.to_owned()), note: note.to_owned(), lines }
    }

    /// The debit of an account. Negative: a credit.
    pub fn on(&self, account: Account) -> Money {
        self.lines.iter().filter(|line| line.0 == account).map(|line| line.1).sum()
    }
}

/// The entries of a document and its payments.
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

/// Posts the lines to their accounts, the tax to the tax account, and the total to the other side. `sign`: 1
/// debits the lines, -1 credits them.
fn against(document: &Document, account: Account, sign: i64) -> Vec<(Account, Money)> {
    let mut lines: Vec<_> =
        document.lines.iter().map(|line| (line.account, line.net().times(sign))).collect();
    lines.push((Account::SalesTax, document.tax().times(sign)));
    lines.push((account, -document.gross().times(sign)));
    lines
}

/// `sign`: 1 for incoming money, -1 for outgoing.
fn payment(kind: &'static str, paid: &Settlement, against: Account, sign: i64) -> Entry {
    let amount = paid.amount.times(sign);
    Entry::new(paid.date, kind, &paid.id, "Payment", vec![(paid.bank, amount), (against, -amount)])
}

/// The sum of debits minus credits on the selected accounts.
pub(crate) fn sum<'a>(entries: impl Iterator<Item = &'a Entry>, on: impl Fn(Account) -> bool) -> Money {
    entries.flat_map(|entry| &entry.lines).filter(|line| on(line.0)).map(|line| line.1).sum()
}
