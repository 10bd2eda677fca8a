//! Records of commerce sources (Appendix A.3). Every sale is an order, so orders equal sales.

use super::fragments::{changed, customer_id};
use crate::{
    document::{Document, Item, Kind, Line},
    json::Json,
    model::Books,
    money::Money,
    names::{self, CUSTOMERS},
};

/// The payment provider's fee in thousandths.
const FEE: i64 = 18;

impl Books {
    /// Sales of the trade: invoices and cash sales.
    fn sales(&self) -> impl Iterator<Item = (&Document, Option<usize>)> {
        let income = self.business.figures().income;
        self.documents.iter().filter_map(move |document| {
            if let Kind::Invoice { customer, .. } = &document.kind {
                return Some((document, Some(*customer)));
            }
            let Kind::DirectIncome { .. } = &document.kind else { return None };
            document.lines.iter().all(|line| line.account == income).then_some((document, None))
        })
    }

    /// Company information of the commerce software.
    pub fn commerce_info(&self) -> Json {
        let info = Json::object()
            .with("companyName", &self.business.name)
            .with("commercePlatformRef", format!("shop-{:08}", self.business.seed % 100_000_000))
            .with("companyLegalName", format!("{} Ltd", self.business.name))
            .with("addresses", Vec::new())
            .with("phoneNumbers", Vec::new())
            .with("webLinks", Vec::new())
            .with("baseCurrency", &self.business.currency);
        let balance = self.currency(
            Json::object()
                .with("available", Money::ZERO)
                .with("pending", Money::ZERO)
                .with("reserved", Money::ZERO),
        );
        let info = info.with("accountBalances", vec![balance]);
        changed(info.with("createdDate", self.business.first.first_of_month()), self.through)
    }

    pub(super) fn commerce_customers(&self) -> Vec<Json> {
        (0..CUSTOMERS)
            .map(|at| {
                let name = names::customer(self.business.seed, at);
                let record = Json::object()
                    .with("id", customer_id(at))
                    .with("emailAddress", format!("shop@{}.example", name.to_lowercase().replace(' ', "-")))
                    .with("customerName", name)
                    .with("defaultCurrency", &self.business.currency)
                    .with("addresses", Vec::new())
                    .with("createdDate", self.business.first.first_of_month());
                changed(record, self.business.first.first_of_month())
            })
            .collect()
    }

    pub(super) fn commerce_orders(&self) -> Vec<Json> {
        self.sales().enumerate().map(|(n, (sale, customer))| self.order(n, sale, customer)).collect()
    }

