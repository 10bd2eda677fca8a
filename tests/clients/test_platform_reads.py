"""Refreshing data, its status and history (§2.11), and validation (§2.12), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import NOBODY, SandboxTest


class Reads(SandboxTest):
    def test_one_type_is_queued_and_read(self):
        company = self.company()
        connection = self.linked(company, "gbol")
        asked = {"company_id": company, "data_type": "invoices", "connection_id": connection}
        queued = self.platform.refresh_data.by_data_type(request=asked)
        self.assertEqual((queued.status.value, queued.progress), ("Initial", 10))
        self.assertEqual((queued.is_completed, queued.is_errored), (False, False))
        self.assertEqual((queued.company_id, queued.connection_id), (company, connection))
        self.assertEqual(queued.data_type, "invoices")
        self.assertIsNone(queued.completed)
        self.refused(errors.ErrorMessage, 400, self.platform.refresh_data.by_data_type, request=asked)

        self.sandbox.advance("1h")
        named = {"company_id": company, "dataset_id": queued.id}
        done = self.platform.refresh_data.get_pull_operation(request=named)
        self.assertEqual((done.status.value, done.progress, done.is_completed), ("Complete", 100, True))
        synced = self.platform.companies.get(request={"company_id": company}).last_sync
        self.assertEqual(synced, done.completed)
        status = self.platform.refresh_data.get(request={"company_id": company}).invoices
        self.assertEqual((status.data_type.value, status.current_status.value), ("invoices", "Complete"))
        self.assertEqual((status.latest_sync_id, status.latest_successful_sync_id), (done.id, done.id))
        self.assertEqual(status.last_successful_sync, done.completed)
        found = self.platform.read_data.get_validation_results(request=named)
        self.assertEqual(found.errors, [], "a read that completed has no errors")

    def test_everything_is_refreshed_and_listed(self):
        company = self.company()
        self.linked(company, "qhnd")
        self.assertIsNone(self.platform.refresh_data.all(request={"company_id": company}))
        listed = self.platform.refresh_data.list_pull_operations(request={"company_id": company})
        types = sorted(it.data_type for it in listed.results)
        expected = ["accountBalances", "accounts", "transactionCategories", "transactions"]
        self.assertEqual(types, [f"banking-{name}" for name in expected])
        self.sandbox.advance("1h")
        statuses = self.platform.refresh_data.get(request={"company_id": company})
        self.assertEqual(statuses.banking_accounts.current_status.value, "Complete")
        self.assertIsNone(statuses.invoices, "what was never queued is left out")
        asked = {"company_id": company, "query": "status!=Complete&&status!=NotSupported"}
        self.assertEqual(self.platform.refresh_data.list_pull_operations(request=asked).results, [])
        asked = {"company_id": company, "query": "isCompleted=true"}
        refusal = self.refused(
            errors.ErrorMessage, 400, self.platform.refresh_data.list_pull_operations, request=asked
        )
        self.assertEqual(refusal.data.service, "PullApi")
        self.assertEqual(
            refusal.data.error, "Error parsing query - Could not resolve property isCompleted on Dataset"
        )

    def test_the_history_of_every_designed_company_parses(self):
        statuses = set()
        for company in self.sandbox.json("/companies?pageSize=500")["results"]:
            named = {"company_id": company["id"]}
            listed = self.platform.refresh_data.list_pull_operations(request={**named, "page_size": 2000})
            statuses.update(it.status.value for it in listed.results)
            for read in listed.results:
                self.assertEqual(read.is_completed, read.status.value == "Complete", read)
            self.platform.refresh_data.get(request=named)
        self.assertIn("Complete", statuses)

    def test_validation_of_nothing_is_refused(self):
        company = self.company()
        nobody = {"company_id": company, "dataset_id": NOBODY}
        for call in (
            self.platform.refresh_data.get_pull_operation,
            self.platform.read_data.get_validation_results,
        ):
            self.refused(errors.ErrorMessage, 404, call, request=nobody)
