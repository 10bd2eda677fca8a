//! Bank accounts and transactions of banking sources (Appendix A.2).

use super::{cash::number, fragments::changed};
use crate::{
    bank::Movement,
    chart::{Account, Class},
    json::Json,
    model::Books,
};

const CATEGORIES: [(&str, &str, Option<&str>); 7] = [
    ("cat-in", "Income", None),
    ("cat-sales", "Sales", Some("cat-in")),
    ("cat-out", "Spending", None),
    ("cat-suppliers", "Suppliers", Some("cat-out")),
    ("cat-running", "Running costs", Some("cat-out")),
    ("cat-transfer", "Transfers", None),
    ("cat-other", "Other", None),
];

impl Books {
    pub(super) fn banking_accounts(&self) -> Vec<Json> {
        self.banks()
            .into_iter()
            .map(|account| {
                let identifiers = Json::object()
                    .with("type", if account.class() == Class::Liability { "Credit" } else { "Depository" })
                    .with("number", number(self.business.seed, account))
                    .with("bankCode", "040004");
                let record = Json::object()
                    .with("id", account.id())
                    .with("name", account.name())
                    .with("holder", &self.business.name)
                    .with("type", if account.class() == Class::Liability { "Credit" } else { "Debit" })
                    .with("balance", self.banking_balance(account))
                    .with("identifiers", identifiers);
                let institution =
                    Json::object().with("id", "bank-of-examples").with("name", "Bank of Examples");
                changed(self.currency(record).with("institution", institution), self.through)
            })
            .collect()
    }

    fn banking_balance(&self, account: Account) -> Json {
        let balance = self.balance(account, self.through);
        Json::object().with("available", balance).with("current", balance)
    }

    pub(super) fn banking_balances(&self) -> Vec<Json> {
        self.banks()
            .into_iter()
            .map(|account| {
                let record = Json::object()
                    .with("accountId", account.id())
                    .with("balance", self.banking_balance(account))
                    .with("date", self.through);
                changed(record, self.through)
            })
            .collect()
    }

    pub(super) fn banking_transactions(&self) -> Vec<Json> {
        let movements = self.banks().into_iter().flat_map(|account| self.bank_movements(account));
        movements.map(|movement| self.banking_transaction(&movement)).collect()
    }

    fn banking_transaction(&self, movement: &Movement<'_>) -> Json {
        let (category, code) = match movement.entry.source.0 {
            "payments" | "directIncomes" => (1, "Credit"),
            "billPayments" => (3, "Payment"),
            "directCosts" => (4, "Purchase"),
            "transfers" => (5, "Transfer"),
            _ => (6, "Other"),
        };
        let category =
            CATEGORIES.get(category).map(|(id, name, _)| Json::object().with("id", *id).with("name", *name));
        let record = Json::object()
            .with("id", movement.id())
            .with("accountId", movement.account.id())
            .with("description", &movement.entry.note)
            .with("amount", movement.amount);
        let record = self
            .currency(record)
            .with("postedDate", movement.date)
            .with("authorizedDate", movement.date)
            .with("code", code)
            .maybe("transactionCategoryRef", category);
        changed(record, movement.date)
    }
}

/// Transaction categories.
pub(super) fn categories() -> Vec<Json> {
    CATEGORIES
        .iter()
        .map(|(id, name, parent)| {
            Json::object()
                .with("id", *id)
                .with("name", *name)
                .maybe("parentId", *parent)
                .with("hasChildren", CATEGORIES.iter().any(|other| other.2 == Some(*id)))
                .with("status", "Active")
                .with("modifiedDate", "2020-01-01T00:00:00Z")
                .with("sourceModifiedDate", "2020-01-01T00:00:00")
        })
        .collect()
}
