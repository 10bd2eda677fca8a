//! All books of a business up to a day.

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

/// The longest that books are generated for: 60 years.
const LONGEST: u32 = 720;

/// The books of a business through a day.
#[derive(Debug)]
pub struct Books {
    pub(crate) business: Business,
    /// The last day.
    pub(crate) through: Date,
    /// By day, then by identifier.
    pub(crate) documents: Vec<Document>,
    /// By day, then by what they are posted for.
    pub(crate) entries: Vec<Entry>,
}

impl Books {
    /// The books with everything that happened until this day, that day included.
    pub fn through(business: &Business, through: Date) -> Self {
        let through = business.stops.map_or(through, |stops| through.min(stops));
        let mut documents = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for at in 0..LONGEST {
            if month::month_begins(business, at).is_none_or(|begins| begins > through) {
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
        documents.iter_mut().for_each(|document| forget_after(document, through));
        documents.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        entries.sort_by(|a, b| (a.date, &a.source).cmp(&(b.date, &b.source)));
        Self { business: business.clone(), through, documents, entries }
    }

    /// The business.
    pub fn business(&self) -> &Business {
        &self.business
    }

    /// The last day that they know of.
    pub fn last_day(&self) -> Date {
        self.through
    }

    /// All postings, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What an account stands at by the end of a day: debits less credits.
    pub fn balance(&self, account: Account, day: Date) -> Money {
        sum(self.until(day), |other| other == account)
    }

    /// The postings until a day, that day included.
    pub(crate) fn until(&self, day: Date) -> impl Iterator<Item = &Entry> {
        let end = self.entries.partition_point(|entry| entry.date <= day);
        self.entries.iter().take(end)
    }

    /// The postings of some days, both ends included.
    pub(crate) fn between(&self, from: Date, to: Date) -> impl Iterator<Item = &Entry> {
        self.until(to).filter(move |entry| entry.date >= from)
    }

    /// What is open of an invoice or a bill at the end of a day: less payments, less notes of credit.
    pub(crate) fn open(&self, document: &Document, day: Date) -> Money {
        let paid: Money =
            document.settled().iter().filter(|paid| paid.date <= day).map(|paid| paid.amount).sum();
        document.gross() - paid - self.credited(document, day)
    }

    /// What notes of credit take from an invoice or a bill.
    pub(crate) fn credited(&self, document: &Document, day: Date) -> Money {
        self.credits(document).filter(|note| note.date <= day).map(Document::gross).sum()
    }

    /// The notes of credit for an invoice or a bill: within days of it.
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

/// Payments that are yet to come are not known.
fn forget_after(document: &mut Document, through: Date) {
    if let Kind::Invoice { settled, .. } | Kind::Bill { settled, .. } = &mut document.kind {
        settled.retain(|paid: &Settlement| paid.date <= through);
    }
}
