//! Commerce and payments (Appendix A.3).

use super::{Category, DataType, Group, STATUSES, Scope, Shape, columns, list};
use crate::data::column::{
    Column, choice, count, date, flag, moment, money, number, reference, said_reference, text,
};

pub(super) static TYPES: &[DataType] = &[
    DataType {
        path: "commerce-info",
        shape: Shape::Single,
        ..commerce("commerce-companyInfo", "Company", COMPANY)
    },
    commerce("commerce-customers", "Customers", CUSTOMERS),
    commerce("commerce-orders", "Orders", ORDERS),
    commerce("commerce-payments", "Payments", PAYMENTS),
    commerce("commerce-paymentMethods", "Payment methods", PAYMENT_METHODS),
    commerce("commerce-products", "Products", PRODUCTS),
    commerce("commerce-productCategories", "Product categories", PRODUCT_CATEGORIES),
    commerce("commerce-transactions", "Transactions", TRANSACTIONS),
    commerce("commerce-disputes", "Disputes", DISPUTES),
    commerce("commerce-locations", "Locations", LOCATIONS),
    commerce("commerce-taxComponents", "Tax components", TAX_COMPONENTS),
];

const fn commerce(key: &'static str, name: &'static str, columns: &'static [Column]) -> DataType {
    list(Category::Commerce, Group::Commerce, Scope::Connection, key, name, columns)
}

const PAYMENT_STATUSES: &[&str] = &["Pending", "Authorized", "Paid", "Failed", "Cancelled", "Unknown"];
const TRANSACTION_TYPES: &[&str] =
    &["Payment", "Refund", "Payout", "FailedPayout", "Transfer", "PaymentFee", "PaymentFeeRefund", "Unknown"];
const DISPUTE_STATUSES: &[&str] = &[
    "Won",
    "Lost",
    "Accepted",
    "Processing",
    "ChargeRefunded",
    "EvidenceRequired",
    "InquiryEvidenceRequired",
    "InquiryProcessing",
    "InquiryClosed",
    "WaitingThirdParty",
    "Unknown",
];

columns!(COMPANY:
    text("companyName", "Name").shown(),
    text("companyLegalName", "Legal name").shown(),
    text("registrationNumber", "Registration number").shown(),
    text("baseCurrency", "Base currency").shown(),
    text("commercePlatformRef", "Platform’s ID").shown(),
    count("addresses", "Addresses"),
    count("phoneNumbers", "Phone numbers"),
    count("webLinks", "Web links"),
    count("accountBalances", "Balances"),
    moment("createdDate", "Created"),
);

columns!(CUSTOMERS:
    text("id", "ID"),
    text("customerName", "Name").shown(),
    text("emailAddress", "Email").shown(),
    text("phone", "Phone").shown(),
    text("defaultCurrency", "Currency").shown(),
    count("addresses", "Addresses"),
    text("note", "Note").shown(),
    moment("createdDate", "Created").shown(),
);

columns!(ORDERS:
    text("id", "ID"),
    text("orderNumber", "Number").shown(),
    moment("createdDate", "Created").shown(),
    moment("closedDate", "Closed"),
    reference("customerRef", "Customer", "commerce-customers", "customerRef.id", "customerRef.name").shown(),
    money("totalAmount", "Total").shown(),
    money("totalTaxAmount", "Tax").shown(),
    money("totalDiscount", "Discount").shown(),
    money("totalRefund", "Refund").shown(),
    money("totalGratuity", "Gratuity"),
    reference("locationRef", "Location", "commerce-locations", "locationRef.id", "locationRef.name"),
    text("country", "Country"),
    text("currency", "Currency"),
    count("orderLineItems", "Lines").shown(),
    count("payments", "Payments"),
    count("serviceCharges", "Service charges"),
);

columns!(PAYMENTS:
    text("id", "ID"),
    moment("createdDate", "Created").shown(),
    money("amount", "Amount").shown(),
    choice("status", "Status", PAYMENT_STATUSES).shown(),
    reference(
        "paymentMethodRef",
        "Payment method",
        "commerce-paymentMethods",
        "paymentMethodRef.id",
        "paymentMethodRef.name",
    ).shown(),
    text("paymentProvider", "Provider").shown(),
    date("dueDate", "Due").shown(),
    text("currency", "Currency"),
);

columns!(PAYMENT_METHODS:
    text("id", "ID"),
    text("name", "Name").shown(),
    choice("status", "Status", STATUSES).shown(),
);

static PRODUCTS: &[Column] = &[
    text("id", "ID"),
    text("name", "Name").shown(),
    text("description", "Description").shown(),
    text("categorization", "Category").shown(),
    flag("isGiftCard", "Gift card").shown(),
    count("variants", "Variants").shown(),
];

columns!(PRODUCT_CATEGORIES:
    text("id", "ID"),
    text("name", "Name").shown(),
    count("ancestorRefs", "Ancestors").shown(),
    flag("hasChildren", "Has children").shown(),
);

columns!(TRANSACTIONS:
    text("id", "ID"),
    moment("sourceCreatedDate", "Created at source").shown(),
    moment("createdDate", "Created"),
    choice("type", "Type", TRANSACTION_TYPES).shown(),
    text("subType", "Subtype").shown(),
    money("totalAmount", "Total").shown(),
    said_reference("transactionSourceRef", "From", "transactionSourceRef.type", "transactionSourceRef.id")
        .shown(),
    text("currency", "Currency"),
);

columns!(DISPUTES:
    text("id", "ID"),
    moment("createdDate", "Created").shown(),
    date("dueDate", "Due").shown(),
    money("totalAmount", "Total").shown(),
    choice("status", "Status", DISPUTE_STATUSES).shown(),
    text("reason", "Reason").shown(),
    count("disputedTransactions", "Transactions").shown(),
    text("currency", "Currency"),
);

columns!(LOCATIONS:
    text("id", "ID"),
    text("name", "Name").shown(),
    text("address.line1", "Address").shown(),
    text("address.line2", "Address line 2"),
    text("address.city", "City").shown(),
    text("address.region", "Region"),
    text("address.postalCode", "Postal code").shown(),
    text("address.country", "Country").shown(),
);

columns!(TAX_COMPONENTS:
    text("id", "ID"),
    text("name", "Name").shown(),
    number("rate", "Rate").shown(),
    flag("isCompound", "Compound").shown(),
);
