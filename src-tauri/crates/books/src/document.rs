//! Business documents.

use jiff::civil::Date;

use crate::{chart::Account, money::Money};

#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) date: Date,
    pub(crate) kind: Kind,
    pub(crate) lines: Vec<Line>,
    pub(crate) note: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A sale on account.
    Invoice { customer: usize, due: Date, settled: Vec<Settlement> },
    /// A purchase on account.
    Bill { supplier: usize, due: Date, settled: Vec<Settlement> },
    /// Reduces an invoice.
    CreditNote { customer: usize, invoice: String },
    /// Reduces a bill.
    BillCreditNote { supplier: usize, bill: String },
    /// A sale that is paid immediately.
    DirectIncome { bank: Account },
    /// A purchase that is paid immediately.
    DirectCost { bank: Account, supplier: Option<usize> },
    /// Between two bank accounts.
    Transfer { from: Account, to: Account },
    /// A manual entry: each line debits its account, or credits it if negative.
    Journal,
    /// Not posted.
    PurchaseOrder { supplier: usize, due: Date },
    /// Not posted.
    SalesOrder { customer: usize, due: Date },
}

/// A line item.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) account: Account,
    pub(crate) what: String,
    pub(crate) item: Option<Item>,
    pub(crate) quantity: i64,
    /// Without tax.
    pub(crate) unit: Money,
    /// For the whole line.
    pub(crate) tax: Money,
}

/// An index into the trade's catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    Sold(usize),
    Bought(usize),
}

/// A full or partial payment of an invoice or bill.
#[derive(Debug, Clone)]
pub(crate) struct Settlement {
    pub(crate) id: String,
    pub(crate) date: Date,
    pub(crate) amount: Money,
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

    pub(crate) fn tax(&self) -> Money {
        self.lines.iter().map(|line| line.tax).sum()
    }

    /// With tax.
    pub(crate) fn gross(&self) -> Money {
        self.net() + self.tax()
    }

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
