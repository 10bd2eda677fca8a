//! Orders and receipts (Appendix A.1).

use super::{Category, DataType, Group, Scope, Shape, columns, list};
use crate::data::column::{choice, count, date, flag, money, number, reference, text};

pub(super) static TYPES: &[DataType] = &[
    list(Category::Accounting, Group::Earning, Scope::Company, "salesOrders", "Sales orders", SALES_ORDERS),
    list(
        Category::Accounting,
        Group::Spending,
        Scope::Company,
        "purchaseOrders",
        "Purchase orders",
        PURCHASE_ORDERS,
    ),
    DataType {
        key: "itemReceipts",
        category: Category::Accounting,
        group: Group::Spending,
        name: "Item receipts",
        scope: Scope::Unpublished,
        shape: Shape::List,
        columns: &[],
        path: "itemReceipts",
    },
];

const STATUSES: &[&str] = &["Unknown", "Draft", "Open", "Closed", "Void"];
const INVOICING: &[&str] = &["Unknown", "PartiallyInvoiced", "Invoiced", "NotInvoiced"];

columns!(PURCHASE_ORDERS:
    text("id", "ID"),
    text("purchaseOrderNumber", "Number").shown(),
    reference("supplierRef", "Supplier", "suppliers", "supplierRef.id", "supplierRef.supplierName").shown(),
    date("issueDate", "Issued").shown(),
    date("expectedDeliveryDate", "Expected").shown(),
    date("deliveryDate", "Delivered"),
    date("paymentDueDate", "Payment due"),
    money("totalAmount", "Total").shown(),
    choice("status", "Status", STATUSES).shown(),
    money("subTotal", "Subtotal"),
    money("totalTaxAmount", "Tax"),
    money("totalDiscount", "Discount"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lineItems", "Lines"),
    text("note", "Note"),
    flag("metadata.isDeleted", "Deleted at source"),
);

columns!(SALES_ORDERS:
    text("id", "ID"),
    text("salesOrderNumber", "Number").shown(),
    text("customerPurchaseOrderNumber", "Customer’s number"),
    reference("customerRef", "Customer", "customers", "customerRef.id", "customerRef.companyName").shown(),
    date("issueDate", "Issued").shown(),
    date("expectedDeliveryDate", "Expected").shown(),
    money("totalAmount", "Total").shown(),
    choice("status", "Status", STATUSES).shown(),
    choice("invoicingStatus", "Invoicing", INVOICING).shown(),
    money("subTotal", "Subtotal"),
    money("totalTaxAmount", "Tax"),
    money("totalDiscount", "Discount"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lineItems", "Lines"),
    text("note", "Note"),
    flag("metadata.isDeleted", "Deleted at source"),
);
