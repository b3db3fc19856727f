"""A git repository as its own program tells of it: nothing is checked out, fetched or written."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError

_HARMLESS = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.allow=never",
    "-c",
    "log.showSignature=false",
)
"""A foreign repository's settings may name programs to run, and a partial clone would fetch: neither happens."""
_OF_ANOTHER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Hooks run with these set; they would lead every command to the hook's repository."""


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository is. `worktree` is None for a bare one; `cut_at` are a shallow clone's last commits."""

    folder: Path
    worktree: Path | None
    cut_at: frozenset[str] = frozenset()

    @property
    def is_shallow(self) -> bool:
        """True if the history ends before its beginning."""
        return bool(self.cut_at)

    def is_partial(self) -> bool:
        """True for a clone that would fetch contents when it is asked for them."""
        return self.ask("config", "--get-regexp", r"^remote\..*\.promisor$") is not None

    def ask(self, *arguments: str, given: bytes = b"") -> bytes | None:
        """What a git command prints; None if it fails, as for a path that is not in the repository."""
        done = _git(self.folder, arguments, given)
        return done.stdout if done.returncode == 0 else None

    def read(self, *arguments: str, given: bytes = b"") -> bytes:
        """What a git command prints.

        Raises:
            ToolError: git fails; with its own words.
        """
        done = _git(self.folder, arguments, given)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise ToolError(f"`git {arguments[0]}` failed: {said}", hint=f"try it in {self.folder}")
        return done.stdout


@dataclass(frozen=True, slots=True)
class NoRepository:
    """Why there is no history to ask."""

    reason: str


def find_repository(path: Path) -> Repository | NoRepository:
    """The repository around a file or folder, bare ones too."""
    folder = path if path.is_dir() else path.parent
    try:
        done = _git(folder, ("rev-parse", "--is-inside-work-tree", "--is-bare-repository"))
    except FileNotFoundError:
        return NoRepository("git is not installed")
    if done.returncode:
        return NoRepository(_reason(done.stderr.decode(errors="replace"), folder))
    inside, _ = done.stdout.split()
    where = "--show-toplevel" if inside == b"true" else "--absolute-git-dir"
    root = Path(os.fsdecode(_git(folder, ("rev-parse", where)).stdout.removesuffix(b"\n")))
    return Repository(root, root if inside == b"true" else None, _cut_at(root))


def _reason(said: str, folder: Path) -> str:
    if "not a git repository" in said:
        return f"{folder} is not in a git repository"
    return said.strip().removeprefix("fatal: ").partition("\n")[0] or "git failed without a word"


def _cut_at(folder: Path) -> frozenset[str]:
    name = os.fsdecode(_git(folder, ("rev-parse", "--git-path", "shallow")).stdout.removesuffix(b"\n"))
    file = folder / name
    return frozenset(file.read_text(encoding="ascii").split()) if name and file.is_file() else frozenset()


def environment() -> dict[str, str]:
    """The environment for git: its own words, no locks, no questions."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    return kept | {
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def command_of(folder: Path, arguments: Iterable[str]) -> list[str]:
    """The command line of a git command that is run for a folder."""
    return ["git", *_HARMLESS, "-C", str(folder), *arguments]


def _git(folder: Path, arguments: Iterable[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 -- no shell; arguments are ours, paths come behind `--`
        command_of(folder, arguments), input=given, capture_output=True, check=False, env=environment()
    )
