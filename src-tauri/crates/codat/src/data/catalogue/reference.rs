//! The ledger, bank accounts in the accounting software, and reference data (Appendix A.1).

use super::{Category, DataType, Group, STATUSES, Scope, Shape, columns, list};
use crate::data::column::{
    Column, bare_money, bare_reference, choice, count, date, flag, moment, money, money_in, number,
    reference, said_reference, text,
};

pub(super) static TYPES: &[DataType] = &[
    DataType { path: "accounts", ..ledger("chartOfAccounts", "Accounts", Scope::Company, ACCOUNTS) },
    ledger("journalEntries", "Journal entries", Scope::Company, JOURNAL_ENTRIES),
    ledger("journals", "Journals", Scope::Company, JOURNALS),
    ledger("taxRates", "Tax rates", Scope::Company, TAX_RATES),
    ledger("trackingCategories", "Tracking categories", Scope::Company, TRACKING_CATEGORIES),
    ledger("accountTransactions", "Account transactions", Scope::Connection, ACCOUNT_TRANSACTIONS),
    ledger("transfers", "Transfers", Scope::Connection, TRANSFERS),
    list(
        Category::Accounting,
        Group::BankingData,
        Scope::Connection,
        "bankAccounts",
        "Bank accounts",
        BANK_ACCOUNTS,
    ),
    DataType {
        path: "bankAccounts/{accountId}/bankTransactions",
        ..list(
            Category::Accounting,
            Group::BankingData,
            Scope::Account,
            "bankTransactions",
            "Bank transactions",
            BANK_TRANSACTIONS,
        )
    },
    DataType {
        path: "info",
        shape: Shape::Single,
        ..list(Category::Accounting, Group::ReferenceData, Scope::Company, "company", "Company", COMPANY)
    },
    list(Category::Accounting, Group::ReferenceData, Scope::Company, "items", "Items", ITEMS),
    list(
        Category::Accounting,
        Group::ReferenceData,
        Scope::Company,
        "paymentMethods",
        "Payment methods",
        PAYMENT_METHODS,
    ),
];

const fn ledger(key: &'static str, name: &'static str, scope: Scope, columns: &'static [Column]) -> DataType {
    list(Category::Accounting, Group::AccountingData, scope, key, name, columns)
}

const fn deleted() -> Column {
    flag("metadata.isDeleted", "Deleted at source")
}

const ACCOUNT_TYPES: &[&str] = &["Unknown", "Asset", "Expense", "Income", "Liability", "Equity"];
const WITH_PENDING: &[&str] = &["Unknown", "Active", "Archived", "Pending"];
const RECONCILED: &[&str] = &["Unknown", "Unreconciled", "Reconciled", "Void"];
const TRANSACTION_TYPES: &[&str] = &[
    "Unknown",
    "Credit",
    "Debit",
    "Int",
    "Div",
    "Fee",
    "SerChg",
    "Dep",
    "Atm",
    "Pos",
    "Xfer",
    "Check",
    "Payment",
    "Cash",
    "DirectDep",
    "DirectDebit",
    "RepeatPmt",
    "Other",
];
const ITEM_TYPES: &[&str] = &["Unknown", "Inventory", "NonInventory", "Service"];
const METHOD_TYPES: &[&str] =
    &["Unknown", "Cash", "Check", "CreditCard", "DebitCard", "BankTransfer", "Other"];

columns!(ACCOUNTS:
    text("id", "ID"),
    text("nominalCode", "Code").shown(),
    text("name", "Name").shown(),
    choice("type", "Type", ACCOUNT_TYPES).shown(),
    text("fullyQualifiedCategory", "Category").shown(),
    money("currentBalance", "Balance").shown(),
    choice("status", "Status", WITH_PENDING).shown(),
    flag("isBankAccount", "Bank account"),
    text("fullyQualifiedName", "Full name"),
    text("description", "Description"),
    text("currency", "Currency"),
    count("validDatatypeLinks", "Valid links"),
    deleted(),
);

columns!(JOURNAL_ENTRIES:
    text("id", "ID"),
    date("postedOn", "Posted").shown(),
    text("description", "Description").shown(),
    reference("journalRef", "Journal", "journals", "journalRef.id", "journalRef.name").shown(),
    said_reference("recordRef", "From", "recordRef.dataType", "recordRef.id").shown(),
    count("journalLines", "Lines").shown(),
    moment("createdOn", "Created"),
    moment("updatedOn", "Updated"),
    deleted(),
);

columns!(JOURNALS:
    text("id", "ID"),
    text("journalCode", "Code").shown(),
    text("name", "Name").shown(),
    text("type", "Type").shown(),
    choice("status", "Status", STATUSES).shown(),
    bare_reference("parentId", "Parent", "journals", "parentId"),
    flag("hasChildren", "Has children"),
    moment("createdOn", "Created").shown(),
    deleted(),
);

