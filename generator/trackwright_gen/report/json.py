"""Findings and jobs for machines: absolute paths, rows and columns from 1."""

import json
from pathlib import Path
from typing import Any

from trackwright_gen.diagnostics import Diagnostic, Fix
from trackwright_gen.lint.engine import LintResult
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Evidence, Exemption, Job


def findings(result: LintResult, folder: Path) -> str:  # noqa: ARG001 -- every format has the same parameters
    """All findings as a list of objects."""
    return json.dumps([_finding(each) for each in result.diagnostics], indent=2)


def jobs(found: tuple[Job, ...]) -> str:
    """All jobs as a list of objects."""
    return json.dumps([_job(each) for each in found], indent=2)


def _finding(diagnostic: Diagnostic) -> dict[str, Any]:
    where = diagnostic.location
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "message": diagnostic.message,
        "filename": str(where.path),
        "location": {"row": where.row, "column": where.column},
        "end_location": _end(where),
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
        "task": diagnostic.task,
        "domain": diagnostic.domain,
        "url": diagnostic.url,
    }


def _end(where: Location) -> dict[str, int]:
    return {"row": where.end_row or where.row, "column": where.end_column or where.column}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": "safe" if fix.safe else "unsafe",
        "message": fix.message,
        "edits": [
            {
                "content": edit.content,
                "location": {"row": edit.location.row, "column": edit.location.column},
                "end_location": _end(edit.location),
            }
            for edit in fix.edits
        ],
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "framework": job.framework,
        "name": job.name,
        "qualified_name": job.qualified_name,
        "filename": str(job.location.path),
        "line": job.location.row,
        "declared_by": job.declared_by,
        "is_async": job.is_async,
        "bind": job.bind,
        "tracked": job.tracked,
        "evidence": [_evidence(each) for each in job.evidence],
        "domain": job.domain,
        "exemption": _exemption(job.exemption) if job.exemption else None,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"filename": str(evidence.path), "line": evidence.line, "what": evidence.what}


def _exemption(exemption: Exemption) -> dict[str, Any]:
    return {
        "kind": exemption.kind,
        "codes": list(exemption.codes),
        "line": exemption.line,
        "reason": exemption.reason,
        "approved_by": exemption.approved_by,
        "ticket": exemption.ticket,
        "until": exemption.until.isoformat() if exemption.until else None,
        "adapts": exemption.adapts,
    }
