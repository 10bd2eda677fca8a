"""Write operations (§2.16), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import NOBODY, SandboxTest


class Writes(SandboxTest):
    def setUp(self):
        # Deleted companies leave the list: those with writes are found by asking.
        wire = self.sandbox.json("/companies?pageSize=500")["results"]
        self.histories = {}
        for company in wire:
            listed = self.platform.push_data.list_operations(request={"company_id": company["id"]})
            if listed.results:
                self.histories[company["id"]] = listed

    def test_writes_of_every_status_are_there(self):
        self.assertTrue(self.histories)
        seen = {}
        for company, listed in self.histories.items():
            self.assertEqual(len(listed.results), listed.total_results)
            requested = [it.requested_on_utc for it in listed.results]
            self.assertEqual(requested, sorted(requested, reverse=True), "the newest comes first")
            for write in listed.results:
                self.assertEqual(write.company_id, company)
                self.assertEqual(bool(write.completed_on_utc), write.status.value != "Pending")
                self.assertEqual(bool(write.error_message), write.status.value in ("Failed", "TimedOut"))
                seen[write.status.value] = write
        self.assertEqual(set(seen), {"Pending", "Failed", "Success", "TimedOut"})
        done, failed = seen["Success"], seen["Failed"]
        self.assertEqual((done.status_code, done.changes[0].type.value), (200, "Created"))
        self.assertEqual(done.changes[0].record_ref.data_type, done.data_type)
        self.assertEqual(failed.validation.errors[0].message, failed.error_message)

    def test_one_write_is_found_and_queried(self):
        company, listed = next(iter(self.histories.items()))
        named = {"company_id": company, "push_operation_key": listed.results[0].push_operation_key}
        self.assertEqual(self.platform.push_data.get_operation(request=named), listed.results[0])
        asked = {"company_id": company, "query": "status=Success", "page": 1, "page_size": 1}
        good = self.platform.push_data.list_operations(request=asked)
        expected = [it for it in listed.results if it.status.value == "Success"]
        self.assertEqual((good.results, good.total_results), (expected[:1], len(expected)))
        nobody = {"company_id": company, "push_operation_key": NOBODY}
        self.refused(errors.ErrorMessage, 404, self.platform.push_data.get_operation, request=nobody)

    def test_a_model_says_what_may_be_written(self):
        company = self.company()
        books, bank = self.linked(company, "mqjo"), self.linked(company, "qhnd")
        of = {"company_id": company, "connection_id": books}
        options = self.platform.push_data.get_model_options
        model = options(request={**of, "data_type": "invoices"})
        self.assertEqual((model.type.value, model.required), ("Object", True))
        lines = model.properties["lineItems"]
        self.assertEqual((lines.type.value, lines.required), ("Array", True))
        self.assertEqual(lines.properties["unitAmount"].type.value, "Number")
        self.assertEqual(lines.validation.warnings[0].field, "lineItems")
        customer = options(request={**of, "data_type": "customers"})
        choices = [it.value for it in customer.properties["status"].options]
        self.assertEqual(choices, ["Active", "Archived"])
        elsewhere = {"company_id": company, "connection_id": bank, "data_type": "invoices"}
        self.refused(errors.CodatPlatformError, 404, options, request=elsewhere)
