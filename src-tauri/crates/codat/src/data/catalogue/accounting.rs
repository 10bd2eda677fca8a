//! Statements, customers and suppliers (Appendix A.1).

use super::{Category, DataType, Group, STATUSES, Scope, Shape, columns, list};
use crate::{
    data::column::{Column, choice, count, date, flag, money, number, reference, said_reference, text},
    topic::StatementKind,
};

pub(super) static TYPES: &[DataType] = &[
    statement("balanceSheet", "Balance sheet", "financials/balanceSheet", StatementKind::BalanceSheet),
    statement("cashFlowStatement", "Cash flow", "financials/cashFlowStatement", StatementKind::CashFlow),
    statement("profitAndLoss", "Profit and loss", "financials/profitAndLoss", StatementKind::ProfitAndLoss),
    earning("customers", "Customers", CUSTOMERS),
    earning("invoices", "Invoices", INVOICES),
    earning("payments", "Payments", PAYMENTS),
    earning("creditNotes", "Credit notes", CREDIT_NOTES),
    list(
        Category::Accounting,
        Group::Earning,
        Scope::Connection,
        "directIncomes",
        "Direct incomes",
        DIRECT_INCOMES,
    ),
    spending("suppliers", "Suppliers", SUPPLIERS),
    spending("bills", "Bills", BILLS),
    spending("billPayments", "Bill payments", BILL_PAYMENTS),
    spending("billCreditNotes", "Bill credit notes", BILL_CREDIT_NOTES),
    list(
        Category::Accounting,
        Group::Spending,
        Scope::Connection,
        "directCosts",
        "Direct costs",
        DIRECT_COSTS,
    ),
];

const fn statement(
    key: &'static str,
    name: &'static str,
    path: &'static str,
    kind: StatementKind,
) -> DataType {
    DataType {
        key,
        category: Category::Accounting,
        group: Group::FinancialStatements,
        name,
        scope: Scope::Company,
        shape: Shape::Statement(kind),
        columns: &[],
        path,
    }
}

const fn earning(key: &'static str, name: &'static str, columns: &'static [Column]) -> DataType {
    list(Category::Accounting, Group::Earning, Scope::Company, key, name, columns)
}

const fn spending(key: &'static str, name: &'static str, columns: &'static [Column]) -> DataType {
    list(Category::Accounting, Group::Spending, Scope::Company, key, name, columns)
}

const fn customer() -> Column {
    reference("customerRef", "Customer", "customers", "customerRef.id", "customerRef.companyName")
}

const fn supplier() -> Column {
    reference("supplierRef", "Supplier", "suppliers", "supplierRef.id", "supplierRef.supplierName")
}

const fn account() -> Column {
    reference("accountRef", "Account", "chartOfAccounts", "accountRef.id", "accountRef.name")
}

const fn method() -> Column {
    reference(
        "paymentMethodRef",
        "Payment method",
        "paymentMethods",
        "paymentMethodRef.id",
        "paymentMethodRef.name",
    )
}

const fn deleted() -> Column {
    flag("metadata.isDeleted", "Deleted at source")
}

const INVOICE_STATUSES: &[&str] = &["Unknown", "Draft", "Submitted", "PartiallyPaid", "Paid", "Void"];
const BILL_STATUSES: &[&str] = &["Unknown", "Open", "PartiallyPaid", "Paid", "Void", "Draft"];

columns!(CUSTOMERS:
    text("id", "ID"),
    text("customerName", "Name").shown(),
    text("contactName", "Contact").shown(),
    text("emailAddress", "Email").shown(),
    text("phone", "Phone").shown(),
    text("defaultCurrency", "Currency").shown(),
    choice("status", "Status", STATUSES).shown(),
    text("registrationNumber", "Registration number"),
    text("taxNumber", "Tax number"),
    count("addresses", "Addresses"),
    count("contacts", "Contacts"),
    deleted(),
);

columns!(SUPPLIERS:
    text("id", "ID"),
    text("supplierName", "Name").shown(),
    text("contactName", "Contact").shown(),
    text("emailAddress", "Email").shown(),
    text("phone", "Phone").shown(),
    text("defaultCurrency", "Currency").shown(),
    choice("status", "Status", STATUSES).shown(),
    text("registrationNumber", "Registration number"),
    text("taxNumber", "Tax number"),
    count("addresses", "Addresses"),
    deleted(),
);

