//! The books of a business up to a date.

use jiff::civil::Date;

use crate::{
    business::Business,
    chart::Account,
    closing,
    document::{Document, Kind, Settlement},
    ledger::{self, Entry, sum},
    money::Money,
    month,
};

/// 60 years.
const MAX_MONTHS: u32 = 720;

/// The books of a business up to a date.
#[derive(Debug)]
pub struct Books {
    pub(crate) business: Business,
    pub(crate) through: Date,
    /// Ordered by date, then by ID.
    pub(crate) documents: Vec<Document>,
    /// Ordered by date, then by source.
    pub(crate) entries: Vec<Entry>,
}

impl Books {
    /// The books up to and including this date.
    pub fn through(business: &Business, through: Date) -> Self {
        let through = business.books_end.map_or(through, |books_end| through.min(books_end));
        let mut documents = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for at in 0..MAX_MONTHS {
            if month::month_start(business, at).is_none_or(|begins| begins > through) {
                break;
            }
            let new = month::documents(business, at);
            entries.extend(new.iter().flat_map(ledger::entries));
            documents.extend(new);
            let closing = closing::documents(business, at, &entries);
            entries.extend(closing.iter().flat_map(ledger::entries));
            documents.extend(closing);
        }
        documents.retain(|document| document.date <= through);
        entries.retain(|entry| entry.date <= through);
        documents.iter_mut().for_each(|document| remove_payments_after(document, through));
        documents.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        entries.sort_by(|a, b| (a.date, &a.source).cmp(&(b.date, &b.source)));
        Self { business: business.clone(), through, documents, entries }
    }

    /// The parameters of the business.
    pub fn business(&self) -> &Business {
        &self.business
    }

    /// The last date of the books.
    pub fn last_day(&self) -> Date {
        self.through
    }

    /// All journal entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The balance of an account at the end of a date: debits minus credits.
    pub fn balance(&self, account: Account, day: Date) -> Money {
        sum(self.until(day), |other| other == account)
    }

    /// The entries up to and including a date.
    pub(crate) fn until(&self, day: Date) -> impl Iterator<Item = &Entry> {
        let end = self.entries.partition_point(|entry| entry.date <= day);
        self.entries.iter().take(end)
    }

    /// The entries between two dates, inclusive.
    pub(crate) fn between(&self, from: Date, to: Date) -> impl Iterator<Item = &Entry> {
        self.until(to).filter(move |entry| entry.date >= from)
    }

    /// The amount due of an invoice or bill at the end of a date: the total minus payments and credit notes.
    pub(crate) fn open(&self, document: &Document, day: Date) -> Money {
        let paid: Money =
            document.settled().iter().filter(|paid| paid.date <= day).map(|paid| paid.amount).sum();
        document.gross() - paid - self.credited(document, day)
    }

    /// The sum of the credit notes for an invoice or bill.
    pub(crate) fn credited(&self, document: &Document, day: Date) -> Money {
        self.credits(document).filter(|note| note.date <= day).map(Document::gross).sum()
    }

    /// The credit notes for an invoice or bill. They follow within a week.
    pub(crate) fn credits(&self, of: &Document) -> impl Iterator<Item = &Document> {
        let id = of.id.clone();
        let from = self.documents.partition_point(|other| other.date < of.date);
        let near = self.documents.iter().skip(from).take_while({
            let last = of.date.saturating_add(jiff::ToSpan::days(7));
            move |other| other.date <= last
        });
        near.filter(move |other| match &other.kind {
            Kind::CreditNote { invoice, .. } => *invoice == id,
            Kind::BillCreditNote { bill, .. } => *bill == id,
            Kind::Invoice { .. }
            | Kind::Bill { .. }
            | Kind::DirectIncome { .. }
            | Kind::DirectCost { .. }
            | Kind::Transfer { .. }
            | Kind::Journal
            | Kind::PurchaseOrder { .. }
            | Kind::SalesOrder { .. } => false,
        })
    }
}

/// Removes payments after the last date.
fn remove_payments_after(document: &mut Document, through: Date) {
    if let Kind::Invoice { settled, .. } | Kind::Bill { settled, .. } = &mut document.kind {
        settled.retain(|paid: &Settlement| paid.date <= through);
    }
}
