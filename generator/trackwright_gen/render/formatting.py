"""Generated Python in the shape the project's own ruff settings give it: imports sorted, lines wrapped."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ruff import find_ruff_bin

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location

_SORT = ("check", "--fix-only", "--exit-zero", "--select", "I,F401")
_FORMAT = ("format",)


def formatted(texts: Mapping[str, str], root: Path, first_party: Sequence[str]) -> dict[str, str]:
    """Format the Python files among the texts; the others pass through. Paths are relative to the root.

    `first_party` names the project's own packages: ruff would take modules that are not written yet for others.

    Raises:
        ToolError: ruff refused a file or cannot be run; nothing is passed on unformatted.
    """
    own = f"lint.isort.known-first-party={json.dumps(list(first_party))}"
    steps = ((*_SORT, "--config", own), _FORMAT)
    with ThreadPoolExecutor(max_workers=2) as pool:
        pairs = pool.map(lambda item: (item[0], _one(root / item[0], item[1], steps)), texts.items())
        return dict(pairs)


def shaped_like(old: str, new: str, path: Path) -> str:
    """The new text of a user's file: formatted if the old text was, else as it is.

    Raises:
        ToolError: ruff refused the file or cannot be run.
    """
    return _ruff(_FORMAT, path, new) if _ruff(_FORMAT, path, old) == old else new


def _one(path: Path, text: str, steps: Sequence[tuple[str, ...]]) -> str:
    if path.suffix != ".py" or not text.strip():
        return text
    for step in steps:
        text = _ruff(step, path, text)
    return text


def _ruff(arguments: tuple[str, ...], path: Path, text: str) -> str:
    result = subprocess.run(  # noqa: S603 -- the ruff that is installed with us, fixed arguments
        [find_ruff_bin(), *arguments, "--stdin-filename", str(path), "-"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode != 0:
        raise ToolError(
            f"ruff {arguments[0]} could not do its work: {result.stderr.strip()}",
            at=Location(path),
            hint="if it is about settings, mend [tool.ruff] of the project",
        )
    return result.stdout
