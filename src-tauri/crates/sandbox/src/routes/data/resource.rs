//! The resources below `/data/`. A type's key and its path can differ (§2.19).

use books::Statement;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum DataResource {
    /// Company information of the accounting or commerce software.
    Info(&'static str),
    Statement(Statement),
    List(&'static str),
    /// One record by its ID.
    One(&'static str, String),
    /// The transactions of a bank account.
    BankTransactions(String),
    Pdf(String),
    Attachments(&'static str, String),
    /// The record's type and ID, and the attachment's ID.
    Attachment(&'static str, String, String),
    File(&'static str, String, String),
}

/// Types of the company routes: the lower-case path and the key.
const BY_COMPANY: &[(&str, &str)] = &[
    ("accounts", "chartOfAccounts"),
    ("invoices", "invoices"),
    ("bills", "bills"),
    ("billpayments", "billPayments"),
    ("billcreditnotes", "billCreditNotes"),
    ("creditnotes", "creditNotes"),
    ("customers", "customers"),
    ("suppliers", "suppliers"),
    ("payments", "payments"),
    ("journals", "journals"),
    ("journalentries", "journalEntries"),
    ("items", "items"),
    ("taxrates", "taxRates"),
    ("trackingcategories", "trackingCategories"),
    ("purchaseorders", "purchaseOrders"),
    ("salesorders", "salesOrders"),
    ("paymentmethods", "paymentMethods"),
    ("banking-transactions", "banking-transactions"),
];

/// Types of the connection routes.
const BY_CONNECTION: &[(&str, &str)] = &[
    ("accounttransactions", "accountTransactions"),
    ("directcosts", "directCosts"),
    ("directincomes", "directIncomes"),
    ("transfers", "transfers"),
    ("bankaccounts", "bankAccounts"),
    ("banking-accounts", "banking-accounts"),
    ("banking-accountbalances", "banking-accountBalances"),
    ("banking-transactions", "banking-transactions"),
    ("banking-transactioncategories", "banking-transactionCategories"),
    ("commerce-customers", "commerce-customers"),
    ("commerce-orders", "commerce-orders"),
    ("commerce-payments", "commerce-payments"),
    ("commerce-paymentmethods", "commerce-paymentMethods"),
    ("commerce-products", "commerce-products"),
    ("commerce-productcategories", "commerce-productCategories"),
    ("commerce-transactions", "commerce-transactions"),
    ("commerce-disputes", "commerce-disputes"),
    ("commerce-locations", "commerce-locations"),
    ("commerce-taxcomponents", "commerce-taxComponents"),
];

/// Types with attachments.
const ATTACHED: &[(&str, &str)] = &[
    ("invoices", "invoices"),
    ("bills", "bills"),
    ("customers", "customers"),
    ("suppliers", "suppliers"),
    ("directcosts", "directCosts"),
    ("directincomes", "directIncomes"),
];

impl DataResource {
    /// Parses a path: `lower` in lower case, `named` as it was sent.
    pub(super) fn parse(by_connection: bool, lower: &[&str], named: &[&str]) -> Option<Self> {
        let name = |at: usize| named.get(at).map(|part| (*part).to_owned());
        let key = |types: &[(&str, &'static str)], path: &str| {
            types.iter().find(|(known, _)| *known == path).map(|(_, key)| *key)
        };
        match (by_connection, lower) {
            (false, ["info"]) => Some(Self::Info("company")),
            (true, ["commerce-info"]) => Some(Self::Info("commerce-companyInfo")),
            (false, ["financials", statement]) => match *statement {
                "profitandloss" => Some(Self::Statement(Statement::ProfitAndLoss)),
                "balancesheet" => Some(Self::Statement(Statement::BalanceSheet)),
                "cashflowstatement" => Some(Self::Statement(Statement::CashFlow)),
                _ => None,
            },
            (false, ["invoices", _, "pdf"]) => Some(Self::Pdf(name(1)?)),
            (true, ["bankaccounts", _, "banktransactions"])
            | (false, ["bankaccounts", _, "transactions"]) => Some(Self::BankTransactions(name(1)?)),
            (true, [path, _, "attachments"]) => Some(Self::Attachments(key(ATTACHED, path)?, name(1)?)),
            (true, [path, _, "attachments", _]) => {
                Some(Self::Attachment(key(ATTACHED, path)?, name(1)?, name(3)?))
            }
            (true, [path, _, "attachments", _, "download"]) => {
                Some(Self::File(key(ATTACHED, path)?, name(1)?, name(3)?))
            }
            (true, [path]) => Some(Self::List(key(BY_CONNECTION, path)?)),
            (false, [path]) => Some(Self::List(key(BY_COMPANY, path)?)),
            (true, [path, _]) => Some(Self::One(key(BY_CONNECTION, path)?, name(1)?)),
            (false, [path, _]) => Some(Self::One(key(BY_COMPANY, path)?, name(1)?)),
            _ => None,
        }
    }

    /// The type that must have been read.
    pub(super) fn data_type(&self) -> &'static str {
        match self {
            Self::Info(key)
            | Self::List(key)
            | Self::One(key, _)
            | Self::Attachments(key, _)
            | Self::Attachment(key, ..)
            | Self::File(key, ..) => key,
            Self::Statement(Statement::ProfitAndLoss) => "profitAndLoss",
            Self::Statement(Statement::BalanceSheet) => "balanceSheet",
            Self::Statement(Statement::CashFlow) => "cashFlowStatement",
            Self::BankTransactions(_) => "bankTransactions",
            Self::Pdf(_) => "invoices",
        }
    }
}
