//! What a path below `/data/` names. Key and path of a type may differ (§2.19).

use books::Statement;

/// Something that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Company information, of the books or of the shop.
    Info(&'static str),
    /// A statement.
    Statement(Statement),
    /// A list of records.
    List(&'static str),
    /// One record, by its identifier.
    One(&'static str, String),
    /// The transactions of an account at a bank.
    OfAccount(String),
    /// An invoice as a document.
    Pdf(String),
    /// The attachments of a record.
    Attachments(&'static str, String),
    /// One attachment: of which record, and which.
    Attachment(&'static str, String, String),
    /// An attachment's file.
    File(&'static str, String, String),
}

/// Types that are read by company: the path in small letters, and the key.
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

/// Types that are read by connection.
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

/// Types whose records have attachments, which are read by connection.
const ATTACHED: &[(&str, &str)] = &[
    ("invoices", "invoices"),
    ("bills", "bills"),
    ("customers", "customers"),
    ("suppliers", "suppliers"),
    ("directcosts", "directCosts"),
    ("directincomes", "directIncomes"),
];

impl Place {
    /// What the path names: `lower` in small letters, `named` as it came.
    pub(super) fn of(by_connection: bool, lower: &[&str], named: &[&str]) -> Option<Self> {
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
            | (false, ["bankaccounts", _, "transactions"]) => Some(Self::OfAccount(name(1)?)),
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
            Self::OfAccount(_) => "bankTransactions",
            Self::Pdf(_) => "invoices",
        }
    }
}
