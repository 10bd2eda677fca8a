"""Integrations and their branding (§2.10), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import SandboxTest


class Integrations(SandboxTest):
    def test_the_catalogue_parses_and_is_queried(self):
        everything = self.platform.integrations.list(request={"page_size": 500})
        self.assertEqual(len(everything.results), everything.total_results)
        kinds = {it.source_type.value for it in everything.results}
        self.assertTrue({"Accounting", "Banking", "Commerce", "BankFeed"} <= kinds, kinds)
        asked = {"query": "sourceType=Accounting&&enabled=true", "page_size": 500, "order_by": "name"}
        enabled = self.platform.integrations.list(request=asked).results
        expected = [it for it in everything.results if it.enabled and it.source_type.value == "Accounting"]
        self.assertEqual({it.key for it in enabled}, {it.key for it in expected})
        names = [it.name.lower() for it in enabled]
        self.assertEqual(names, sorted(names))

    def test_one_integration_says_what_it_can(self):
        xero = self.platform.integrations.get(request={"platform_key": "gbol"})
        self.assertEqual((xero.name, xero.source_type.value, xero.enabled), ("Xero", "Accounting", True))
        self.assertEqual(xero.source_id, "8a156a5a-39cb-4f9d-856e-76ef9b9a9607")
        self.assertEqual((xero.is_offline_connector, xero.data_provided_by), (False, "Codat"))
        features = {it.data_type.value: it.supported_features for it in xero.datatype_features}
        read = features["invoices"][0]
        self.assertEqual((read.feature_type.value, read.feature_state.value), ("Get", "Release"))
        desktop = self.platform.integrations.get(request={"platform_key": "pqsw"})
        self.assertTrue(desktop.is_offline_connector)
        nobody = {"platform_key": "zzzz"}
        self.refused(errors.ErrorMessage, 404, self.platform.integrations.get, request=nobody)

    def test_branding_names_pictures(self):
        branding = self.platform.integrations.get_branding(request={"platform_key": "gbol"})
        self.assertEqual(branding.source_id, "8a156a5a-39cb-4f9d-856e-76ef9b9a9607")
        for shape, picture in (("Full", branding.logo.full), ("Square", branding.logo.square)):
            start = f"https://static.codat.io/public/officialLogos/{shape}/"
            self.assertTrue(picture.image.src.startswith(start), picture)
            self.assertIn("Xero", picture.image.alt)
