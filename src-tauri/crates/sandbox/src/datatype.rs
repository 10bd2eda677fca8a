//! Data types (§2.13): which there are, and which a source of a kind can read.

use serde::Serialize;

/// What kind of source an integration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum SourceKind {
    /// Books.
    Accounting,
    /// Bank accounts.
    Banking,
    /// Bank statements sent into books.
    BankFeed,
    /// Shops and payments.
    Commerce,
    /// Anything else.
    Other,
}

/// The 28 types of accounting sources.
const ACCOUNTING: &[&str] = &[
    "accountTransactions",
    "balanceSheet",
    "bankAccounts",
    "bankTransactions",
    "billCreditNotes",
    "billPayments",
    "bills",
    "cashFlowStatement",
    "chartOfAccounts",
    "company",
    "creditNotes",
    "customers",
    "directCosts",
    "directIncomes",
    "invoices",
    "itemReceipts",
    "items",
    "journalEntries",
    "journals",
    "paymentMethods",
    "payments",
    "profitAndLoss",
    "purchaseOrders",
    "salesOrders",
    "suppliers",
    "taxRates",
    "trackingCategories",
    "transfers",
];

/// The 4 types of banking sources.
const BANKING: &[&str] =
    &["banking-accountBalances", "banking-accounts", "banking-transactionCategories", "banking-transactions"];

/// The 11 types of commerce sources.
const COMMERCE: &[&str] = &[
    "commerce-companyInfo",
    "commerce-customers",
    "commerce-disputes",
    "commerce-locations",
    "commerce-orders",
    "commerce-paymentMethods",
    "commerce-payments",
    "commerce-productCategories",
    "commerce-products",
    "commerce-taxComponents",
    "commerce-transactions",
];

/// The types that a source of this kind can read; all of them are fetched on first link.
pub(crate) fn supported(kind: SourceKind) -> &'static [&'static str] {
    match kind {
        SourceKind::Accounting => ACCOUNTING,
        SourceKind::Banking => BANKING,
        SourceKind::Commerce => COMMERCE,
        SourceKind::BankFeed | SourceKind::Other => &[],
    }
}

/// All types, in the order in which they are listed.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    [ACCOUNTING, BANKING, COMMERCE].into_iter().flatten().copied()
}

/// Whether the type is one of the statements, whose history is counted in months.
pub(crate) fn is_statement(data_type: &str) -> bool {
    matches!(data_type, "balanceSheet" | "profitAndLoss" | "cashFlowStatement")
}

/// The type that `text` names, in whichever case.
pub(crate) fn named(text: &str) -> Option<&'static str> {
    all().find(|key| key.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_types_as_codat_has() {
        let counts = [SourceKind::Accounting, SourceKind::Banking, SourceKind::Commerce]
            .map(|kind| supported(kind).len());
        assert_eq!(counts, [28, 4, 11]);
    }

    #[test]
    fn a_type_is_found_in_any_case() {
        assert_eq!(named("INVOICES"), Some("invoices"));
        assert_eq!(named("Banking-Accounts"), Some("banking-accounts"));
        assert_eq!(named("spaceships"), None);
    }
}
