"""Connections (§2.8), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import NOBODY, START, SandboxTest


class Connections(SandboxTest):
    def create(self, company, key):
        return self.platform.connections.create(
            request={"company_id": company, "request_body": {"platform_key": key}}
        )

    def test_a_connection_goes_from_pending_to_linked_to_unlinked_to_gone(self):
        company = self.company()
        made = self.create(company, "gbol")
        self.assertEqual((made.status.value, made.platform_name), ("PendingAuth", "Xero"))
        self.assertEqual((made.integration_key, made.source_type.value), ("gbol", "Accounting"))
        self.assertEqual(made.integration_id, "0f20c943-12d0-4800-9f6c-d218f62d494c")
        self.assertEqual(made.source_id, "8a156a5a-39cb-4f9d-856e-76ef9b9a9607")
        self.assertEqual(made.created, START)
        start = f"{self.sandbox.base}/companies/{company}/connections/{made.id}/start"
        self.assertEqual(made.link_url, start)
        named = {"company_id": company, "connection_id": made.id}

        linked = self.platform.connections.update_authorization(request={**named, "request_body": {"k": "v"}})
        self.assertEqual(linked.status.value, "Linked")
        self.assertEqual(self.platform.connections.get(request=named), linked)
        history = self.platform.refresh_data.list_pull_operations(request={"company_id": company})
        self.assertEqual(history.total_results, 0, "an authorization by request reads nothing by itself")

        unlink = {**named, "update_connection_status": {"status": "Unlinked"}}
        self.assertEqual(self.platform.connections.unlink(request=unlink).status.value, "Unlinked")
        self.refused(errors.SDKError, 400, self.platform.connections.unlink, request=unlink)

        self.assertIsNone(self.platform.connections.delete(request=named))
        self.refused(errors.ErrorMessage, 404, self.platform.connections.get, request=named)
        self.assertEqual(self.platform.companies.get(request={"company_id": company}).data_connections, [])

    def test_connections_are_listed_and_queried(self):
        company = self.company()
        for key in ("mqjo", "qhnd", "aiwb"):
            self.linked(company, key)
        listed = self.platform.connections.list(request={"company_id": company})
        self.assertEqual([it.integration_key for it in listed.results], ["mqjo", "qhnd", "aiwb"])
        asked = {"company_id": company, "query": "sourceType=banking"}
        banks = self.platform.connections.list(request=asked)
        self.assertEqual([it.platform_name for it in banks.results], ["Banking Sandbox"])
        asked = {"company_id": company, "order_by": "-platformName", "page": 1, "page_size": 1}
        last = self.platform.connections.list(request=asked)
        self.assertEqual((last.results[0].platform_name, last.total_results), ("Sandbox", 3))

    def test_a_second_accounting_connection_is_refused(self):
        company = self.company()
        self.linked(company, "mqjo")
        self.refused(errors.SDKError, 400, self.create, company, "gbol")
        self.linked(company, "qhnd")
        self.linked(company, "suuo")

    def test_what_is_no_integration_or_nobody_is_refused(self):
        company = self.company()
        refusal = self.refused(errors.ErrorMessage, 404, self.create, company, "zzzz")
        self.assertEqual(refusal.data.error, "No integration was found with key zzzz")
        nobody = {"company_id": company, "connection_id": NOBODY}
        refusal = self.refused(errors.ErrorMessage, 404, self.platform.connections.get, request=nobody)
        self.assertEqual(refusal.data.error, f"Data connection {NOBODY} not found")

    def test_errors_of_connections_parse(self):
        company = self.company()
        connection = self.linked(company, "gbol")
        self.sandbox.request("POST", f"/_sandbox/connections/{connection}/deauthorize")
        named = {"company_id": company, "connection_id": connection}
        broken = self.platform.connections.get(request=named)
        self.assertEqual(broken.status.value, "Deauthorized")
        error = broken.data_connection_errors[0]
        self.assertEqual((error.status_code, error.status.value, error.errored_on_utc[:16]), ("401", "Active", START[:16]))
        self.assertEqual(error.error_message, "The integration de-authorized access to the connection.")
