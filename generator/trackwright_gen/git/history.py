"""The main line of a repository's commits, and what each changed: one call of git for all of them."""

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass

from trackwright_gen.git.repository import Repository

_HEAD = b"\x01"
_FORMAT = "--format=%x01%H %ct"
_FILE = b"100"
"""How the modes of regular files begin; links and submodules hold no source of this repository."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file's new content; None if it is gone."""

    path: str
    blob: str | None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the main line, and what it changed of the one before: a merge, all that it brought."""

    id: str
    when: dt.datetime
    changes: tuple[FileChange, ...]


def head_of(repository: Repository) -> str | None:
    """The commit that HEAD is at; None in a repository without any."""
    told = repository.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return told.decode("ascii").strip() if told is not None else None


def main_line(
    repository: Repository, *, since: dt.date | None = None, most: int | None = None
) -> tuple[Commit, ...]:
    """HEAD and its first parents, oldest first; all, the last so many, or those since a day.

    Renames are a file gone and a file new, as contents are what counts.

    Raises:
        ToolError: HEAD is at no commit.
    """
    limits = [f"--since={since.isoformat()}T00:00:00Z"] if since is not None else []
    limits += [f"--max-count={most}"] if most is not None else []
    options = ("--first-parent", "-m", "--raw", "--no-renames", "--no-abbrev", "-z", _FORMAT)
    told = repository.read("log", *options, *limits, "HEAD", "--")
    return tuple(_commits(told))[::-1]


def _commits(told: bytes) -> Iterator[Commit]:
    commit, when, changes = "", dt.datetime.fromtimestamp(0, dt.UTC), list[FileChange]()
    tokens = iter(told.split(b"\0"))
    for token in tokens:
        said = token.lstrip(b"\n")
        if said.startswith(_HEAD):
            if commit:
                yield Commit(commit, when, tuple(changes))
            name, _, seconds = said.removeprefix(_HEAD).partition(b" ")
            commit, when = name.decode("ascii"), dt.datetime.fromtimestamp(int(seconds), dt.UTC)
            changes = []
        elif said.startswith(b":"):
            _, mode, _, blob, _ = said.split(b" ")
            kept = blob.decode("ascii") if mode.startswith(_FILE) else None
            changes.append(FileChange(os.fsdecode(next(tokens)), kept))
    if commit:
        yield Commit(commit, when, tuple(changes))


def files_at(repository: Repository, commit: str) -> dict[str, str]:
    """The blobs of a commit's files by their paths, without links and submodules."""
    found: dict[str, str] = {}
    for entry in repository.read("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        described, _, path = entry.partition(b"\t")
        if described.startswith(_FILE):
            found[os.fsdecode(path)] = described.rsplit(b" ", 1)[1].decode("ascii")
    return found
