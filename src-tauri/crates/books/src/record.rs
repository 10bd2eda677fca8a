//! Records of all data types (Appendix A of the API reference).

mod banking;
mod cash;
mod commerce;
mod fragments;
mod purchases;
mod reference;
mod sales;

use crate::{json::Json, model::Books};

impl Books {
    /// The records of a data type by its key (§2.13), oldest first. None if the type has no list.
    pub fn records(&self, data_type: &str) -> Option<Vec<Json>> {
        Some(match data_type {
            "chartOfAccounts" => self.accounts(),
            "customers" => self.customers(),
            "suppliers" => self.suppliers(),
            "items" => self.items(),
            "taxRates" => self.tax_rates(),
            "trackingCategories" => self.tracking_categories(),
            "paymentMethods" => self.payment_methods(),
            "invoices" => self.invoices(),
            "creditNotes" => self.credit_notes(),
            "payments" => self.payments(),
            "salesOrders" => self.sales_orders(),
            "bills" => self.bills(),
            "billCreditNotes" => self.bill_credit_notes(),
            "billPayments" => self.bill_payments(),
            "purchaseOrders" => self.purchase_orders(),
            "itemReceipts" => self.item_receipts(),
            "directIncomes" => self.direct_incomes(),
            "directCosts" => self.direct_costs(),
            "transfers" => self.transfers(),
            "bankAccounts" => self.bank_accounts(),
            "bankTransactions" => self.bank_transactions(None),
            "accountTransactions" => self.account_transactions(),
            "journals" => self.journals(),
            "journalEntries" => self.journal_entries(),
            "banking-accounts" => self.banking_accounts(),
            "banking-accountBalances" => self.banking_balances(),
            "banking-transactions" => self.banking_transactions(),
            "banking-transactionCategories" => banking::categories(),
            "commerce-customers" => self.commerce_customers(),
            "commerce-orders" => self.commerce_orders(),
            "commerce-payments" => self.commerce_payments(),
            "commerce-paymentMethods" => commerce::payment_methods(),
            "commerce-products" => self.commerce_products(),
            "commerce-productCategories" => commerce::product_categories(),
            "commerce-transactions" => self.commerce_transactions(),
            "commerce-disputes" => self.commerce_disputes(),
            "commerce-locations" => self.commerce_locations(),
            "commerce-taxComponents" => self.commerce_tax_components(),
            _ => return None,
        })
    }
}
