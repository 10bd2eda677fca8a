//! Direct incomes and costs, transfers, and bank accounts of accounting sources.

use super::fragments::{account_ref, changed, not_deleted, record_ref, supplier_id};
use crate::{
    bank::Movement,
    chart::{Account, Class},
    document::{Document, Kind},
    json::Json,
    model::Books,
};

impl Books {
    pub(super) fn direct_incomes(&self) -> Vec<Json> {
        let incomes = self.documents.iter().filter_map(|document| {
            let Kind::DirectIncome { bank } = &document.kind else { return None };
            Some(self.direct(document, *bank, None))
        });
        incomes.collect()
    }

    pub(super) fn direct_costs(&self) -> Vec<Json> {
        let costs = self.documents.iter().filter_map(|document| {
            let Kind::DirectCost { bank, supplier } = &document.kind else { return None };
            Some(self.direct(document, *bank, *supplier))
        });
        costs.collect()
    }

    fn direct(&self, document: &Document, bank: Account, supplier: Option<usize>) -> Json {
        let contact = supplier.map(|at| record_ref("suppliers", &supplier_id(at)));
        let record = Json::object()
            .with("id", &document.id)
            .with("reference", document.id.to_uppercase())
            .with("note", &document.note)
            .maybe("contactRef", contact)
            .with("issueDate", document.date);
        let allocation = self.allocation(&document.id, document.date, document.gross(), bank);
        let record = self
            .currency(record)
            .with("lineItems", self.lines(document))
            .with("paymentAllocations", vec![allocation])
            .with("subTotal", document.net())
            .with("taxAmount", document.tax())
            .with("totalAmount", document.gross());
        changed(not_deleted(record), document.date)
    }

    pub(super) fn transfers(&self) -> Vec<Json> {
        let transfers = self.documents.iter().filter_map(|document| {
            let Kind::Transfer { from, to } = &document.kind else { return None };
            Some((document, *from, *to))
        });
        transfers
            .map(|(document, from, to)| {
                let side = |account: Account| {
                    let account = record_ref("bankAccounts", &account.id());
                    self.currency(Json::object().with("accountRef", account)).with("amount", document.net())
                };
                let record = Json::object()
                    .with("id", &document.id)
                    .with("description", &document.note)
                    .with("date", document.date)
                    .with("from", side(from))
                    .with("to", side(to))
                    .with("status", "Reconciled");
                changed(not_deleted(record), document.date)
            })
            .collect()
    }

    pub(super) fn bank_accounts(&self) -> Vec<Json> {
        self.banks()
            .into_iter()
            .map(|account| {
                let balance = self.balance(account, self.through);
                let record = Json::object()
                    .with("id", account.id())
                    .with("accountName", account.name())
                    .with("accountType", if account.class() == Class::Liability { "Credit" } else { "Debit" })
                    .with("nominalCode", account.code())
                    .with("sortCode", "04-00-04")
                    .with("accountNumber", number(self.business.seed, account));
                let record = self
                    .currency(record)
                    .with("balance", balance)
                    .with("institution", "Bank of Examples")
                    .with("availableBalance", balance)
                    .with("status", "Active");
                changed(not_deleted(record), self.through)
            })
            .collect()
    }

    /// The transactions of one bank account, by its ID, or of all.
    pub fn bank_transactions(&self, account: Option<&str>) -> Vec<Json> {
        let wanted = self.banks().into_iter().filter(|it| account.is_none_or(|id| it.id() == id));
        wanted
            .flat_map(|account| self.bank_movements(account))
            .map(|movement| bank_transaction(&movement))
            .collect()
    }

    pub(super) fn account_transactions(&self) -> Vec<Json> {
        let movements = self.banks().into_iter().flat_map(|account| self.bank_movements(account));
        let records = movements.map(|movement| {
            let (kind, id) = &movement.entry.source;
            let line = Json::object()
                .with("description", &movement.entry.note)
                .with("recordRef", record_ref(kind, id))
                .with("amount", movement.amount);
            let record = Json::object()
                .with("id", movement.id().replace("btx", "atx"))
                .with("transactionId", movement.id())
                .with("note", &movement.entry.note)
                .with("bankAccountRef", account_ref(movement.account))
                .with("date", movement.date)
                .with("status", "Reconciled");
            let record = self.currency(record).with("lines", vec![line]).with("totalAmount", movement.amount);
            changed(not_deleted(record), movement.date)
        });
        records.collect()
    }
}

fn bank_transaction(movement: &Movement<'_>) -> Json {
    let kind = match movement.entry.source.0 {
        "payments" | "directIncomes" => "Credit",
        "transfers" => "Xfer",
        "billPayments" | "directCosts" => "Payment",
        _ => "Other",
    };
    let record = Json::object()
        .with("id", movement.id())
        .with("accountId", movement.account.id())
        .with("clearedOnDate", movement.date)
        .with("description", &movement.entry.note)
        .with("reconciled", true)
        .with("amount", movement.amount)
        .with("balance", movement.balance)
        .with("transactionType", kind);
    changed(record, movement.date)
}

/// An eight-digit account number, derived from the seed.
pub(super) fn number(seed: u64, account: Account) -> String {
    let code: u64 = account.code().parse().unwrap_or(0);
    format!("{:08}", seed.wrapping_mul(31).wrapping_add(code) % 100_000_000)
}