    fn order(&self, n: usize, sale: &Document, customer: Option<usize>) -> Json {
        let lines = sale
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| self.order_line(&sale.id, at, line))
            .collect::<Vec<_>>();
        let payment = self.currency(Json::object().with("id", payment_id(sale)).with("amount", sale.gross()));
        let payment = payment
            .with("type", "OnlineCard")
            .with("status", "Paid")
            .with("paymentProvider", "Examples Payments")
            .with("createdDate", sale.date);
        let customer = customer.map(|at| {
            Json::object().with("id", customer_id(at)).with("name", names::customer(self.business.seed, at))
        });
        let record = self.currency(
            Json::object()
                .with("id", order_id(sale))
                .with("orderNumber", format!("{}", n + 1001))
                .with("country", "GB"),
        );
        let record = record
            .with("closedDate", sale.date)
            .with("totalAmount", sale.gross())
            .with("totalRefund", Money::ZERO)
            .with("totalTaxAmount", sale.tax())
            .with("totalDiscount", Money::ZERO)
            .with("totalGratuity", Money::ZERO)
            .with("orderLineItems", lines)
            .with("payments", vec![changed(payment, sale.date)])
            .with("serviceCharges", Vec::new())
            .with("locationRef", Json::object().with("id", "loc-1").with("name", "Main shop"))
            .maybe("customerRef", customer)
            .with("createdDate", sale.date);
        changed(record, sale.date)
    }

    fn order_line(&self, sale: &str, at: usize, line: &Line) -> Json {
        let percent = if line.tax.is_zero() { 0 } else { self.business.tax_percent() };
        let product = line.item.and_then(|item| match item {
            Item::Sold(thing) => Some(product_id(thing)),
            Item::Bought(_) => None,
        });
        let product = product.map(|id| Json::object().with("id", id).with("name", &line.what));
        Json::object()
            .with("id", format!("{sale}-{at}"))
            .with("quantity", line.quantity)
            .with("taxPercentage", percent)
            .with("totalAmount", line.gross())
            .with("totalTaxAmount", line.tax)
            .with("unitPrice", line.unit)
            .with("taxes", Vec::new())
            .maybe("productRef", product)
            .with("discountAllocations", Vec::new())
    }

    pub(super) fn commerce_payments(&self) -> Vec<Json> {
        self.sales()
            .map(|(sale, _)| {
                let record =
                    self.currency(Json::object().with("id", payment_id(sale)).with("amount", sale.gross()));
                let record = record
                    .with("paymentMethodRef", Json::object().with("id", "card").with("name", "Card"))
                    .with("status", "Paid")
                    .with("paymentProvider", "Examples Payments")
                    .with("dueDate", sale.date)
                    .with("createdDate", sale.date);
                changed(record, sale.date)
            })
            .collect()
    }

    pub(super) fn commerce_products(&self) -> Vec<Json> {
        let first = self.business.first.first_of_month();
        let sold = self.business.figures().sold.iter().enumerate();
        sold.map(|(at, (name, price))| {
            let price = self.currency(Json::object()).with("unitPrice", Money::cents(*price));
            let variant = Json::object()
                .with("id", format!("{}-v1", product_id(at)))
                .with("name", *name)
                .with("isTaxEnabled", self.business.tax_percent() > 0)
                .with("sku", format!("SKU{at:03}"))
                .with("unitOfMeasure", "each")
                .with("vatPercentage", self.business.tax_percent())
                .with("prices", vec![price])
                .with("shippingRequired", true)
                .with("status", "Published")
                .with("createdDate", first);
            Json::object()
                .with("id", product_id(at))
                .with("name", *name)
                .with("description", *name)
                .with("categorization", "Everything")
                .with("isGiftCard", name.contains("Gift"))
                .with("variants", vec![changed(variant, first)])
        })
        .collect()
    }

    pub(super) fn commerce_transactions(&self) -> Vec<Json> {
        self.sales()
            .flat_map(|(sale, _)| {
                let fee = -sale.gross().permille(FEE);
                [("Payment", sale.gross(), "ctx"), ("PaymentFee", fee, "cfee")].map(|(kind, amount, name)| {
                    let source = Json::object().with("id", payment_id(sale)).with("type", "Payment");
                    let record =
                        Json::object().with("id", format!("{name}-{}", sale.id)).with("totalAmount", amount);
                    let record = self
                        .currency(record)
                        .with("type", kind)
                        .with("transactionSourceRef", source)
                        .with("createdDate", sale.date)
                        .with("sourceCreatedDate", sale.date);
                    changed(record, sale.date)
                })
            })
            .collect()
    }

    pub(super) fn commerce_disputes(&self) -> Vec<Json> {
        self.sales()
            .filter(|(sale, _)| sale.id.ends_with("7"))
            .step_by(11)
            .map(|(sale, _)| {
                let disputed = Json::object().with("id", payment_id(sale)).with("type", "Payment");
                let record = Json::object()
                    .with("id", format!("dsp-{}", sale.id))
                    .with("disputedTransactions", vec![disputed])
                    .with("totalAmount", sale.gross());
                let record = self
                    .currency(record)
                    .with("status", "Won")
                    .with("reason", "Not as described")
                    .with("dueDate", sale.date)
                    .with("createdDate", sale.date);
                changed(record, sale.date)
            })
            .collect()
    }

    pub(super) fn commerce_locations(&self) -> Vec<Json> {
        let address =
            Json::object().with("type", "Inventory").with("line1", "1 Harbour Lane").with("country", "GB");
        let record = Json::object().with("id", "loc-1").with("name", "Main shop").with("address", address);
        vec![changed(record, self.business.first.first_of_month())]
    }

    pub(super) fn commerce_tax_components(&self) -> Vec<Json> {
        let percent = self.business.tax_percent();
        let record = Json::object()
            .with("id", super::fragments::tax_id(percent))
            .with("name", super::fragments::tax_name(percent))
            .with("rate", percent)
            .with("isCompound", false);
        vec![changed(record, self.business.first.first_of_month())]
    }
}

/// The payment methods of the shop.
pub(super) fn payment_methods() -> Vec<Json> {
    [("card", "Card"), ("cash", "Cash")]
        .into_iter()
        .map(|(id, name)| fixed(Json::object().with("id", id).with("name", name).with("status", "Active")))
        .collect()
}

/// The product categories of the shop.
pub(super) fn product_categories() -> Vec<Json> {
    let everything = Json::object().with("id", "pc-1").with("name", "Everything");
    vec![fixed(everything.with("ancestorRefs", Vec::new()).with("hasChildren", false))]
}

/// Adds the dates of a record that never changed.
fn fixed(record: Json) -> Json {
    record.with("modifiedDate", "2020-01-01T00:00:00Z").with("sourceModifiedDate", "2020-01-01T00:00:00")
}

fn order_id(sale: &Document) -> String {
    format!("ord-{}", sale.id)
}

fn payment_id(sale: &Document) -> String {
    format!("cpay-{}", sale.id)
}

fn product_id(at: usize) -> String {
    format!("prd-{at:02}")
}
