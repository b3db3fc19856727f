"""What was learned of contents: reads of trees that share most of their files need not learn it again."""

import re
from collections.abc import Iterable
from pathlib import Path

from trackwright_gen.location import Location
from trackwright_gen.source.binder import bind
from trackwright_gen.source.files import Selection
from trackwright_gen.source.modules import ModuleMap
from trackwright_gen.source.parsing import Problem, parse
from trackwright_gen.source.scopes import Module


class Readings:
    """Reads contents; this one forgets at once, as most runs read one tree."""

    def names(self, selection: Selection) -> ModuleMap:
        """The modules of a selection by their names."""
        return ModuleMap(selection.roots, selection.known)

    def module(self, path: Path, name: str, data: bytes) -> Module | Problem:
        """The module that a file's bytes are, under a name."""
        parsed = parse(path, data)
        if isinstance(parsed, Problem):
            return parsed
        try:
            return bind(parsed, name)
        except RecursionError:
            return Problem("unreadable-file", "nested too deeply to be read", Location(path))

    def matches(self, data: bytes, pattern: re.Pattern[bytes], texts: tuple[bytes, ...]) -> bool:
        """True if bytes match a pattern; the texts are such that a match holds at least one of them."""
        return any(text in data for text in texts) and pattern.search(data) is not None


class PartReadings(Readings):
    """Reads a part of a tree: names mean what they mean in the whole."""

    def __init__(self, whole: Selection) -> None:
        self._whole = whole

    def names(self, selection: Selection) -> ModuleMap:
        """The modules of the whole by their names."""
        del selection
        return super().names(self._whole)


class KeptReadings(Readings):
    """Remembers each content's modules and answers, for as long as some tree holds it."""

    def __init__(self) -> None:
        self._names: tuple[Selection, ModuleMap] | None = None
        self._modules: dict[bytes, dict[tuple[Path, str], Module | Problem]] = {}
        self._answers: dict[bytes, dict[tuple[re.Pattern[bytes], tuple[bytes, ...]], bool]] = {}

    def names(self, selection: Selection) -> ModuleMap:
        """The modules of a selection by their names, looked up once for the same files."""
        if self._names is None or self._names[0] != selection:
            self._names = selection, super().names(selection)
        return self._names[1]

    def module(self, path: Path, name: str, data: bytes) -> Module | Problem:
        """The module that a file's bytes are, parsed once."""
        known = self._modules.setdefault(data, {})
        if (path, name) not in known:
            known[path, name] = super().module(path, name, data)
        return known[path, name]

    def matches(self, data: bytes, pattern: re.Pattern[bytes], texts: tuple[bytes, ...]) -> bool:
        """True if bytes match a pattern, searched once."""
        known = self._answers.setdefault(data, {})
        if (pattern, texts) not in known:
            known[pattern, texts] = super().matches(data, pattern, texts)
        return known[pattern, texts]

    def forget(self, contents: Iterable[bytes]) -> None:
        """Drop what is known of contents that no tree to come holds."""
        for data in contents:
            self._modules.pop(data, None)
            self._answers.pop(data, None)
