"""Generated Python in the shape the project's own ruff settings give it: imports sorted, lines wrapped."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ruff.__main__ import find_ruff_bin  # where every 0.15 has it; the package itself only later ones

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.render.shadow import shadow

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
    code = {root / path: text for path, text in texts.items() if path.endswith(".py") and text.strip()}
    done = _together(code, root, steps) if len(code) > 1 else None
    if done is None:
        done = {path: _one(path, text, root, steps) for path, text in code.items()}
    return {path: done.get(root / path, text) for path, text in texts.items()}


def shaped_like(old: str, new: str, path: Path, root: Path) -> str:
    """The new text of a user's file: formatted if the old text was, else as it is.

    Raises:
        ToolError: ruff refused the file or cannot be run.
    """
    return _ruff(_FORMAT, path, new, root) if _ruff(_FORMAT, path, old, root) == old else new


def wrapped(path: Path, text: str, root: Path) -> str:
    """A user's Python file with its rows as the formatter has them; nothing sorted or taken out.

    Raises:
        ToolError: ruff refused the file or cannot be run.
    """
    return _ruff(_FORMAT, path, text, root)


def _together(
    texts: Mapping[Path, str], root: Path, steps: Sequence[tuple[str, ...]]
) -> dict[Path, str] | None:
    """All files in one process per step; None where that cannot be had, or a file is refused."""
    try:
        with shadow(texts, root) as copy:
            for step in steps:
                command = [find_ruff_bin(), *step, "--no-cache", "--quiet", *map(str, copy.places.values())]
                # In the folder by which ruff knows the project: what it excludes is said there.
                subprocess.run(command, cwd=copy.root, capture_output=True, check=True)  # noqa: S603 -- as below
            return {path: place.read_text(encoding="utf-8") for path, place in copy.places.items()}
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None  # one by one, ruff says which file it is about


def _one(path: Path, text: str, root: Path, steps: Sequence[tuple[str, ...]]) -> str:
    for step in steps:
        text = _ruff(step, path, text, root)
    return text


def _ruff(arguments: tuple[str, ...], path: Path, text: str, root: Path) -> str:
    result = subprocess.run(  # noqa: S603 -- the ruff that is installed with us, fixed arguments
        [find_ruff_bin(), *arguments, "--stdin-filename", str(path), "-"],
        cwd=root,
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
