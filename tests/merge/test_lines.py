"""The merge in Python does what git's does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackwright_gen.merge.decide import Merged
from trackwright_gen.merge.lines import merge_lines
from trackwright_gen.merge.three_way import merge_texts

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


def test_without_git_the_lines_are_merged_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert merge_texts("1\n2\n3\n", "1\n2\nC\n", "A\n2\n3\n") == Merged("A\n2\nC\n", conflicts=False)
