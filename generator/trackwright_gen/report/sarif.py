"""Findings as SARIF 2.1.0, for code scanning and the editors that read it."""

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trackwright_gen.diagnostics import Diagnostic, Edit, Fix
from trackwright_gen.lint.catalog import all_rules
from trackwright_gen.lint.engine import PROBLEM_CODES, LintResult
from trackwright_gen.location import Location

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://trackwright.readthedocs.io"
_ROOT = "SRCROOT"


def findings(result: LintResult, folder: Path) -> str:
    """One run; columns count characters (code points), as the spec lets a run say."""
    broken = [each for each in result.diagnostics if each.code in PROBLEM_CODES.values()]
    run: dict[str, Any] = {
        "tool": {"driver": _driver(result.diagnostics)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"uri": f"{folder.as_uri()}/"}},
        "invocations": [{"executionSuccessful": not broken}],
        "results": [_result(each, folder) for each in result.diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _driver(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    rules = {rule.code: _rule(rule.code, rule.name, rule.summary, rule.url) for rule in all_rules()}
    # What is no rule of ours but can be found: broken files, broken exemptions.
    for each in diagnostics:
        rules.setdefault(each.code, _rule(each.code, each.name, each.name.replace("-", " "), each.url))
    return {
        "name": "trackwright",
        "version": version("trackwright"),
        "informationUri": _HOME,
        "rules": [rules[code] for code in sorted(rules)],
    }


def _rule(code: str, name: str, summary: str, url: str | None) -> dict[str, Any]:
    return {"id": code, "name": name, "shortDescription": {"text": summary}, "helpUri": url or _HOME}


def _result(diagnostic: Diagnostic, folder: Path) -> dict[str, Any]:
    where = diagnostic.location
    artifact = _artifact(where.path, folder)
    found: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": "error",
        "message": {"text": diagnostic.message},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": _region(where)}}],
    }
    return found if diagnostic.fix is None else {**found, "fixes": [_fix(diagnostic.fix, artifact)]}


def _fix(fix: Fix, artifact: dict[str, str]) -> dict[str, Any]:
    return {
        "description": {"text": fix.message},
        "artifactChanges": [
            {"artifactLocation": artifact, "replacements": [_replacement(edit) for edit in fix.edits]}
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": _region(edit.location), "insertedContent": {"text": edit.content}}


def _region(where: Location) -> dict[str, int]:
    return {
        "startLine": where.row,
        "startColumn": where.column,
        "endLine": where.end_row or where.row,
        "endColumn": where.end_column or where.column,
    }


def _artifact(path: Path, folder: Path) -> dict[str, str]:
    if not path.is_relative_to(folder):
        return {"uri": path.as_uri()}
    # Through a URI, so that spaces and the like are escaped.
    relative = path.as_uri().removeprefix(f"{folder.as_uri()}/")
    return {"uri": relative, "uriBaseId": _ROOT}