columns!(TAX_RATES:
    text("id", "ID"),
    text("code", "Code").shown(),
    text("name", "Name").shown(),
    number("effectiveTaxRate", "Effective rate").shown(),
    number("totalTaxRate", "Total rate").shown(),
    choice("status", "Status", STATUSES).shown(),
    count("components", "Components"),
    count("validDatatypeLinks", "Valid links"),
    deleted(),
);

columns!(TRACKING_CATEGORIES:
    text("id", "ID"),
    text("name", "Name").shown(),
    bare_reference("parentId", "Parent", "trackingCategories", "parentId").shown(),
    flag("hasChildren", "Has children").shown(),
    choice("status", "Status", STATUSES).shown(),
    deleted(),
);

columns!(ACCOUNT_TRANSACTIONS:
    text("id", "ID"),
    text("transactionId", "Transaction").shown(),
    date("date", "Date").shown(),
    reference("bankAccountRef", "Bank account", "bankAccounts", "bankAccountRef.id", "bankAccountRef.name")
        .shown(),
    money("totalAmount", "Total").shown(),
    choice("status", "Status", RECONCILED).shown(),
    count("lines", "Lines"),
    text("note", "Note").shown(),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    deleted(),
);

columns!(TRANSFERS:
    text("id", "ID"),
    date("date", "Date").shown(),
    text("description", "Description").shown(),
    said_reference("from.accountRef", "From", "from.accountRef.dataType", "from.accountRef.id").shown(),
    money_in("from.amount", "Amount out", "from.currency").shown(),
    said_reference("to.accountRef", "To", "to.accountRef.dataType", "to.accountRef.id").shown(),
    money_in("to.amount", "Amount in", "to.currency").shown(),
    choice("status", "Status", RECONCILED).shown(),
    said_reference("contactRef", "Contact", "contactRef.dataType", "contactRef.id"),
    count("depositedRecordRefs", "Deposited records"),
    count("trackingCategoryRefs", "Tracking categories"),
    deleted(),
);

columns!(BANK_ACCOUNTS:
    text("id", "ID"),
    text("accountName", "Name").shown(),
    text("institution", "Institution").shown(),
    choice("accountType", "Type", &["Unknown", "Credit", "Debit"]).shown(),
    text("accountNumber", "Account number").shown(),
    text("sortCode", "Sort code"),
    text("iBan", "IBAN"),
    money("balance", "Balance").shown(),
    money("availableBalance", "Available"),
    money("overdraftLimit", "Overdraft limit"),
    choice("status", "Status", WITH_PENDING).shown(),
    text("nominalCode", "Code"),
    text("currency", "Currency"),
    deleted(),
);

columns!(BANK_TRANSACTIONS:
    text("id", "ID"),
    date("clearedOnDate", "Cleared").shown(),
    text("description", "Description").shown(),
    bare_money("amount", "Amount").shown(),
    bare_money("balance", "Balance").shown(),
    choice("transactionType", "Type", TRANSACTION_TYPES).shown(),
    flag("reconciled", "Reconciled").shown(),
    bare_reference("accountId", "Account", "bankAccounts", "accountId"),
);

columns!(COMPANY:
    text("companyName", "Name").shown(),
    text("companyLegalName", "Legal name").shown(),
    text("registrationNumber", "Registration number").shown(),
    text("taxNumber", "Tax number").shown(),
    text("baseCurrency", "Base currency").shown(),
    date("financialYearStartDate", "Financial year starts").shown(),
    date("ledgerLockDate", "Ledger locked until"),
    count("addresses", "Addresses"),
    count("phoneNumbers", "Phone numbers"),
    count("webLinks", "Web links"),
    moment("createdDate", "Created"),
);

columns!(ITEMS:
    text("id", "ID"),
    text("code", "Code").shown(),
    text("name", "Name").shown(),
    choice("type", "Type", ITEM_TYPES).shown(),
    choice("itemStatus", "Status", STATUSES).shown(),
    flag("isInvoiceItem", "Sold").shown(),
    bare_money("invoiceItem.unitPrice", "Selling price").shown(),
    text("invoiceItem.description", "Selling description"),
    flag("isBillItem", "Bought").shown(),
    bare_money("billItem.unitPrice", "Buying price").shown(),
    text("billItem.description", "Buying description"),
    deleted(),
);

columns!(PAYMENT_METHODS:
    text("id", "ID"),
    text("name", "Name").shown(),
    choice("type", "Type", METHOD_TYPES).shown(),
    choice("status", "Status", STATUSES).shown(),
    deleted(),
);
