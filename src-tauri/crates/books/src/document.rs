//! Documents: what was sold, bought, paid and set right.

use jiff::civil::Date;

use crate::{chart::Account, money::Money};

/// A document of a business.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// Its identifier.
    pub(crate) id: String,
    /// Its day.
    pub(crate) date: Date,
    /// What it is.
    pub(crate) kind: Kind,
    /// What it is for.
    pub(crate) lines: Vec<Line>,
    /// A few words.
    pub(crate) note: String,
}

/// What a document is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Sold on account.
    Invoice { customer: usize, due: Date, settled: Vec<Settlement> },
    /// Bought on account.
    Bill { supplier: usize, due: Date, settled: Vec<Settlement> },
    /// Taken back from what was sold, set against an invoice.
    CreditNote { customer: usize, invoice: String },
    /// Taken back from what was bought, set against a bill.
    BillCreditNote { supplier: usize, bill: String },
    /// Sold and paid at once.
    DirectIncome { bank: Account },
    /// Bought and paid at once.
    DirectCost { bank: Account, supplier: Option<usize> },
    /// From one account at a bank to another.
    Transfer { from: Account, to: Account },
    /// Posted by hand: each line debits its account, or credits it where it is negative.
    Journal,
    /// Ordered from a supplier.
    PurchaseOrder { supplier: usize, due: Date },
    /// Ordered by a customer.
    SalesOrder { customer: usize, due: Date },
}

/// A line of a document.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Where it is posted.
    pub(crate) account: Account,
    /// What it is.
    pub(crate) what: String,
    /// Which thing of the catalogue.
    pub(crate) item: Option<Item>,
    /// How many.
    pub(crate) quantity: i64,
    /// Each, without tax.
    pub(crate) unit: Money,
    /// Tax on all of it.
    pub(crate) tax: Money,
}

/// A thing of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// One that is sold.
    Sold(usize),
    /// One that is bought.
    Bought(usize),
}

/// A payment of an invoice or a bill, or of a part of it.
#[derive(Debug, Clone)]
pub(crate) struct Settlement {
    /// The payment's identifier.
    pub(crate) id: String,
    /// Its day.
    pub(crate) date: Date,
    /// How much.
    pub(crate) amount: Money,
    /// From or to which account.
    pub(crate) bank: Account,
}

impl Line {
    /// Without tax.
    pub(crate) fn net(&self) -> Money {
        self.unit.times(self.quantity)
    }

    /// With tax.
    pub(crate) fn gross(&self) -> Money {
        self.net() + self.tax
    }
}

impl Document {
    /// Without tax.
    pub(crate) fn net(&self) -> Money {
        self.lines.iter().map(Line::net).sum()
    }

    /// Its tax.
    pub(crate) fn tax(&self) -> Money {
        self.lines.iter().map(|line| line.tax).sum()
    }

    /// With tax.
    pub(crate) fn gross(&self) -> Money {
        self.net() + self.tax()
    }

    /// Its payments.
    pub(crate) fn settled(&self) -> &[Settlement] {
        match &self.kind {
            Kind::Invoice { settled, .. } | Kind::Bill { settled, .. } => settled,
            Kind::CreditNote { .. }
            | Kind::BillCreditNote { .. }
            | Kind::DirectIncome { .. }
            | Kind::DirectCost { .. }
            | Kind::Transfer { .. }
            | Kind::Journal
            | Kind::PurchaseOrder { .. }
            | Kind::SalesOrder { .. } => &[],
        }
    }
}
