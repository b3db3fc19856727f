"""Fixes are applied once each, to a fixed point, and leave every other byte of a file as it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from source_trees import fix_folder

from trackwright_gen.diagnostics import Diagnostic, Edit, Fix
from trackwright_gen.errors import ToolError
from trackwright_gen.lint import edits
from trackwright_gen.lint.fix_run import FixRun
from trackwright_gen.lint.fixer import fix_text
from trackwright_gen.lint.rule import Finding, Rule
from trackwright_gen.location import Location
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Module

MARK = "from celery import shared_task\n"
"""Makes a file one that is parsed."""
PATH = Path("t.py")


def renaming(old: str, new: str, *, safe: bool = True, after: str = "") -> Rule:
    """A rule that wants a name to be another, and an import with it."""

    def check(project: SourceProject) -> Iterator[Finding]:
        for module in project.modules:
            yield from renamed(module)

    def renamed(module: Module) -> Iterator[Finding]:
        for use in module.uses:
            if getattr(use.expression, "id", None) == old:
                place = module.location(use.expression)
                change = (edits.replace(module, use.expression, new), *imported(module))
                yield Finding(f"{old} is old", place, (place.row, place.row), fix=Fix("rename", change, safe))

    def imported(module: Module) -> tuple[Edit, ...]:
        found = edits.make_available(module, after, new) if after else None
        return found.edits if found else ()

    return Rule("TW999", "old-name", "", check, default=True)


def run(root: Path, data: bytes, *rules: Rule, unsafe: bool = False) -> FixRun:
    """Fix one file."""
    (root / "t.py").write_bytes(data)
    return fix_folder(root, rules, unsafe=unsafe)


def fixed(root: Path, data: bytes, *rules: Rule, unsafe: bool = False) -> bytes:
    """One file after its fixes."""
    done = run(root, data, *rules, unsafe=unsafe)
    return done.files[0].after if done.files else data


def test_fixes_follow_one_another(tmp_path: Path) -> None:
    done = run(tmp_path, f"{MARK}print(a, a)\n".encode(), renaming("a", "b"), renaming("b", "c"))
    assert done.files[0].after == f"{MARK}print(c, c)\n".encode()
    assert (len(done.fixed), done.left.fixed, done.left.diagnostics) == (4, 4, ())


def test_unsafe_fixes_wait_to_be_asked_for(tmp_path: Path) -> None:
    source = f"{MARK}print(a)\n".encode()
    rule = renaming("a", "b", safe=False)
    assert fixed(tmp_path, source, rule) == source
    assert fixed(tmp_path, source, rule, unsafe=True) == f"{MARK}print(b)\n".encode()


def test_an_import_that_two_fixes_need_is_made_once(tmp_path: Path) -> None:
    source = f"{MARK}print(a)\nprint(a)\n".encode()
    done = run(tmp_path, source, renaming("a", "b", after="lib"))
    assert done.files[0].after == f"{MARK}from lib import b\nprint(b)\nprint(b)\n".encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbf" + MARK.encode() + b"print(a)\n", b"\xef\xbb\xbf" + MARK.encode() + b"print(b)\n"),
        (
            b"# coding: latin-1\r\n" + MARK.encode() + b"s = '\xe9'\r\nprint('\xe9', a)",
            b"# coding: latin-1\r\n" + MARK.encode() + b"s = '\xe9'\r\nprint('\xe9', b)",
        ),
        (
            f"{MARK}s = '\x0c\u2028'\nprint('é🎉', a)".encode(),
            f"{MARK}s = '\x0c\u2028'\nprint('é🎉', b)".encode(),
        ),
        (MARK.encode() + b"x = 1\rprint(a)\r\n", MARK.encode() + b"x = 1\rprint(b)\r\n"),
    ],
    ids=["byte-order mark", "latin-1 and CRLF", "characters that look like line ends", "mixed line ends"],
)
def test_other_bytes_stay(before: bytes, after: bytes, tmp_path: Path) -> None:
    assert fixed(tmp_path, before, renaming("a", "b")) == after


def test_new_rows_end_as_the_files_do(tmp_path: Path) -> None:
    source = f"{MARK}print(a)\n".replace("\n", "\r\n").encode()
    assert (
        fixed(tmp_path, source, renaming("a", "b", after="lib"))
        == f"{MARK}from lib import b\nprint(b)\n".replace("\n", "\r\n").encode()
    )


def test_rows_that_were_restated_are_not_edited(tmp_path: Path) -> None:
    source = f"{MARK}print(f'{{x['é']}}', a)\nprint(a)\n".encode()
    done = run(tmp_path, source, renaming("a", "b"))
    assert done.files[0].after == f"{MARK}print(f'{{x['é']}}', a)\nprint(b)\n".encode()
    assert [each.location.row for each in done.left.diagnostics] == [2]


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ((renaming("a", "b"), renaming("b", "a")), "undo one another"),
        ((renaming("a", ")"),), "would break the file"),
        ((renaming("a", "'€'"),), "cannot be written in the file's encoding"),
    ],
)
def test_bad_fixes_change_nothing(rules: tuple[Rule, ...], says: str, tmp_path: Path) -> None:
    source = f"# coding: latin-1\n{MARK}print(a)\n".encode()
    with pytest.raises(ToolError, match=re.escape(says)):
        run(tmp_path, source, *rules)
    assert (tmp_path / "t.py").read_bytes() == source


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("import os\nx = 1\n", "import os\nfrom lib import b\nx = 1\n"),
        ('"""Doc."""\nx = 1\n', '"""Doc."""\nfrom lib import b\nx = 1\n'),
        (
            "from __future__ import annotations\nx = 1\n",
            "from __future__ import annotations\nfrom lib import b\nx = 1\n",
        ),
        (
            "import os\nfrom lib import c\nimport sys\n",
            "import os\nfrom lib import b\nfrom lib import c\nimport sys\n",
        ),
        ("from lib import b\n", "from lib import b\n"),
        ("@x\ndef f(): ...\n", "from lib import b\n@x\ndef f(): ...\n"),
    ],
)
def test_places_imports(head: str, after: str, tmp_path: Path) -> None:
    given = f"{head}shared_task(a)\n".encode()
    assert fixed(tmp_path, given, renaming("a", "b", after="lib")).decode() == f"{after}shared_task(b)\n"


def diagnostic(*wanted: tuple[int, int, str]) -> Diagnostic:
    """A finding in a text of one row, with a fix of edits given by offsets."""
    changes = tuple(Edit(Location(PATH, 1, a + 1, 1, b + 1), content) for a, b, content in wanted)
    return Diagnostic(
        code="TW999", name="n", message="m", location=PATH_START, fix=Fix("", changes, safe=True)
    )


PATH_START = Location(PATH)


@pytest.mark.parametrize(
    ("fixes", "after", "applied"),
    [
        ([diagnostic((0, 2, "x")), diagnostic((1, 3, "y"))], "xcdef", 1),
        ([diagnostic((0, 2, "x")), diagnostic((2, 4, "y"))], "xyef", 2),
        (
            [diagnostic((0, 1, "x"), (5, 6, "z")), diagnostic((2, 3, "y")), diagnostic((4, 6, ""))],
            "xbydez",
            2,
        ),
        ([diagnostic((3, 3, "x")), diagnostic((3, 3, "y"))], "abcxdef", 1),
        ([diagnostic((3, 3, "x")), diagnostic((3, 3, "x"))], "abcxdef", 2),
        ([diagnostic((0, 3, "x"), (1, 2, "y"))], "abcdef", 0),
    ],
)
def test_what_overlaps_waits(fixes: list[Diagnostic], after: str, applied: int) -> None:
    done = fix_text("abcdef", fixes)
    assert (done.text, len(done.fixed)) == (after, applied)


spans = st.tuples(st.integers(0, 12), st.integers(0, 4), st.sampled_from(["", "X", "YY"]))


@given(st.lists(st.lists(spans, min_size=1, max_size=3), max_size=6))
def test_random_fixes_are_applied_whole_or_not_at_all(drawn: list[list[tuple[int, int, str]]]) -> None:
    text = "abcdefghijklmnop"
    fixes = [diagnostic(*((a, a + length, content) for a, length, content in each)) for each in drawn]
    done = fix_text(text, fixes)
    # Kept characters are those that no applied edit covers, in their order.
    covered = {
        column
        for each in done.fixed
        if each.fix
        for edit in each.fix.edits
        for column in range(edit.location.column - 1, (edit.location.end_column or 1) - 1)
    }
    assert re.sub("[XY]", "", done.text) == "".join(c for at, c in enumerate(text) if at not in covered)
    assert not drawn or done.fixed or all(len(each) > 1 for each in drawn)
