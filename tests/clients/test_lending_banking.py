"""Banking data (§2.19), by Codat's Lending client."""

from lending import LendingTest, total


class Banking(LendingTest):
    def test_accounts_balances_transactions_and_categories(self):
        banking = self.lending.banking
        accounts = self.walk(banking.accounts.list, "data/banking-accounts", self.bank)
        self.same_alone(accounts, banking.accounts.get, "account_id", self.bank)
        known = {account.id for account in accounts}

        categories = self.walk(
            banking.transaction_categories.list, "data/banking-transactionCategories", self.bank
        )
        self.same_alone(
            categories, banking.transaction_categories.get, "transaction_category_id", self.bank
        )
        named = {category.id for category in categories}

        moves = self.walk(banking.transactions.list, "data/banking-transactions", self.bank)
        self.same_alone(moves, banking.transactions.get, "transaction_id", self.bank)
        for move in moves:
            self.assertIn(move.account_id, known)
            if move.transaction_category_ref is not None:
                self.assertIn(move.transaction_category_ref.id, named)

        balances = self.walk(
            banking.account_balances.list, "data/banking-accountBalances", self.bank, sort=None
        )
        for account in accounts:
            own = [it for it in balances if it.account_id == account.id]
            newest = max(own, key=lambda balance: balance.date_)
            self.assertEqual(total([newest.balance.current]), total([account.balance.current]), account.id)
