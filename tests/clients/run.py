"""Codat's own Python clients against portal-sandbox: `cargo xtask test --lane clients`.

Runs every `test_*.py` beside it, then compares the operations that were called with those that the clients have.
The environment variable PORTAL_JUNIT names the JUnit file with what passed and what failed.
"""

import os
import pathlib
import sys
import unittest
from xml.etree import ElementTree

import operations


class Result(unittest.TextTestResult):
    """Keeps the names of the tests that passed, too."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.passed = []

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed.append(test)


def write_report(path, passed, failed):
    """Writes the names of checks as a JUnit file."""
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", name="clients")
    for name in passed:
        ElementTree.SubElement(suite, "testcase", name=str(name))
    for name in failed:
        ElementTree.SubElement(ElementTree.SubElement(suite, "testcase", name=str(name)), "failure")
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def main():
    ledgers = [operations.Ledger(package) for package in ("codat_platform", "codat_lending")]
    here = str(pathlib.Path(__file__).parent)
    only = sys.argv[1] if len(sys.argv) > 1 else "test_*.py"
    tests = unittest.TestLoader().discover(here, pattern=only)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result).run(tests)
    # A test that is skipped checks nothing, and nothing is skipped here.
    failed = [test for test, _ in result.failures + result.errors + result.skipped] + result.unexpectedSuccesses
    for ledger in ledgers:
        print(*ledger.report(), sep="\n")
        if only == "test_*.py":
            failed += [f"FAULT {fault}" for fault in ledger.faults()]
    print(*(name for name in failed if isinstance(name, str)), sep="\n")
    if report := os.environ.get("PORTAL_JUNIT"):
        write_report(report, result.passed, failed)
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
