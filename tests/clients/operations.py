"""Which operations the clients have, which of them were called, and which are left out and why."""

import fnmatch
import functools
import importlib
import pkgutil

# Operations that no test calls, and why: by package, patterns of "file.operation". One that is called after
# all is an error, and so is a pattern that fits nothing.
PLATFORM = "an operation of the Platform API too, called by its client"
WRITES = "writes records, which the sandbox keeps as seeded history only (§2.16)"
PRODUCT = "a report or an upload of the Lending product, beyond §2.17 and §2.19"
LEFT_OUT = {
    "codat_platform": {},
    "codat_lending": {
        "companies.*": PLATFORM,
        "connections.*": PLATFORM,
        "manage_data.*": PLATFORM,
        "pull_operations.*": PLATFORM,
        "refresh.*": PLATFORM,
        "create_operations.*": PLATFORM,
        "bank_accounts.*": WRITES,
        "bank_transactions.*": WRITES,
        "direct_costs.*": WRITES,
        "loan_writeback_*.*": WRITES,
        "source_accounts.*": WRITES,
        "transfers.*": WRITES,
        "bank_statements.*": PRODUCT,
        "categorized_statement.*": PRODUCT,
        "data_integrity.*": PRODUCT,
        "excel_reports.*": PRODUCT,
        "financial_summary.*": PRODUCT,
        "invoices.list_reconciled_invoices": PRODUCT,
        "liabilities.*": PRODUCT,
        "manage_reports.*": PRODUCT,
        "metrics.*": PRODUCT,
        "sales_reports.*": PRODUCT,
    },
}


def _serializers(package):
    """Every operation of a package: each has one method that writes its request."""
    api = importlib.import_module(f"{package}.api")
    for module in pkgutil.iter_modules(api.__path__):
        loaded = importlib.import_module(f"{package}.api.{module.name}")
        for kind in vars(loaded).values():
            if isinstance(kind, type) and kind.__module__ == loaded.__name__:
                for name in vars(kind):
                    if name.startswith("_") and name.endswith("_serialize"):
                        yield kind, name


class Ledger:
    """Takes down which operations of a package are called."""

    def __init__(self, package):
        self.package, self.known, self.called = package, set(), set()
        for kind, name in list(_serializers(package)):
            operation = f"{kind.__module__.rsplit('.', 1)[1]}.{name[1:].removesuffix('_serialize')}"
            self.known.add(operation)
            setattr(kind, name, self._noting(getattr(kind, name), operation))

    def _noting(self, serialize, operation):
        @functools.wraps(serialize)
        def noted(*arguments, **named):
            self.called.add(operation)
            return serialize(*arguments, **named)

        return noted

    def left_out(self):
        """Every operation that is left out, and why."""
        patterns = LEFT_OUT[self.package].items()
        return {
            operation: reason
            for operation in sorted(self.known)
            for pattern, reason in patterns
            if fnmatch.fnmatchcase(operation, pattern)
        }

    def faults(self):
        """What does not add up, in words."""
        left_out = set(self.left_out())
        for operation in sorted(self.known - self.called - left_out):
            yield f"{self.package}: {operation} is neither called nor left out for a reason"
        for operation in sorted(left_out & self.called):
            yield f"{self.package}: {operation} is called, and so is not left out"
        for pattern in LEFT_OUT[self.package]:
            if not fnmatch.filter(self.known, pattern):
                yield f"{self.package}: {pattern} is left out, but there is no such operation"

    def report(self):
        """What was called and what was left out, line by line."""
        yield f"{self.package}: {len(self.called)} of {len(self.known)} operations were called"
        for operation, reason in self.left_out().items():
            yield f"  left out: {operation}: {reason}"
