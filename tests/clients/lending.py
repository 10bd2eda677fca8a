"""What all reads of company data have in common: pages, single records, and values as the wire has them."""

import json
from decimal import Decimal

from codat_lending.models import errors

from sandbox import NOBODY, SandboxTest


def exact(body):
    """JSON with its numbers as they were written."""
    return json.loads(body, parse_float=Decimal, parse_int=Decimal)


class LendingTest(SandboxTest):
    """A company with books, a bank and a shop, all of them read."""

    # Months of the books are long: a page is as large as the client's own check allows.
    PAGE = 2000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.id = cls.company(cls, "Willow Bakery")
        cls.books, cls.bank, cls.shop = (cls.linked(cls, cls.id, key) for key in ("mqjo", "qhnd", "aiwb"))
        cls.read(cls, cls.id)

    def wire(self, path):
        """The exact JSON at a path below the company."""
        status, _, body = self.sandbox.request("GET", f"/companies/{self.id}/{path}")
        self.assertEqual(status, 200, body[:300])
        return exact(body)

    def assert_same(self, parsed, wire, where=""):
        """Whatever the client parsed is what the wire says; the wire may say more."""
        if isinstance(parsed, dict):
            for name, value in parsed.items():
                self.assertIn(name, wire, f"{where}.{name}")
                self.assert_same(value, wire[name], f"{where}.{name}")
        elif isinstance(parsed, list):
            self.assertEqual(len(parsed), len(wire), where)
            for at, (one, other) in enumerate(zip(parsed, wire)):
                self.assert_same(one, other, f"{where}[{at}]")
        elif isinstance(wire, Decimal):
            self.assertEqual(Decimal(str(parsed)), wire, where)
        else:
            self.assertEqual(parsed, wire, where)

    def walk(self, listing, path, connection=None, sort="id", **named):
        """Every record of a list, through the client, page by page; all as the wire has them."""
        of = {"company_id": self.id, **({"connection_id": connection} if connection else {}), **named}
        base = f"connections/{connection}/{path}" if connection else path
        records, page = [], 1
        while True:
            answer = listing(request={**of, "page": page, "page_size": self.PAGE})
            wire = self.wire(f"{base}?page={page}&pageSize={self.PAGE}")
            self.assert_same([it.to_dict() for it in answer.results], wire["results"], path)
            records += answer.results
            if answer.links.next is None:
                break
            page += 1
        self.assertEqual(len(records), answer.total_results)
        self.assertTrue(records, f"{path} has records")
        if sort:
            ids = [getattr(it, sort) for it in records]
            self.assertEqual(len(set(ids)), len(ids), f"{path}: no record comes twice")
            asked = {**of, "page": 1, "page_size": 5, "query": f"{sort}={ids[-1]}"}
            self.assertEqual([getattr(it, sort) for it in listing(request=asked).results], [ids[-1]])
        never = {**of, "company_id": NOBODY, "page": 1, "page_size": 1}
        self.refused(errors.ErrorMessage, 404, listing, request=never)
        return records

    def same_alone(self, records, get, name, connection=None):
        """The first and the last record, asked for alone; and one that is not there."""
        of = {"company_id": self.id, **({"connection_id": connection} if connection else {})}
        for record in (records[0], records[-1]):
            self.assertEqual(get(request={**of, name: record.id}).to_dict(), record.to_dict())
        self.refused(errors.ErrorMessage, 404, get, request={**of, name: "no-such-record"})


def total(amounts):
    """The exact sum of what a client parsed."""
    return sum((Decimal(str(amount)) for amount in amounts if amount is not None), Decimal(0))
