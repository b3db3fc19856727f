"""Mutated real source: the linter ends, says something sensible, and what it mends is mended once and still parses."""

import ast
import os
import re
import tempfile
import warnings
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_trees import TODAY, fix_folder

from trackwright_gen.lint.catalog import all_rules, select_rules
from trackwright_gen.lint.engine import lint
from trackwright_gen.source.files import DEFAULT_EXCLUDE, select_files
from trackwright_gen.source.project import ReadOptions, read_project

EXAMPLES = int(os.environ.get("TRACKWRIGHT_FUZZ_EXAMPLES", "40"))
ROOT = Path(__file__).parents[2]
_PAGES = [match for rule in all_rules() for match in re.findall(r"```python\n(.*?)```", rule.page, re.DOTALL)]
_FILES = [path.read_text() for path in sorted((ROOT / "tests" / "support").glob("*_app.py"))]
CORPUS = [*_PAGES, *_FILES]
"""What every rule finds and what it is content with, and whole modules with tasks in them."""
WORDS = (
    *("(", ")", "[", "]", "{", "}", ":", ",", "=", "@", "*", "**", ".", "->", ":=", "\\", "#", '"', '"""', "'", "f'"),
    *("async", "await", "class", "def", "lambda", "yield", "return", "try:", "finally:", "except:", "with", "match x:"),
    *("@shared_task", "self.retry()", ".delay(1)", "status", "None", "\n", "    ", "\t", "\r", "\x0c", "\x00"),
    *("\ufeff", "é", "\U0001f600", "\u2028", "# noqa: TW101", "# trackwright: exempt[TW101]", "type X = int", "t'{x}'"),
)  # fmt: skip


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A text of the corpus after some edits, as a person makes them while typing."""
    text: str = draw(st.sampled_from(CORPUS))
    for _ in range(draw(st.integers(0, 4))):
        text = draw(_edited(text))
    return text


def _edited(text: str) -> st.SearchStrategy[str]:
    place = st.integers(0, len(text))
    rows = text.split("\n")
    row = st.integers(0, len(rows) - 1)
    return st.one_of(
        st.builds(lambda at, word: text[:at] + word + text[at:], place, st.sampled_from(WORDS)),
        st.builds(lambda a, b: text[: min(a, b)] + text[max(a, b) :], place, place),
        st.builds(lambda a, b: "\n".join([*rows[:a], rows[b], *rows[a:]]), row, row),
        st.builds(lambda a: "\n".join([*rows[:a], *rows[a + 1 :]]), row),
        st.builds(lambda a, other: "\n".join([*rows[:a], other, *rows[a:]]), row, st.sampled_from(CORPUS)),
        st.builds(lambda a, by: "\n".join([*rows[:a], " " * by + rows[a], *rows[a + 1 :]]), row, st.integers(1, 4)),
    )  # fmt: skip


_bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def _written(text: str, root: Path) -> Path:
    file = root / "app" / "example.py"
    file.parent.mkdir()
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return file


def _parses(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


@_bounded
@given(sources())
def test_every_text_is_linted_or_reported(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = _written(text, Path(folder))
        options = ReadOptions(legacy_models=("TaskStatus",), tracking_markers=(), today=TODAY)
        project = read_project(select_files([file], DEFAULT_EXCLUDE), options)
        result = lint(project, select_rules(select=("ALL",)), TODAY)
        rows = text.count("\n") + text.count("\r") + 1
        for each in result.diagnostics:
            assert each.location.path == file.resolve()
            assert 1 <= each.location.row <= rows
            assert each.location.column >= 1
            assert each.message
        if _parses(file.read_bytes()):
            assert not result.problems


@_bounded
@given(sources(), st.booleans())
def test_fixes_end_and_leave_what_parses(text: str, unsafe: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        file = _written(text, root)
        before = file.read_bytes()
        rules = select_rules(select=("ALL",))
        done = fix_folder(root, rules, unsafe=unsafe)
        for fixed in done.files:
            file.write_bytes(fixed.after)
            assert fixed.after != before
            assert _parses(fixed.after) or not _parses(before)
        again = fix_folder(root, rules, unsafe=unsafe)
        assert again.files == (), "a second run finds nothing to mend"
        assert not [each for each in again.left.diagnostics if each.fix and each.fix.safe]
