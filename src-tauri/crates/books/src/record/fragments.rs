//! Fragments that many records share.

use jiff::civil::Date;

use crate::{
    chart::Account,
    document::{Document, Item, Line, Settlement},
    json::Json,
    model::Books,
    money::Money,
    names,
};

/// Adds the modification dates: in the source in the afternoon, in Codat's cache in the evening.
pub(super) fn changed(record: Json, day: Date) -> Json {
    record
        .with("modifiedDate", format!("{day}T21:15:00Z"))
        .with("sourceModifiedDate", format!("{day}T17:40:00"))
}

/// A reference to an account.
pub(super) fn account_ref(account: Account) -> Json {
    Json::object().with("id", account.id()).with("name", account.name())
}

/// A reference to a record of another type.
pub(super) fn record_ref(data_type: &str, id: &str) -> Json {
    Json::object().with("id", id).with("dataType", data_type)
}

pub(super) fn customer_id(at: usize) -> String {
    format!("cus-{at:03}")
}

pub(super) fn supplier_id(at: usize) -> String {
    format!("sup-{at:03}")
}

pub(super) fn item_id(item: Item) -> String {
    match item {
        Item::Sold(at) => format!("item-s{at:02}"),
        Item::Bought(at) => format!("item-b{at:02}"),
    }
}

impl Books {
    pub(super) fn customer_ref(&self, at: usize) -> Json {
        Json::object()
            .with("id", customer_id(at))
            .with("companyName", names::customer(self.business.seed, at))
    }

    pub(super) fn supplier_ref(&self, at: usize) -> Json {
        Json::object()
            .with("id", supplier_id(at))
            .with("supplierName", names::supplier(self.business.seed, at))
    }

    pub(super) fn currency(&self, record: Json) -> Json {
        record.with("currency", &self.business.currency)
    }

    pub(super) fn item_name(&self, item: Item) -> Option<&'static str> {
        let figures = self.business.figures();
        match item {
            Item::Sold(at) => figures.sold.get(at).map(|thing| thing.0),
            Item::Bought(at) => figures.bought.get(at).map(|thing| thing.0),
        }
    }

    /// The tax rate of a line.
    pub(super) fn tax_ref(&self, line: &Line) -> Json {
        let percent = if line.tax.is_zero() { 0 } else { self.business.tax_percent() };
        Json::object()
            .with("id", tax_id(percent))
            .with("name", tax_name(percent))
            .with("effectiveTaxRate", percent)
    }

    /// The line items of a document.
    pub(super) fn lines(&self, document: &Document) -> Vec<Json> {
        document.lines.iter().map(|line| self.line(line)).collect()
    }

    fn line(&self, line: &Line) -> Json {
        let item = line
            .item
            .map(|item| Json::object().with("id", item_id(item)).maybe("name", self.item_name(item)));
        Json::object()
            .with("description", &line.what)
            .with("unitAmount", line.unit)
            .with("quantity", line.quantity)
            .with("discountAmount", Money::ZERO)
            .with("subTotal", line.net())
            .with("taxAmount", line.tax)
            .with("totalAmount", line.gross())
            .with("accountRef", account_ref(line.account))
            .with("discountPercentage", Money::ZERO)
            .with("taxRateRef", self.tax_ref(line))
            .maybe("itemRef", item)
            .with("trackingCategoryRefs", Vec::new())
    }

    /// The payments of a document as allocations.
    pub(super) fn allocations(&self, document: &Document) -> Vec<Json> {
        document
            .settled()
            .iter()
            .map(|paid| self.allocation(&paid.id, paid.date, paid.amount, paid.bank))
            .collect()
    }

    /// A payment that is completely allocated to the document.
    pub(super) fn allocation(&self, id: &str, date: Date, amount: Money, bank: Account) -> Json {
        let payment = self
            .currency(Json::object().with("id", id).with("accountRef", account_ref(bank)))
            .with("paidOnDate", date)
            .with("totalAmount", amount);
        let allocation =
            self.currency(Json::object()).with("allocatedOnDate", date).with("totalAmount", amount);
        Json::object().with("payment", payment).with("allocation", allocation)
    }

    /// Completes a payment record with its amounts and its link to a document.
    pub(super) fn paid(&self, record: Json, paid: &Settlement, links: &str, id: &str, sign: i64) -> Json {
        let link = Json::object().with("type", links).with("id", id).with("amount", paid.amount.times(sign));
        let line = Json::object()
            .with("amount", paid.amount)
            .with("links", vec![link])
            .with("allocatedOnDate", paid.date);
        let record = self
            .currency(record.with("accountRef", account_ref(paid.bank)).with("totalAmount", paid.amount))
            .with("date", paid.date)
            .with("paymentMethodRef", Json::object().with("id", "pm-transfer").with("name", "Bank transfer"))
            .with("lines", vec![line])
            .with("reference", paid.id.to_uppercase());
        changed(not_deleted(record), paid.date)
    }
}

/// Adds the metadata of a record that is not deleted.
pub(super) fn not_deleted(record: Json) -> Json {
    record.with("metadata", Json::object().with("isDeleted", false))
}

pub(super) fn tax_id(percent: i64) -> String {
    format!("tax-{percent}")
}

pub(super) fn tax_name(percent: i64) -> String {
    if percent == 0 { "No tax".to_owned() } else { format!("Standard rate {percent}%") }
}
