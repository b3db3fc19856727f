"""The output formats of findings by name; a new format is one module beside this one and a line here."""

from collections.abc import Callable
from pathlib import Path

from trackwright_gen.lint.engine import LintResult
from trackwright_gen.report import github, json, text

Format = Callable[[LintResult, Path], str]

FORMATS: dict[str, Format] = {
    "full": text.full,
    "concise": text.concise,
    "json": json.findings,
    "github": github.findings,
}
