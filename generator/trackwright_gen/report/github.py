"""Findings as annotations of a GitHub Actions run."""

from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.lint.engine import LintResult
from trackwright_gen.report.text import shown


def findings(result: LintResult, folder: Path) -> str:
    """One workflow command per finding."""
    return "\n".join(_command(each, folder) for each in result.diagnostics)


def _command(diagnostic: Diagnostic, folder: Path) -> str:
    where = diagnostic.location
    fields = {
        "title": f"trackwright ({diagnostic.code})",
        "file": shown(where.path, folder),
        "line": str(where.row),
        "col": str(where.column),
        "endLine": str(where.end_row or where.row),
        "endColumn": str(where.end_column or where.column),
    }
    written = ",".join(f"{name}={_escaped(value, also=':,')}" for name, value in fields.items())
    return f"::error {written}::{_escaped(f'{diagnostic.code} {diagnostic.message}')}"


def _escaped(text: str, also: str = "") -> str:
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text
