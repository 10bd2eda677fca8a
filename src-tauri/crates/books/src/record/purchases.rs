//! Suppliers and purchases.

use jiff::civil::Date;

use super::{
    fragments::{changed, not_deleted, record_ref, supplier_id},
    sales::{sorted_by_date, status},
};
use crate::{
    chart::Account,
    document::{Document, Kind},
    json::Json,
    model::Books,
    names::{self, SUPPLIERS},
};

impl Books {
    pub(super) fn suppliers(&self) -> Vec<Json> {
        (0..SUPPLIERS)
            .map(|at| {
                let name = names::supplier(self.business.seed, at);
                let record = Json::object()
                    .with("id", supplier_id(at))
                    .with("contactName", format!("Sales desk {}", at + 1))
                    .with("emailAddress", format!("orders@{}.example", name.to_lowercase().replace(' ', "-")))
                    .with("supplierName", name)
                    .with("phone", format!("01632 961{at:03}"))
                    .with("addresses", Vec::new())
                    .with("status", "Active")
                    .with("defaultCurrency", &self.business.currency);
                changed(not_deleted(record), self.business.first.first_of_month())
            })
            .collect()
    }

    pub(super) fn bills(&self) -> Vec<Json> {
        let bills = self.documents.iter().filter_map(|document| {
            let Kind::Bill { supplier, due, .. } = &document.kind else { return None };
            Some((document, *supplier, *due))
        });
        bills
            .enumerate()
            .map(|(n, (document, supplier, due))| self.bill(n, document, supplier, due))
            .collect()
    }

    fn bill(&self, n: usize, document: &Document, supplier: usize, due: Date) -> Json {
        let open = self.open(document, self.through);
        let mut allocations = self.allocations(document);
        allocations.extend(
            self.credits(document)
                .map(|note| self.allocation(&note.id, note.date, note.gross(), Account::Payables)),
        );
        let record = Json::object()
            .with("id", &document.id)
            .with("reference", format!("BILL-{:05}", n + 1))
            .with("supplierRef", self.supplier_ref(supplier))
            .with("purchaseOrderRefs", Vec::new())
            .with("issueDate", document.date)
            .with("dueDate", due);
        let record = self
            .currency(record)
            .with("lineItems", self.lines(document))
            .with("withholdingTax", Vec::new())
            .with("status", status(document, open, "Open"))
            .with("subTotal", document.net())
            .with("taxAmount", document.tax())
            .with("totalAmount", document.gross())
            .with("amountDue", open)
            .with("paymentAllocations", allocations);
        changed(not_deleted(record), self.last_modified(document))
    }

    pub(super) fn bill_credit_notes(&self) -> Vec<Json> {
        let notes = self.documents.iter().filter_map(|document| {
            let Kind::BillCreditNote { supplier, bill } = &document.kind else { return None };
            Some((document, *supplier, bill))
        });
        notes
            .enumerate()
            .map(|(n, (document, supplier, bill))| {
                let record = Json::object()
                    .with("id", &document.id)
                    .with("billCreditNoteNumber", format!("BCN-{:04}", n + 1))
                    .with("supplierRef", self.supplier_ref(supplier))
                    .with("createdFromRefs", vec![record_ref("bills", bill)]);
                let allocation = self.allocation(bill, document.date, document.gross(), Account::Payables);
                self.credit_note(record, document, allocation)
            })
            .collect()
    }

    pub(super) fn bill_payments(&self) -> Vec<Json> {
        let mut all: Vec<(Date, Json)> = Vec::new();
        for document in &self.documents {
            let Kind::Bill { supplier, settled, .. } = &document.kind else { continue };
            all.extend(settled.iter().map(|paid| {
                let record =
                    Json::object().with("id", &paid.id).with("supplierRef", self.supplier_ref(*supplier));
                (paid.date, self.paid(record, paid, "Bill", &document.id, -1))
            }));
        }
        sorted_by_date(all)
    }

    pub(super) fn purchase_orders(&self) -> Vec<Json> {
        self.orders_to_suppliers()
            .enumerate()
            .map(|(n, (document, supplier, due))| {
                let record = Json::object()
                    .with("id", &document.id)
                    .with("purchaseOrderNumber", format!("PO-{:04}", n + 1))
                    .with("issueDate", document.date)
                    .with("expectedDeliveryDate", due)
                    .maybe("deliveryDate", (due <= self.through).then_some(due))
                    .with("supplierRef", self.supplier_ref(supplier))
                    .with("status", if due <= self.through { "Closed" } else { "Open" });
                changed(not_deleted(self.ordered(record, document)), document.date)
            })
            .collect()
    }

    /// The receipts of delivered purchase orders.
    pub(super) fn item_receipts(&self) -> Vec<Json> {
        self.orders_to_suppliers()
            .filter(|(_, _, due)| *due <= self.through)
            .map(|(document, supplier, due)| {
                let record = Json::object()
                    .with("id", document.id.replace("po-", "rcp-"))
                    .with("supplierRef", self.supplier_ref(supplier))
                    .with("receivedDate", due);
                changed(not_deleted(self.ordered(record, document)), due)
            })
            .collect()
    }

    fn orders_to_suppliers(&self) -> impl Iterator<Item = (&Document, usize, Date)> {
        self.documents.iter().filter_map(|document| {
            let Kind::PurchaseOrder { supplier, due } = &document.kind else { return None };
            Some((document, *supplier, *due))
        })
    }
}
