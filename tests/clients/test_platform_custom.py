"""Custom and supplemental data (§2.18), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import SandboxTest


class Custom(SandboxTest):
    CONFIG = {
        "data_source": "api/purchaseOrders",
        "required_data": {"number": "$[*].number", "total": "$[*].total"},
        "key_by": ["$[*].id"],
        "source_modified_date": ["$[*].updated"],
    }

    def configure(self, identifier):
        return self.platform.custom_data_type.configure(
            request={
                "platform_key": "gbol",
                "custom_data_identifier": identifier,
                "custom_data_type_configuration": self.CONFIG,
            }
        )

    def test_a_configuration_is_echoed_and_kept(self):
        set_to = self.configure("orders")
        self.assertEqual(
            (set_to.data_source, set_to.required_data, set_to.key_by, set_to.source_modified_date),
            tuple(self.CONFIG.values()),
        )
        named = {"platform_key": "gbol", "custom_data_identifier": "orders"}
        # The specification gives this answer the shape of records, and so the client sees none of it: that it
        # parses is the client's part, and what it says is read from the wire.
        self.assertIsNone(self.platform.custom_data_type.get_configuration(request=named).results)
        wire = self.sandbox.json("/integrations/gbol/dataTypes/custom/orders")
        self.assertEqual(wire, set_to.to_dict())
        nobody = {"platform_key": "gbol", "custom_data_identifier": "nothing"}
        refused = self.platform.custom_data_type.get_configuration
        self.refused(errors.ErrorMessage, 404, refused, request=nobody)

    def test_custom_data_is_refreshed_and_listed(self):
        self.configure("orders")
        company = self.company()
        of = {
            "company_id": company,
            "connection_id": self.linked(company, "gbol"),
            "custom_data_identifier": "orders",
        }
        records = self.platform.custom_data_type.list
        self.refused(errors.CodatPlatformError, 409, records, request={**of, "page": 1})
        queued = self.platform.custom_data_type.refresh(request=of)
        self.assertEqual((queued.data_type, queued.status.value), ("custom/orders", "Initial"))
        self.assertEqual((queued.company_id, queued.connection_id), (company, of["connection_id"]))
        self.sandbox.advance("1h")
        page = records(request={**of, "page": 1, "page_size": 5})
        self.assertEqual((page.page_number, page.page_size, len(page.results)), (1, 5, 5))
        everything = records(request={**of, "page": 1, "page_size": 2000})
        self.assertEqual(len(everything.results), page.total_results)
        self.assertEqual(len({it.id for it in everything.results}), page.total_results)
        for record in everything.results:
            self.assertEqual(set(record.content), {"number", "total"})
            self.assertEqual(record.modified_date.modified_date, queued.requested)


class Supplemental(SandboxTest):
    def test_a_configuration_is_set_read_and_reset(self):
        data = self.platform.supplemental_data
        named = {"platform_key": "gbol", "data_type": "invoices"}
        source = {"data_source": "/Invoices", "pull_data": {"ref": "Reference"}, "push_data": {"ref": "Ref"}}
        config = {"supplemental_data_config": {"references": source}}
        data.configure(request={**named, "supplemental_data_configuration": config})
        kept = data.get_configuration(request=named).supplemental_data_config["references"]
        self.assertEqual(
            (kept.data_source, kept.pull_data, kept.push_data), tuple(source.values()), "what was set"
        )
        data.configure(
            request={**named, "supplemental_data_configuration": {"supplemental_data_config": {}}}
        )
        self.assertEqual(data.get_configuration(request=named).supplemental_data_config, {})
        nobody = {"platform_key": "zzzz", "data_type": "invoices"}
        self.refused(errors.CodatPlatformError, 404, data.get_configuration, request=nobody)
