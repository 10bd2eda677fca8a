"""Accounting data (§2.19), by Codat's Lending client: parsed, as the wire has it, and adding up."""

from codat_lending.models import errors

from lending import LendingTest, total


class Sales(LendingTest):
    def test_invoices_add_up_to_what_is_owed(self):
        api = self.lending.accounts_receivable.invoices
        invoices = self.walk(api.list, "data/invoices")
        self.same_alone(invoices, api.get, "invoice_id")
        for invoice in invoices:
            lines = invoice.line_items
            self.assertEqual(total(it.total_amount for it in lines), total([invoice.total_amount]), invoice.id)
            self.assertEqual(
                total([invoice.sub_total, invoice.total_tax_amount]), total([invoice.total_amount]), invoice.id
            )
            if invoice.status.value == "Paid":
                self.assertEqual(total([invoice.amount_due]), 0, invoice.id)
        statuses = {invoice.status.value for invoice in invoices}
        self.assertTrue({"Paid", "Submitted"} <= statuses, statuses)

    def test_open_invoices_are_the_aged_debt(self):
        debtors = self.lending.accounts_receivable.reports.get_aged_debtors(request={"company_id": self.id})
        self.assert_same(debtors.to_dict(), self.wire("reports/agedDebtor"))
        aged = total(
            amount.amount
            for debtor in debtors.data
            for currency in debtor.aged_currency_outstanding
            for amount in currency.aged_outstanding_amounts
        )
        invoices = self.walk(self.lending.accounts_receivable.invoices.list, "data/invoices")
        credit = self.walk(self.lending.accounts_receivable.credit_notes.list, "data/creditNotes")
        owed = total(it.amount_due for it in invoices if it.status.value in ("Submitted", "PartiallyPaid"))
        held = total(it.remaining_credit for it in credit if it.status.value in ("Submitted", "PartiallyPaid"))
        self.assertEqual(aged, owed - held)
        available = self.lending.accounts_receivable.reports.is_aged_debtors_available
        self.assertIs(available(request={"company_id": self.id}), True)
        self.assertIs(available(request={"company_id": self.company("Unread")}), False)

    def test_customers_payments_and_credit_notes(self):
        receivable = self.lending.accounts_receivable
        customers = self.walk(receivable.customers.list, "data/customers")
        self.same_alone(customers, receivable.customers.get, "customer_id")
        known = {customer.id for customer in customers}
        payments = self.walk(receivable.payments.list, "data/payments")
        self.same_alone(payments, receivable.payments.get, "payment_id")
        for payment in payments:
            self.assertIn(payment.customer_ref.id, known)
            self.assertEqual(total(it.amount for it in payment.lines), total([payment.total_amount]))
        notes = self.walk(receivable.credit_notes.list, "data/creditNotes")
        self.same_alone(notes, receivable.credit_notes.get, "credit_note_id")
        for note in notes:
            self.assertEqual(total([note.sub_total, note.total_tax_amount]), total([note.total_amount]))

    def test_direct_incomes(self):
        api = self.lending.accounts_receivable.direct_incomes
        incomes = self.walk(api.list, "data/directIncomes", self.books)
        self.same_alone(incomes, api.get, "direct_income_id", self.books)
        for income in incomes:
            self.assertEqual(total(it.total_amount for it in income.line_items), total([income.total_amount]))

    def test_an_invoice_is_a_document(self):
        invoices = self.lending.accounts_receivable.invoices
        first = self.wire("data/invoices?pageSize=1")["results"][0]["id"]
        answer = invoices.download_pdf(request={"company_id": self.id, "invoice_id": first})
        self.assertTrue(answer.content.startswith(b"%PDF-"))
        nobody = {"company_id": self.id, "invoice_id": "no-such-invoice"}
        self.refused(errors.ErrorMessage, 404, invoices.download_pdf, request=nobody)


class Purchases(LendingTest):
    def test_bills_add_up_to_what_is_owed(self):
        api = self.lending.accounts_payable.bills
        bills = self.walk(api.list, "data/bills")
        self.same_alone(bills, api.get, "bill_id")
        for bill in bills:
            self.assertEqual(total(it.total_amount for it in bill.line_items), total([bill.total_amount]), bill.id)
            self.assertEqual(total([bill.sub_total, bill.tax_amount]), total([bill.total_amount]), bill.id)

    def test_open_bills_are_the_aged_credit(self):
        reports = self.lending.accounts_receivable.reports
        creditors = reports.get_aged_creditors(request={"company_id": self.id, "number_of_periods": 3})
        self.assert_same(creditors.to_dict(), self.wire("reports/agedCreditor?numberOfPeriods=3"))
        aged = total(
            amount.amount
            for creditor in creditors.data
            for currency in creditor.aged_currency_outstanding
            for amount in currency.aged_outstanding_amounts
        )
        bills = self.walk(self.lending.accounts_payable.bills.list, "data/bills")
        notes = self.walk(self.lending.accounts_payable.bill_credit_notes.list, "data/billCreditNotes")
        owed = total(it.amount_due for it in bills if it.status.value in ("Open", "PartiallyPaid"))
        held = total(it.remaining_credit for it in notes if it.status.value in ("Submitted", "PartiallyPaid"))
        self.assertEqual(aged, owed - held)
        self.assertIs(reports.is_aged_creditors_available(request={"company_id": self.id}), True)

    def test_suppliers_payments_and_credit_notes(self):
        payable = self.lending.accounts_payable
        suppliers = self.walk(payable.suppliers.list, "data/suppliers")
        self.same_alone(suppliers, payable.suppliers.get, "supplier_id")
        known = {supplier.id for supplier in suppliers}
        payments = self.walk(payable.bill_payments.list, "data/billPayments")
        self.same_alone(payments, payable.bill_payments.get, "bill_payment_id")
        for payment in payments:
            self.assertIn(payment.supplier_ref.id, known)
            self.assertEqual(total(it.amount for it in payment.lines), total([payment.total_amount]))
        notes = self.walk(payable.bill_credit_notes.list, "data/billCreditNotes")
        self.same_alone(notes, payable.bill_credit_notes.get, "bill_credit_note_id")

    def test_direct_costs(self):
        api = self.lending.transactions.direct_costs
        costs = self.walk(api.list, "data/directCosts", self.books)
        self.same_alone(costs, api.get, "direct_cost_id", self.books)
        for cost in costs:
            self.assertEqual(total(it.total_amount for it in cost.line_items), total([cost.total_amount]))


