//! Bank accounts at the bank (Appendix A.2).

use super::{Category, DataType, Group, STATUSES, Scope, columns, list};
use crate::data::column::{
    Column, bare_money, bare_reference, choice, date, flag, moment, money, reference, text,
};

pub(super) static TYPES: &[DataType] = &[
    banking("banking-accounts", "Bank accounts", ACCOUNTS),
    banking("banking-accountBalances", "Account balances", BALANCES),
    banking("banking-transactions", "Transactions", TRANSACTIONS),
    banking("banking-transactionCategories", "Transaction categories", CATEGORIES),
];

const fn banking(key: &'static str, name: &'static str, columns: &'static [Column]) -> DataType {
    list(Category::Banking, Group::Banking, Scope::Connection, key, name, columns)
}

const IDENTIFIER_TYPES: &[&str] = &["Account", "Card", "Credit", "Depository", "Investment", "Loan", "Other"];
const CODES: &[&str] = &[
    "Unknown",
    "Fee",
    "Payment",
    "Cash",
    "Transfer",
    "Interest",
    "Cashback",
    "Cheque",
    "DirectDebit",
    "Purchase",
    "StandingOrder",
    "Adjustment",
    "Credit",
    "Other",
    "NotSupported",
];

columns!(ACCOUNTS:
    text("id", "ID"),
    text("name", "Name").shown(),
    text("informalName", "Informal name"),
    text("holder", "Holder").shown(),
    text("institution.name", "Institution").shown(),
    choice("type", "Type", &["Unknown", "Credit", "Debit"]).shown(),
    money("balance.current", "Balance").shown(),
    money("balance.available", "Available").shown(),
    money("balance.limit", "Limit"),
    choice("identifiers.type", "Account type", IDENTIFIER_TYPES),
    text("identifiers.subtype", "Account subtype"),
    text("identifiers.number", "Number"),
    text("identifiers.maskedAccountNumber", "Masked number").shown(),
    text("identifiers.bankCode", "Bank code"),
    text("identifiers.iban", "IBAN"),
    text("identifiers.bic", "BIC"),
    text("currency", "Currency"),
    text("institution.id", "Institution ID"),
);

columns!(BALANCES:
    bare_reference("accountId", "Account", "banking-accounts", "accountId").shown(),
    date("date", "Date").shown(),
    bare_money("balance.current", "Balance").shown(),
    bare_money("balance.available", "Available").shown(),
    bare_money("balance.limit", "Limit"),
);

columns!(TRANSACTIONS:
    text("id", "ID"),
    date("postedDate", "Posted").shown(),
    moment("authorizedDate", "Authorized"),
    text("description", "Description").shown(),
    text("merchantName", "Merchant").shown(),
    money("amount", "Amount").shown(),
    choice("code", "Code", CODES).shown(),
    reference(
        "transactionCategoryRef",
        "Category",
        "banking-transactionCategories",
        "transactionCategoryRef.id",
        "transactionCategoryRef.name",
    ).shown(),
    bare_reference("accountId", "Account", "banking-accounts", "accountId").shown(),
    text("currency", "Currency"),
);

columns!(CATEGORIES:
    text("id", "ID"),
    text("name", "Name").shown(),
    bare_reference("parentId", "Parent", "banking-transactionCategories", "parentId").shown(),
    flag("hasChildren", "Has children").shown(),
    choice("status", "Status", STATUSES).shown(),
);
