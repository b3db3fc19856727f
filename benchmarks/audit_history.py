"""A repository to audit: a tree as `lint_tree` builds it, and a history of edits, moves, merges and migrations."""

import itertools
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lint_tree import TRACKED, build

_START = 1_700_000_000
_DAY = 86_400


def build_history(root: Path, files: int, commits: int) -> None:
    """Write a tree, and so many commits on its main line; HEAD holds about as many files as were wanted."""
    build(root, files)
    _git(root, "init", "--initial-branch=main")
    stream = b"".join(_stream({str(path.relative_to(root)): path for path in root.rglob("*.py")}, commits))
    _git(root, "fast-import", given=stream)
    _git(root, "reset", "--hard")


def _git(root: Path, command: str, *arguments: str, given: bytes = b"") -> None:
    subprocess.run(["git", command, "--quiet", *arguments], cwd=root, input=given, check=True)  # noqa: S603, S607 -- our own words


def _stream(tree: dict[str, Path], commits: int) -> Iterator[bytes]:
    chance = random.Random(1)  # noqa: S311 -- the same history each time
    content = {name: path.read_bytes() for name, path in sorted(tree.items())}
    ours = [name for name in content if "/shop" in name and not name.endswith("__init__.py")]
    late = set(chance.sample(ours, len(ours) // 3))
    yield _commit(1, "main", [_file(name, data) for name, data in content.items() if name not in late])
    for number in range(2, commits + 1):
        changes = [_edited(content, chance.choice([*content][:: 1 + number % 3]), number)]
        if number % 2:
            changes.append(_edited(content, chance.choice(ours), number))
        if late and number % 12 == 0:
            name = late.pop()
            changes.append(_file(name, content[name]))
        if number % 25 == 0:
            changes.append(_migrated(content, chance.choice(ours), number))
        if number % 40 == 0:
            yield _commit(number, "side", [_edited(content, chance.choice(ours), number)], after="main")
            yield _commit(number, "main", changes, merged="side")
        else:
            yield _commit(number, "main", changes)


def _edited(content: dict[str, bytes], name: str, number: int) -> bytes:
    content[name] += f"\n\ndef added_{number}(value):\n    return value + {number}\n".encode()
    return _file(name, content[name])


def _migrated(content: dict[str, bytes], name: str, number: int) -> bytes:
    project = name.split("/")[1]
    content[name] += TRACKED.replace("{number}", str(number)).replace("{name}", project).encode()
    return _file(name, content[name])


def _file(name: str, data: bytes) -> bytes:
    return b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data)


def _commit(
    number: int, branch: str, changes: list[bytes], *, after: str | None = None, merged: str | None = None
) -> bytes:
    head = f"commit refs/heads/{branch}\n"
    head += f"committer Ada <ada@example.com> {_START + number * _DAY} +0000\ndata 2\n.\n"
    parents = itertools.chain(
        [f"from refs/heads/{after}\n"] if after else [], [f"merge refs/heads/{merged}\n"] if merged else []
    )
    return (head + "".join(parents)).encode() + b"".join(changes)
