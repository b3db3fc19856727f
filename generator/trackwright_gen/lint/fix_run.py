"""Fixes to a fixed point: lint, fix, lint what came of it, until no fix is left."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.errors import ToolError
from trackwright_gen.lint.engine import LintResult
from trackwright_gen.lint.fixer import fix_text
from trackwright_gen.location import Location
from trackwright_gen.source.encoded_text import decoded, encoding_of
from trackwright_gen.source.parsing import Problem, parse

_MOST_PASSES = 50
"""Fixes that still find work after so many passes undo one another."""

Check = Callable[[Mapping[Path, bytes]], LintResult]
"""Lints with the bytes of some files taken from a mapping."""


@dataclass(frozen=True, slots=True)
class FixedFile:
    """One file's bytes before and after all passes."""

    path: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class FixRun:
    """What is left to report, what was mended, and the files that this changed."""

    left: LintResult
    fixed: tuple[Diagnostic, ...]
    files: tuple[FixedFile, ...]


def fix_all(check: Check, given: Mapping[Path, bytes], *, unsafe: bool) -> FixRun:
    """Apply fixes until none is left; nothing is written.

    Args:
        check: lints the project.
        given: bytes of files that are not taken from the disk.
        unsafe: apply unsafe fixes too.

    Raises:
        ToolError: a fix would break a file or cannot be written in its encoding, or fixes undo one another.
    """
    before: dict[Path, bytes] = {}
    now = dict(given)
    fixed: list[Diagnostic] = []
    wanted: list[Diagnostic] = []
    for _ in range(_MOST_PASSES):
        result = check(now)
        wanted = [each for each in result.diagnostics if _is_wanted(each, unsafe=unsafe)]
        if not wanted:
            files = [FixedFile(path, before[path], now[path]) for path in sorted(before)]
            return FixRun(
                replace(result, fixed=len(fixed)),
                tuple(fixed),
                tuple(each for each in files if each.before != each.after),
            )
        for path, of_file in groupby(wanted, key=lambda each: each.location.path):
            old = now[path] if path in now else path.read_bytes()
            before.setdefault(path, old)
            now[path], mended = _fixed_file(path, old, of_file)
            fixed += mended
    raise ToolError(
        f"the fixes of {_codes(wanted)} undo one another: nothing was changed",
        at=wanted[0].location,
        hint="fix one of them at a time, with --select",
    )


def _is_wanted(diagnostic: Diagnostic, *, unsafe: bool) -> bool:
    return diagnostic.fix is not None and (diagnostic.fix.safe or unsafe)


def _fixed_file(
    path: Path, old: bytes, diagnostics: Iterable[Diagnostic]
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    done = fix_text(decoded(old), diagnostics)
    try:
        new = done.text.encode(encoding_of(old))
    except UnicodeEncodeError as error:
        raise _unfit(path, done.fixed, f"cannot be written in the file's encoding ({error})") from error
    parsed = parse(path, new)
    if isinstance(parsed, Problem):
        raise _unfit(path, done.fixed, f"would break the file ({parsed.message})")
    return new, done.fixed


def _unfit(path: Path, fixed: Iterable[Diagnostic], what: str) -> ToolError:
    return ToolError(
        f"a fix of {_codes(fixed)} {what}: nothing was changed",
        at=Location(path),
        hint="leave the rule out with --ignore, and report this",
    )


def _codes(diagnostics: Iterable[Diagnostic]) -> str:
    return ", ".join(sorted({each.code for each in diagnostics}))
