//! Data types (§2.13) and the kinds of sources that support them.

use serde::Serialize;

/// The kind of source of an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum SourceKind {
    Accounting,
    Banking,
    /// Bank statements that are sent to the accounting software.
    BankFeed,
    Commerce,
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

/// The types that a kind of source supports. All of them are read on the first link.
pub(crate) fn supported(kind: SourceKind) -> &'static [&'static str] {
    match kind {
        SourceKind::Accounting => ACCOUNTING,
        SourceKind::Banking => BANKING,
        SourceKind::Commerce => COMMERCE,
        SourceKind::BankFeed | SourceKind::Other => &[],
    }
}

/// All types in the order of the API's lists.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    [ACCOUNTING, BANKING, COMMERCE].into_iter().flatten().copied()
}

/// Financial statements. Their history is limited in months.
pub(crate) fn is_statement(data_type: &str) -> bool {
    matches!(data_type, "balanceSheet" | "profitAndLoss" | "cashFlowStatement")
}

/// The type with this key, ignoring case.
pub(crate) fn find(text: &str) -> Option<&'static str> {
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
        assert_eq!(find("INVOICES"), Some("invoices"));
        assert_eq!(find("Banking-Accounts"), Some("banking-accounts"));
        assert_eq!(find("spaceships"), None);
    }
}
