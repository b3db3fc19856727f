"""Files that one question is about, found by their bytes when it is asked: most runs ask few of them."""

import re
from collections.abc import Iterable
from pathlib import Path

from trackwright_gen.source.index import SourceIndex
from trackwright_gen.source.scopes import Module


class Search:
    """Looks through the files that are reported on."""

    def __init__(self, index: SourceIndex, reported: Iterable[Path]) -> None:
        self._index = index
        self._reported = frozenset(reported)
        self._found: dict[re.Pattern[bytes], tuple[Module, ...]] = {}

    def modules(self, shape: re.Pattern[bytes], *, hints: Iterable[bytes]) -> tuple[Module, ...]:
        """The modules whose bytes match; hints are texts of which a match holds at least one."""
        if shape not in self._found:
            matching = self._index.matching(shape, hints=hints)
            self._found[shape] = tuple(each for each in matching if each.path in self._reported)
        return self._found[shape]

    def everywhere(self, shape: re.Pattern[bytes], *, hints: Iterable[bytes]) -> bool:
        """True if any file of the project matches, reported on or not."""
        return self._index.occurs(shape, hints=hints)

    def module(self, path: Path) -> Module | None:
        """The module of a Python file that is reported on."""
        return self._index.load(path) if path in self._reported else None
