"""A project's files, each read at most once and parsed only when something leads to it."""

import contextlib
import gc
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from trackwright_gen.location import Location
from trackwright_gen.source.file_bytes import FileBytes
from trackwright_gen.source.files import Selection
from trackwright_gen.source.footprint import Footprint
from trackwright_gen.source.parsing import Problem
from trackwright_gen.source.readings import Readings
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.syntax import affordable, syntax_problems

_WORTH_COLLECTING = 500_000
"""Bytes of source that make 20 MB of trees."""


class SourceIndex:
    """Bytes, parsed modules and problems of all files of a selection."""

    def __init__(
        self, selection: Selection, instead: Mapping[Path, bytes], readings: Readings | None = None
    ) -> None:
        """Read all files; `instead` holds what to take for some of them, whatever the disk says."""
        self.selection = selection
        self._readings = readings or Readings()
        self._names = self._readings.names(selection)
        self._bytes = FileBytes(selection.known, instead)
        self._modules: dict[Path, Module | None] = {}
        self._passing: list[dict[Path, int]] = []
        self._until_all = 0
        self._parsed: set[Path] = set()
        self._problems: dict[Path, Problem] = {
            path: Problem("unreadable-file", reason, Location(path)) for path, reason in selection.odd
        }
        self._questions: dict[re.Pattern[bytes], None] = {}
        self._crossed: dict[Path, set[Path]] = {}
        self._for_all: set[Path] = set()
        self.is_divisible = True
        """False if what was asked of the whole project has answers in files that only a whole run reads."""

    @property
    def modules(self) -> tuple[Module, ...]:
        """All modules parsed so far, in the order of their paths."""
        return tuple(module for _, module in sorted(self._modules.items()) if module is not None)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or parsed so far."""
        found = {**self._bytes.problems, **self._problems}
        return tuple(found[path] for path in sorted(found))

    @property
    def footprint(self) -> Footprint:
        """What was read, and what was asked of the bytes of all files, so far."""
        crossed = {path: frozenset(others) for path, others in self._crossed.items()}
        return Footprint(
            frozenset(self._parsed), tuple(self._questions), crossed, for_all=frozenset(self._for_all)
        )

    def data(self, path: Path) -> bytes:
        """The bytes of a file."""
        return self._bytes.of(path)

    def load(self, path: Path) -> Module | None:
        """The module of a file, parsed on first use; None if it cannot be read."""
        if path not in self._modules:
            self._modules[path] = self._parse(path)
            self._parsed.add(path)
            for passing in self._passing[-1:]:
                passing[path] = len(self._bytes.of(path))
        return self._modules[path]

    @contextlib.contextmanager
    def passing(self) -> Iterator[Mapping[Path, int]]:
        """Drop what is parsed in here, which is told with its bytes: trees are forty times their size."""
        passing: dict[Path, int] = {}
        self._passing.append(passing)
        try:
            yield passing
        finally:
            self._passing.remove(passing)
            for path in passing:
                del self._modules[path]
            if (passed := sum(passing.values())) > _WORTH_COLLECTING:
                self._collect(passed)

    def _collect(self, passed: int) -> None:
        """Free what has passed: scopes know what they are in, and are known by it.

        Mostly among what is new, which for the outermost passing is in the second generation. All that is kept is
        looked through when a quarter as much has passed: each time, it would take as long as the square of the files.
        That frees what somebody still held when it passed.
        """
        self._until_all -= passed
        if self._until_all > 0:
            gc.collect(0 if self._passing else 1)
        else:
            gc.collect()
            self._until_all = sum(len(self._bytes.of(path)) for path in self._modules) // 4

    @contextlib.contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep what is parsed in here, whatever is around it."""
        around, self._passing = self._passing, []
        try:
            yield
        finally:
            self._passing = around

    def keep(self, path: Path) -> None:
        """Keep a module that was parsed to be dropped."""
        for passing in self._passing:
            passing.pop(path, None)

    def _parse(self, path: Path) -> Module | None:
        data = self._bytes.of(path)
        if path in self._bytes.problems:
            return None
        found = self._readings.module(path, self._names.name_of(path), data)
        if isinstance(found, Problem):
            self._problems[path] = found
            return None
        return found

    def module(self, dotted: str, importer: Module) -> Module | None:
        """The project's module of a dotted name, as an importing module sees it."""
        path = self._names.find(dotted, importer.path)
        if path is None:
            return None
        self._crossed.setdefault(importer.path, set()).add(path)
        return self.load(path)

    def is_namespace(self, dotted: str, importer: Module) -> bool:
        """True for a folder of the project without an `__init__.py`."""
        return self._names.is_folder(dotted, importer.path)

    def load_for_all(self, pattern: re.Pattern[bytes], *, hints: Iterable[bytes]) -> None:
        """Parse every file whose bytes match: what is in them is meant for all others."""
        self._for_all.update(module.path for module in self.matching(pattern, hints=hints))

    def matching(self, pattern: re.Pattern[bytes], *, hints: Iterable[bytes]) -> tuple[Module, ...]:
        """The modules of the files whose bytes match, in the order of their paths.

        A match may be anywhere, so this only says which files matter. Hints are texts of which a match holds at
        least one: looking for them first is ten times as fast.
        """
        found = [self.load(path) for path in sorted(self.matching_paths(pattern, hints=hints))]
        return tuple(module for module in found if module is not None)

    def occurs(self, pattern: re.Pattern[bytes], *, hints: Iterable[bytes]) -> bool:
        """True if the bytes of any file match; that file counts as read, since the answer hangs on it."""
        path = next(self.matching_paths(pattern, hints=hints), None)
        if path is not None:
            self.load(path)
            self._for_all.add(path)
        else:
            # Any file that changes may be the first to match.
            self.is_divisible = False
        return path is not None

    def matching_paths(self, pattern: re.Pattern[bytes], *, hints: Iterable[bytes]) -> Iterator[Path]:
        """The files whose bytes match, parsed or not."""
        texts = tuple(hints)
        self._questions[pattern] = None
        for path, data in self._bytes.items():
            if self._readings.matches(data, pattern, texts):
                yield path

    def load_words(self, names: Iterable[str]) -> tuple[Module, ...]:
        """The modules of the files that hold any of some names as a whole word."""
        texts = tuple(sorted(name.encode(errors="surrogatepass") for name in names))
        words = re.compile(rb"\b(?:" + b"|".join(map(re.escape, texts)) + rb")\b")
        return self.matching(words, hints=texts)

    def check_syntax(self, paths: Iterable[Path], *, jobs: int) -> bool:
        """Parse files for their problems' sake, without keeping what has none; False if they are too large for it."""
        unread = affordable(
            (path, self._bytes.of(path))
            for path in paths
            if path not in self._modules and path not in self._bytes.problems
        )
        for problem in syntax_problems(unread or (), jobs=jobs):
            self._problems[problem.location.path] = problem
        return unread is not None
