"""Statements (§2.19), by Codat's Lending client: their identities, to the penny, in every month."""

from codat_lending.models import errors

from lending import LendingTest, total


class Statements(LendingTest):
    MONTHS = {"period_length": 1, "periods_to_compare": 36}
    QUERY = "periodLength=1&periodsToCompare=36"

    def test_the_profit_and_loss_holds_its_identities(self):
        api = self.lending.financial_statements.profit_and_loss
        report = api.get(request={"company_id": self.id, **self.MONTHS})
        self.assert_same(report.to_dict(), self.wire(f"data/financials/profitAndLoss?{self.QUERY}"))
        self.assertEqual(len(report.reports), 36)
        dates = [month.from_date for month in report.reports]
        self.assertEqual(dates, sorted(dates, reverse=True), "the newest comes first")

        def value(line):
            return total([line.value]) if line is not None else 0

        for month in report.reports:
            gross = value(month.income) - value(month.cost_of_sales)
            self.assertEqual(total([month.gross_profit]), gross)
            operating = gross - value(month.expenses)
            self.assertEqual(total([month.net_operating_profit]), operating)
            other = value(month.other_income) - value(month.other_expenses)
            self.assertEqual(total([month.net_other_income]), other)
            self.assertEqual(total([month.net_profit]), operating + other)
        refused = {"company_id": self.id, "period_length": 0, "periods_to_compare": 1}
        self.refused(errors.CodatLendingError, 400, api.get, request=refused)

    def test_the_balance_sheet_balances(self):
        api = self.lending.financial_statements.balance_sheet
        sheet = api.get(request={"company_id": self.id, **self.MONTHS})
        self.assert_same(sheet.to_dict(), self.wire(f"data/financials/balanceSheet?{self.QUERY}"))
        self.assertEqual(len(sheet.reports), 36)
        for month in sheet.reports:
            net = total([month.assets.value]) - total([month.liabilities.value])
            self.assertEqual(total([month.net_assets]), net)
            self.assertEqual(total([month.equity.value]), net)

    def test_the_cash_flow_is_of_cash(self):
        api = self.lending.financial_statements.cash_flow
        report = api.get(request={"company_id": self.id, **self.MONTHS})
        self.assert_same(report.to_dict(), self.wire(f"data/financials/cashFlowStatement?{self.QUERY}"))
        self.assertEqual(report.report_basis.value, "Cash")
        self.assertEqual(len(report.reports), 36)

    def test_categorized_statements_name_every_account(self):
        statements = self.lending.financial_statements
        for api, path in (
            (statements.profit_and_loss, "enhancedProfitAndLoss"),
            (statements.balance_sheet, "enhancedBalanceSheet"),
        ):
            asked = {"company_id": self.id, "report_date": "31-10-2026", "number_of_periods": 2}
            report = api.get_categorized_accounts(request=asked)
            query = "reportDate=31-10-2026&numberOfPeriods=2"
            self.assert_same(report.to_dict(), self.wire(f"reports/{path}/accounts?{query}"))
            self.assertEqual(report.report_info.company_name, "Willow Bakery")
            for item in report.report_items:
                self.assertIn(item.account_category.status, ("Suggested", "Confirmed"))
