"""Contents by their names: one process of git answers all questions of a run."""

import subprocess
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Self

from trackwright_gen.git.repository import Repository, command_of, environment

_AT_ONCE = 200
"""Questions in flight: far fewer bytes than a pipe holds, so that neither side waits for the other to read."""


class Blobs:
    """Reads blobs for as long as it is entered."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._command = command_of(repository.folder, ("cat-file", "--batch"))
        self._present: frozenset[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # To ask a partial clone for what it has not got ends the process that is asked.
        self._present = _present(self._repository) if self._repository.is_partial() else None
        self._process = subprocess.Popen(  # noqa: S603 -- fixed
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def read(self, names: Sequence[str]) -> list[bytes | None]:
        """The bytes of blobs in their order; None for one that this clone has not got."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("blobs are read inside a `with`")
        here = [name for name in dict.fromkeys(names) if self._present is None or name in self._present]
        found: dict[str, bytes | None] = {}
        for start in range(0, len(here), _AT_ONCE):
            asked = here[start : start + _AT_ONCE]
            process.stdin.write("".join(f"{name}\n" for name in asked).encode("ascii"))
            process.stdin.flush()
            found |= {name: _answer(process.stdout) for name in asked}
        return [found.get(name) for name in names]


def _present(repository: Repository) -> frozenset[str]:
    told = repository.read("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    return frozenset(told.decode("ascii").split())


def _answer(told: IO[bytes]) -> bytes | None:
    head = told.readline().split()
    if len(head) != len(("name", "kind", "size")) or not head[2].isdigit():
        return None
    data = told.read(int(head[2]))
    told.read(len(b"\n"))
    return data
