//! Accounts, journals, items, tax rates, and the company itself.

use super::fragments::{account_ref, changed, item_id, not_deleted, record_ref, tax_id, tax_name};
use crate::{
    chart::{Account, Class},
    document::Item,
    json::Json,
    model::Books,
    money::Money,
};

impl Books {
    pub(super) fn accounts(&self) -> Vec<Json> {
        Account::ALL
            .iter()
            .map(|account| {
                let debits = self.balance(*account, self.through);
                let balance = match account.class() {
                    Class::Asset | Class::Expense => debits,
                    Class::Liability | Class::Equity | Class::Income => -debits,
                };
                let category = format!("{}.{}", account.class().name(), account.section().name());
                let record = Json::object()
                    .with("id", account.id())
                    .with("nominalCode", account.code())
                    .with("name", account.name())
                    .with("fullyQualifiedName", format!("{category}.{}", account.name()))
                    .with("fullyQualifiedCategory", category);
                let record = self
                    .currency(record)
                    .with("currentBalance", balance)
                    .with("type", account.class().name())
                    .with("status", "Active")
                    .with("isBankAccount", account.is_bank())
                    .with("validDatatypeLinks", Vec::new());
                changed(not_deleted(record), self.through)
            })
            .collect()
    }

    pub(super) fn items(&self) -> Vec<Json> {
        let figures = self.business.figures();
        let sold = figures.sold.iter().enumerate().map(|(at, thing)| (Item::Sold(at), thing, true));
        let bought = figures.bought.iter().enumerate().map(|(at, thing)| (Item::Bought(at), thing, false));
        sold.chain(bought)
            .map(|(item, (name, price), is_sold)| {
                let account = if is_sold { figures.income } else { Account::Materials };
                let percent = self.business.tax_percent();
                let side = Json::object()
                    .with("description", *name)
                    .with("unitPrice", Money::cents(*price))
                    .with("accountRef", account_ref(account))
                    .with(
                        "taxRateRef",
                        Json::object().with("id", tax_id(percent)).with("name", tax_name(percent)),
                    );
                let record = Json::object()
                    .with("id", item_id(item))
                    .with("name", *name)
                    .with("code", item_id(item).to_uppercase())
                    .with("itemStatus", "Active")
                    .with("type", if account == Account::Services { "Service" } else { "NonInventory" })
                    .with("isBillItem", !is_sold)
                    .maybe("billItem", (!is_sold).then(|| side.clone()))
                    .with("isInvoiceItem", is_sold)
                    .maybe("invoiceItem", is_sold.then_some(side));
                changed(not_deleted(record), self.business.first.first_of_month())
            })
            .collect()
    }

    pub(super) fn tax_rates(&self) -> Vec<Json> {
        let standard = self.business.tax_percent();
        let mut rates = vec![0];
        rates.extend((standard > 0).then_some(standard));
        rates
            .into_iter()
            .map(|percent| {
                let part = Json::object()
                    .with("name", tax_name(percent))
                    .with("rate", percent)
                    .with("isCompound", false);
                let record = Json::object()
                    .with("id", tax_id(percent))
                    .with("name", tax_name(percent))
                    .with("code", format!("T{percent}"))
                    .with("status", "Active")
                    .with("effectiveTaxRate", percent)
                    .with("totalTaxRate", percent)
                    .with("components", vec![part])
                    .with("validDatatypeLinks", Vec::new());
                changed(not_deleted(record), self.business.first.first_of_month())
            })
            .collect()
    }

    pub(super) fn tracking_categories(&self) -> Vec<Json> {
        let all = [
            ("trk-dep", "Department", None),
            ("trk-shop", "Front of house", Some("trk-dep")),
            ("trk-office", "Office", Some("trk-dep")),
        ];
        all.into_iter()
            .map(|(id, name, parent)| {
                let record = Json::object()
                    .with("id", id)
                    .with("name", name)
                    .with("status", "Active")
                    .maybe("parentId", parent)
                    .with("hasChildren", parent.is_none());
                changed(not_deleted(record), self.business.first.first_of_month())
            })
            .collect()
    }

