"""What a run depends on: the files it parsed, the patterns for which it searched all others, and what led where."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Graph = Mapping[Path, frozenset[Path]]
_MOST_AFFECTED = 40
"""More files than this are not worth a run of their own beside one over everything."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """A file that was not parsed and matches no pattern has no say in the result but for its own syntax."""

    parsed: frozenset[Path]
    patterns: tuple[re.Pattern[bytes], ...]
    crossed: Graph = field(default_factory=dict[Path, frozenset[Path]])
    """For each parsed file, those that its names led to."""
    jobs_in: Mapping[Path, str] = field(default_factory=dict[Path, str])
    """For each file of which others can only know the jobs in it: those jobs."""
    for_all: frozenset[Path] = frozenset()
    """Files that speak of all others: handlers of signals, answers to questions about the whole project."""
    names: frozenset[str] = frozenset()
    """Names that were found to lead to jobs and legacy models."""

    def is_touched_by(self, path: Path, data: bytes) -> bool:
        """True if a file's new bytes may change what the run found."""
        return path in self.parsed or any(pattern.search(data) for pattern in self.patterns)

    def affected_by(self, changed: Iterable[Path]) -> frozenset[Path] | None:
        """Some files and all whose names lead to them, at any distance; None if only a run over all can tell.

        That is where one of them is more to others than its jobs, or where they are many.
        """
        led_to = _reversed(self.crossed)
        found: set[Path] = set()
        waiting = list(changed)
        while waiting:
            path = waiting.pop()
            if path not in found:
                if path not in self.jobs_in or len(found) >= _MOST_AFFECTED:
                    return None
                found.add(path)
                waiting += led_to.get(path, ())
        return frozenset(found)


def _reversed(graph: Graph) -> dict[Path, list[Path]]:
    found: dict[Path, list[Path]] = {}
    for source, targets in graph.items():
        for target in targets:
            found.setdefault(target, []).append(source)
    return found


NOTHING = Footprint(frozenset(), ())