columns!(INVOICES:
    text("id", "ID"),
    text("invoiceNumber", "Number").shown(),
    customer().shown(),
    date("issueDate", "Issued").shown(),
    date("dueDate", "Due").shown(),
    date("paidOnDate", "Paid on"),
    money("totalAmount", "Total").shown(),
    money("amountDue", "Amount due").shown(),
    choice("status", "Status", INVOICE_STATUSES).shown(),
    money("subTotal", "Subtotal"),
    money("totalTaxAmount", "Tax"),
    money("totalDiscount", "Discount"),
    number("discountPercentage", "Discount %"),
    money("additionalTaxAmount", "Additional tax"),
    number("additionalTaxPercentage", "Additional tax %"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lineItems", "Lines"),
    count("paymentAllocations", "Payments"),
    count("withholdingTax", "Withholding taxes"),
    count("salesOrderRefs", "Sales orders"),
    text("note", "Note"),
    deleted(),
);

columns!(BILLS:
    text("id", "ID"),
    text("reference", "Reference").shown(),
    supplier().shown(),
    date("issueDate", "Issued").shown(),
    date("dueDate", "Due").shown(),
    money("totalAmount", "Total").shown(),
    money("amountDue", "Amount due").shown(),
    choice("status", "Status", BILL_STATUSES).shown(),
    money("subTotal", "Subtotal"),
    money("taxAmount", "Tax"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lineItems", "Lines"),
    count("paymentAllocations", "Payments"),
    count("withholdingTax", "Withholding taxes"),
    count("purchaseOrderRefs", "Purchase orders"),
    text("note", "Note"),
    deleted(),
);

columns!(PAYMENTS:
    text("id", "ID"),
    date("date", "Date").shown(),
    customer().shown(),
    money("totalAmount", "Total").shown(),
    account().shown(),
    method(),
    text("reference", "Reference").shown(),
    text("note", "Note"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lines", "Lines"),
    deleted(),
);

columns!(BILL_PAYMENTS:
    text("id", "ID"),
    date("date", "Date").shown(),
    supplier().shown(),
    money("totalAmount", "Total").shown(),
    account().shown(),
    method(),
    text("reference", "Reference").shown(),
    text("note", "Note"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lines", "Lines"),
    deleted(),
);

columns!(CREDIT_NOTES:
    text("id", "ID"),
    text("creditNoteNumber", "Number").shown(),
    customer().shown(),
    date("issueDate", "Issued").shown(),
    date("allocatedOnDate", "Allocated"),
    money("totalAmount", "Total").shown(),
    money("remainingCredit", "Remaining").shown(),
    choice("status", "Status", INVOICE_STATUSES).shown(),
    money("subTotal", "Subtotal"),
    money("totalTaxAmount", "Tax"),
    money("totalDiscount", "Discount"),
    number("discountPercentage", "Discount %"),
    money("additionalTaxAmount", "Additional tax"),
    number("additionalTaxPercentage", "Additional tax %"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lineItems", "Lines"),
    count("paymentAllocations", "Payments"),
    count("withholdingTax", "Withholding taxes"),
    text("note", "Note"),
    deleted(),
);

columns!(BILL_CREDIT_NOTES:
    text("id", "ID"),
    text("billCreditNoteNumber", "Number").shown(),
    supplier().shown(),
    date("issueDate", "Issued").shown(),
    date("allocatedOnDate", "Allocated"),
    money("totalAmount", "Total").shown(),
    money("remainingCredit", "Remaining").shown(),
    choice("status", "Status", INVOICE_STATUSES).shown(),
    money("subTotal", "Subtotal"),
    money("totalTaxAmount", "Tax"),
    money("totalDiscount", "Discount"),
    number("discountPercentage", "Discount %"),
    text("currency", "Currency"),
    number("currencyRate", "Currency rate"),
    count("lineItems", "Lines"),
    count("paymentAllocations", "Payments"),
    count("withholdingTax", "Withholding taxes"),
    count("createdFromRefs", "Created from"),
    text("note", "Note"),
    deleted(),
);

/// Direct costs and direct incomes differ only in their names.
macro_rules! direct {
    ($name:ident) => {
        columns!($name:
            text("id", "ID"),
            text("reference", "Reference").shown(),
            date("issueDate", "Issued").shown(),
            said_reference("contactRef", "Contact", "contactRef.dataType", "contactRef.id").shown(),
            money("totalAmount", "Total").shown(),
            money("taxAmount", "Tax").shown(),
            money("subTotal", "Subtotal"),
            text("currency", "Currency"),
            number("currencyRate", "Currency rate"),
            count("lineItems", "Lines").shown(),
            count("paymentAllocations", "Payments"),
            text("note", "Note"),
            deleted(),
        );
    };
}

direct!(DIRECT_COSTS);
direct!(DIRECT_INCOMES);
