"""Whatever lies in a tree is linted, or reported with a reason: no traceback, no hang, and the rest is linted."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trackwright_gen.cli import source_options
from trackwright_gen.cli.group import trackwright
from trackwright_gen.source.files import Selection, select_files

HEAD = b"from celery import shared_task\n"
TASK = HEAD + b"@shared_task\ndef add(q):\n"
GOOD = HEAD + b"@shared_task\ndef good(): ...\n"
FOUND = "good.py:3:5: TW101 Celery task `good.good` has no tracking"
DEEP = 5_000

LINTED = {
    "a byte-order mark": b"\xef\xbb\xbf" + TASK + b"    return 1\n",
    "Windows line ends": TASK.replace(b"\n", b"\r\n") + b"    return 1\r\n",
    "old Macintosh line ends": TASK.replace(b"\n", b"\r") + b"    return 1\r",
    "latin-1 with a cookie": b"# -*- coding: latin-1 -*-\n" + TASK + b"    return '\xe9'\n",
    "no line end at the end": TASK + b"    return 1",
    "form feeds and vertical tabs": TASK + b"    x = 1\n\x0c\n    return '\x0b'\n",
    "tabs": HEAD + b"@shared_task\ndef add(q):\n\tif q:\n\t\treturn 1\n",
    "a match statement": TASK
    + b"    match q:\n        case {'a': [1, *_]} if q: pass\n        case _: pass\n",
    "type parameters": TASK + b"    def inner[T: int](x: T) -> T: return x\n    type A[K] = dict[K, int]\n",
    "nested f-strings": TASK + b"    return f'{q['a']}' + f\"{f'{q!r:>{10}}'}\"\n",
    "except groups": TASK + b"    try: pass\n    except* ValueError: pass\n",
    "except without parentheses": TASK + b"    try: pass\n    except ValueError, TypeError: pass\n",
    "a template string": TASK + b"    return t'{q} and {q!r}'\n",
    "ten megabytes": TASK + b"    return 1\n" + b"x = 'some text that goes on'\n" * 370_000,
    "thousands of decorators": HEAD + b"@deco\n" * DEEP + b"@shared_task\ndef add(q): ...\n",
    "a chain of thousands of names": HEAD
    + b"a0 = shared_task\n"
    + b"".join(b"a%d = a%d\n" % (i, i - 1) for i in range(1, DEEP))
    + b"@shared_task\ndef add(q): ...\n",
    "a chain of thousands of classes": b"from celery import Task, shared_task\n"
    b"class A0(Task): ...\n"
    + b"".join(b"class A%d(A%d): ...\n" % (i, i - 1) for i in range(1, 2_000))
    + b"@shared_task\ndef add(q): ...\n",
    "a long disjunction": TASK + b"    return " + b" or ".join([b"q"] * DEEP) + b"\n",
}
REPORTED = {
    "a null byte": (TASK + b"    return 1\0\n", "TW001"),
    "half a file": (TASK[:-3], "TW001"),
    "bytes of another encoding": (TASK + b"    return '\xe9'\n", "TW002"),
    "an encoding that nobody knows": (b"# coding: klingon\n" + TASK + b"    return 1\n", "TW002"),
    "Python 2": (TASK + b"    print 'x'\n", "TW001"),
    "a template for another language": (b"{% if x %}\n" + TASK + b"    return 1\n", "TW001"),
    "deep parentheses": (TASK + b"    return " + b"(" * DEEP + b"1" + b")" * DEEP + b"\n", "TW001"),
    "deep calls": (TASK + b"    return q" + b".a()" * DEEP + b"\n", "TW002"),
    "deep attributes": (TASK + b"    return q" + b".a" * DEEP + b"\n", "TW002"),
    "a deep sum": (TASK + b"    return " + b" + ".join([b"'x'"] * DEEP) + b"\n", "TW002"),
    "deep conditions": (TASK + b"    return " + b"1 if q else " * DEEP + b"2\n", "TW002"),
    "deep functions": (TASK + b"    return " + b"lambda: " * DEEP + b"1\n", "TW002"),
    "thousands of branches": (
        TASK + b"    if q: pass\n" + b"".join(b"    elif q == %d: pass\n" % i for i in range(DEEP)),
        "TW002",
    ),
}


def lint(root: Path, *options: str) -> Result:
    """All rules over a folder."""
    arguments = ["lint", "-C", str(root), "--no-cache", "--select", "ALL", "--output-format", "concise"]
    return CliRunner().invoke(trackwright, [*arguments, *options], catch_exceptions=False)


def codes(done: Result, file: str) -> list[str]:
    """The codes of a file's findings."""
    return [line.split()[1] for line in done.output.splitlines() if line.startswith(f"{file}:")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one good file."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "good.py").write_bytes(GOOD)
    return tmp_path


@pytest.mark.parametrize("says", LINTED)
def test_lints(says: str, root: Path) -> None:
    (root / "odd.py").write_bytes(LINTED[says])
    done = lint(root)
    assert (done.exit_code, codes(done, "odd.py")) == (1, ["TW101"]), done.output
    assert FOUND in done.output


@pytest.mark.parametrize("says", REPORTED)
def test_reports(says: str, root: Path) -> None:
    data, code = REPORTED[says]
    (root / "odd.py").write_bytes(data)
    done = lint(root)
    assert (done.exit_code, codes(done, "odd.py")) == (2, [code]), done.output
    assert FOUND in done.output


def test_pipes_and_sockets_are_not_read(root: Path) -> None:
    os.mkfifo(root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)  # the path of a socket may not be long
        listening.bind("sock.py")
        os.chdir(here)
        done = lint(root)
    assert (codes(done, "pipe.py"), codes(done, "sock.py")) == (["TW002"], ["TW002"])
    assert "pipe.py:1:1: TW002 is a pipe, a socket or a device: not read" in done.output
    assert FOUND in done.output
    named = lint(root, str(root / "pipe.py"))
    assert (named.exit_code, codes(named, "pipe.py")) == (2, ["TW002"])


def test_links_in_a_circle_and_to_nowhere_end(root: Path) -> None:
    (root / "round").mkdir()
    (root / "round" / "again").symlink_to(root, target_is_directory=True)
    (root / "a.py").symlink_to(root / "b.py")
    (root / "b.py").symlink_to(root / "a.py")
    (root / "gone.py").symlink_to(root / "nowhere.py")
    done = lint(root)
    assert [codes(done, f"{name}.py") for name in ("a", "b", "gone")] == [["TW002"]] * 3
    assert done.output.count("TW101") == 1


AS_NOBODY = """
import os, sys
from click.testing import CliRunner
from trackwright_gen.cli import source_options
from trackwright_gen.cli.group import trackwright
from trackwright_gen.source.files import Selection, select_files
arguments = ["lint", "-C", sys.argv[1], "--no-cache", "--output-format", "concise"]
CliRunner().invoke(trackwright, arguments)  # everything is imported now
if os.getuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
done = CliRunner().invoke(trackwright, arguments, catch_exceptions=False)
print(done.output)
sys.exit(done.exit_code)
"""


def test_files_that_may_not_be_read_are_reported() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "good.py").write_bytes(GOOD)
        (folder / "closed.py").write_bytes(GOOD)
        (folder / "closed.py").chmod(0)
        (folder / "locked").mkdir(mode=0)
        command = [sys.executable, "-c", AS_NOBODY, name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        (folder / "locked").chmod(0o755)
    assert "closed.py:1:1: TW002 cannot be read: Permission denied" in done.stdout, done.stderr
    assert "locked:1:1: TW002 cannot be read: Permission denied" in done.stdout
    assert (FOUND in done.stdout, done.returncode) == (True, 2)


def test_files_that_vanish_are_reported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "brief.py").write_bytes(GOOD)

    def vanishing(paths: Iterable[Path], exclude: tuple[str, ...]) -> Selection:
        found = select_files(paths, exclude)
        (root / "brief.py").unlink()
        return found

    monkeypatch.setattr(source_options, "select_files", vanishing)
    done = lint(root)
    assert codes(done, "brief.py") == ["TW002"]
    assert FOUND in done.output


def test_a_tree_of_many_files_is_linted(root: Path) -> None:
    for number in range(100):
        folder = root / f"package{number}"
        folder.mkdir()
        for each in range(50):
            (folder / f"m{each}.py").write_bytes(b"x = 1\n")
    done = lint(root)
    assert (done.exit_code, FOUND in done.output) == (1, True)
