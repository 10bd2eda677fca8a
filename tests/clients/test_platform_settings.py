"""The profile and API keys (§2.14) and the client's sync settings (§2.13), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import NOBODY, START, SandboxTest


class Settings(SandboxTest):
    def test_the_profile_is_replaced(self):
        before = self.platform.settings.get_profile()
        self.assertEqual(before.name, "Sandbox")
        profile = {
            "name": "Acme",
            "redirect_url": "https://acme.test/{companyId}",
            "white_list_urls": ["https://acme.test"],
        }
        self.platform.settings.update_profile(request=profile)
        after = self.platform.settings.get_profile()
        self.assertEqual((after.name, after.redirect_url), (profile["name"], profile["redirect_url"]))
        self.assertEqual(after.white_list_urls, profile["white_list_urls"])
        self.assertIsNone(after.api_key, "the profile no longer tells the key")
        self.platform.settings.update_profile(request=before)
        self.assertEqual(self.platform.settings.get_profile(), before)

    def test_a_key_is_made_used_and_deleted(self):
        made = self.platform.settings.create_api_key(request={"name": "ci"})
        self.assertEqual((made.name, made.created_date), ("ci", START))
        listed = self.platform.settings.list_api_keys().results
        self.assertEqual(listed[-1], made)
        other = self.sandbox.platform(key=made.api_key)
        self.assertEqual(other.settings.get_profile(), self.platform.settings.get_profile())
        # The specification gives this 204 a body, and so the client cannot take the answer that every server
        # gives; what it said, and what came of it, is looked at all the same.
        named = {"api_key_id": made.id}
        said = self.refused(errors.ResponseValidationError, 204, self.platform.settings.delete_api_key, request=named)
        self.assertEqual(said.body, "")
        self.assertNotIn(made, self.platform.settings.list_api_keys().results)
        self.refused(errors.ErrorMessage, 401, other.settings.get_profile)
        nobody = {"api_key_id": NOBODY}
        self.refused(errors.CodatPlatformError, 404, self.platform.settings.delete_api_key, request=nobody)

    def test_a_long_name_of_a_key_is_refused(self):
        long_name = {"name": "x" * 51}
        refusal = self.refused(
            errors.ErrorMessage, 400, self.platform.settings.create_api_key, request=long_name
        )
        self.assertEqual(refusal.data.error, "Max string length (50) for `name` reached.")

    def test_sync_settings_of_the_client_are_set_and_read(self):
        before = self.platform.settings.get_sync_settings()
        self.assertEqual(len({it.data_type for it in before.settings}), 43)
        months = {it.data_type.value: it.months_to_sync for it in before.settings if it.months_to_sync}
        self.assertEqual(months, {"balanceSheet": 24, "profitAndLoss": 24, "cashFlowStatement": 24})
        setting = {
            "data_type": "bills",
            "fetch_on_first_link": True,
            "sync_schedule": 168,
            "sync_order": 1,
        }
        body = {"client_id": before.client_id, "settings": [setting], "overrides_defaults": True}
        self.assertIsNone(self.platform.settings.update_sync_settings(request=body))
        bills = next(
            it for it in self.platform.settings.get_sync_settings().settings if it.data_type.value == "bills"
        )
        self.assertEqual((bills.sync_schedule, bills.sync_order), (168, 1))
