"""Commerce data (§2.19), by Codat's Lending client."""

from lending import LendingTest, total


class Commerce(LendingTest):
    def records(self, api, path, name):
        records = self.walk(api.list, f"data/commerce-{path}", self.shop)
        self.same_alone(records, api.get, name, self.shop)
        return records

    def test_orders_are_of_customers_and_products_and_add_up(self):
        sales = self.lending.sales
        customers = {it.id for it in self.records(sales.customers, "customers", "customer_id")}
        products = {it.id for it in self.records(sales.products, "products", "product_id")}
        locations = {it.id for it in self.locations()}
        for order in self.records(sales.orders, "orders", "order_id"):
            for ref, known in ((order.customer_ref, customers), (order.location_ref, locations)):
                if ref is not None:
                    self.assertIn(ref.id, known)
            for line in order.order_line_items:
                self.assertIn(line.product_ref.id, products)
            lines = total(it.total_amount for it in order.order_line_items)
            extra = total(it.total_amount for it in order.service_charges or [])
            parts = lines + extra + total([order.total_gratuity])
            self.assertEqual(parts, total([order.total_amount]), order.id)

    def test_money_and_the_rest(self):
        sales = self.lending.sales
        methods = {it.id for it in self.records(sales.payment_methods, "paymentMethods", "payment_method_id")}
        payments = self.records(sales.payments, "payments", "payment_id")
        for payment in payments:
            self.assertIn(payment.payment_method_ref.id, methods)
        self.records(sales.product_categories, "productCategories", "product_id")
        paid = {payment.id for payment in payments}
        for transaction in self.records(sales.transactions, "transactions", "transaction_id"):
            source = transaction.transaction_source_ref
            if source is not None and source.type.value == "Payment":
                self.assertIn(source.id, paid)
        for dispute in self.records(sales.disputes, "disputes", "dispute_id"):
            for disputed in dispute.disputed_transactions or []:
                self.assertEqual(disputed.type.value, "Payment")
                self.assertIn(disputed.id, paid)

    def test_the_shop_says_what_it_is(self):
        asked = {"company_id": self.id, "connection_id": self.shop}
        info = self.lending.company_info.get_commerce_profile(request=asked)
        self.assert_same(info.to_dict(), self.wire(f"connections/{self.shop}/data/commerce-info"))
        self.assertEqual(info.company_name, "Willow Bakery")

    def locations(self):
        """The list of locations takes no paging."""
        api = self.lending.sales.locations
        asked = {"company_id": self.id, "connection_id": self.shop}
        listed = api.list(request=asked)
        wire = self.wire(f"connections/{self.shop}/data/commerce-locations")
        self.assert_same([it.to_dict() for it in listed.results], wire["results"])
        self.same_alone(listed.results, api.get, "location_id", self.shop)
        return listed.results
