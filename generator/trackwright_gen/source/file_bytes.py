"""The bytes of a tree's files: kept while they are few, read again when asked for where they are many."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from trackwright_gen.location import Location
from trackwright_gen.source.parsing import Problem

_MOST_KEPT = 5_000_000
"""Reading a file again costs 20 µs; 50,000 files of usual size are 700 MB."""


class FileBytes:
    """Reads files; those that cannot be read are problems, and empty from then on."""

    def __init__(self, files: Iterable[Path], instead: Mapping[Path, bytes]) -> None:
        """`instead` holds what to take for some files, whatever the disk says."""
        self._kept: dict[Path, bytes] = dict(instead)
        self._files = tuple(dict.fromkeys((*instead, *files)))
        self._weight = 0
        self.problems: dict[Path, Problem] = {}

    def of(self, path: Path) -> bytes:
        """A file's bytes."""
        kept = self._kept.get(path)
        if kept is not None:
            return kept
        data = self._read(path)
        if self._weight + len(data) <= _MOST_KEPT:
            self._weight += len(data)
            self._kept[path] = data
        return data

    def _read(self, path: Path) -> bytes:
        try:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 -- a third faster than Path.read_bytes
                return file.readall()
        except OSError as error:
            reason = error.strerror or str(error)
            self.problems[path] = Problem("unreadable-file", f"cannot be read: {reason}", Location(path))
            self._kept[path] = b""
            return b""

    def items(self) -> Iterator[tuple[Path, bytes]]:
        """All files and their bytes."""
        for path in self._files:
            yield path, self.of(path)
