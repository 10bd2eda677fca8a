"""Products of companies (§2.18), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import SandboxTest


class Products(SandboxTest):
    def products(self, company):
        return self.platform.companies.get(request={"company_id": company}).products

    def test_products_are_added_and_removed_even_the_last(self):
        company = self.company()
        for product in self.products(company):
            named = {"company_id": company, "product_identifier": product}
            self.assertIsNone(self.platform.companies.remove_product(request=named))
        self.assertEqual(self.products(company), [])
        named = {"company_id": company, "product_identifier": "spend-insights"}
        self.assertIsNone(self.platform.companies.add_product(request=named))
        self.assertEqual(self.products(company), ["spend-insights"])
        self.assertIsNone(self.platform.companies.add_product(request=named))
        self.assertEqual(self.products(company), ["spend-insights"], "a product is there once")

    def test_only_a_custom_product_is_refreshed(self):
        company = self.company()
        self.linked(company, "mqjo")
        refresh = self.platform.companies.refresh_product_data
        add = self.platform.companies.add_product
        add(request={"company_id": company, "product_identifier": "bank-feeds"})
        named = {"company_id": company, "product_identifier": "bank-feeds"}
        refusal = self.refused(errors.CodatPlatformError, 400, refresh, request=named)
        self.assertTrue(refusal.data.error.startswith("Bank Feeds doesn't support data refreshing."))

        named = {"company_id": company, "product_identifier": "custom-scores"}
        add(request=named)
        body = {"data_types": ["invoices", "bills"]}
        self.assertIsNone(refresh(request={**named, "request_body": body}))
        history = self.platform.refresh_data.list_pull_operations(request={"company_id": company})
        self.assertEqual(sorted(it.data_type for it in history.results), ["bills", "invoices"])
        refusal = self.refused(errors.CodatPlatformError, 400, refresh, request=named)
        self.assertTrue(
            refusal.data.error.startswith("Data cannot be refreshed while a read operation is in progress.")
        )
        self.sandbox.advance("1h")
        self.assertIsNone(refresh(request={**named, "request_body": {"data_types": ["bills"]}}))
