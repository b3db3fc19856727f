"""Files that one question is about, found by their bytes when it is asked: most runs ask few of them."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from trackwright_gen.source.index import SourceIndex
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module

_MOST_PASSING = 500_000
"""Bytes of source whose trees are in memory together: 20 MB."""
_WORD = re.compile(rb"\w+")


class Search:
    """Looks through the files that are reported on."""

    def __init__(self, index: SourceIndex, names: Resolver, reported: Iterable[Path]) -> None:
        self._index = index
        self._names = names
        self._reported = frozenset(reported)
        self._found: dict[object, tuple[Path, ...]] = {}

    def modules(
        self,
        shape: re.Pattern[bytes],
        *,
        hints: Iterable[bytes],
        beside: re.Pattern[bytes] | frozenset[bytes] | None = None,
    ) -> Iterator[Module]:
        """The modules whose bytes match, each only for a while: nothing of it may be remembered.

        What was read before, and what `kept` reads meanwhile, stays.

        Args:
            shape: what the bytes match.
            hints: texts of which a match holds at least one.
            beside: what has to be in the file or its path as well: a pattern, or any of some words.
        """
        question = (shape, beside)
        if question not in self._found:
            paths = self._index.matching_paths(shape, hints=hints)
            wanted = (path for path in paths if path in self._reported and self._has(path, beside))
            self._found[question] = tuple(sorted(wanted))
        waiting = list(reversed(self._found[question]))
        while waiting:
            with self._index.passing() as parsed, self._names.passing():
                while waiting and sum(parsed.values()) < _MOST_PASSING:
                    module = self._index.load(waiting.pop())
                    if module is not None:
                        yield module

    def kept(self, shape: re.Pattern[bytes], *, hints: Iterable[bytes]) -> tuple[Module, ...]:
        """The modules whose bytes match, to be kept: what is found in them is remembered."""
        with self._index.keeping():
            return tuple(
                each for each in self._index.matching(shape, hints=hints) if each.path in self._reported
            )

    def keep(self, module: Module) -> None:
        """Let a module stay, because something in it is remembered."""
        self._index.keep(module.path)

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
        """The modules of all files of the project whose bytes match, reported on or not; to be kept."""
        return self._index.matching(shape, hints=hints)

    def everywhere_named(self, names: Iterable[str]) -> tuple[Module, ...]:
        """The modules of all files of the project that hold any of some names as a whole word."""
        self._index.is_divisible = False
        return self._index.load_words(names)

    def reported(self, modules: Iterable[Module]) -> tuple[Module, ...]:
        """Those of some modules that are reported on."""
        return tuple(each for each in modules if each.path in self._reported)

    def occurs(self, shape: re.Pattern[bytes], *, hints: Iterable[bytes]) -> bool:
        """True if any file of the project matches, reported on or not."""
        return self._index.occurs(shape, hints=hints)

    def asks_of_all(self) -> None:
        """Note that findings depend on what is in files that their own do not lead to."""
        self._index.is_divisible = False

    def module(self, path: Path) -> Module | None:
        """The module of a Python file that is reported on."""
        return self._index.load(path) if path in self._reported else None