    pub(super) fn payment_methods(&self) -> Vec<Json> {
        let all = [
            ("pm-transfer", "Bank transfer", "BankTransfer"),
            ("pm-card", "Card", "DebitCard"),
            ("pm-cash", "Cash", "Cash"),
        ];
        all.into_iter()
            .map(|(id, name, kind)| {
                let record = Json::object()
                    .with("id", id)
                    .with("name", name)
                    .with("type", kind)
                    .with("status", "Active");
                changed(not_deleted(record), self.business.first.first_of_month())
            })
            .collect()
    }

    pub(super) fn journals(&self) -> Vec<Json> {
        let all = [("jrn-general", "General journal", "General"), ("jrn-cash", "Cash journal", "Cash")];
        all.into_iter()
            .map(|(id, name, kind)| {
                let record = Json::object()
                    .with("id", id)
                    .with("journalCode", id.to_uppercase())
                    .with("name", name)
                    .with("type", kind)
                    .with("hasChildren", false)
                    .with("createdOn", self.business.first.first_of_month())
                    .with("status", "Active");
                changed(not_deleted(record), self.business.first.first_of_month())
            })
            .collect()
    }

    pub(super) fn journal_entries(&self) -> Vec<Json> {
        self.entries
            .iter()
            .map(|entry| {
                let lines: Vec<Json> = entry
                    .lines
                    .iter()
                    .map(|(account, amount)| {
                        let line = Json::object().with("description", &entry.note).with("netAmount", *amount);
                        self.currency(line).with("accountRef", account_ref(*account))
                    })
                    .collect();
                let (kind, id) = &entry.source;
                let record = Json::object()
                    .with("id", format!("je-{id}"))
                    .with("description", &entry.note)
                    .with("postedOn", entry.date)
                    .with("createdOn", entry.date)
                    .with("updatedOn", entry.date)
                    .with(
                        "journalRef",
                        Json::object().with("id", "jrn-general").with("name", "General journal"),
                    )
                    .with("journalLines", lines)
                    .with("recordRef", record_ref(kind, id));
                changed(not_deleted(record), entry.date)
            })
            .collect()
    }

    /// Company information (§2.19).
    pub fn info(&self) -> Json {
        let address = Json::object()
            .with("type", "Billing")
            .with("line1", "1 Harbour Lane")
            .with("city", "Harbour Town")
            .with("country", "United Kingdom")
            .with("postalCode", "HT1 1AA");
        let phone = Json::object().with("number", "01632 960001").with("type", "Primary");
        let slug: String = self
            .business
            .name
            .to_lowercase()
            .chars()
            .filter_map(|letter| {
                if letter.is_ascii_alphanumeric() { Some(letter) } else { (letter == ' ').then_some('-') }
            })
            .collect();
        let link = Json::object().with("type", "Website").with("url", format!("https://{slug}.example"));
        Json::object()
            .with("companyName", &self.business.name)
            .with("accountingPlatformRef", format!("org-{:08}", self.business.seed % 100_000_000))
            .with("companyLegalName", format!("{} Ltd", self.business.name))
            .with("addresses", vec![address])
            .with("phoneNumbers", vec![phone])
            .with("webLinks", vec![link])
            .with("ledgerLockDate", self.financial_year_start(self.through))
            .with("registrationNumber", format!("{:08}", self.business.seed % 10_000_000))
            .with("taxNumber", format!("{:09}", self.business.seed % 1_000_000_000))
            .with("financialYearStartDate", self.financial_year_start(self.through))
            .with("baseCurrency", &self.business.currency)
            .with("createdDate", self.business.first.first_of_month())
            .with("description", self.business.figures().name)
    }
}
