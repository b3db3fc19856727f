"""Whether files are Python at all: asked of the files that nothing else made us read."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from trackwright_gen.source.parsing import Problem, check

_Files = Sequence[tuple[Path, bytes]]

WORTH_PROCESSES = 2_000_000
"""Below so many bytes, starting processes costs more than it saves (0.15 s for 1 MB on one core)."""
MOST_CHECKED = 16_000_000
"""Above so many bytes, parsing what cannot hold a job would be most of a run (docs/adr/0040)."""


def affordable(
    files: Iterable[tuple[Path, bytes]], most: int = MOST_CHECKED
) -> list[tuple[Path, bytes]] | None:
    """The files, if they are together small enough to be parsed for their syntax's sake; else None."""
    chosen: list[tuple[Path, bytes]] = []
    weight = 0
    for path, data in files:
        weight += len(data)
        if weight > most:
            return None
        chosen.append((path, data))
    return chosen


def syntax_problems(files: _Files, *, jobs: int = 0, worth: int = WORTH_PROCESSES) -> list[Problem]:
    """The problems of files, in their order; `jobs` is the most processes to use (0: one for each core)."""
    chunks = _chunks(files, worth)
    processes = min(len(chunks), jobs or os.cpu_count() or 1)
    if processes > 1:
        # Imported where it pays: 40 ms that a run on save has no use for.
        from concurrent.futures import ProcessPoolExecutor

        try:
            with ProcessPoolExecutor(max_workers=processes) as pool:
                return [problem for found in pool.map(_check_all, chunks) for problem in found]
        except (OSError, ImportError):
            # Some sandboxes have no semaphores for a pool: the same work, one file after another.
            pass
    return [problem for chunk in chunks for problem in _check_all(chunk)]


def _chunks(files: _Files, size: int) -> list[_Files]:
    chunks: list[_Files] = []
    current: list[tuple[Path, bytes]] = []
    weight = 0
    for path, data in files:
        current.append((path, data))
        weight += len(data)
        if weight >= size:
            chunks.append(current)
            current, weight = [], 0
    return [*chunks, current] if current else chunks


def _check_all(files: _Files) -> list[Problem]:
    return [problem for path, data in files if (problem := check(path, data)) is not None]
