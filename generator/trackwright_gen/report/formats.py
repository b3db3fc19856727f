"""The output formats of findings by name; a new format is one module beside this one and a line here."""

import importlib
from pathlib import Path

from trackwright_gen.lint.engine import LintResult

FORMATS: dict[str, tuple[str, str]] = {
    "full": ("text", "full"),
    "concise": ("text", "concise"),
    "json": ("json", "findings"),
    "github": ("github", "findings"),
    "gitlab": ("gitlab", "findings"),
    "sarif": ("sarif", "findings"),
    "junit": ("junit", "findings"),
}
"""Module and function; imported when used, as XML and package metadata cost a run on save 30 ms."""


def rendered(name: str, result: LintResult, folder: Path) -> str:
    """A result in one of the formats, paths relative to a folder where the format has such."""
    module, function = FORMATS[name]
    text: str = getattr(importlib.import_module(f"trackwright_gen.report.{module}"), function)(result, folder)
    return text
