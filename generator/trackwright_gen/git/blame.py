"""Who wrote the rows of a file, and when: moved and re-indented rows keep their authors."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.git.repository import Repository

_IGNORED = ".git-blame-ignore-revs"
"""The file name that hosting services use for commits that only reformat."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person as .mailmap has them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The commit that a row comes from."""

    commit: str
    author: Author
    when: dt.datetime
    is_cut: bool
    """True if a shallow clone ends here: the row is at least so old."""


@dataclass(frozen=True, slots=True)
class FileBlame:
    """The origins of a file's rows, first row first; None for a row that is not committed."""

    rows: tuple[Origin | None, ...]

    def between(self, first: int, last: int) -> tuple[Origin, ...]:
        """The committed origins of some rows (from 1, both ends included)."""
        return tuple(each for each in self.rows[max(first, 1) - 1 : last] if each is not None)

    def oldest(self, first: int, last: int) -> Origin | None:
        """The origin of the oldest of some rows; None if none is committed."""
        return min(self.between(first, last), key=lambda each: each.when, default=None)

    def main_author(self, first: int, last: int) -> Author | None:
        """Who wrote most of some rows; the more recent one if several wrote as many."""
        origins = self.between(first, last)
        counts = Counter(each.author for each in origins)
        recent = {each.author: each.when for each in sorted(origins, key=lambda each: each.when)}
        return max(counts, key=lambda author: (counts[author], recent[author]), default=None)


def blame(repository: Repository, path: Path) -> FileBlame:
    """Ask git for all rows of a file, as it is on the disk, or at HEAD in a bare repository.

    A file that git does not know has no rows.
    """
    options = ["--porcelain", "--root", "-w", "-C", "--encoding=UTF-8"]
    if repository.worktree is not None and (repository.worktree / _IGNORED).is_file():
        options += ["--ignore-revs-file", _IGNORED]
    at = [] if repository.worktree is not None else ["HEAD"]
    told = repository.ask("blame", *options, *at, "--", str(path))
    return FileBlame(tuple(_rows(told or b"", repository.cut_at)))


def _rows(told: bytes, cut_at: frozenset[str]) -> Iterator[Origin | None]:
    """The rows of the porcelain form: a commit's particulars come with its first row only."""
    known: dict[str, Origin | None] = {}
    commit, said = "", dict[bytes, bytes]()
    for line in told.split(b"\n"):
        if line.startswith(b"\t"):
            if commit not in known:
                known[commit] = _origin(commit, said, cut_at)
            yield known[commit]
            commit, said = "", {}
        elif not commit:
            commit = line.split(b" ", 1)[0].decode("ascii")
        else:
            name, _, value = line.partition(b" ")
            said[name] = value


def _origin(commit: str, said: dict[bytes, bytes], cut_at: frozenset[str]) -> Origin | None:
    if not commit.strip("0"):
        return None
    name = said[b"author"].decode(errors="replace")
    email = said[b"author-mail"].decode(errors="replace").strip("<>")
    when = dt.datetime.fromtimestamp(int(said[b"author-time"]), dt.UTC)
    return Origin(commit, Author(name, email), when, commit in cut_at)
