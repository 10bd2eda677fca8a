"""Webhook consumers and the key for Zapier (§2.15), by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import NOBODY, SandboxTest


class Webhooks(SandboxTest):
    def test_consumers_are_made_listed_and_deleted(self):
        wanted = {
            "url": "https://hooks.acme.test/codat",
            "event_types": ["connection.connected", "read.completed"],
            "company_tags": ["region:uk"],
            "disabled": True,
        }
        made = self.platform.webhooks.create_consumer(request=wanted)
        self.assertEqual(
            (made.url, made.event_types, made.company_tags, made.disabled), tuple(wanted.values())
        )
        self.assertIn(made, self.platform.webhooks.list_consumers().results)
        secret = [it for it in self.sandbox.json("/webhooks")["results"] if "secret" in it]
        self.assertEqual(secret, [], "the secret is not told")
        named = {"webhook_id": made.id}
        self.assertIsNone(self.platform.webhooks.delete_consumer(request=named))
        self.assertNotIn(made, self.platform.webhooks.list_consumers().results)
        nobody = {"webhook_id": NOBODY}
        self.refused(errors.CodatPlatformError, 404, self.platform.webhooks.delete_consumer, request=nobody)

    def test_there_are_fifty_consumers_at_most(self):
        create = self.platform.webhooks.create_consumer
        body = {"url": "https://hooks.acme.test/many", "event_types": ["company.created"], "disabled": True}
        there = len(self.platform.webhooks.list_consumers().results)
        made = [create(request=body).id for _ in range(50 - there)]
        self.refused(errors.CodatPlatformError, 400, create, request=body)
        for consumer in made:
            self.platform.webhooks.delete_consumer(request={"webhook_id": consumer})

    def test_the_key_of_zapier_is_new_each_time(self):
        one, other = (self.platform.webhooks.rotate_zapier_key().key for _ in range(2))
        for key in (one, other):
            self.assertRegex(key, r"^sk_integ_.+\.us$")
        self.assertNotEqual(one, other)
