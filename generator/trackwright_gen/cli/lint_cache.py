"""A lint run whose result is kept beside the project: a tree that did not change is only looked at."""

import hashlib
import re
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from trackwright_gen import lint as lint_package
from trackwright_gen import source as source_package
from trackwright_gen.cli.source_options import Sources
from trackwright_gen.lint.engine import LintResult
from trackwright_gen.lint.rule import Rule
from trackwright_gen.lint.saved import FileState, Saved, after_changes, digest, dumped, restored, with_part
from trackwright_gen.source.footprint import Footprint
from trackwright_gen.write.cache_file import read_cache, write_cache

FOLDER = ".trackwright_cache"
_CHANGED_MEANWHILE = -1


ComputePart = Callable[[frozenset[Path], Footprint], LintResult]
"""Lints some files, with what a run over all found out about the others."""


def cached(
    sources: Sources, rules: Iterable[Rule], compute: Callable[[], LintResult], compute_part: ComputePart
) -> LintResult:
    """The result of a run, from the cache where it holds, and computed for as few files as it does not."""
    now = {path: _stat(path) for path in sources.selection.known}
    file = sources.selection.roots[0] / FOLDER / f"{_key(sources, rules)}.json"
    saved = _restored(file)
    if saved is not None:
        changed = _changed(saved, now)
        if changed is not None:
            result = _brought_up(saved.result, changed, sources, compute_part)
            if result is not None:
                if changed:
                    write_cache(file, dumped(Saved(result, _states(now, saved))))
                return result
    result = compute()
    write_cache(file, dumped(Saved(result, _states(now, saved))))
    return result


def _brought_up(
    result: LintResult, changed: dict[Path, bytes], sources: Sources, compute_part: ComputePart
) -> LintResult | None:
    """The result with other bytes in some files; None if only a run over all can tell."""
    if not changed:
        return result
    found = after_changes(result, changed, sources.selection.reported)
    if found is not None:
        return found
    files = result.footprint.affected_by(changed)
    if files is None or not files <= {*sources.selection.reported}:
        return None
    return with_part(result, compute_part(files, result.footprint), files)


def _restored(file: Path) -> Saved | None:
    content = read_cache(file)
    try:
        return None if content is None else restored(content)
    except (KeyError, IndexError, TypeError, ValueError, re.error):
        return None


def _changed(saved: Saved, now: dict[Path, tuple[int, int]]) -> dict[Path, bytes] | None:
    """The new bytes of files that are not what they were; None if there are others than there were."""
    if saved.files.keys() != now.keys():
        return None
    changed: dict[Path, bytes] = {}
    for path, stat in now.items():
        before = saved.files[path]
        if (before.modified, before.size) != stat:
            data = _bytes(path)
            if digest(data) != before.digest:
                changed[path] = data
    return changed


def _states(now: dict[Path, tuple[int, int]], saved: Saved | None) -> dict[Path, FileState]:
    """The files as they were before the run; one that changed during it will be asked for its content."""
    known = saved.files if saved is not None else {}
    states: dict[Path, FileState] = {}
    for path, (modified, size) in now.items():
        before = known.get(path)
        if before is not None and (before.modified, before.size) == (modified, size):
            states[path] = before
        else:
            content = digest(_bytes(path))
            is_same = _stat(path) == (modified, size)
            states[path] = FileState(
                modified if is_same else _CHANGED_MEANWHILE, size, content if is_same else ""
            )
    return states


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _stat(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _key(sources: Sources, rules: Iterable[Rule]) -> str:
    """What a result depends on besides the files."""
    selection = sources.selection
    parts = [
        version("trackwright"),
        *own_files(lint_package, source_package),
        sources.settings.model_dump_json(),
        str(sources.today),
        *(rule.code for rule in rules),
        "specs",
        *sources.specs,
        "exemptions",
        *map(repr, sources.exemptions),
        "reports",
        *map(str, selection.reported if len(selection.reported) != len(selection.known) else ()),
    ]
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogateescape"), digest_size=16).hexdigest()


def own_files(*packages: ModuleType) -> list[str]:
    """Our own modules with their times: an editable installation changes without its version."""
    folders = [Path(each) for package in packages for each in package.__path__]
    return [f"{path}:{_stat(path)}" for folder in folders for path in sorted(folder.rglob("*.py"))]
