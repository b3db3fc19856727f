"""Findings as a Code Quality report of GitLab."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from trackwright_gen.lint.baseline import Known, known_of
from trackwright_gen.lint.engine import PROBLEM_CODES, LintResult


def findings(result: LintResult, folder: Path) -> str:
    """A list of issues; a fingerprint stays while lines move, and is of one finding only."""
    seen: Counter[Known] = Counter()
    issues: list[dict[str, Any]] = []
    for each in result.diagnostics:
        known = known_of(each, folder)
        seen[known] += 1
        issues.append(
            {
                "description": f"{each.code} {each.message}",
                "check_name": each.name,
                "fingerprint": _fingerprint(known, seen[known]),
                "severity": "critical" if each.code in PROBLEM_CODES.values() else "major",
                "location": {"path": known.path, "lines": {"begin": each.location.row}},
            }
        )
    return json.dumps(issues, indent=2)


def _fingerprint(known: Known, occurrence: int) -> str:
    parts = (known.path, known.code, known.message, str(occurrence))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
