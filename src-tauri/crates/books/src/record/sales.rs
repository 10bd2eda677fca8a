//! Customers and sales.

use jiff::civil::Date;

use super::fragments::{changed, customer_id, not_deleted, record_ref};
use crate::{
    document::{Document, Kind},
    json::Json,
    model::Books,
    money::Money,
    names::{self, CUSTOMERS},
};

impl Books {
    pub(super) fn customers(&self) -> Vec<Json> {
        (0..CUSTOMERS).map(|at| self.customer(at)).collect()
    }

    fn customer(&self, at: usize) -> Json {
        let name = names::customer(self.business.seed, at);
        let mail = format!("accounts@{}.example", name.to_lowercase().replace(' ', "-"));
        let address = Json::object()
            .with("type", "Billing")
            .with("line1", format!("{} High Street", at * 3 + 1))
            .with("city", "Harbour Town")
            .with("country", "United Kingdom")
            .with("postalCode", format!("HT{} {}AB", at % 9 + 1, at % 7 + 1));
        let record = Json::object()
            .with("id", customer_id(at))
            .with("customerName", name)
            .with("contactName", format!("Accounts {}", at + 1))
            .with("emailAddress", mail)
            .with("defaultCurrency", &self.business.currency)
            .with("phone", format!("01632 960{:03}", at))
            .with("addresses", vec![address])
            .with("contacts", Vec::new())
            .with("status", "Active");
        changed(not_deleted(record), self.business.first.first_of_month())
    }

    pub(super) fn invoices(&self) -> Vec<Json> {
        let invoices = self.documents.iter().filter_map(|document| {
            let Kind::Invoice { customer, due, .. } = &document.kind else { return None };
            Some((document, *customer, *due))
        });
        invoices
            .enumerate()
            .map(|(n, (document, customer, due))| self.invoice(n, document, customer, due))
            .collect()
    }

    fn invoice(&self, n: usize, document: &Document, customer: usize, due: Date) -> Json {
        let open = self.open(document, self.through);
        let paid = document.settled().last().map(|last| last.date).filter(|_| open.is_zero());
        let mut allocations = self.allocations(document);
        allocations.extend(self.credits(document).map(|note| {
            self.allocation(&note.id, note.date, note.gross(), crate::chart::Account::Receivables)
        }));
        let record = Json::object()
            .with("id", &document.id)
            .with("invoiceNumber", format!("INV-{:05}", n + 1))
            .with("customerRef", self.customer_ref(customer))
            .with("issueDate", document.date)
            .with("dueDate", due)
            .maybe("paidOnDate", paid);
        let record = self
            .currency(record)
            .with("lineItems", self.lines(document))
            .with("paymentAllocations", allocations)
            .with("withholdingTax", Vec::new())
            .with("totalDiscount", Money::ZERO)
            .with("subTotal", document.net())
            .with("additionalTaxAmount", Money::ZERO)
            .with("additionalTaxPercentage", Money::ZERO)
            .with("totalTaxAmount", document.tax())
            .with("totalAmount", document.gross())
            .with("amountDue", open)
            .with("discountPercentage", Money::ZERO)
            .with("status", status(document, open, "Submitted"))
            .with("note", &document.note);
        changed(not_deleted(record), self.last_modified(document))
    }

    /// The date of the last change of a document.
    pub(super) fn last_modified(&self, document: &Document) -> Date {
        let paid = document.settled().iter().map(|paid| paid.date);
        paid.chain(self.credits(document).map(|note| note.date)).max().unwrap_or(document.date)
    }

    pub(super) fn credit_notes(&self) -> Vec<Json> {
        let notes = self.documents.iter().filter_map(|document| {
            let Kind::CreditNote { customer, invoice } = &document.kind else { return None };
            Some((document, *customer, invoice))
        });
        notes
            .enumerate()
            .map(|(n, (document, customer, invoice))| {
                let record = Json::object()
                    .with("id", &document.id)
                    .with("creditNoteNumber", format!("CN-{:04}", n + 1))
                    .with("customerRef", self.customer_ref(customer));
                let allocation = self.allocation(
                    invoice,
                    document.date,
                    document.gross(),
                    crate::chart::Account::Receivables,
                );
                self.credit_note(record, document, allocation)
            })
            .collect()
    }

