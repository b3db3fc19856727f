"""Findings as JUnit XML: a suite for each file, a failed case for each finding."""

import re
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.lint.engine import LintResult
from trackwright_gen.report.text import place, shown

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def findings(result: LintResult, folder: Path) -> str:
    """One document; a run without findings has one case, which passed."""
    count = len(result.diagnostics)
    root = ET.Element(
        "testsuites", name="trackwright", tests=str(max(count, 1)), failures=str(count), errors="0"
    )
    for path, of_file in groupby(result.diagnostics, key=lambda each: each.location.path):
        cases = [_case(each, folder) for each in of_file]
        _suite(root, shown(path, folder), cases, failures=len(cases))
    if not count:
        passed = ET.Element("testcase", name="lint", classname="trackwright", time="0")
        _suite(root, "trackwright", [passed], failures=0)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "")
    )


def _suite(root: ET.Element, name: str, cases: list[ET.Element], *, failures: int) -> None:
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0", "time": "0"}
    ET.SubElement(root, "testsuite", {"name": _fit(name), **counts}).extend(cases)


def _case(diagnostic: Diagnostic, folder: Path) -> ET.Element:
    where = diagnostic.location
    case = ET.Element(
        "testcase",
        {
            "name": f"{diagnostic.code} {diagnostic.name} ({where.row}:{where.column})",
            "classname": _fit(shown(where.path, folder)),
            "file": _fit(shown(where.path, folder)),
            "line": str(where.row),
            "time": "0",
        },
    )
    failure = ET.SubElement(case, "failure", message=_fit(diagnostic.message), type=diagnostic.code)
    failure.text = _fit(f"{place(diagnostic, folder)}: {diagnostic.code} {diagnostic.message}")
    return case


def _fit(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return _NOT_XML.sub("\ufffd", text)
