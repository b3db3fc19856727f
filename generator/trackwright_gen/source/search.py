"""Files that one question is about, found by their bytes when it is asked: most runs ask few of them."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from trackwright_gen.source.index import SourceIndex
from trackwright_gen.source.scopes import Module

_WORD = re.compile(rb"\w+")


class Search:
    """Looks through the files that are reported on."""

    def __init__(self, index: SourceIndex, reported: Iterable[Path]) -> None:
        self._index = index
        self._reported = frozenset(reported)
        self._found: dict[object, tuple[Module, ...]] = {}

    def modules(
        self,
        shape: re.Pattern[bytes],
        *,
        hints: Iterable[bytes],
        beside: re.Pattern[bytes] | frozenset[bytes] | None = None,
    ) -> tuple[Module, ...]:
        """The modules whose bytes match; hints are texts of which a match holds at least one.

        `beside` is what has to be in the file or its path as well: a pattern, or any of some words.
        """
        question = (shape, beside)
        if question not in self._found:
            paths = self._index.matching_paths(shape, hints=hints)
            wanted = [path for path in paths if path in self._reported and self._has(path, beside)]
            found = (self._index.load(path) for path in sorted(wanted))
            self._found[question] = tuple(module for module in found if module is not None)
        return self._found[question]

    def _has(self, path: Path, beside: re.Pattern[bytes] | frozenset[bytes] | None) -> bool:
        match beside:
            case None:
                return True
            case frozenset():
                words = {*_WORD.findall(self._index.data(path)), *_WORD.findall(os.fsencode(path))}
                return not beside.isdisjoint(words)
            case _:
                return beside.search(self._index.data(path)) is not None

    def everywhere(self, shape: re.Pattern[bytes], *, hints: Iterable[bytes]) -> tuple[Module, ...]:
        """The same in all files of the project, reported on or not."""
        if (shape, "everywhere") not in self._found:
            self._found[shape, "everywhere"] = self._index.matching(shape, hints=hints)
        return self._found[shape, "everywhere"]

    def everywhere_named(self, names: Iterable[str]) -> tuple[Module, ...]:
        """The modules of all files of the project that hold any of some names as a whole word."""
        return self._index.load_words(names)

    def reported(self, modules: Iterable[Module]) -> tuple[Module, ...]:
        """Those of some modules that are reported on."""
        return tuple(each for each in modules if each.path in self._reported)

    def occurs(self, shape: re.Pattern[bytes], *, hints: Iterable[bytes]) -> bool:
        """True if any file of the project matches, reported on or not."""
        return self._index.occurs(shape, hints=hints)

    def module(self, path: Path) -> Module | None:
        """The module of a Python file that is reported on."""
        return self._index.load(path) if path in self._reported else None
