"""Whether files are Python at all: asked of every file that nothing else made us read."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from trackwright_gen.source.parsing import Problem, check

_Files = Sequence[tuple[Path, bytes]]

WORTH_PROCESSES = 2_000_000
"""Below so many bytes, starting processes costs more than it saves (0.15 s for 1 MB on one core)."""


def syntax_problems(files: Mapping[Path, bytes], *, worth: int = WORTH_PROCESSES) -> list[Problem]:
    """The problems of files, found by as many processes as the work is worth."""
    chunks = _chunks(files, worth)
    if len(chunks) < 2 or (os.cpu_count() or 1) < 2:  # noqa: PLR2004 -- one is no crowd
        return [problem for chunk in chunks for problem in _check_all(chunk)]
    # Imported where it pays: 40 ms that a run on save has no use for.
    from concurrent.futures import ProcessPoolExecutor

    try:
        with ProcessPoolExecutor(max_workers=min(len(chunks), os.cpu_count() or 1)) as pool:
            return [problem for found in pool.map(_check_all, chunks) for problem in found]
    except (OSError, ImportError):
        # Some sandboxes have no semaphores for a pool: the same work, one file after another.
        return [problem for chunk in chunks for problem in _check_all(chunk)]


def _chunks(files: Mapping[Path, bytes], size: int) -> list[_Files]:
    chunks: list[_Files] = []
    current: list[tuple[Path, bytes]] = []
    weight = 0
    for path, data in files.items():
        current.append((path, data))
        weight += len(data)
        if weight >= size:
            chunks.append(current)
            current, weight = [], 0
    return [*chunks, current] if current else chunks


def _check_all(files: _Files) -> list[Problem]:
    return [problem for path, data in files if (problem := check(path, data)) is not None]
