"""The merge in Python does what git's does."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackwright_gen.errors import ToolError
from trackwright_gen.merge.decide import Merged
from trackwright_gen.merge.lines import merge_lines
from trackwright_gen.merge.three_way import merge_file, merge_texts

LINES = [f"line {number}\n" for number in range(12)]
EDITS = st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["drop", "change", "insert"])), max_size=3)


def edited(edits: list[tuple[int, str]], mark: str) -> str:
    """The lines with some dropped, changed, or followed by a new one."""
    lines = list(LINES)
    for position, what in edits:
        changed = f"{mark} {position}\n"
        lines[position] = {"drop": "", "change": changed, "insert": lines[position] + changed}[what]
    return "".join(lines)


@settings(max_examples=60, deadline=None)
@given(ours=EDITS, theirs=EDITS)
def test_a_clean_merge_is_git_s_clean_merge(
    ours: list[tuple[int, str]], theirs: list[tuple[int, str]]
) -> None:
    base, new, yours = "".join(LINES), edited(ours, "generated"), edited(theirs, "yours")
    by_lines, by_git = merge_lines(base, new, yours), merge_texts(base, new, yours)
    if not by_lines.conflicts:
        assert by_lines == by_git
    if by_git.conflicts:
        assert by_lines.conflicts


@pytest.mark.parametrize(
    ("base", "new", "yours", "expected"),
    [
        pytest.param("", "a\n", "", Merged("a\n", conflicts=False), id="only generated"),
        pytest.param("a\n", "a\n", "", Merged("", conflicts=False), id="only yours"),
        pytest.param("a", "a", "b", Merged("b", conflicts=False), id="no newline at the end"),
        pytest.param(
            *("a\nb\nc\nd", "x\nb\nc\nd", "a\nb\nc\nz"),
            Merged("x\nb\nc\nz", conflicts=False),
            id="several lines and no newline at the end",
        ),
        pytest.param(
            "a",
            "b",
            "c",
            Merged(
                "<<<<<<< yours\nc\n||||||| generated before\na\n=======\nb\n>>>>>>> generated now\n",
                conflicts=True,
            ),
            id="markers stand on lines of their own without a newline at the end",
        ),
        pytest.param(
            "a\u2028b\n", "a\u2028b\nc\n", "a\u2028b\n", Merged("a\u2028b\nc\n", conflicts=False), id="U+2028"
        ),
    ],
)
def test_merge_lines(base: str, new: str, yours: str, expected: Merged) -> None:
    assert merge_lines(base, new, yours) == expected


def test_changes_that_meet_are_one_conflict_behind_others_that_do_not() -> None:
    base = "".join(LINES)
    new = base.replace("line 0", "new 0").replace("line 5\nline 6", "new 5\nnew 6")
    yours = base.replace("line 6\nline 7", "mine 6\nmine 7")
    found = merge_lines(base, new, yours)
    assert found.conflicts
    assert found.text.startswith("new 0\nline 1\n")
    assert (
        "<<<<<<< yours\nline 5\nmine 6\nmine 7\n||||||| generated before\nline 5\nline 6\nline 7\n"
        in found.text
    )


def test_files_that_are_no_python_are_merged_by_their_lines() -> None:
    found = merge_file(Path("page.md"), "1\n2\n3\n4\n", "one\n2\n3\n4\n", "1\n2\n3\nfour\n")
    assert found == Merged("one\n2\n3\nfour\n", conflicts=False)


def a_git(folder: Path, script: str) -> str:
    """A folder with a git of ours in it."""
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(folder)


def test_a_git_that_does_not_know_the_shorter_conflicts_writes_the_longer_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = shutil.which("git")
    refusing = f'for word in "$@"; do [ "$word" = --zdiff3 ] && exit 129; done; exec {git} "$@"'
    monkeypatch.setenv("PATH", a_git(tmp_path, refusing), prepend=os.pathsep)
    found = merge_texts("a\n", "b\n", "c\n")
    assert found.conflicts
    assert found.text == "<<<<<<< yours\nc\n||||||| generated before\na\n=======\nb\n>>>>>>> generated now\n"


@pytest.mark.parametrize("ending", ["exit 255", "exit 128", "kill -9 $$"])
def test_a_git_that_fails_is_an_error_and_no_merge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setenv("PATH", a_git(tmp_path, f"echo broken >&2; {ending}"), prepend=os.pathsep)
    with pytest.raises(ToolError, match=r"^git merge-file failed: broken$"):
        merge_texts("a\n", "b\n", "c\n")


def test_without_git_the_lines_are_merged_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert merge_texts("1\n2\n3\n", "1\n2\nC\n", "A\n2\n3\n") == Merged("A\n2\nC\n", conflicts=False)
