"""A portal-sandbox of a test's own, on a clock that stands still, and Codat's clients pointed at it."""

import base64
import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request

import codat_lending
import codat_platform
from codat_lending.models import shared as lending_shared
from codat_lending.utils.retries import RetryConfig as LendingRetries
from codat_platform.models import shared as platform_shared
from codat_platform.utils.retries import RetryConfig as PlatformRetries

START = "2026-11-23T09:00:00Z"
NOBODY = "11111111-1111-1111-1111-111111111111"
SEED = "7"
# The machine may be busy; a sandbox that hangs is found all the same.
PATIENCE_MS = 60_000


class Sandbox:
    """The program, running."""

    def __init__(self, *arguments, now=START):
        program = os.environ["PORTAL_SANDBOX_BIN"]
        fixed = ["--port", "0", "--seed", SEED, "--now", now, "--time-scale", "0", "--limits", "off"]
        self.process = subprocess.Popen(
            [program, *fixed, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        said = {}
        for line in self.process.stdout:
            words = line.split()
            if line.startswith("Press Ctrl+C"):
                break
            if len(words) == 2:
                said[words[0]] = words[1]
        if "address" not in said:
            self.stop()
            raise RuntimeError("portal-sandbox did not say its address")
        self.base, self.key = said["address"], said["key"]
        self.authorization = "Basic " + base64.b64encode(self.key.encode()).decode()

    def stop(self):
        """Ends the program."""
        self.process.terminate()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def request(self, method, path, body=None, headers=()):
        """What the wire says, without a client between: status, headers, and the body's bytes."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("Authorization", self.authorization)
        for name, value in headers:
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_MS / 1000) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.headers, refusal.read()

    def json(self, path):
        """The JSON at a path."""
        status, _, body = self.request("GET", path)
        if status != 200:
            raise AssertionError(f"GET {path}: {status} {body[:300]}")
        return json.loads(body)

    def advance(self, span):
        """Moves the sandbox's clock; what falls due on the way happens."""
        status, _, body = self.request("POST", "/_sandbox/clock", {"advance": span})
        if status != 200:
            raise AssertionError(f"the clock did not move: {status} {body[:300]}")

    def platform(self, key=None):
        """Codat's client of the Platform API, with retries switched off."""
        authorization = self.authorization if key is None else "Basic " + base64.b64encode(key.encode()).decode()
        return codat_platform.CodatPlatform(
            server_url=self.base,
            security=platform_shared.Security(auth_header=authorization),
            retry_config=PlatformRetries("none"),
            timeout_ms=PATIENCE_MS,
        )

    def lending(self):
        """Codat's client of the Lending API, with retries switched off."""
        return codat_lending.CodatLending(
            server_url=self.base,
            security=lending_shared.Security(auth_header=self.authorization),
            retry_config=LendingRetries("none"),
            timeout_ms=PATIENCE_MS,
        )


class SandboxTest(unittest.TestCase):
    """Tests that share one sandbox: each makes the companies it needs."""

    # When the sandbox's clock starts.
    NOW = START

    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox(now=cls.NOW)
        cls.addClassCleanup(cls.sandbox.stop)
        cls.platform = cls.sandbox.platform()
        cls.lending = cls.sandbox.lending()

    def company(self, name="Harbour Lane Bakery"):
        """A new company's ID."""
        return self.platform.companies.create(request={"name": name}).id

    def linked(self, company, key):
        """A new linked connection's ID."""
        made = self.platform.connections.create(
            request={"company_id": company, "request_body": {"platform_key": key}}
        )
        self.platform.connections.update_authorization(
            request={"company_id": company, "connection_id": made.id, "request_body": {"token": "given"}}
        )
        return made.id

    def read(self, company):
        """Reads everything of a company, to the end."""
        self.platform.refresh_data.all(request={"company_id": company})
        self.sandbox.advance("1h")

    def refused(self, error, status, call, *arguments, **named):
        """The call must be refused with this status, by this kind of error."""
        # A status that the specification does not name for an operation is its client's plainest error.
        with self.assertRaises(error) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.status_code, status, caught.exception)
        return caught.exception
