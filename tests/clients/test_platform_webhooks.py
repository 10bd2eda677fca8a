"""Webhook consumers and the key for Zapier (§2.15), by Codat's Platform client; and what consumers are told
(§7.1), read with the models of the same client, its signature (§7.2) checked first."""

import base64
import hashlib
import hmac
import http.server
import json
import queue
import threading

from codat_platform.models import errors, shared

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
        again = self.platform.webhooks.create_consumer(request=wanted)
        self.assertNotEqual(again.id, made.id, "what is told to one that went must not reach another")
        self.platform.webhooks.delete_consumer(request={"webhook_id": again.id})
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


class Listener:
    """A consumer on this computer: what it is sent, it hands on."""

    def __init__(self):
        messages = self.messages = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                messages.put((self.headers, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                """Nothing is said about it."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/codat"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self):
        """Ends it."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Deliveries(SandboxTest):
    def setUp(self):
        self.listener = Listener()
        self.addCleanup(self.listener.stop)

    def consume(self, *events):
        made = self.platform.webhooks.create_consumer(
            request={"url": self.listener.url, "event_types": list(events)}
        )
        self.addCleanup(self.platform.webhooks.delete_consumer, request={"webhook_id": made.id})
        consumers = self.sandbox.json("/_sandbox/webhooks")["consumers"]
        self.secret = next(it["secret"] for it in consumers if it["id"] == made.id)

    def next(self):
        """The next message, once its signature holds."""
        headers, body = self.listener.messages.get(timeout=60)
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        self.assertIn(f"v1,{signature}", headers["webhook-signature"].split())
        return json.loads(body)

    def test_a_new_company_is_told(self):
        self.consume("company.created")
        made = self.platform.companies.create(request={"name": "Told", "tags": {"region": "uk"}})
        event = shared.CompanyWebhook.from_dict(self.next())
        self.assertEqual(event.event_type, "company.created")
        self.assertEqual((event.payload.id, event.payload.name), (made.id, "Told"))
        self.assertEqual(event.payload.tags, {"region": "uk"})

    def test_a_connection_is_told_from_its_making_to_its_end(self):
        steps = ("created", "connected", "disconnected", "deleted")
        self.consume(*(f"connection.{step}" for step in steps))
        company = self.company("Linked")
        connection = self.linked(company, "gbol")
        named = {"company_id": company, "connection_id": connection}
        self.platform.connections.unlink(
            request={**named, "update_connection_status": {"status": "Unlinked"}}
        )
        self.platform.connections.delete(request=named)
        told = [shared.ConnectionWebhook.from_dict(self.next()) for _ in steps]
        # Which of two messages arrives first is not promised: each says what it is.
        self.assertEqual({it.event_type for it in told}, {f"connection.{step}" for step in steps})
        for event in told:
            self.assertEqual(event.payload.reference_company.id, company)
            self.assertEqual(event.payload.connection.id, connection)
        connected = next(it for it in told if it.event_type == "connection.connected")
        self.assertEqual(connected.payload.connection.status.value, "Linked")

    def test_a_read_that_ended_is_told(self):
        self.consume("read.completed")
        company = self.company("Read")
        connection = self.linked(company, "gbol")
        self.platform.refresh_data.by_data_type(request={"company_id": company, "data_type": "invoices"})
        self.sandbox.advance("1h")
        event = shared.ReadCompletedWebhook.from_dict(self.next())
        self.assertEqual(event.payload.reference_company.id, company)
        read = event.payload.data_types[0]
        self.assertEqual((read.connection_id, read.data_type.value), (connection, "invoices"))
        self.assertEqual((read.status.value, read.records_modified), ("Complete", True))