    /// The fields that credit notes to customers and from suppliers share. A credit note is completely
    /// allocated.
    pub(super) fn credit_note(&self, record: Json, document: &Document, allocation: Json) -> Json {
        let record = record
            .with("withholdingTax", Vec::new())
            .with("totalAmount", document.gross())
            .with("totalDiscount", Money::ZERO)
            .with("subTotal", document.net())
            .with("totalTaxAmount", document.tax())
            .with("discountPercentage", Money::ZERO)
            .with("remainingCredit", Money::ZERO)
            .with("status", "Paid")
            .with("issueDate", document.date)
            .with("allocatedOnDate", document.date);
        let record = self
            .currency(record)
            .with("lineItems", self.lines(document))
            .with("paymentAllocations", vec![allocation])
            .with("note", &document.note);
        changed(not_deleted(record), document.date)
    }

    pub(super) fn payments(&self) -> Vec<Json> {
        let mut all: Vec<(Date, Json)> = Vec::new();
        for document in &self.documents {
            let Kind::Invoice { customer, settled, .. } = &document.kind else { continue };
            all.extend(settled.iter().map(|paid| {
                let record =
                    Json::object().with("id", &paid.id).with("customerRef", self.customer_ref(*customer));
                (paid.date, self.paid(record, paid, "Invoice", &document.id, -1))
            }));
        }
        sorted_by_date(all)
    }

    pub(super) fn sales_orders(&self) -> Vec<Json> {
        let orders = self.documents.iter().filter_map(|document| {
            let Kind::SalesOrder { customer, due } = &document.kind else { return None };
            Some((document, *customer, *due))
        });
        orders
            .enumerate()
            .map(|(n, (document, customer, due))| {
                let is_past = due <= self.through;
                let record = Json::object()
                    .with("id", &document.id)
                    .with("salesOrderNumber", format!("SO-{:04}", n + 1))
                    .with("issueDate", document.date)
                    .with("expectedDeliveryDate", due)
                    .with("customerRef", self.customer_ref(customer))
                    .with("status", if is_past { "Closed" } else { "Open" })
                    .with("invoicingStatus", if is_past { "Invoiced" } else { "NotInvoiced" });
                changed(not_deleted(self.ordered(record, document)), document.date)
            })
            .collect()
    }

    /// The fields that purchase orders and sales orders share.
    pub(super) fn ordered(&self, record: Json, document: &Document) -> Json {
        self.currency(record)
            .with("lineItems", self.lines(document))
            .with("totalDiscount", Money::ZERO)
            .with("subTotal", document.net())
            .with("totalTaxAmount", document.tax())
            .with("totalAmount", document.gross())
    }

    /// The attachments of a record: every fifth record has one, a PDF of `file_size` bytes. None if there is
    /// no such record.
    pub fn attachments(&self, data_type: &str, id: &str, file_size: usize) -> Option<Vec<Json>> {
        let records = self.records(data_type)?;
        let at = records.iter().position(|record| record.get("id").and_then(Json::text) == Some(id))?;
        let modified = records.get(at)?.get("modifiedDate").and_then(Json::text)?;
        let day: Date = modified.get(..10)?.parse().ok()?;
        let attachment = (at % 5 == 0).then(|| {
            let record = Json::object()
                .with("id", format!("att-{id}"))
                .with("name", format!("{id}.pdf"))
                .with("contentType", "application/pdf")
                .with("dateCreated", day)
                .with("fileSize", i64::try_from(file_size).unwrap_or(i64::MAX))
                .with("includeWhenSent", true);
            changed(record, day).with("recordRef", record_ref(data_type, id))
        });
        Some(attachment.into_iter().collect())
    }
}

/// The payment status of a document.
pub(super) fn status(document: &Document, open: Money, unpaid: &'static str) -> &'static str {
    if open.is_zero() {
        "Paid"
    } else if open == document.gross() {
        unpaid
    } else {
        "PartiallyPaid"
    }
}

/// Sorts by date. Records of the same date keep their order.
pub(super) fn sorted_by_date(mut all: Vec<(Date, Json)>) -> Vec<Json> {
    all.sort_by_key(|(date, _)| *date);
    all.into_iter().map(|(_, record)| record).collect()
}
