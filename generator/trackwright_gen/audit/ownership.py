"""Who is to be asked about some rows, and how old they are: CODEOWNERS first, then whoever wrote most of them."""

import datetime as dt
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trackwright_gen.git.blame import FileBlame, blame
from trackwright_gen.git.owners import CodeOwners, find_owners
from trackwright_gen.git.repository import NoRepository, Repository

NOBODY = "nobody known"
_UNKNOWN = FileBlame(())


@dataclass(frozen=True, slots=True)
class Owner:
    """Names as one text, and where they are from; owners by CODEOWNERS are asked together."""

    name: str
    by: Literal["codeowners", "blame", "nobody"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Owner and age of some rows. `since` is None where nothing is committed; `is_cut`: at least so old."""

    owner: Owner
    since: dt.date | None
    is_cut: bool = False

    def days(self, today: dt.date) -> int | None:
        """The age in days."""
        return (today - self.since).days if self.since is not None else None


class Ownership:
    """Answers for the files of one project; each file is blamed once, when it is asked for."""

    def __init__(self, root: Path, repository: Repository | NoRepository, owners: CodeOwners | None) -> None:
        """`root` is what CODEOWNERS counts from; without a repository there are no ages and no authors."""
        self._root = root
        self._repository = repository
        self._owners = owners
        self._blames: dict[Path, FileBlame] = {}

    def prepare(self, paths: Iterable[Path]) -> None:
        """Blame files side by side: git does the work, in processes of its own."""
        wanted = [path for path in dict.fromkeys(paths) if path not in self._blames]
        repository = self._repository
        if isinstance(repository, Repository):
            with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
                found = pool.map(lambda path: blame(repository, path.relative_to(self._root)), wanted)
                self._blames.update(zip(wanted, found, strict=True))

    def of(self, path: Path, first: int, last: int, *, body: tuple[int, int] | None = None) -> Provenance:
        """Owner and age of rows (from 1); the author is looked for in `body` where there is one."""
        self.prepare([path])
        blamed = self._blames.get(path, _UNKNOWN)
        origin = blamed.oldest(first, last)
        since = origin.when.date() if origin is not None else None
        owner = self._owner(path, blamed, body or (first, last))
        return Provenance(owner, since, origin is not None and origin.is_cut)

    def _owner(self, path: Path, blamed: FileBlame, rows: tuple[int, int]) -> Owner:
        inside = path.relative_to(self._root) if path.is_relative_to(self._root) else path
        named = self._owners.of(inside.as_posix()) if self._owners is not None else ()
        if named:
            return Owner(" ".join(named), "codeowners")
        author = blamed.main_author(*rows)
        return Owner(author.name, "blame") if author is not None else Owner(NOBODY, "nobody")


def ownership_of_folder(root: Path, repository: Repository | NoRepository) -> Ownership:
    """The ownership of files on the disk, with the CODEOWNERS that lie there."""
    return Ownership(root, repository, find_owners(lambda name: _bytes(root / name)))


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        # Not there, a folder, or not to be read: the next place is looked at.
        return None
