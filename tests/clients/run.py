"""Codat's own Python clients against portal-sandbox: `cargo xtask test --lane clients`.

Runs every `test_*.py` beside it, then holds the operations that were called against those that the clients
have. The last line says how many checks passed and failed.
"""

import pathlib
import sys
import unittest

import operations


def main():
    ledgers = [operations.Ledger(package) for package in ("codat_platform", "codat_lending")]
    here = str(pathlib.Path(__file__).parent)
    only = sys.argv[1] if len(sys.argv) > 1 else "test_*.py"
    tests = unittest.TestLoader().discover(here, pattern=only)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(tests)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    # A test that is skipped checks nothing, and nothing is skipped here.
    bad += len(result.skipped)
    faults = []
    for ledger in ledgers:
        print(*ledger.report(), sep="\n")
        if only == "test_*.py":
            faults += [fault for fault in ledger.faults()]
    print(*(f"FAULT {fault}" for fault in faults), sep="\n")
    passed = max(result.testsRun - bad, 0)
    print(f"clients: {passed} passed, {bad + len(faults)} failed")
    return 1 if bad or faults or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