class Ledgers(LendingTest):
    def test_journal_entries_balance(self):
        api = self.lending.transactions.journal_entries
        entries = self.walk(api.list, "data/journalEntries")
        self.same_alone(entries, api.get, "journal_entry_id")
        for entry in entries:
            self.assertEqual(total(line.net_amount for line in entry.journal_lines), 0, entry.id)

    def test_journals_transfers_and_account_transactions(self):
        transactions = self.lending.transactions
        journals = self.walk(transactions.journals.list, "data/journals")
        self.same_alone(journals, transactions.journals.get, "journal_id")
        transfers = self.walk(transactions.transfers.list, "data/transfers", self.books)
        self.same_alone(transfers, transactions.transfers.get, "transfer_id", self.books)
        api = transactions.account_transactions
        moves = self.walk(api.list, "data/accountTransactions", self.books)
        self.same_alone(moves, api.get, "account_transaction_id", self.books)
        for move in moves:
            self.assertEqual(total(line.amount for line in move.lines), total([move.total_amount]), move.id)

    def test_the_chart_of_accounts(self):
        api = self.lending.financial_statements.accounts
        accounts = self.walk(api.list, "data/accounts")
        self.same_alone(accounts, api.get, "account_id")
        kinds = {account.type.value for account in accounts}
        self.assertEqual(kinds, {"Asset", "Liability", "Equity", "Income", "Expense"})

    def test_bank_accounts_and_what_moved_on_them(self):
        data = self.lending.accounting_bank_data
        accounts = self.walk(data.accounts.list, "data/bankAccounts", self.books)
        self.same_alone(accounts, data.accounts.get, "account_id", self.books)
        for account in accounts:
            moves = self.walk(
                data.list_transactions,
                f"data/bankAccounts/{account.id}/bankTransactions",
                self.books,
                account_id=account.id,
            )
            newest = max(moves, key=lambda move: move.cleared_on_date)
            balances = {
                total([move.balance]) for move in moves if move.cleared_on_date == newest.cleared_on_date
            }
            self.assertIn(total([account.balance]), balances, "the account stands as its last movement left it")

    def test_the_company_says_what_it_is(self):
        info = self.lending.company_info.get_accounting_profile(request={"company_id": self.id})
        self.assert_same(info.to_dict(), self.wire("data/info"))
        self.assertEqual(info.company_name, "Willow Bakery")

    def test_data_that_was_never_read_is_409(self):
        company = self.company("Unread")
        self.linked(company, "mqjo")
        refusal = self.refused(
            errors.ErrorMessage,
            409,
            self.lending.accounts_receivable.invoices.list,
            request={"company_id": company, "page": 1, "page_size": 1},
        )
        self.assertEqual(refusal.data.error, "The data set has not been requested.")


class Attachments(LendingTest):
    def check(self, api, path, name):
        """The attachments of the first record that has some: listed, alone, and as a file."""
        wanted = None
        for record in self.wire(path)["results"]:
            of = {"company_id": self.id, "connection_id": self.books, name: record["id"]}
            listed = api.list_attachments(request=of).attachments
            if listed:
                wanted = (of, listed)
                break
        self.assertIsNotNone(wanted, f"some record of {path} has attachments")
        of, listed = wanted
        alone = {**of, "attachment_id": listed[0].id}
        self.assertEqual(api.get_attachment(request=alone), listed[0])
        file = api.download_attachment(request=alone).content
        self.assertTrue(file.startswith(b"%PDF-"))
        self.assertEqual(len(file), listed[0].file_size)
        nobody = {**of, "attachment_id": "no-such-attachment"}
        self.refused(errors.ErrorMessage, 404, api.get_attachment, request=nobody)
        self.refused(errors.ErrorMessage, 404, api.download_attachment, request=nobody)

    def test_every_kind_of_record_that_has_them(self):
        receivable, payable = self.lending.accounts_receivable, self.lending.accounts_payable
        books = f"connections/{self.books}/data"
        size = f"pageSize={self.PAGE}"
        self.check(receivable.invoices, f"data/invoices?{size}", "invoice_id")
        self.check(receivable.customers, f"data/customers?{size}", "customer_id")
        self.check(receivable.direct_incomes, f"{books}/directIncomes?{size}", "direct_income_id")
        self.check(payable.bills, f"data/bills?{size}", "bill_id")
        self.check(payable.suppliers, f"data/suppliers?{size}", "supplier_id")
        self.check(self.lending.transactions.direct_costs, f"{books}/directCosts?{size}", "direct_cost_id")
