"""Companies (§2.7), products (§2.18) and access tokens (§2.9), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import NOBODY, START, SandboxTest


class Companies(SandboxTest):
    def test_a_company_is_created_with_what_was_given(self):
        made = self.platform.companies.create(
            request={"name": "Example Company (Codat[1])", "description": "cust-1", "tags": {"region": "uk"}}
        )
        self.assertEqual(made.name, "Example Company Codat1", "characters that are not allowed are stripped")
        self.assertEqual((made.description, made.tags), ("cust-1", {"region": "uk"}))
        self.assertEqual(made.created, START)
        self.assertEqual(made.redirect, f"{self.sandbox.base}/company/{made.id}")
        self.assertEqual((made.data_connections, made.owner_user_ids), ([], []))
        self.assertEqual(made.reference_subsidiary_companies, [])
        self.assertIsNone(made.last_sync)
        self.assertEqual(self.platform.companies.get(request={"company_id": made.id}), made)

    def test_a_name_of_nothing_is_refused(self):
        refusal = self.refused(errors.ErrorMessage, 400, self.platform.companies.create, request={"name": "[]"})
        self.assertEqual((refusal.data.status_code, refusal.data.can_be_retried), (400, "Unknown"))
        self.assertEqual(refusal.data.validation.errors[0].item_id, "name")

    def test_companies_are_listed_by_pages_queries_tags_and_order(self):
        for name in ("Paged C", "Paged A", "Paged B"):
            self.platform.companies.create(request={"name": name, "tags": {"lot": name[-1]}})
        asked = {"query": "name~paged", "order_by": "-name", "page": 1, "page_size": 2}
        first = self.platform.companies.list(request=asked)
        self.assertEqual([company.name for company in first.results], ["Paged C", "Paged B"])
        self.assertEqual((first.page_number, first.page_size, first.total_results), (1, 2, 3))
        self.assertEqual(first.links.self_.href, "/companies")
        self.assertTrue(first.links.next.href.startswith("/companies?page=2&pageSize=2&"), first.links.next)
        self.assertIsNone(first.links.previous)
        second = self.platform.companies.list(request={**asked, "page": 2})
        self.assertEqual([company.name for company in second.results], ["Paged A"])
        self.assertIsNone(second.links.next)
        tagged = self.platform.companies.list(request={"tags": "lot = B"})
        self.assertEqual([company.name for company in tagged.results], ["Paged B"])
        refusal = self.refused(
            errors.ErrorMessage, 400, self.platform.companies.list, request={"query": "name~~"}
        )
        self.assertEqual(refusal.data.error, "Error parsing query - Malformed query.")

    def test_every_designed_company_parses(self):
        listed = self.platform.companies.list(request={"page_size": 2000})
        self.assertEqual(len(listed.results), listed.total_results)
        wire = self.sandbox.json("/companies?pageSize=2000")
        self.assertEqual([it.id for it in listed.results], [it["id"] for it in wire["results"]])
        parents = [it for it in listed.results if it.reference_subsidiary_companies]
        self.assertTrue(parents)
        for parent in parents:
            for child in parent.reference_subsidiary_companies:
                found = self.platform.companies.get(request={"company_id": child.id})
                self.assertEqual(found.reference_parent_company.id, parent.id)
        statuses = {link.status.value for it in listed.results for link in it.data_connections}
        self.assertEqual(statuses, {"PendingAuth", "Linked", "Unlinked", "Deauthorized"})

    def test_put_replaces_and_patch_leaves_alone(self):
        made = self.platform.companies.create(
            request={"name": "Before", "description": "old", "tags": {"a": "1"}}
        )
        patched = self.platform.companies.update(
            request={"company_id": made.id, "company_update_request": {"name": "Patched"}}
        )
        self.assertEqual((patched.name, patched.description, patched.tags), ("Patched", "old", {"a": "1"}))
        replaced = self.platform.companies.replace(
            request={"company_id": made.id, "company_request_body": {"name": "Replaced"}}
        )
        self.assertEqual((replaced.name, replaced.description, replaced.tags), ("Replaced", None, {}))
        self.assertEqual(self.platform.companies.get(request={"company_id": made.id}), replaced)

    def test_a_deleted_company_is_gone(self):
        company = self.company()
        self.assertIsNone(self.platform.companies.delete(request={"company_id": company}))
        refusal = self.refused(
            errors.ErrorMessage, 404, self.platform.companies.get, request={"company_id": company}
        )
        self.assertEqual(refusal.data.error, f"No company was found with ID {company}")
        self.assertEqual(refusal.data.service, "ClientsApi")

    def test_a_wrong_key_is_refused(self):
        refusal = self.refused(errors.ErrorMessage, 401, self.sandbox.platform(key="wrong").companies.list)
        self.assertEqual(refusal.data.error, "Unauthorized")

    def test_an_idempotency_key_gives_the_same_company_twice(self):
        headers = {"Idempotency-Key": "4f4d0d8a-3f3a-4d59-9e0a-0e5ab1b0a001"}
        create = self.platform.companies.create
        once = create(request={"name": "Once"}, http_headers=headers)
        again = create(request={"name": "Once"}, http_headers=headers)
        self.assertEqual(once, again)
        self.refused(errors.SDKError, 422, create, request={"name": "Other"}, http_headers=headers)

    def test_sync_settings_of_a_company_are_set_and_read(self):
        company = self.company()
        asked = {"company_id": company}
        before = self.platform.companies.get_company_sync_settings(request=asked)
        self.assertEqual((before.company_id, len(before.settings)), (company, 43))
        self.assertFalse(before.overrides_defaults)
        setting = {
            "data_type": "invoices",
            "fetch_on_first_link": False,
            "sync_schedule": 24,
            "sync_order": 3,
            "sync_from_window": 12,
        }
        body = {"company_id": company, "settings": [setting], "overrides_defaults": True}
        set_to = self.platform.companies.set_company_sync_settings(
            request={"company_id": company, "request_body": body}
        )
        self.assertIsNone(set_to)
        after = self.platform.companies.get_company_sync_settings(request=asked)
        self.assertTrue(after.overrides_defaults)
        invoices = next(it for it in after.settings if it.data_type.value == "invoices")
        self.assertEqual(
            (invoices.fetch_on_first_link, invoices.sync_schedule, invoices.sync_from_window), (False, 24, 12)
        )
        nobody = {"company_id": NOBODY}
        self.refused(errors.ErrorMessage, 404, self.platform.companies.get_company_sync_settings, request=nobody)
